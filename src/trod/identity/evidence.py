"""Which ids were seen together: each edge with the rule and the source behind it."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.identity.ids import ACCOUNT, Ids, PartIds


class Evidence(NamedTuple):
    """Pairs of ids that stood in one row, each pair once for each source."""

    one: NDArray[np.int32]  # (n_edges,) the more telling id
    other: NDArray[np.int32]  # (n_edges,) the less telling one
    source: NDArray[np.int32]  # (n_edges,) index into sources
    rows: NDArray[np.int64]  # (n_edges,) in how many rows
    sources: tuple[str, ...]

    def to_arrow(self, ids: Ids) -> pa.Table:
        """Write the edges for people: rule, kinds, ids, source, rows."""
        kinds = pa.array(ids.kinds, pa.string())
        kind_one, kind_other = (kinds.take(pa.array(ids.kind_of(e))) for e in self[:2])
        return pa.table(
            {
                "rule": _rules(ids, self),
                "kind": kind_one,
                "id": ids.values.take(pa.array(self.one)),
                "with_kind": kind_other,
                "with_id": ids.values.take(pa.array(self.other)),
                "source": pa.array(self.sources, pa.string()).take(pa.array(self.source)),
                "rows": pa.array(self.rows),
            }
        )


def collect(ids: Ids) -> Evidence:
    """Find the pairs of ids that stand in one row, in order of their numbers and sources."""
    sources = tuple(sorted({part.part.facts["source"] for part in ids.parts}))
    found = [_edges(part, ids, sources.index(part.part.facts["source"])) for part in ids.parts]
    keys, rows = _added(
        np.concatenate([np.zeros((3, 0), np.int64), *(keys for keys, _ in found)], axis=1),
        np.concatenate([np.zeros(0, np.int64), *(rows for _, rows in found)]),
    )
    one, other, source = keys.astype(np.int32)
    return Evidence(one, other, source, rows, sources)


def _edges(part: PartIds, ids: Ids, source: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the pairs (3, n_edges) of one part, and in how many rows each stands."""
    keys, counts = [np.zeros((3, 0), np.int64)], [np.zeros(0, np.int64)]
    for a, b in combinations([k for k in ids.kinds if k in part.ids and k != ACCOUNT], 2):
        one, other = part.ids[a], part.ids[b]
        both = (one >= 0) & (other >= 0)
        key = one[both].astype(np.int64) * ids.n_ids + other[both]
        pairs, rows = np.unique(key, return_counts=True)
        keys.append(np.stack([pairs // ids.n_ids, pairs % ids.n_ids, np.full_like(pairs, source)]))
        counts.append(rows.astype(np.int64))
    return np.concatenate(keys, axis=1), np.concatenate(counts)


def _added(
    keys: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add up the rows of equal pairs of equal sources."""
    if keys.shape[1] == 0:
        return keys, rows
    order = np.lexsort(keys[::-1])
    keys, rows = keys[:, order], rows[order]
    first = np.concatenate([[True], (np.diff(keys, axis=1) != 0).any(axis=0)])
    return keys[:, first], np.add.reduceat(rows, np.flatnonzero(first))


def _rules(ids: Ids, edges: Evidence) -> pa.StringArray:
    one, other = ids.kind_of(edges.one), ids.kind_of(edges.other)
    texts = pa.array([f"{a} and {b} in one row" for a in ids.kinds for b in ids.kinds], pa.string())
    return texts.take(pa.array(one * len(ids.kinds) + other))
