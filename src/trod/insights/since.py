"""Since when a stage loses more customers than before."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.insights.rates import apart
from trod.insights.wording import SMALL_N

_OPEN_SHARE: Final = 0.1
_WORSE: Final = 1.15
_FEWEST: Final = 100


def since_month(months: NDArray[np.int64]) -> int | None:
    """Find the month from which the leave rate is materially above what it was before.

    Of all ways to cut the months in two, the one that tells the halves apart best; None unless
    the intervals of both rates do not overlap (widened for the number of cuts), the later rate is
    at least 15 % higher, both halves hold 100 customers, and every later month with 30 customers
    lies above the earlier rate. Months in which more than a tenth are still there are not judged:
    the quick to leave would pass for all.

    Parameters
    ----------
    months
        Shape (n_months, 3). Customers by month of entering: lost, went on, still there.

    Returns
    -------
    int or None
        Index of the first month of the higher rate.

    Examples
    --------
    >>> since_month(np.array([[10, 190, 0]] * 6 + [[60, 140, 0]] * 6))
    6
    >>> since_month(np.array([[10, 190, 0]] * 12)) is None
    True
    """
    total = months.sum(axis=1)
    judged = np.flatnonzero((total > 0) & (months[:, 2] <= _OPEN_SHARE * total))
    lost, decided = months[judged, 0], months[judged, 0] + months[judged, 1]
    best: tuple[float, int] | None = None
    for cut in range(1, judged.size):
        before = int(lost[:cut].sum()), int(decided[:cut].sum())
        after = int(lost[cut:].sum()), int(decided[cut:].sum())
        if min(before[1], after[1]) < _FEWEST:
            continue
        low, high = before[0] / before[1], after[0] / after[1]
        held = all(
            part / whole > low
            for part, whole in zip(lost[cut:], decided[cut:], strict=True)
            if whole >= SMALL_N
        )
        if high < _WORSE * low or not held or not apart(before, after, tests=judged.size - 1):
            continue
        # Squared standardised difference: largest where the cut separates best.
        pooled = (before[0] + after[0]) / (before[1] + after[1])
        spread = pooled * (1 - pooled) * (1 / before[1] + 1 / after[1])
        score = (high - low) ** 2 / spread if spread else 0.0
        if best is None or score > best[0] + 1e-12:
            best = score, int(judged[cut])
    return None if best is None else best[1]
