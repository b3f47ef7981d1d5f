"""Whether groups differ in how they end, or in what they need: beyond chance, and by how much."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MATTERS: Final = 0.1
"""Cramér's V from which a difference is more than small."""
_BY_CHANCE: Final = 0.05


class Difference(NamedTuple):
    """How much groups differ in something that customers are or are not."""

    strength: float  # Cramér's V: 0 for alike, 1 where the group says all
    p: float  # how often chance alone gives as much
    n: int

    @property
    def matters(self) -> bool:
        """Whether it is neither chance nor too small to act on."""
        return self.p < _BY_CHANCE and self.strength >= MATTERS


NO_DIFFERENCE: Final = Difference(0.0, 1.0, 0)


def differ(label: NDArray[np.int64], kind: NDArray[np.int8]) -> Difference:
    """Compare groups by the likelihood ratio of a table of counts.

    Parameters
    ----------
    label
        Shape (n_customers,), group of each.
    kind
        Shape (n_customers,), what each of them is, from 0; those below 0 are left out.

    Returns
    -------
    Difference
        Nothing, where there is only one group or one kind.

    References
    ----------
    .. [1] Cramér (1946), "Mathematical Methods of Statistics", chapter 21.

    Examples
    --------
    >>> found = differ(np.repeat([0, 1], 50), np.array([0] * 40 + [1] * 20 + [0] * 10 + [1] * 30))
    >>> round(found.strength, 2), found.p < 0.001, found.matters
    (0.6, True, True)
    """
    from scipy.special import chdtrc

    known = kind >= 0
    cells = np.zeros((int(label.max(initial=0)) + 1, int(kind.max(initial=0)) + 1))
    np.add.at(cells, (label[known], kind[known]), 1)
    cells = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    n = int(cells.sum())
    if min(cells.shape) < 2:
        return Difference(0.0, 1.0, n)
    usual = cells.sum(axis=1, keepdims=True) * cells.sum(axis=0) / n
    chi = float(((cells - usual) ** 2 / usual).sum())
    some = cells > 0
    ratio = 2 * float((cells[some] * np.log(cells[some] / usual[some])).sum())
    freedom = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    strength = float(np.sqrt(chi / (n * (min(cells.shape) - 1))))
    return Difference(strength, float(chdtrc(freedom, max(ratio, 0.0))), n)
