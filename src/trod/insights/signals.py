"""What a friction looks like, in the words that levers and causes are chosen by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from trod.insights.answers import Answers
from trod.insights.contrast import Contrast
from trod.insights.journey_map import Mood, Time
from trod.insights.rates import apart
from trod.insights.wording import SMALL_N
from trod.journeys.help import HELP
from trod.journeys.label import readable

_DAY_US: Final = 86_400_000_000
_MATERIAL: Final = 0.05

_PAYMENT = re.compile(
    r"(payment|charge|card|invoice|billing|debit).*(fail|declin|refus|reject|bounce|overdue)|"
    r"(fail|declin|refus|reject|overdue)\w* (payment|charge|card|invoice|debit)|dunning|chargeback"
)
_PRICE = re.compile(r"\b(pric\w*|invoice|bill|billing|renewal|quote|cost|fee|upgrade offer)\b")
_TEAM = re.compile(r"\b(invit\w*|team\w*|colleague|member|share\w*|collaborat\w*)\b")
_ERROR = re.compile(r"\b(error|errors|fail\w*|crash\w*|exception|time ?out|broken|problem)\b")
_BEFORE: Final = (
    ("payment_failure", _PAYMENT),
    ("error_before", _ERROR),
    ("price_before", _PRICE),
    ("support_before", HELP),
)
MET_BEFORE: Final = frozenset({*(signal for signal, _ in _BEFORE), "worse_touchpoint"})
"""Signals of something that the lost met more often."""


def signals(
    asked: Answers,
    s: int,
    found: Sequence[Contrast],
    *,
    touchpoint: int | None,
    mood: Mood | None,
    delay: Time | None,
    since: bool,
) -> tuple[str, ...]:
    """Say what a stage's loss looks like; the more telling signals come first."""
    made = _before(asked, found)
    if loops_more(asked, s):
        made.append("loops")
    if mood is not None and mood.high is not None and mood.high < 0:
        made.append("negative_mood")
    if any(not c.harmful and _first_value(c) for c in found):
        made.append("first_value_missed")
    if any(not c.harmful for c in found):
        made.append("helper_touchpoint")
    if _slow(asked, s, delay):
        made.append("long_delay")
    if since:
        made.append("since_known")
    if touchpoint is not None:
        made.append("single_touchpoint")
    if not made:
        made.append("unexplained")
    asked_to = int(asked.losses.by_failure[s]) * 2 > int(asked.stages.left[s])
    made.append("asked_to_leave" if asked_to else "fell_silent")
    return tuple(made)


def _before(asked: Answers, found: Sequence[Contrast]) -> list[str]:
    """Name what the lost met more often and less often, in order of weight."""
    words = [(asked.journeys.vocabulary.touchpoints[c.code], c) for c in found]
    helping = [(name, c) for name, c in words if not c.harmful]
    made = ["alone"] if any("alone" in own(name, helps=True) for name, _ in helping) else []
    if any(_halves(c) for _, c in helping):
        made.append("strong_helper")
    for name, c in words:
        made += [told for told in own(name, helps=False) if c.harmful and told not in made]
    return made


def own(name: str, *, helps: bool) -> tuple[str, ...]:
    """Name the signals of one touchpoint: what a move that answers one of them is about.

    Examples
    --------
    >>> own("connection_error", helps=False), own("page_viewed", helps=False)
    (('error_before',), ('worse_touchpoint',))
    >>> own("colleague_invited", helps=True)
    ('alone', 'strong_helper', 'helper_touchpoint')
    """
    words = readable(name).lower()
    if helps:
        return (*(["alone"] if _TEAM.search(words) else []), "strong_helper", "helper_touchpoint")
    return (next((s for s, pattern in _BEFORE if pattern.search(words)), "worse_touchpoint"),)


def loops_more(asked: Answers, s: int) -> bool:
    """Say whether those who went round in circles left more often, beyond chance."""
    lost, on = (int(x) for x in asked.losses.rounds[s])
    all_lost = int(asked.stages.left[s])
    all_on = int(asked.stages.onward[s])
    circled, straight = (lost, lost + on), (all_lost - lost, all_lost - lost + all_on - on)
    if min(circled[1], straight[1]) < SMALL_N:
        return False
    more = circled[0] / circled[1] - straight[0] / straight[1]
    return more >= _MATERIAL and apart(circled, straight)


def _halves(c: Contrast) -> bool:
    """Say whether those who had it left at most half as often."""
    return 2 * c.with_it[0] * c.without[1] <= c.without[0] * c.with_it[1]


def _first_value(c: Contrast) -> bool:
    """Say whether most who went on had it and most of the lost had not."""
    return c.went_on[0] * 4 >= c.went_on[1] * 3 and c.lost[0] * 2 < c.lost[1]


def _slow(asked: Answers, s: int, delay: Time | None) -> bool:
    others = sorted(
        d.median_us for i, d in enumerate(asked.stages.dwell) if i != s and d is not None
    )
    if delay is None or delay.n < SMALL_N or not others:
        return False
    return delay.median_us >= max(_DAY_US, 2 * others[len(others) // 2])
