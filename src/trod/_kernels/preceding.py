"""What came before something. `tests/slow_twins/preceding.py` holds the obvious version."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def count_preceding(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_s: NDArray[np.int64],  # (n_events,) whole seconds
    label: NDArray[np.int16],  # (n_events,) what the touchpoint is a case of, or -1
    window_s: int,
    end_s: int,  # nothing later is on record
    seen: NDArray[np.int64],  # (n_names,) scratch: last row of a name
    case: NDArray[np.int64],  # (n_names,) scratch: last case a name was counted for
    after_s: NDArray[np.int64],  # (n_names,) OUT: seconds within the window after a name
    active_s: NDArray[np.int64],  # (1,) OUT: seconds within the window after anything
    after: NDArray[np.int64],  # (n_labels, n_names) OUT: cases within the window after a name
    near: NDArray[np.int64],  # (n_labels,) OUT: cases within the window after anything
) -> None:
    """Count cases after each name, and the time in which they could have come.

    Windows of equal length: their union is their sum less what each shares with the one before it.
    O(n_events) for time, and the rows within the window of each case.
    """
    seen[:] = -1
    case[:] = -1
    for c in range(offsets.size - 1):
        first = offsets[c]
        for i in range(first, offsets[c + 1]):
            now, k = time_s[i], code[i]
            length = max(0, min(window_s, end_s - now))
            shared = 0
            if i > first:
                shared = max(0, min(time_s[i - 1] + window_s, end_s) - now)
            active_s[0] += length - shared
            shared = 0
            if seen[k] >= first:
                shared = max(0, min(time_s[seen[k]] + window_s, end_s) - now)
            after_s[k] += length - shared
            seen[k] = i
        for i in range(first, offsets[c + 1]):
            what = label[i]
            if what < 0:
                continue
            j = i - 1
            while j >= first and time_s[i] - time_s[j] <= window_s:
                if case[code[j]] != i:  # a name counts once for a case
                    case[code[j]] = i
                    after[what, code[j]] += 1
                j -= 1
            if j < i - 1:
                near[what] += 1
