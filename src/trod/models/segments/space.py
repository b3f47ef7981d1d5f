"""The few directions in which customers differ together, and not by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SHUFFLES: Final = 20
_CERTAIN: Final = 0.95
_MOST: Final = 12
_DIGITS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Directions by which behaviours are laid out."""

    middle: Floats  # (n_columns,)
    axes: Floats  # (n_axes, n_columns) of length 1, at right angles

    @property
    def n_axes(self) -> int:
        """How many directions there are."""
        return int(self.axes.shape[0])

    def places(self, ratios: Floats) -> Floats:
        """Lay out customers, (n_customers, n_axes)."""
        found: Floats = (ratios - self.middle) @ self.axes.T
        return found


def space(ratios: Floats, rng: np.random.Generator) -> Space:
    """Find the directions along which several behaviours go together.

    Principal components of the covariance whose spread is larger than in 19 of 20 tables in which
    every column was shuffled by itself: Horn's parallel analysis [1]_. Ten touchpoints that say
    the same are one direction, and one that goes with nothing is none, so that many columns about
    one thing do not outvote the others.

    Parameters
    ----------
    ratios
        Shape (n_customers, n_columns).
    rng
        Source of the shuffles.

    Returns
    -------
    Space
        At most twelve directions; none where nothing goes together.

    Notes
    -----
    O(n_customers * n_columns ** 2) for each of twenty shuffles.

    References
    ----------
    .. [1] Horn (1965), "A rationale and test for the number of factors in factor analysis",
       Psychometrika 30:179-185.

    Examples
    --------
    Two columns that go together, and one by itself:

    >>> rng = np.random.default_rng(0)
    >>> one, other = rng.standard_normal((2, 500))
    >>> found = space(np.column_stack([one, one + 0.1 * other, other]), rng)
    >>> found.n_axes, np.abs(found.axes[0]).round(1).tolist()
    (1, [0.7, 0.7, 0.1])
    """
    middle = ratios.mean(axis=0)
    centred = ratios - middle
    values, vectors = np.linalg.eigh(centred.T @ centred / ratios.shape[0])
    by_chance = np.sort([_spreads(centred, rng) for _ in range(_SHUFFLES)], axis=0)
    limit = by_chance[int(_CERTAIN * _SHUFFLES) - 1]
    larger = values[::-1] > limit
    n = min(int(larger.size if larger.all() else larger.argmin()), _MOST)
    axes = vectors[:, ::-1][:, :n].T
    # An axis has no sign of its own: the heaviest column points up.
    heavy = np.abs(axes).argmax(axis=1)
    signs = np.sign(axes[np.arange(n), heavy])
    return Space(middle.round(_DIGITS), (axes * signs[:, None]).round(_DIGITS))


def _spreads(centred: Floats, rng: np.random.Generator) -> Floats:
    """Give the spreads along the directions of a table with shuffled columns, largest first."""
    shuffled = rng.permuted(centred, axis=0)
    found: Floats = np.linalg.eigvalsh(shuffled.T @ shuffled / centred.shape[0])[::-1]
    return found
