"""The nearest company without groups: what any grouping has to be better than.

Any cloud of customers can be cut into parts, and even a cloud of one piece is cut at nearly the
same place again and again. So a grouping is compared with groupings of customers who are as
different from each other as the real ones, but of one piece: along each direction the smoothest
change that leaves a single hump, and the directions independent of each other.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_GRID: Final = 256
_HALVINGS: Final = 16


def critical_width(x: Floats) -> float:
    """Give the smallest smoothing under which some numbers have a single hump.

    Silverman's critical bandwidth [1]_ of a Gaussian kernel, on a grid of 256 places.

    References
    ----------
    .. [1] Silverman (1981), "Using kernel density estimates to investigate multimodality",
       Journal of the Royal Statistical Society B 43:97-99.

    Examples
    --------
    Two heaps, ten apart, need far more smoothing than one:

    >>> heap = np.random.default_rng(0).standard_normal(500)
    >>> critical_width(heap) < 0.8 < 4 < critical_width(np.concatenate([heap, heap + 10]))
    True
    """
    spread = float(x.std())
    if spread == 0:
        return 0.0
    counts, edges = np.histogram(x, _GRID)
    places = (edges[1:] + edges[:-1]) / 2
    apart = (places[:, None] - places) ** 2
    low, high = 0.01 * spread, 3 * spread
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _humps(np.exp(-apart / (2 * middle**2)) @ counts) > 1:
            low = middle
        else:
            high = middle
    return high


def _humps(height: Floats) -> int:
    rises = np.diff(height) > 0
    return int(np.count_nonzero(rises[:-1] & ~rises[1:])) + int(not rises[0])


def one_group(places: Floats, widths: Floats, rng: np.random.Generator) -> Floats:
    """Draw as many customers of one piece, each direction by itself, of the same spread.

    Parameters
    ----------
    places
        Shape (n_customers, n_axes).
    widths
        Shape (n_axes,), by `critical_width`.
    rng
        Source of the draw.
    """
    n = places.shape[0]
    drawn = np.empty_like(places)
    for k, width in enumerate(widths):
        x = places[:, k]
        moved = x[rng.integers(n, size=n)] + width * rng.standard_normal(n)
        variance = max(float(x.var()), np.finfo(np.float64).tiny)
        drawn[:, k] = x.mean() + (moved - x.mean()) / np.sqrt(1 + width**2 / variance)
    return drawn
