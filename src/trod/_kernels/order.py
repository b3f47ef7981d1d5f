"""Bring rows into the order of journeys: by customer, then by time, code and tie.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.journeys.shelf` checks and names things.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def place(
    customer: NDArray[np.int32],  # (n,) customer of each arriving row, or -1 for a row to skip
    cursor: NDArray[np.int64],  # (n_customers,) IN/OUT: next free place of each customer
    target: NDArray[np.int64],  # (n,) OUT: place of each row that is kept, -1 for the others
) -> int:
    """Find the place of each row: one step of a counting sort. Return how many rows are kept."""
    kept = 0
    for i in range(customer.size):
        c = customer[i]
        if c < 0:
            target[i] = -1
            continue
        target[i] = cursor[c]
        cursor[c] += 1
        kept += 1
    return kept


@njit(cache=True, nogil=True, inline="always")
def _after(
    a: int,
    b: int,
    time_us: NDArray[np.int64],
    code: NDArray[np.uint16],
    tie: NDArray[np.uint64],
) -> bool:
    """Say whether row a comes after row b."""
    if time_us[a] != time_us[b]:
        return bool(time_us[a] > time_us[b])
    if code[a] != code[b]:
        return bool(code[a] > code[b])
    return bool(tie.size > 0 and tie[a] > tie[b])


@njit(cache=True, nogil=True)
def _merge(
    start: int,
    middle: int,
    end: int,
    time_us: NDArray[np.int64],
    code: NDArray[np.uint16],
    tie: NDArray[np.uint64],
    order: NDArray[np.int64],
    spare: NDArray[np.int64],
) -> None:
    """Merge two neighbouring runs of `order` that are each in order."""
    if not _after(order[middle - 1], order[middle], time_us, code, tie):
        return
    left, right = start, middle
    for at in range(start, end):
        if right >= end or (
            left < middle and not _after(order[left], order[right], time_us, code, tie)
        ):
            spare[at - start] = order[left]
            left += 1
        else:
            spare[at - start] = order[right]
            right += 1
    for at in range(start, end):  # an array put into another compiles for two seconds
        order[at] = spare[at - start]


@njit(cache=True, nogil=True)
def count_broken(
    offsets: NDArray[np.int64],  # (n_customers + 1,) customer c owns rows offsets[c]:offsets[c+1]
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    tie: NDArray[np.uint64],  # (n_events,) decides between equal time and code; (0,) for none
) -> int:
    """Count the customers whose rows are not in order."""
    broken = 0
    for c in range(offsets.size - 1):
        for i in range(offsets[c] + 1, offsets[c + 1]):
            if _after(i - 1, i, time_us, code, tie):
                broken += 1
                break
    return broken


@njit(cache=True, nogil=True)
def sort_customers(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    tie: NDArray[np.uint64],  # (n_events,) decides between equal time and code; (0,) for none
    order: NDArray[np.int64],  # (n_events,) IN: 0, 1, 2 ...; OUT: which row comes to each place
) -> None:
    """Sort the rows of each customer: insertion sort for runs of 16, then merges.

    O(n log n) for one customer, and one pass over rows that are in order already.
    """
    spare = np.empty(1024, np.int64)
    for c in range(offsets.size - 1):
        start, end = offsets[c], offsets[c + 1]
        for run in range(start, end, 16):
            for i in range(run + 1, min(run + 16, end)):
                row = order[i]
                j = i
                while j > run and _after(order[j - 1], row, time_us, code, tie):
                    order[j] = order[j - 1]
                    j -= 1
                order[j] = row
        if spare.size < end - start:
            spare = np.empty(2 * (end - start), np.int64)
        width = 16
        while width < end - start:
            for left in range(start, end - width, 2 * width):
                right = min(left + 2 * width, end)
                _merge(left, left + width, right, time_us, code, tie, order, spare)
            width *= 2
