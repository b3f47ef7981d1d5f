"""From counts to figures: integers in millionths, or microseconds of a time, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, sqrt
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels import metrics as money
from trod.analyses.histogram import bin_bounds, quantile
from trod.analyses.interval import Z, mean_of, wilson

MILLION: Final = 1_000_000
NPS_NEUTRAL: Final = Decimal("7.5")
PROMOTER: Final = 9
DETRACTOR: Final = 6
Status = Literal["met", "missed", "cannot tell", "no target", "not known"]


class Figure(NamedTuple):
    """A metric in one period."""

    period: str
    value: int | None  # millionths of the unit, microseconds of a time; None where nobody is asked
    low: int | None  # 95 % interval; None where there is none
    high: int | None
    n: int  # customers, or answers
    part: int  # what the value is made of: customers, answers, or money in millionths
    whole: int
    p90_us: int | None = None  # of times
    part_key: str | None = None  # lists the customers behind `part`; None where it counts none
    whole_key: str | None = None  # lists those behind `whole`, or those who answered


def ratio(part: int, whole: int, scale: int = MILLION) -> int:
    """Divide, and round half up.

    Examples
    --------
    >>> ratio(1, 3), ratio(-1, 2, 1), ratio(1, 2, 1)
    (333333, 0, 1)
    """
    return (2 * part * scale + whole) // (2 * whole)


def of_share(period: str, whole: int, part: int) -> Figure:
    """Give a share with Wilson's interval."""
    if not whole:
        return Figure(period, None, None, None, 0, 0, 0)
    low, high = (round(x * MILLION) for x in wilson(part, whole))
    return Figure(period, ratio(part, whole), low, high, whole, part, whole)


def of_amounts(period: str, n: int, part: int, whole: int) -> Figure:
    """Give a ratio of amounts; it has no interval."""
    value = ratio(part, whole) if whole > 0 else None
    return Figure(period, value, None, None, n if value is not None else 0, part, whole)


def of_times(period: str, row: NDArray[np.int64]) -> Figure:
    """Give the median time with the interval of its order statistics, and p90."""
    times, whole = row[:-1], int(row[-1])
    n = int(times.sum())
    if n == 0:
        return Figure(period, None, None, None, 0, 0, whole)
    half = Z * sqrt(n) / 2
    first, last = floor(n / 2 - half), ceil(n / 2 + 1 + half)
    at = times.cumsum()
    low = bin_bounds(int(np.searchsorted(at, first)))[0] if first >= 1 else None
    high = bin_bounds(int(np.searchsorted(at, last)))[1] if last <= n else None
    median, p90 = quantile(times, (1, 2)), quantile(times, (9, 10))
    return Figure(period, median, low, high, n, n, whole, p90)


def of_nps(period: str, counts: Sequence[int]) -> Figure:
    """Give promoters less detractors per hundred answers, of the counts of 0 to 10.

    The interval is Wald's after adding three answers: a quarter each to promoters and detractors,
    half to the passives [1]_. It is right for small numbers, too.

    References
    ----------
    .. [1] Rocks (2016), "Interval estimation for the Net Promoter Score", The American
       Statistician 70:365-372.

    Examples
    --------
    >>> of_nps("all", [0] * 6 + [2, 1, 1, 3, 3])[1:4]
    (40000000, -12585580, 74124042)
    """
    for_it, against = sum(counts[PROMOTER:11]), sum(counts[: DETRACTOR + 1])
    n = sum(counts[:11])
    if n == 0:
        return Figure(period, None, None, None, 0, 0, 0)
    p, d = (for_it + 0.75) / (n + 3), (against + 0.75) / (n + 3)
    half = Z * sqrt((p + d - (p - d) ** 2) / (n + 3))
    low, high = max(-1.0, p - d - half), min(1.0, p - d + half)
    value, points = ratio(for_it - against, n, 100 * MILLION), 100 * MILLION
    return Figure(
        period,
        value,
        min(round(low * points), value),
        max(round(high * points), value),
        n,
        for_it - against,
        n,
    )


def of_mean(period: str, answers: Sequence[int], counts: Sequence[int]) -> Figure:
    """Give the mean answer with Student's interval; one answer has none."""
    n = sum(counts)
    if n == 0:
        return Figure(period, None, None, None, 0, 0, 0)
    total = sum(x * k for x, k in zip(answers, counts, strict=True))
    squares = sum(x * x * k for x, k in zip(answers, counts, strict=True))
    return _mean(period, n, total, squares, MILLION)


def of_spending(period: str, row: NDArray[np.int64]) -> Figure:
    """Give the mean amount of those who paid, with Student's interval over customers."""
    cells = [int(x) for x in row]
    n, total = cells[money.PAYERS], cells[money.REVENUE]
    if n == 0:
        return Figure(period, None, None, None, 0, 0, 0)
    return _mean(period, n, total, squares_of(cells), 1)


def squares_of(cells: Sequence[int]) -> int:
    """Put the sum of squared amounts together again from its limbs."""
    limbs = cells[money.SQUARES : money.SQUARES + money.N_LIMBS]
    return sum(int(limb) << (money.LIMB_BITS * i) for i, limb in enumerate(limbs))


def _mean(period: str, n: int, total: int, squares: int, scale: int) -> Figure:
    value = ratio(total, n, scale)
    if n == 1:
        return Figure(period, value, None, None, 1, total, 1)
    _, low, high = mean_of(n, total, squares)
    return Figure(period, value, round(low * scale), round(high * scale), n, total, n)


def status(figure: Figure, target: int | None, better: str, *, interval: bool) -> Status:
    """Hold a figure against its target: the interval must lie on one side of it.

    Examples
    --------
    >>> status(of_share("all", 100, 40), 300_000, "up", interval=True)
    'met'
    >>> status(of_share("all", 100, 40), 400_000, "up", interval=True)
    'cannot tell'
    """
    if target is None:
        return "no target"
    if figure.value is None:
        return "not known"
    if not interval:
        good = figure.value >= target if better == "up" else figure.value <= target
        return "met" if good else "missed"
    low, high = figure.low, figure.high
    if low is not None and low >= target:
        return "met" if better == "up" else ("met" if low == high == target else "missed")
    if high is not None and high <= target:
        return "missed" if better == "up" else "met"
    return "cannot tell"


def nps_moods() -> tuple[int, ...]:
    """Give the mood that each answer from 0 to 10 is stored as: see `trod.events.sql.score_sql`.

    Examples
    --------
    >>> nps_moods()
    (-1000, -867, -733, -600, -467, -333, -200, -67, 200, 600, 1000)
    """
    return tuple(
        _round((x - NPS_NEUTRAL) / (NPS_NEUTRAL if x < NPS_NEUTRAL else 10 - NPS_NEUTRAL))
        for x in map(Decimal, range(11))
    )


def scale_moods(low: int, high: int) -> tuple[int, ...]:
    """Give the mood that each whole answer of a scale is stored as.

    Examples
    --------
    >>> scale_moods(1, 5), scale_moods(1, 7)
    ((-1000, -500, 0, 500, 1000), (-1000, -667, -333, 0, 333, 667, 1000))
    """
    return tuple(
        _round((x - low) / Decimal(high - low) * 2 - 1) for x in map(Decimal, range(low, high + 1))
    )


def _round(mood: Decimal) -> int:
    return int((mood * 1000).quantize(Decimal(1), ROUND_HALF_UP))
