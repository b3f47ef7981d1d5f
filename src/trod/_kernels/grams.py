"""What follows which touchpoints: contexts and grams as single numbers.

A context is the last few touchpoints, the start of the journey among them; a gram is a context and
what came next. Both are numbers in base ``n_names + 3``, oldest touchpoint first, with the digits
code + 1, `n_names` + 1 for the start and `n_names` + 2 for the end. No digit is 0, so contexts of
different lengths are different numbers and two contexts never share one.

A gram is counted in one of `N_CELLS`: twice its age (under one week, two, four and so on), plus one
where it is settled.

One more context says how long the journey has lasted: the last touchpoint, and the days since the
first one in steps of half a doubling. It is ``base ** order`` and more, above all others.

Functions here take arrays and fill arrays. `trod.models.next.grams` checks and names things;
`tests/slow_twins/grams.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

WEEK_US = 7 * 86_400_000_000
N_AGES = 10
N_CELLS = 2 * N_AGES
DAY_US = 86_400_000_000
N_SINCE = 64


@njit(cache=True, nogil=True)
def _context(code: NDArray[np.uint16], first: int, i: int, length: int, base: int) -> int:
    """Give the number of the `length` touchpoints up to row `i`; the start may be one of them."""
    number = np.int64(0)
    for k in range(i - length + 1, i + 1):
        digit = base - 2 if k < first else np.int64(code[k]) + 1
        number = number * base + digit
    return number


@njit(cache=True, nogil=True)
def since_of(lasted_us: int) -> int:
    """Give the step of a time: the whole part of twice the logarithm of days + 1 to base 2."""
    days, step = min(lasted_us // DAY_US, 1 << 30) + 1, 0
    square = days * days
    while square > 1:
        square //= 2
        step += 1
    return step


@njit(cache=True, nogil=True)
def _lasting(
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    first: int,
    i: int,
    order: int,
    base: int,
) -> int:
    """Give the number of the context of row `i` that says how long the journey has lasted."""
    step = since_of(time_us[i] - time_us[first])
    return np.int64(base) ** order + (np.int64(code[i]) + 1) * N_SINCE + step


@njit(cache=True, nogil=True)
def contexts_at(
    first: NDArray[np.int64],  # (n,) first row of the customer
    row: NDArray[np.int64],  # (n,) row of the last touchpoint of the context
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    base: int,
    numbers: NDArray[np.int64],  # (n, order + 2) OUT: by length, -1 where the journey is shorter;
    #                              then how long it has lasted
) -> None:
    """Give the contexts at some rows."""
    order = numbers.shape[1] - 2
    for j in range(row.size):
        for length in range(order + 1):
            numbers[j, length] = -1
            if row[j] - length + 1 >= first[j] - 1:
                numbers[j, length] = _context(code, first[j], row[j], length, base)
        numbers[j, order + 1] = _lasting(code, time_us, first[j], row[j], order, base)


@njit(cache=True, nogil=True)
def count_grams(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    length: int,  # touchpoints in the context; order + 1 for how long the journey has lasted
    order: int,
    base: int,  # n_names + 3
    as_of_us: int,  # touchpoints later than this did not happen yet
    settled_us: int,  # silence since then counts as the end
    counts: NDArray[np.int64],  # (n_keys,) IN AND OUT by gram * N_CELLS + cell; or empty
    keys: NDArray[np.int64],  # (n_events,) OUT where there are too many keys to count; or empty
) -> int:
    """Count the gram of every touchpoint whose next one, or end, is known. Gives how many.

    With room for counts they are counted, else the keys are listed.
    """
    n, dense = 0, counts.size > 0
    for c in range(offsets.size - 1):
        first, end, age = offsets[c], offsets[c + 1], N_AGES - 1
        for i in range(first, end):
            if time_us[i] > as_of_us:
                break
            while age > 0 and as_of_us - time_us[i] < WEEK_US << (age - 1):
                age -= 1  # times rise, so ages fall
            settled = np.int64(time_us[i] <= settled_us)
            if i + 1 < end and time_us[i + 1] <= as_of_us:
                following = np.int64(code[i + 1]) + 1
            elif settled:
                following = base - 1
            else:
                break
            if length > order:
                context = _lasting(code, time_us, first, i, order, base)
            elif i - length + 1 >= first - 1:
                context = _context(code, first, i, length, base)
            else:
                continue
            key = (context * base + following) * N_CELLS + 2 * age + settled
            if dense:
                counts[key] += 1
            else:
                keys[n] = key
            n += 1
    return n
