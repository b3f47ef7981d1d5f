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
            group = np.sort(order[start:end])
            n_old = np.searchsorted(group, old)
            known = np.sort(lo[group[:n_old]])
            arriving = group[n_old:]
            _judge_equal(arriving[np.argsort(lo[arriving])], known, lo, given, verdict)
        start = end


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
    at = np.searchsorted(values, value)
    return bool(at < values.size and values[at] == value)


@njit(cache=True, nogil=True)
def _same_id_among(values: NDArray[np.uint64], value: np.uint64) -> bool:
    at = np.searchsorted(values, value >> _HALF << _HALF)
    return bool(at < values.size and values[at] >> _HALF == value >> _HALF)
