"""A figure beside what it was: the difference, its interval, and a word for it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from trod.analyses.interval import less

FEWEST: Final = 30
"""Customers or answers needed on either side to say that something is better or worse."""

Word = Literal["better", "worse", "no difference found", "cannot tell yet", "definition changed"]


class Side(NamedTuple):
    """One figure: value and 95 % interval, in integers of one scale."""

    value: int | None
    low: int | None
    high: int | None
    n: int


class Change(NamedTuple):
    """How a figure differs from what it was."""

    word: Word
    difference: int | None
    low: int | None
    high: int | None
    parts: tuple[str, ...] = ()  # of the definition that changed


def change(now: Side, before: Side, better: str) -> Change:
    """Compare a figure with what it was, as if both were of different customers.

    The interval of the difference comes from those of the figures: `trod.analyses.interval.less`.

    Examples
    --------
    Shares 56 of 70 and 48 of 80, the example of Newcombe's table:

    >>> from trod.analyses.metrics.figure import of_share
    >>> now, before = of_share("now", 70, 56), of_share("then", 80, 48)
    >>> change(Side(*now[1:5]), Side(*before[1:5]), "up")
    Change(word='better', difference=200000, low=52432, high=333873, parts=())
    """
    if now.value is None or before.value is None:
        return Change("cannot tell yet", None, None, None)
    gap = now.value - before.value
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Change("cannot tell yet", gap, None, None)
    low, high = less((now.value, now.low, now.high), (before.value, before.low, before.high))
    return Change(_word(low, high, better, min(now.n, before.n)), gap, round(low), round(high))


def _word(low: float, high: float, better: str, n: int) -> Word:
    if n < FEWEST:
        return "cannot tell yet"
    if low <= 0 <= high:
        return "no difference found"
    return "better" if (low > 0) == (better == "up") else "worse"
