"""Loops over the first and last time each customer meets each touchpoint.

Functions here take arrays and fill arrays. `trod.journeys.seen` names things;
`tests/slow_twins/first_seen.py` holds the obvious version.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _place(i: int, start: int, end: int, n_bins: int) -> int:
    """Give the bin of row `i` of a journey: 0 for its first row, the last bin for its last."""
    if end - start < 2:
        return 0
    return min(n_bins - 1, (i - start) * n_bins // (end - start - 1))


@njit(cache=True, nogil=True)
def first_seen(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    slot: NDArray[np.int32],  # (n_names,) row of the name in `before`, or -1
    rank: NDArray[np.int64],  # (n_names, n_bins) OUT: customers by place of the first one
    last: NDArray[np.int64],  # (n_names, n_bins) OUT: customers by place of the last one
    before: NDArray[np.int64],  # (n_slots, n_slots) OUT: customers who met a first, then b
    span_days: NDArray[np.int64],  # (n_days,) OUT: customers by days from first to last
) -> None:
    """Note where in each journey a touchpoint first and last stands, and what it precedes.

    The place of row i of a journey of n rows is i / (n - 1), in bins; 0 in journeys of one row.
    O(n_events + customers * distinct slots squared).
    """
    n_names, n_bins = rank.shape
    seen = np.full(n_names, -1, np.int64)
    final = np.zeros(n_names, np.int64)
    order = np.empty(n_names, np.int64)
    for c in range(offsets.size - 1):
        start, end = offsets[c], offsets[c + 1]
        if start == end:
            continue
        n = 0
        for i in range(start, end):
            name = code[i]
            final[name] = i
            if seen[name] != c:
                seen[name] = c
                order[n] = name
                n += 1
                rank[name, _place(i, start, end, n_bins)] += 1
        days = (time_us[end - 1] - time_us[start]) // 86_400_000_000
        span_days[min(span_days.size - 1, days)] += 1
        for a in range(n):
            last[order[a], _place(final[order[a]], start, end, n_bins)] += 1
        _count_order(order[:n], slot, before)


@njit(cache=True, nogil=True)
def _count_order(
    order: NDArray[np.int64], slot: NDArray[np.int32], before: NDArray[np.int64]
) -> None:
    """Count each pair of one customer's touchpoints in the order they were first met."""
    for a in range(order.size):
        row = slot[order[a]]
        if row < 0:
            continue
        for b in range(a + 1, order.size):
            if slot[order[b]] >= 0:
                before[row, slot[order[b]]] += 1
