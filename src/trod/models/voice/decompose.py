"""Texts taken apart into topics, and how many of them two halves of the texts agree on."""

from __future__ import annotations

import warnings
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Seen = csr_matrix | NDArray[np.float64]

STABLE: Final = 0.8
"""How alike the topics of two halves must be, as a mean cosine."""
NEAR: Final = 0.2
_SAME: Final = 0.5
_ROUNDS: Final = 20


def how_many(seen: Seen, half: NDArray[np.bool_], most: int, seed: int) -> tuple[float, int]:
    """Give the largest number of topics that both halves show alike, and how alike they are."""
    best, number = 0.0, 0
    for k in range(2, min(most, int(half.sum()), int((~half).sum())) + 1):
        alike = likeness(seen, half, k, seed)
        if alike >= STABLE:
            best, number = alike, k
        elif not number:
            best = max(best, alike)
    return best, number


def likeness(seen: Seen, half: NDArray[np.bool_], k: int, seed: int) -> float:
    """Give how alike the topics of two halves are, paired as well as can be: mean cosine."""
    one, other = (_directions(seen[mask], k, seed) for mask in (half, ~half))
    return float(_matched(one, other).mean())


def shuffled(seen: Seen, seed: int) -> Seen:
    """Deal the words out anew: texts as long as they were, words as frequent, and no topics."""
    rng = np.random.default_rng(seed)
    if isinstance(seen, np.ndarray):
        return unit(rng.permuted(seen, axis=0))
    dealt = seen.copy()
    order = rng.permutation(dealt.nnz)
    dealt.indices, dealt.data = dealt.indices[order], dealt.data[order]
    dealt.has_sorted_indices = dealt.has_canonical_format = False
    dealt.sum_duplicates()
    squares = np.asarray(dealt.multiply(dealt).sum(axis=1)).ravel()
    dealt.data /= np.repeat(np.sqrt(np.where(squares > 0, squares, 1.0)), np.diff(dealt.indptr))
    return dealt


class Nearness(NamedTuple):
    """How near texts lie to the nearest topic that others showed: a mean cosine."""

    mean: float
    low: float  # 95 %
    high: float
    n: int


def nearness(seen: Seen, half: NDArray[np.bool_], k: int, seed: int) -> Nearness:
    """Find topics in one half of the texts, and say how near those of the other half lie."""
    near = np.asarray(seen[~half] @ _directions(seen[half], k, seed).T).max(axis=1)
    mean, error = float(near.mean()), 1.96 * float(near.std()) / sqrt(near.size)
    return Nearness(mean, mean - error, mean + error, near.size)


def reproduced(seen: Seen, half: NDArray[np.bool_], k: int, seed: int) -> NDArray[np.float64]:
    """Give the topics of all texts that both halves show as well, the largest first."""
    whole = _directions(seen, k, seed)
    sides = [_directions(seen[mask], k, seed) for mask in (half, ~half)]
    alike = np.minimum(*((whole @ side.T).max(axis=1) for side in sides))
    kept = whole[alike >= _SAME]
    near = seen @ kept.T
    best = np.where(near.max(axis=1) >= NEAR, near.argmax(axis=1), len(kept))
    size = np.bincount(best, minlength=len(kept) + 1)[: len(kept)]
    order = np.lexsort((np.arange(len(kept)), -size))
    found: NDArray[np.float64] = kept[order]
    return found


def middles(seen: Seen, directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the middle of the texts that lie nearest to each direction: what they have in common."""
    near = np.asarray(seen @ directions.T)
    best = np.where(near.max(axis=1) >= NEAR, near.argmax(axis=1), -1)
    belongs = (best[:, None] == np.arange(len(directions))).astype(np.float64)
    sums = np.asarray((seen.T @ belongs).T)
    return unit(np.where(belongs.any(axis=0)[:, None], sums, directions))


def _directions(seen: Seen, k: int, seed: int) -> NDArray[np.float64]:
    """Take texts apart into `k` topics, each of length 1; a topic without words stays zero."""
    if isinstance(seen, np.ndarray):
        return _groups(seen, k)
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    parts = NMF(k, init="nndsvd", random_state=seed, max_iter=60, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stability is judged, not the rest
        parts.fit(seen)
    return unit(np.asarray(parts.components_))


def _groups(seen: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Group vectors by direction: k-means from vectors that lie far apart, always the same ones."""
    middle = seen[np.argmax(seen @ seen.mean(axis=0))]
    chosen = [middle]
    while len(chosen) < k:
        chosen.append(seen[np.argmin((seen @ np.array(chosen).T).max(axis=1))])
    groups = np.array(chosen)
    for _ in range(_ROUNDS):
        best = (seen @ groups.T).argmax(axis=1)
        sums = np.array([seen[best == g].sum(axis=0) for g in range(k)])
        groups = np.where(np.abs(sums).sum(axis=1, keepdims=True) > 0, unit(sums), groups)
    return groups


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale each row to length 1; zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float64] = rows / np.where(length > 0, length, 1.0)
    return found


def _matched(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pair the topics of two halves so that they are as alike as can be; give the cosines."""
    from scipy.optimize import linear_sum_assignment

    cosine = one @ other.T
    rows, columns = linear_sum_assignment(-cosine)
    found: NDArray[np.float64] = cosine[rows, columns]
    return found
