"""Rows of the log by source, by stage and by who they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trod._store.store import Store
from trod.events.conflicts import set_aside
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan, passages


def which(offsets: NDArray[np.int64], code: NDArray[np.integer[Any]], n: int) -> NDArray[np.bool_]:
    """Say which codes each customer has, shape (n_customers, n)."""
    size = offsets.size - 1
    key = np.repeat(np.arange(size), np.diff(offsets)) * n + code
    return (np.bincount(key, minlength=size * n) > 0).reshape(size, n)


@dataclass(frozen=True, slots=True, eq=False)
class LogSources:
    """Which source each row of the log came from."""

    names: tuple[str, ...]
    of_row: NDArray[np.int16]  # (n_rows,) index into names
    rows: NDArray[np.int64]  # (n_sources,) rows that count, those set aside left out

    @classmethod
    def of(cls, store: Store) -> LogSources:
        """Read it from the manifest: a part holds one source."""
        parts = store.manifest.of("touchpoints")
        names = tuple(sorted({str(part.facts["source"]) for part in parts}))
        index = [names.index(str(part.facts["source"])) for part in parts]
        sizes = [part.rows for part in parts]
        rows = np.bincount(index, weights=sizes, minlength=len(names)).astype(np.int64)
        aside = set_aside(store, parts)
        for part, at in zip(parts, index, strict=True):
            rows[at] -= len(aside.get(part.path, ()))
        return cls(names, np.repeat(np.array(index, np.int16), sizes), rows)

    def nobodys(self, journeys: Journeys) -> NDArray[np.int64]:
        """Count the rows of each source that are in no journey, shape (n_sources,)."""
        found = np.zeros(len(self.names), np.int64)
        for batch in journeys:
            found += np.bincount(self.of_row[batch.row], minlength=len(self.names))
        return self.rows - found

    def shown(self, journeys: Journeys) -> dict[str, list[NDArray[np.bool_]]]:
        """Say for each batch which customers each source ever shows, shape (n_customers,)."""
        seen: dict[str, list[NDArray[np.bool_]]] = {name: [] for name in self.names}
        for batch in journeys:
            masks = which(batch.offsets, self.of_row[batch.row], len(self.names))
            for at, name in enumerate(self.names):
                seen[name].append(masks[:, at])
        return seen

    def by_stage(self, journeys: Journeys, plan: StagePlan) -> NDArray[np.int64]:
        """Count rows by stage, source and touchpoint; the last stage is outside of all.

        Shape (n_stages + 1, n_sources, n_names).
        """
        shape = plan.n_stages + 1, len(self.names), len(journeys.vocabulary.touchpoints)
        counts = np.zeros(shape[0] * shape[1] * shape[2], np.int64)
        for batch in journeys:
            stage = passages(batch, plan).stage.astype(np.int64)
            stage[stage < 0] = plan.n_stages
            key = (stage * shape[1] + self.of_row[batch.row]) * shape[2] + batch.code
            counts += np.bincount(key, minlength=counts.size)
        return counts.reshape(shape)
