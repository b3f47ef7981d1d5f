"""Into how many groups customers fall: better than chance, and the same again when drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.models.segments.one_group import critical_width, one_group

MOST_SEGMENTS: Final = 7
STABLE: Final = 0.8
"""Two of three who are together stay together and apart apart: agreement beyond chance."""
CLEAR: Final = 0.1
"""Groups hold together at least a tenth better than those cut from one piece."""
_DRAWS: Final = 12
_STARTS: Final = 4
_JUDGED: Final = 4_000  # customers on whom a number of groups is judged

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One number of groups, and how it was judged."""

    centres: Floats  # (n_groups, n_axes)
    clearness: float  # how much closer together than groups of one piece, in logarithms: the gap
    beats: float  # share of draws of one piece that hold together less well
    stability: float  # mean agreement of groupings of new draws with this one, 1 for the same

    @property
    def n(self) -> int:
        """How many groups there are."""
        return int(self.centres.shape[0])

    @property
    def holds(self) -> bool:
        """Whether it is more than a cut through one piece, and found again in new draws."""
        return self.clearness >= CLEAR and self.beats == 1.0 and self.stability >= STABLE


def nearest(places: Floats, centres: Floats) -> Labels:
    """Say which centre is nearest to each customer; the first of equals.

    Examples
    --------
    >>> nearest(np.array([[0.0], [9.0]]), np.array([[1.0], [8.0]])).tolist()
    [0, 1]
    """
    return np.asarray(distances(places, centres).argmin(axis=1), np.int64)


def distances(places: Floats, centres: Floats) -> Floats:
    """Give the squared distance to each centre, (n_customers, n_groups)."""
    apart = places[:, None, :] - centres[None, :, :]
    found: Floats = np.einsum("ijk,ijk->ij", apart, apart)
    return found


def groupings(places: Floats, rng: np.random.Generator) -> tuple[Grouping, ...]:
    """Group customers into two to seven groups, and judge each number of groups.

    Groups are those of k-means. *Clearness* is the gap statistic [1]_: the logarithm of the
    scatter inside the groups, beside that of the same number of groups in customers of one piece
    (`one_group`). *Stability* is the adjusted Rand index [2]_ between the groups and those found in
    customers drawn again with repetition, each customer put to the nearest centre.

    Parameters
    ----------
    places
        Shape (n_customers, n_axes), in an order that does not depend on the arrival of the data.
    rng
        Source of the draws.

    Returns
    -------
    tuple of Grouping
        From two groups on.

    Notes
    -----
    Some 150 runs of k-means, on at most 4,000 customers each.

    References
    ----------
    .. [1] Tibshirani, Walther & Hastie (2001), "Estimating the number of clusters in a data set
       via the gap statistic", Journal of the Royal Statistical Society B 63:411-423.
    .. [2] Hubert & Arabie (1985), "Comparing partitions", Journal of Classification 2:193-218.
    """
    few = places
    if places.shape[0] > _JUDGED:
        few = places[np.sort(rng.permutation(places.shape[0])[:_JUDGED])]
    widths = np.array([critical_width(x) for x in few.T])
    pieces = [one_group(few, widths, rng) for _ in range(_DRAWS)]
    again = [few[rng.integers(few.shape[0], size=few.shape[0])] for _ in range(_DRAWS)]
    seeds = rng.integers(2**31 - 1, size=MOST_SEGMENTS + 1).tolist()
    most = min(MOST_SEGMENTS, np.unique(few, axis=0).shape[0] - 1)
    with one_thread():
        return tuple(
            _judged(places, few, pieces, again, n=n, seed=seeds[n]) for n in range(2, most + 1)
        )


def one_thread() -> AbstractContextManager[object]:
    """Hold the libraries that fit to one thread.

    Sums of fractions on several threads depend on their number; and on small tables threads wait
    for each other far longer than they work.
    """
    import sklearn.cluster  # noqa: F401 - a library is held only once it is there
    from threadpoolctl import threadpool_limits

    held: AbstractContextManager[object] = threadpool_limits(1)
    return held


def _judged(
    places: Floats, few: Floats, pieces: Sequence[Floats], again: Sequence[Floats], *, n: int,
    seed: int,
) -> Grouping:  # fmt: skip
    centres = k_means(places, n, seed, starts=2 * _STARTS)
    own = _tightness(few, n, seed)
    chance = np.array([_tightness(piece, n, seed) for piece in pieces])
    label = nearest(few, centres)
    same = [agreement(label, nearest(few, k_means(draw, n, seed))) for draw in again]
    return Grouping(
        centres,
        float(chance.mean() - own),
        float(np.mean(chance > own)),
        float(np.mean(same)),
    )


def chosen(found: Sequence[Grouping], useful: Sequence[bool]) -> Grouping | None:
    """Choose the clearest grouping that holds, of those that are of use if there are any.

    None where none holds: no structure.
    """
    held = [(of_use, one) for of_use, one in zip(useful, found, strict=True) if one.holds]
    best = max(held, key=lambda each: (each[0], each[1].clearness, -each[1].n), default=None)
    return None if best is None else best[1]


def k_means(places: Floats, n: int, seed: int, *, starts: int = _STARTS) -> Floats:
    """Give the centres of `n` groups, in order of their places."""
    from sklearn.cluster import KMeans

    fitted = KMeans(n, n_init=starts, random_state=seed).fit(places)
    centres = np.asarray(fitted.cluster_centers_, np.float64)
    return centres[np.lexsort(centres.T[::-1])]


def _tightness(places: Floats, n: int, seed: int) -> float:
    """Give the logarithm of the scatter inside groups, as a share of all scatter."""
    from sklearn.cluster import KMeans

    inside = KMeans(n, n_init=_STARTS, random_state=seed).fit(places).inertia_
    whole = float(((places - places.mean(axis=0)) ** 2).sum())
    return float(np.log(max(inside, np.finfo(np.float64).tiny) / whole))


def agreement(one: Labels, other: Labels) -> float:
    """Give the adjusted Rand index of two groupings: 1 for the same, 0 for chance.

    Examples
    --------
    >>> agreement(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    >>> round(agreement(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])), 3)
    -0.5
    """
    cells = np.zeros((int(one.max()) + 1, int(other.max()) + 1), np.int64)
    np.add.at(cells, (one, other), 1)
    pairs, rows, columns = (
        int((n * (n - 1) // 2).sum()) for n in (cells, cells.sum(axis=1), cells.sum(axis=0))
    )
    usual = rows * columns / max(one.size * (one.size - 1) // 2, 1)
    most = (rows + columns) / 2
    return 1.0 if most == usual else float((pairs - usual) / (most - usual))
