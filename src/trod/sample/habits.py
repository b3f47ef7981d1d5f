"""What members of a segment do week after week: what a search for segments has to go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from trod.sample import files_app, segments
from trod.sample.calendar import DAY, END_S, HOUR, Seconds
from trod.sample.draws import Rng, spread
from trod.sample.files import Files
from trod.sample.files_app import Done
from trod.sample.passage import Passages
from trod.sample.tape import Rows

ELSEWHERE: Final = 0.07
"""How much of a habit those have who are of another segment."""
_SHAPE: Final = 3.0  # of the gamma draw: some have twice the habit, some half of it


class Habit(NamedTuple):
    """Something that one segment does, and the others hardly ever."""

    segment: str
    touchpoint: str
    a_week: float


HABITS: Final = (
    Habit("Power users", "query_written", 1.6),
    Habit("Power users", "alert_set", 1.0),
    Habit("Guided", "coaching_joined", 1.3),
    Habit("Guided", "webinar_joined", 1.1),
    Habit("Self-taught", "tutorial_watched", 1.5),
    Habit("Self-taught", "docs_searched", 1.3),
    Habit("Onlookers", "summary_opened", 1.4),
    Habit("Onlookers", "link_opened", 1.2),
    Habit("Template starters", "template_copied", 2.0),
)


def write(
    rng: Rng, files: Files, passages: Passages, rows: Mapping[str, Rows], showcase: str
) -> None:
    """Write ``app_usage.csv``: the habits of everyone with a dashboard.

    They lie between the first dashboard and the last other touchpoint, so that nothing else of the
    company changes: who left, and when.
    """
    last = _last(rows, passages.n)
    begin, end = passages.entered_s[:, 2], np.minimum(passages.gone_s, END_S)
    who = np.flatnonzero((begin < end - HOUR) & (files.user[: passages.n] != showcase))
    begin, end = begin[who] + HOUR, end[who]
    names = np.array([one.name for one in segments.SEGMENTS], object)[passages.segment[who]]
    done: list[Done] = []
    for habit in HABITS:
        own = np.where(names == habit.segment, 1.0, ELSEWHERE)
        own[names == segments.ALIKE.name] = 1 / len(HABITS)
        pace = habit.a_week * own * rng.gamma(_SHAPE, 1 / _SHAPE, who.size)
        count = rng.poisson((end - begin) / (7 * DAY) * pace).astype(np.int64)
        done.append(Done(*spread(rng, who, count, begin, end), habit.touchpoint))
    files_app.write(files, "app_usage.csv", "us{:08d}", done, before=last)


def _last(rows: Mapping[str, Rows], n: int) -> Seconds:
    """Give the last recorded moment of each lead; 0 where there is none."""
    last = np.zeros(n, np.int64)
    for part in rows.values():
        own = part.person < n
        np.maximum.at(last, part.person[own], part.time_s[own])
    return last
