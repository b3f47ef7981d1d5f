"""Shares, times and moods as the map holds them, and when two shares differ."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

from trod.analyses.histogram import Spread
from trod.analyses.interval import difference, wilson
from trod.insights.answers import Answers
from trod.insights.journey_map import Mood, Rate, Time

__all__ = ["EIGHTY", "apart", "difference", "mood", "rate", "stage_mood", "stay", "time", "wilson"]

EIGHTY: Final = NormalDist().inv_cdf(0.9)


def rate(part: int, whole: int) -> Rate:
    """Give a share with its 95 % interval."""
    low, high = wilson(int(part), int(whole))
    return Rate(int(part), int(whole), round(low, 6), round(high, 6))


def time(found: Spread | None) -> Time | None:
    """Give a spread of times as the map holds it."""
    return Time(found.n, found.median_us, found.p90_us, found.bin_share) if found else None


def stay(asked: Answers, s: int) -> Time | None:
    """Give the time in a stage; None where it has no length: it is entered by succeeding."""
    found, plan = asked.stages.dwell[s], asked.plan
    entering = plan.speaks_of(s)
    if found is None or found.p90_us == 0 or (entering.any() and plan.success[entering].all()):
        return None
    return time(found)


def mood(asked: Answers, s: int, k: int) -> Mood:
    """Give the mood of a touchpoint in a stage; unknown where too few spoke."""
    e = asked.emotion
    if not e.known[s, k]:
        return Mood(int(e.n[s, k]), None, None, None)
    mean, low, high = (round(float(v[s, k]), 6) for v in (e.mean, e.low, e.high))
    return Mood(int(e.n[s, k]), mean, low, high)


def stage_mood(asked: Answers, s: int) -> Mood:
    """Give the mood of a whole stage; unknown where too few spoke."""
    e = asked.emotion.by_stage
    if not e.known[s]:
        return Mood(int(e.n[s]), None, None, None)
    mean, low, high = (round(float(v[s]), 6) for v in (e.mean, e.low, e.high))
    return Mood(int(e.n[s]), mean, low, high)


def apart(a: tuple[int, int], b: tuple[int, int], *, tests: int = 1) -> bool:
    """Say whether two shares (part, whole) differ beyond chance: their intervals do not overlap.

    The 95 % intervals are widened for the number of comparisons made (Bonferroni), so that one
    look at many touchpoints finds nothing where there is nothing.

    Examples
    --------
    >>> apart((40, 100), (60, 100)), apart((40, 100), (60, 100), tests=100)
    (True, False)
    """
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, tests))
    a_low, a_high = wilson(*a, z)
    b_low, b_high = wilson(*b, z)
    return a_low > b_high or b_low > a_high
