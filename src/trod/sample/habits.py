"""What members of a segment do week after week: what a search for segments has to go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from trod.sample import segments
from trod.sample.calendar import DAY, END_S, HOUR
from trod.sample.draws import Rng, moods, spread
from trod.sample.passage import Passages
from trod.sample.tape import Tape

ELSEWHERE: Final = 0.07
"""How much of a habit those have who are of another segment."""
_SHAPE: Final = 3.0  # of the gamma draw: some have twice the habit, some half of it


class Habit(NamedTuple):
    """Something that one segment does, and the others hardly ever."""

    segment: str
    source: str
    touchpoint: str
    a_week: float
    mood: float


HABITS: Final = (
    Habit("Power users", "app", "query_written", 1.6, 0.6),
    Habit("Power users", "app", "alert_set", 1.0, 0.5),
    Habit("Guided", "app", "coaching_joined", 1.3, 1.0),
    Habit("Guided", "app", "webinar_joined", 1.1, 0.8),
    Habit("Self-taught", "app", "tutorial_watched", 1.5, 0.4),
    Habit("Self-taught", "app", "docs_searched", 1.3, 0.1),
    Habit("Onlookers", "email", "Weekly digest", 1.4, 0.0),
    Habit("Onlookers", "app", "link_opened", 1.2, 0.1),
    Habit("Template starters", "app", "template_copied", 2.0, 0.6),
)


def habits(tapes: Mapping[str, Tape], rng: Rng, passages: Passages) -> None:
    """Write down the habits of everyone with a dashboard, from a few hours after it to the end."""
    begin, end = passages.entered_s[:, 2], np.minimum(passages.gone_s, END_S)
    who = np.flatnonzero(begin < end - HOUR)
    begin, end = begin[who] + HOUR, end[who]
    names = np.array([one.name for one in segments.SEGMENTS], object)[passages.segment[who]]
    for habit in HABITS:
        own = np.where(names == habit.segment, 1.0, ELSEWHERE)
        own[names == segments.ALIKE.name] = 1 / len(HABITS)
        pace = habit.a_week * own * rng.gamma(_SHAPE, 1 / _SHAPE, who.size)
        count = rng.poisson((end - begin) / (7 * DAY) * pace).astype(np.int64)
        people, when = spread(rng, who, count, begin, end)
        mood = moods(rng, habit.mood, people.size)
        tapes[habit.source].add(people, when, habit.touchpoint, mood)
