"""A figure beside what it was: the difference, its interval, and a word for it."""

from __future__ import annotations

from math import sqrt
from typing import Final, Literal, NamedTuple

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


def change(now: Side, before: Side, better: str) -> Change:
    """Compare a figure with what it was, as if both were of different customers.

    The interval of the difference comes from those of the figures by squaring and adding [1]_; for
    shares with Wilson's interval that is Newcombe's.

    References
    ----------
    .. [1] Newcombe (1998), "Interval estimation for the difference between independent
       proportions", Statistics in Medicine 17:873-890; Zou & Donner (2008), Statistics in
       Medicine 27:1693-1702, for other figures.

    Examples
    --------
    Shares 56 of 70 and 48 of 80, the example of Newcombe's table:

    >>> from trod.analyses.metrics.figure import of_share
    >>> now, before = of_share("now", 70, 56), of_share("then", 80, 48)
    >>> change(Side(*now[1:5]), Side(*before[1:5]), "up")
    Change(word='better', difference=200000, low=52432, high=333873)
    """
    if now.value is None or before.value is None:
        return Change("cannot tell yet", None, None, None)
    gap = now.value - before.value
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Change("cannot tell yet", gap, None, None)
    low = gap - sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    high = gap + sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    return Change(_word(low, high, better, min(now.n, before.n)), gap, round(low), round(high))


def _word(low: float, high: float, better: str, n: int) -> Word:
    if n < FEWEST:
        return "cannot tell yet"
    if low <= 0 <= high:
        return "no difference found"
    return "better" if (low > 0) == (better == "up") else "worse"
