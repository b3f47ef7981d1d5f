"""From ids seen together to people: which id belongs to whom, and which to nobody in particular.

The rules, in this order; none depends on the order in which rows arrive:

1. Ids that statements link are one id from here on (`trod.identity.stated`).
2. An id seen with more than ``max_people_per_id`` different ids of one more telling kind is used
   for nobody (a kiosk, a shared mailbox of a whole company). A mailbox of a role (``info@``)
   stands for itself. What was seen with either is no evidence.
3. Each known id is a person. Known ids of different kinds that lead to each other are one
   person, unless two of them are of one kind, or are stated not to be one person: then none of
   them merge, and all are reported.
4. Every other id belongs to the nearest person: the one it was seen with, or else the one that
   ids seen with it belong to, and so on. Where several people are equally near, it belongs to
   none of them and passes nothing on: a family tablet joins nobody. A person who already has an
   id that is stated not to be one person with it does not count as near.
5. Ids that no known person reaches make people of their own: first each e-mail address, with
   what is nearest to it, then each id of the next kind.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.components import NOBODY, SEVERAL, neighbours, spread
from trod._store.codes import occurring
from trod.identity.evidence import Evidence
from trod.identity.ids import Ids
from trod.identity.stated import Stated


class Owners(NamedTuple):
    """Whom each id belongs to."""

    owner: NDArray[np.int32]  # (n_ids,) smallest id of the person, itself where it is nobody's
    several: NDArray[np.bool_]  # (n_ids,) several people are equally near: stands for itself
    unused: NDArray[np.bool_]  # (n_ids,) seen with too many people: stands for nobody
    shared: NDArray[np.bool_]  # (n_ids,) belongs to several by its name: stands for itself
    split: NDArray[np.bool_]  # (n_ids,) known id that evidence would have merged with another
    by_name: NDArray[np.bool_]  # (n_ids,) shared by its name, linked by a statement or not
    too_many: NDArray[np.bool_]  # (n_ids,) seen with too many people, linked or not

    @property
    def silent(self) -> NDArray[np.bool_]:
        """Say of which ids, shape (n_ids,), what was seen with them is no evidence."""
        return self.by_name | self.too_many

    @property
    def own(self) -> NDArray[np.bool_]:
        """Say which ids, shape (n_ids,), lead to a person, and not just to themselves."""
        return ~(self.several | self.unused | self.shared)


def owners(
    ids: Ids,
    evidence: Evidence,
    stated: Stated,
    *,
    known: Collection[str],
    most: int,
    shared: NDArray[np.bool_],
) -> Owners:
    """Find whom each id belongs to."""
    pairs = _pairs(evidence)
    is_known = ids.are_of(known)
    too_many = _seen_with_too_many(ids, pairs, stated.group, most) & ~is_known
    silent = too_many | shared
    pairs = pairs[:, ~silent[pairs].any(axis=0)]
    graph = _Graph(ids, stated, pairs, is_known)
    owner, split = graph.owner, graph.give_known()
    quiet = _all_of_group(silent, stated.group)
    graph.spread_all(np.flatnonzero(quiet))
    several = owner == SEVERAL
    alone = several | quiet
    owner[alone] = np.flatnonzero(alone)
    group = stated.group
    unused = _all_of_group(too_many, group)[group]
    return Owners(
        owner=owner[group],
        several=several[group],
        unused=unused,
        shared=quiet[group] & ~unused,
        split=split[group] & is_known,
        by_name=shared,
        too_many=too_many,
    )


class _Graph:
    """Groups of ids that are one by statement, and which of them were seen together."""

    def __init__(
        self, ids: Ids, stated: Stated, pairs: NDArray[np.int32], is_known: NDArray[np.bool_]
    ) -> None:
        self.ids, self.group = ids, stated.group
        self.own = np.flatnonzero(is_known).astype(np.int32)  # known ids
        self.known_pairs = pairs[:, is_known[pairs].all(axis=0)]
        self.apart = _directed(self.group[stated.apart.one], self.group[stated.apart.other])
        self.near = _together(self.group, pairs)
        self.nodes = occurring(self.group[self.own], ids.n_ids)
        self.owner = np.full(ids.n_ids, NOBODY, np.int32)

    def spread_all(self, quiet: NDArray[np.intp]) -> None:
        """Give each id to the nearest person; make people of those that are left, by kind."""
        self.owner[quiet] = quiet
        n = self.ids.n_ids
        near, apart = _listed(self.near, n), _listed(self.apart, n)
        spread(*near, *apart, self.nodes, self.owner)
        first = self.ids.first
        for start, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
            own = np.arange(start, end, dtype=np.int32)
            roots = own[(self.owner[own] == NOBODY) & (self.group[own] == own)]
            self.owner[roots] = roots
            spread(*near, *apart, roots, self.owner)

    def give_known(self) -> NDArray[np.bool_]:
        """Make each known id a person, together with known ids that are only its own.

        Return which groups evidence would have merged with another one that has an id of the
        same kind, or that is stated not to be one person with it.
        """
        nodes = self.nodes
        self.owner[nodes] = nodes
        split = np.zeros(self.ids.n_ids, np.bool_)
        both = self._mergeable()
        if both.shape[1] == 0:
            return split
        # Rarely needed, and a quarter of a second to import.
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        shape = (self.ids.n_ids, self.ids.n_ids)
        links = coo_array((np.ones(both.shape[1], np.int8), (both[0], both[1])), shape=shape)
        _, cluster = connected_components(links, directed=False)
        clash = np.isin(cluster, self._clashing(cluster))
        split[nodes] = clash[nodes]
        smallest = np.full(cluster.max() + 1, self.ids.n_ids, np.int64)
        np.minimum.at(smallest, cluster[nodes], nodes)
        merged = nodes[~clash[nodes]]
        self.owner[merged] = smallest[cluster[merged]]
        return split

    def _mergeable(self) -> NDArray[np.int32]:
        """Give pairs of groups that a row with two known ids joins, unless they are held apart."""
        both = self.group[self.known_pairs]
        both = both[:, both[0] != both[1]]
        n = self.ids.n_ids
        key, apart = (pair[0].astype(np.int64) * n + pair[1] for pair in (both, self.apart))
        return np.asarray(both[:, ~np.isin(key, apart)], np.int32)

    def _clashing(self, cluster: NDArray[np.int32]) -> NDArray[Any]:
        """Give the clusters that hold two groups with a known id of one kind, or two held apart."""
        kind = self.ids.kind_of(self.own)
        nodes = self.group[self.own]
        held = np.unique(np.stack([cluster[nodes], kind, nodes]), axis=1)
        same = (np.diff(held[:2], axis=1) == 0).all(axis=0)
        one, other = cluster[self.apart]
        return np.concatenate([held[0, 1:][same], one[one == other]])


def _pairs(evidence: Evidence) -> NDArray[np.int32]:
    """Give each pair of ids once, whatever the source; evidence is in order of its pairs."""
    pairs = np.stack([evidence.one, evidence.other])
    return pairs[:, np.append(True, (np.diff(pairs, axis=1) != 0).any(axis=0))[: pairs.shape[1]]]


def _seen_with_too_many(
    ids: Ids, pairs: NDArray[np.int32], group: NDArray[np.int32], most: int
) -> NDArray[np.bool_]:
    """Find ids seen with more than `most` ids of one more telling kind; linked ones are one."""
    too_many = np.zeros(ids.n_ids, np.bool_)
    kind = ids.kind_of(pairs[0])
    for one in range(len(ids.kinds)):
        own = pairs[:, kind == one]
        if group[own[0]].tobytes() != own[0].tobytes():
            own = np.unique(np.stack([group[own[0]], own[1]]), axis=1)
        too_many |= np.bincount(own[1], minlength=ids.n_ids) > most
    return too_many


def _all_of_group(mask: NDArray[np.bool_], group: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say of each id that stands for a group whether the mask holds for the whole group."""
    every = np.zeros(mask.size, np.bool_)
    every[group] = True
    every[group[~mask]] = False
    return every


def _together(group: NDArray[np.int32], pairs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give pairs of different groups that were seen together, each once."""
    both = group[pairs]
    if np.array_equal(both, pairs):
        return pairs
    both = np.sort(both[:, both[0] != both[1]], axis=0)
    return np.asarray(np.unique(both, axis=1), np.int32)


def _directed(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give pairs both ways, each once."""
    both = np.stack([np.append(one, other), np.append(other, one)])
    return np.asarray(np.unique(both, axis=1), np.int32)


def _listed(pairs: NDArray[np.int32], n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Lay pairs out as neighbours of each id: offsets and neighbours."""
    offsets = np.zeros(n + 1, np.int64)
    near = np.empty(2 * pairs.shape[1], np.int32)
    one, other = (np.ascontiguousarray(side, np.int32) for side in pairs)
    neighbours(one, other, offsets, near)
    return offsets, near
