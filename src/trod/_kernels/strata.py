"""Customers at signs by the kinds they are of, and what is known of them before.

Functions here take arrays and fill arrays. `trod.analyses.signals` defines every word, checks and
names things.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import LEFT, NEVER


@njit(cache=True, nogil=True)
def by_stratum(
    at: NDArray[np.int8],  # (n_customers, n_signs)
    half: NDArray[np.uint8],  # (n_customers,)
    level: NDArray[np.int64],  # (n_customers, n_strata)
    rows: NDArray[np.int64],  # (n_rows, 6) sign, three strata or -1, sign as a stratum or -1, place
    n_levels: NDArray[np.int64],  # (n_strata,)
    counts: NDArray[np.int64],  # IN AND OUT: flat, by row: level, half, group (3), outcome (2)
) -> None:
    """Count customers at risk by stratum, half, group and outcome. O(n_customers * n_rows)."""
    for c in range(half.size):
        for r in range(rows.shape[0]):
            here = at[c, rows[r, 0]]
            if here < 0:
                continue
            cell = 0
            for q in rows[r, 1:4]:
                if q >= 0:
                    cell = cell * n_levels[q] + level[c, q]
            if rows[r, 4] >= 0:
                other = at[c, rows[r, 4]]
                cell = cell * 3 + (0 if other < 0 else 1 if other < 4 else 2)
            counts[rows[r, 5] + (cell * 2 + half[c]) * 6 + here] += 1


@njit(cache=True, nogil=True)
def ground(
    offsets: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    entered_us: NDArray[np.int64],
    furthest: NDArray[np.int8],
    status: NDArray[np.int8],
    last: NDArray[np.int64],
    stage: NDArray[np.int8],
    busy: NDArray[np.int64],  # (n_customers, n_stages) OUT: touchpoints before entering; -1 not in
    told: NDArray[np.int64],  # (n_names, 2) IN AND OUT: customers who had it in the passage; who
    #                           had it only after they had left
) -> None:
    """Count what customers did before each stage, and what comes only after leaving."""
    n_names = told.shape[0]
    inside = np.full(n_names, -1, np.int64)
    after = np.full(n_names, -1, np.int64)
    busy[:] = -1
    for c in range(furthest.size):
        for s in range(entered_us.shape[1]):
            if furthest[c] < 0 or entered_us[c, s] == NEVER:
                continue
            busy[c, s] = 0
            for i in range(offsets[c], offsets[c + 1]):
                if time_us[i] >= entered_us[c, s]:
                    break
                busy[c, s] += 1
        if furthest[c] < 0:
            continue
        for i in range(offsets[c], offsets[c + 1]):
            k = code[i]
            if stage[i] >= 0 and inside[k] != c:
                inside[k] = c
                told[k, 0] += 1
            elif status[c] == LEFT and i > last[c] and inside[k] != c and after[k] != c:
                after[k] = c
                told[k, 1] += 1
