"""Values of customers added up by what is compared, by period and by kind of customer.

Functions here take arrays and fill arrays. `trod.analyses.changes` defines every word, checks and
names things.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def add_up(
    row: NDArray[np.int64],  # (n_values,) what is compared
    customer: NDArray[np.int64],  # (n_values,)
    period: NDArray[np.int64],  # (n_values,)
    value: NDArray[np.int64],  # (n_values,)
    cells: NDArray[np.int64],  # (n_customers, n_splits) cells that a customer counts in
    sums: NDArray[np.int64],  # IN AND OUT: (n_rows, n_periods, n_cells, 3) n, sum, sum of squares
) -> None:
    """Add each value to every cell its customer counts in. O(n_values * n_splits)."""
    for i in range(row.size):
        v = value[i]
        for q in range(cells.shape[1]):
            into = sums[row[i], period[i], cells[customer[i], q]]
            into[0] += 1
            into[1] += v
            into[2] += v * v
