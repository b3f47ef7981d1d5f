"""How many contacts the next weeks bring: the simplest way that did best on the weeks before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import NotEnoughDataError

AHEAD: Final = 4
FEWEST_WEEKS: Final = 16
_TRIED: Final = 12
_YEAR: Final = 52
_MANY: Final = 200


class Forecast(NamedTuple):
    """Contacts in each of the next weeks, and how the way of guessing did before."""

    method: str
    mean: tuple[float, ...]  # by week
    low: tuple[int, ...]  # 95 %, of the count itself
    high: tuple[int, ...]
    total: tuple[float, int, int]  # of all weeks together: mean, low, high
    error: float  # mean absolute error a week, on the weeks tried
    naive_error: float  # of saying "as last week"
    n_weeks: int  # on record


Weekly = NDArray[np.float64]


def _as_last_week(weeks: Weekly) -> Weekly:
    return np.repeat(weeks[-1:], AHEAD)


def _as_a_year_before(weeks: Weekly) -> Weekly:
    return weeks[-_YEAR : weeks.size - _YEAR + AHEAD]


def _smoothed(share: float) -> Callable[[Weekly], Weekly]:
    """Give simple exponential smoothing, from the mean of the first weeks."""

    def guess(weeks: Weekly) -> Weekly:
        level = float(weeks[:4].mean())
        for week in weeks[4:].tolist():
            level += share * (week - level)
        return np.repeat(level, AHEAD)

    return guess


WAYS: Final[Mapping[str, Callable[[Weekly], Weekly]]] = {
    "smoothed, slowly": _smoothed(0.1),
    "smoothed": _smoothed(0.3),
    "smoothed, quickly": _smoothed(0.6),
    "as a year before": _as_a_year_before,
    "as last week": _as_last_week,
}


def forecast(counts: NDArray[np.int64]) -> Forecast:
    """Say how many come in the next four weeks.

    Each way of guessing is tried on the last twelve weeks, from what was known before each; the one
    with the least error speaks, the first listed of equal ones. The interval is that of a count:
    Poisson, widened to a negative binomial where the errors were larger than Poisson's.

    Parameters
    ----------
    counts
        Shape (n_weeks,): contacts of each whole week, the oldest first.

    Raises
    ------
    NotEnoughDataError
        If there are fewer than 16 weeks.

    References
    ----------
    .. [1] Hyndman and Athanasopoulos (2021), "Forecasting: principles and practice", chapters 5, 8.

    Examples
    --------
    >>> found = forecast(np.array([4, 6] * 12))
    >>> found.method, found.low[0] <= 5 <= found.high[0]
    ('smoothed, slowly', True)
    """
    if counts.size < FEWEST_WEEKS:
        raise NotEnoughDataError(f"{counts.size} whole weeks; {FEWEST_WEEKS} are needed.")
    weeks = counts.astype(np.float64)
    ways = {k: way for k, way in WAYS.items() if k != "as a year before" or _years(weeks)}
    errors = {name: _errors(weeks, way) for name, way in ways.items()}
    method = min(errors, key=lambda name: float(np.abs(errors[name]).mean()))
    mean = np.maximum(ways[method](weeks), 0.0)
    spread = float((errors[method] ** 2).mean())
    bounds = [count_interval(m, spread) for m in mean.tolist()]
    total = float(mean.sum())
    sums = errors[method].sum(axis=1)
    return Forecast(
        method,
        tuple(mean.tolist()),
        tuple(low for low, _ in bounds),
        tuple(high for _, high in bounds),
        (total, *count_interval(total, float((sums**2).mean()))),
        float(np.abs(errors[method]).mean()),
        float(np.abs(errors["as last week"]).mean()),
        counts.size,
    )


def _years(weeks: Weekly) -> bool:
    """Say whether a year lies before the weeks that are tried."""
    return weeks.size >= _YEAR + _TRIED + AHEAD


def _errors(weeks: Weekly, way: Callable[[Weekly], Weekly]) -> Weekly:
    """Give the errors of a way, (n_tried, AHEAD)."""
    last = weeks.size - AHEAD
    begins = range(max(8, last - _TRIED + 1), last + 1)
    return np.array([way(weeks[:at]) - weeks[at : at + AHEAD] for at in begins])


def count_interval(mean: float, variance: float) -> tuple[int, int]:
    """Give the middle 95 % of a count.

    Examples
    --------
    >>> count_interval(5.0, 5.0), count_interval(5.0, 20.0), count_interval(0.0, 0.0)
    ((1, 10), (0, 16), (0, 0))
    """
    if mean <= 0:
        return 0, (0 if variance <= 0 else int(np.ceil(1.96 * sqrt(variance))))
    variance = max(variance, mean)
    if mean > _MANY:
        half = 1.959964 * sqrt(variance)
        return max(0, int(np.floor(mean - half))), int(np.ceil(mean + half))
    return _quantile(mean, variance, 0.025), _quantile(mean, variance, 0.975)


def _quantile(mean: float, variance: float, share: float) -> int:
    """Give the smallest count that so large a share does not exceed."""
    over = variance / mean - 1
    if over < 1e-9:
        chance, step = exp(-mean), 0.0
    else:
        step = mean / over  # size of the negative binomial
        chance = exp(-step * np.log1p(over))
    total, k = chance, 0
    while total < share and k < 20 * _MANY:
        ratio = mean / (k + 1) if over < 1e-9 else over / (1 + over) * (step + k) / (k + 1)
        chance *= ratio
        k += 1
        total += chance
    return k
