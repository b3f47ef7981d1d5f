"""What is known of customers at moments: spans of rows, counts, distinct counts, motifs.

Functions here take arrays and fill arrays. `trod.models.features` defines every word, checks and
names things; `tests/slow_twins/features.py` holds the obvious version.

Every kernel goes once through the rows of a customer, whatever the number of moments: what has
been counted up to one moment is gone on with for the next. Windows are read back from the moment.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

DAY_US = 86_400_000_000
FIRST, FROM_90, FROM_60, FROM_30, FROM_7, END = range(6)
N_SPAN = 6
NOTHING = np.nan


@njit(cache=True, nogil=True)
def spans(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    customer: NDArray[np.int64],  # (n_rows,) ascending
    moment_us: NDArray[np.int64],  # (n_rows,) ascending for each customer
    span: NDArray[np.int64],  # (n_rows, N_SPAN) OUT: rows of touchpoints, by the names above
) -> None:
    """Find the touchpoints up to each moment, and those in each window before it.

    A window of 7 days holds what is less than 7 days older than the moment.
    """
    c, end = -1, 0
    for r in range(customer.size):
        if customer[r] != c:
            c = customer[r]
            end = offsets[c]
        stop = offsets[c + 1]
        if end < stop and time_us[stop - 1] <= moment_us[r]:
            end = stop
        while end < stop and time_us[end] <= moment_us[r]:
            end += 1
        span[r, FIRST], span[r, END] = offsets[c], end
        i = end
        for window in range(4):
            days = (7, 30, 60, 90)[window]
            after_us = moment_us[r] - days * DAY_US
            while i > offsets[c] and time_us[i - 1] > after_us:
                i -= 1
            span[r, FROM_7 - window] = i


@njit(cache=True, nogil=True)
def begins(span: NDArray[np.int64], r: int) -> bool:
    """Say whether a row is the first one of its customer."""
    return r == 0 or span[r, FIRST] != span[r - 1, FIRST]


@njit(cache=True, nogil=True)
def days_since(moment_us: int, then_us: int) -> float:
    """Give days as a number with a fraction."""
    return (moment_us - then_us) / DAY_US


@njit(cache=True, nogil=True)
def count_codes(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    slot_of: NDArray[np.int16],  # (n_codes,) 0 to n_slots - 1; n_slots for what is not asked about
    n_slots: int,
    n_long: int,  # how many slots are counted in 90 days, and in 7
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of 3 * n_slots + 2 * n_long: ever, 30 days, since, 90 days, 7 days
) -> None:
    """Count touchpoints by code, ever and in windows, and the days since the last of each."""
    ever = np.zeros(n_slots + 1, np.int32)
    last = np.zeros(n_slots + 1, np.int64)
    recent = np.zeros((3, n_slots + 1), np.int32)
    done = 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done = span[r, FIRST]
            ever[:] = 0
        for i in range(done, span[r, END]):
            slot = slot_of[code[i]]
            ever[slot] += 1
            last[slot] = i
        done = span[r, END]
        recent[:] = 0
        for window in range(3):
            begin = (span[r, FROM_90], span[r, FROM_30], span[r, FROM_7])[window]
            until = (span[r, FROM_30], span[r, FROM_7], span[r, END])[window]
            for i in range(begin, until):
                recent[window, slot_of[code[i]]] += 1
        out = values[r, column:]
        for s in range(n_slots):
            out[s] = ever[s]
            out[n_slots + s] = recent[1, s] + recent[2, s]
        out = out[2 * n_slots :]
        for s in range(n_slots):
            out[s] = days_since(moment_us[r], time_us[last[s]]) if ever[s] else NOTHING
        out = out[n_slots:]
        for s in range(n_long):
            out[s] = recent[0, s] + recent[1, s] + recent[2, s]
            out[n_long + s] = recent[2, s]


@njit(cache=True, nogil=True)
def count_distinct(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    code: NDArray[np.int32],  # (n_events,) negative: does not count
    n_codes: int,
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of 3: ever, in 90 days, in 30 days
) -> None:
    """Count different codes, ever and in windows."""
    met = np.full((2, n_codes), -1, np.int64)
    begin, done, ever = 0, 0, 0
    for r in range(span.shape[0]):
        if begins(span, r):
            begin, done, ever = r, span[r, FIRST], 0
        for i in range(done, span[r, END]):
            if code[i] >= 0 and met[0, code[i]] != begin:
                met[0, code[i]] = begin
                ever += 1
        done = span[r, END]
        long, short = 0, 0
        for i in range(span[r, END] - 1, span[r, FROM_90] - 1, -1):
            if code[i] >= 0 and met[1, code[i]] != r:
                met[1, code[i]] = r
                long += 1
                short += i >= span[r, FROM_30]
        values[r, column], values[r, column + 1], values[r, column + 2] = ever, long, short


@njit(cache=True, nogil=True)
def _bits(some: int) -> int:
    """Count the bits of a number."""
    n = 0
    while some != 0:
        some &= some - np.uint64(1)
        n += 1
    return n


@njit(cache=True, nogil=True)
def count_distinct_few(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    code: NDArray[np.uint16],  # (n_events,) below 64
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of 3, as for `count_distinct`
) -> None:
    """Count different codes of which there are 64 at most, as the bits of a number."""
    one = np.uint64(1)
    done, ever = 0, np.uint64(0)
    for r in range(span.shape[0]):
        if begins(span, r):
            done, ever = span[r, FIRST], np.uint64(0)
        for i in range(done, span[r, END]):
            ever |= one << np.uint64(code[i])
        done = span[r, END]
        short, long = np.uint64(0), np.uint64(0)
        for i in range(span[r, FROM_30], span[r, END]):
            short |= one << np.uint64(code[i])
        for i in range(span[r, FROM_90], span[r, FROM_30]):
            long |= one << np.uint64(code[i])
        values[r, column] = _bits(ever)
        values[r, column + 1], values[r, column + 2] = _bits(short | long), _bits(short)


@njit(cache=True, nogil=True)
def count_motifs(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    code: NDArray[np.uint16],  # (n_events,)
    row_of: NDArray[np.int64],  # (n_codes,) where the row of a first code begins in `motif`
    motif: NDArray[np.int16],  # (n_rows * n_codes,) 0 to n_motifs - 1; n_motifs for none
    n_motifs: int,
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of n_motifs
) -> None:
    """Count some pairs of touchpoints that follow each other directly."""
    ever = np.zeros(n_motifs + 1, np.int32)
    done = 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done = span[r, FIRST] + 1
            ever[:] = 0
        for i in range(done, span[r, END]):
            ever[motif[row_of[code[i - 1]] + code[i]]] += 1
        done = max(done, span[r, END])
        for m in range(n_motifs):
            values[r, column + m] = ever[m]


@njit(cache=True, nogil=True)
def customers_by_code(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    until_us: int,
    customers: NDArray[np.int64],  # (n_codes,) IN AND OUT
) -> None:
    """Count customers who had each code up to a moment."""
    met = np.full(customers.size, -1, np.int64)
    for c in range(offsets.size - 1):
        for i in range(offsets[c], offsets[c + 1]):
            if time_us[i] > until_us:
                break
            customers[code[i]] += met[code[i]] != c
            met[code[i]] = c


@njit(cache=True, nogil=True)
def customers_by_pair(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    slot_of: NDArray[np.int16],  # (n_codes,) 0 to n_slots - 1, or n_slots
    until_us: int,
    customers: NDArray[np.int64],  # (n_slots + 1, n_slots + 1) IN AND OUT
) -> None:
    """Count customers who had each pair of touchpoints directly after each other by a moment."""
    met = np.full(customers.shape, -1, np.int64)
    for c in range(offsets.size - 1):
        for i in range(offsets[c] + 1, offsets[c + 1]):
            if time_us[i] > until_us:
                break
            a, b = slot_of[code[i - 1]], slot_of[code[i]]
            customers[a, b] += met[a, b] != c
            met[a, b] = c
