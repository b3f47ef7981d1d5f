"""Find touchpoints that are on record already.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.events.event_id` makes the hashes; `trod.events.log` decides what is written.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.murmur import repeated

NEW = 0
DUPLICATE = 1
CONFLICT = 2
_HALF = np.uint64(32)


@njit(cache=True, nogil=True)
def judge(
    order: NDArray[np.int64],  # (n,) rows by first half of their hash
    first_half: NDArray[np.uint64],  # (n,) of the hash, sorted
    old: int,  # rows below this number are on record, the others arrive
    lo: NDArray[np.uint64],  # (n,) second half; OUT: made different for repeats that are kept
    given: NDArray[np.bool_],  # (n,) half of `lo` is of the id of the source, half of the row
    verdict: NDArray[np.uint8],  # (n,) OUT: NEW, DUPLICATE or CONFLICT; as it was for old rows
) -> None:
    """Number equal rows that have no id of their own; find other contents of those that have.

    Of rows with one id of the source, the first content is NEW, each other content a CONFLICT.
    """
    n = order.size
    start = 0
    while start < n:
        end = start + 1
        while end < n and first_half[end] == first_half[start]:
            end += 1
        one, other = min(order[start], order[end - 1]), max(order[start], order[end - 1])
        if end - start == 2 and one < old:
            # The usual case of a file that is delivered again, without room to sort in.
            if other >= old and lo[one] == lo[other]:
                verdict[other] = DUPLICATE
            elif other >= old and given[other] and lo[one] >> _HALF == lo[other] >> _HALF:
                verdict[other] = CONFLICT
        elif end - start > 1:
            group = order[start:end].copy()
            _sort(group, lo)
            known, n_known, n_arriving = np.empty(group.size, np.uint64), 0, 0
            for row in group:
                if row < old:
                    known[n_known] = lo[row]
                    n_known += 1
                else:
                    group[n_arriving] = row
                    n_arriving += 1
            _judge_equal(group[:n_arriving], known[:n_known], lo, given, verdict)
        start = end


# Sorting and searching are written out: those of NumPy take five seconds to compile.


@njit(cache=True, nogil=True)
def _sort(rows: NDArray[np.int64], lo: NDArray[np.uint64]) -> None:
    """Sort rows by second half, then by their number, with a heap."""
    for root in range(rows.size // 2 - 1, -1, -1):
        _sink(rows, lo, root, rows.size)
    for end in range(rows.size - 1, 0, -1):
        rows[0], rows[end] = rows[end], rows[0]
        _sink(rows, lo, 0, end)


@njit(cache=True, nogil=True)
def _sink(rows: NDArray[np.int64], lo: NDArray[np.uint64], root: int, end: int) -> None:
    """Let a row sink until none that is greater lies below it."""
    while 2 * root + 1 < end:
        below = 2 * root + 1
        if below + 1 < end and _after(rows[below + 1], rows[below], lo):
            below += 1
        if not _after(rows[below], rows[root], lo):
            return
        rows[root], rows[below] = rows[below], rows[root]
        root = below


@njit(cache=True, nogil=True)
def _after(a: int, b: int, lo: NDArray[np.uint64]) -> bool:
    return bool(lo[a] > lo[b] or (lo[a] == lo[b] and a > b))


@njit(cache=True, nogil=True)
def _place(values: NDArray[np.uint64], value: np.uint64) -> int:
    """Give how many of the sorted values are smaller."""
    low, high = 0, values.size
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _judge_equal(
    rows: NDArray[np.int64],  # arriving rows that share the first half, by second half
    known: NDArray[np.uint64],  # (n_known,) second halves on record, sorted
    lo: NDArray[np.uint64],
    given: NDArray[np.bool_],
    verdict: NDArray[np.uint8],
) -> None:
    start = 0
    while start < rows.size:
        base = lo[rows[start]]
        end = start + 1
        while end < rows.size and lo[rows[end]] == base:
            end += 1
        if given[rows[start]]:
            for i in range(start, end):
                verdict[rows[i]] = DUPLICATE
            if not _among(known, base):
                first = start == 0 or lo[rows[start - 1]] >> _HALF != base >> _HALF
                new = first and not _same_id_among(known, base)
                verdict[rows[start]] = NEW if new else CONFLICT
        else:
            for i in range(start, end):
                own = repeated(base, i - start)
                lo[rows[i]] = own
                verdict[rows[i]] = DUPLICATE if _among(known, own) else NEW
        start = end


@njit(cache=True, nogil=True)
def _among(values: NDArray[np.uint64], value: np.uint64) -> bool:
    at = _place(values, value)
    return bool(at < values.size and values[at] == value)


@njit(cache=True, nogil=True)
def _same_id_among(values: NDArray[np.uint64], value: np.uint64) -> bool:
    at = _place(values, value >> _HALF << _HALF)
    return bool(at < values.size and values[at] >> _HALF == value >> _HALF)
