"""Tails of parts of wholes that vary more than chance alone: how often so few, or so many, come.

Functions here take arrays and fill arrays. `trod.insights.watching.tails` checks and names things;
`tests/slow_twins/tails.py` holds the obvious versions.
"""

from __future__ import annotations

from math import exp, lgamma

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def beta_binomial(
    part: NDArray[np.int64],  # (n,)
    whole: NDArray[np.int64],  # (n,)
    a: NDArray[np.float64],  # (n,) above 0
    b: NDArray[np.float64],  # (n,) above 0
    at_most: NDArray[np.float64],  # (n,) OUT: chance of `part` or fewer
    at_least: NDArray[np.float64],  # (n,) OUT: chance of `part` or more
) -> None:
    """Add up the chances of every number on the shorter side."""
    for i in range(part.size):
        n, k = whole[i], part[i]
        front = lgamma(n + 1.0) - lgamma(n + a[i] + b[i])
        front += lgamma(a[i] + b[i]) - lgamma(a[i]) - lgamma(b[i])
        low = high = here = 0.0
        few = 2 * k <= n
        for j in range(0 if few else k, k + 1 if few else n + 1):
            term = front + lgamma(j + a[i]) + lgamma(n - j + b[i])
            chance = exp(term - lgamma(j + 1.0) - lgamma(n - j + 1.0))
            if few:
                low += chance
            else:
                high += chance
            if j == k:
                here = chance
        if few:
            high = 1.0 - low + here
        else:
            low = 1.0 - high + here
        at_most[i] = min(max(low, 0.0), 1.0)
        at_least[i] = min(max(high, 0.0), 1.0)
