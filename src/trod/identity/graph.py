"""From ids seen together to people: which id belongs to whom, and which to nobody in particular.

The rules, in this order; none depends on the order in which rows arrive:

1. An id seen with more than ``max_people_per_id`` different ids of one more telling kind is used
   for nobody (a kiosk, a shared mailbox of a whole company).
2. Each known id is a person. Known ids of different kinds that lead to each other are one
   person, unless two of them are of one kind: then none of them merge, and all are reported.
3. Every other id belongs to the nearest person: the one it was seen with, or else the one that
   ids seen with it belong to, and so on. Where several people are equally near, it belongs to
   none of them and passes nothing on: a family tablet joins nobody.
4. Ids that no known person reaches make people of their own: first each e-mail address, with
   what is nearest to it, then each id of the next kind.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.components import NOBODY, SEVERAL, neighbours, spread
from trod.identity.evidence import Evidence
from trod.identity.ids import Ids


class Owners(NamedTuple):
    """Whom each id belongs to."""

    owner: NDArray[np.int32]  # (n_ids,) smallest id of the person, itself where it is nobody's
    several: NDArray[np.bool_]  # (n_ids,) several people are equally near: stands for itself
    unused: NDArray[np.bool_]  # (n_ids,) seen with too many people: stands for nobody
    split: NDArray[np.bool_]  # (n_ids,) known id that evidence would have merged with another


def owners(ids: Ids, evidence: Evidence, *, known: Collection[str], most: int) -> Owners:
    """Find whom each id belongs to."""
    pairs = np.unique(np.stack([evidence.one, evidence.other]), axis=1)
    is_known = np.isin(ids.kind_of(np.arange(ids.n_ids)), _indices(ids, known))
    unused = _seen_with_too_many(ids, pairs, most) & ~is_known
    pairs = pairs[:, ~unused[pairs].any(axis=0)]
    owner = np.full(ids.n_ids, NOBODY, np.int32)
    split = _give_known(ids, pairs, is_known, owner)
    offsets = np.zeros(ids.n_ids + 1, np.int64)
    near = np.empty(2 * pairs.shape[1], np.int32)
    neighbours(pairs[0], pairs[1], offsets, near)
    spread(offsets, near, np.flatnonzero(is_known).astype(np.int32), owner)
    for kind in range(len(ids.kinds)):
        own = np.arange(ids.first[kind], ids.first[kind + 1], dtype=np.int32)
        roots = own[(owner[own] == NOBODY) & ~unused[own]]
        owner[roots] = roots
        spread(offsets, near, roots, owner)
    several = owner == SEVERAL
    alone = several | unused
    owner[alone] = np.flatnonzero(alone)
    return Owners(owner, several, unused, split)


def _indices(ids: Ids, kinds: Collection[str]) -> list[int]:
    return [at for at, kind in enumerate(ids.kinds) if kind in kinds]


def _seen_with_too_many(ids: Ids, pairs: NDArray[np.int32], most: int) -> NDArray[np.bool_]:
    """Find ids seen with more than `most` ids of one more telling kind."""
    too_many = np.zeros(ids.n_ids, np.bool_)
    kind = ids.kind_of(pairs[0])
    for one in range(len(ids.kinds)):
        too_many |= np.bincount(pairs[1][kind == one], minlength=ids.n_ids) > most
    return too_many


def _give_known(
    ids: Ids, pairs: NDArray[np.int32], is_known: NDArray[np.bool_], owner: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Make each known id a person, together with known ids of other kinds that are only its own.

    Return which known ids evidence would have merged with another of their kind.
    """
    own = np.flatnonzero(is_known).astype(np.int32)
    owner[own] = own
    split = np.zeros(ids.n_ids, np.bool_)
    both = pairs[:, is_known[pairs].all(axis=0)]
    if both.shape[1] == 0:
        return split
    # Rarely needed, and a quarter of a second to import.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    shape = (ids.n_ids, ids.n_ids)
    links = coo_array((np.ones(both.shape[1], np.int8), (both[0], both[1])), shape=shape)
    _, group = connected_components(links, directed=False)
    kind = ids.kind_of(own)
    _, of_pair, n = np.unique(
        group[own].astype(np.int64) * len(ids.kinds) + kind, return_inverse=True, return_counts=True
    )
    clash = np.isin(group, group[own[n[of_pair] > 1]])
    split[own] = clash[own]
    smallest = np.full(group.max() + 1, ids.n_ids, np.int64)
    np.minimum.at(smallest, group[own], own)
    merged = own[~clash[own]]
    owner[merged] = smallest[group[merged]]
    return split
