"""What customers wrote, read from the log only where somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.log_part import opened

_TEXT = "text"


@dataclass(frozen=True, slots=True)
class LogText:
    """The text column of the log, by row of the log."""

    store: Store
    parts: Sequence[Part]

    def __call__(self, rows: NDArray[np.int64]) -> list[str | None]:
        """Give what was written at some rows, None where nothing was."""
        ends = np.cumsum([0, *(part.rows for part in self.parts)])
        part_of = np.searchsorted(ends, rows, side="right") - 1
        out: list[str | None] = [None] * rows.size
        for number in np.unique(part_of).tolist():
            wanted = np.flatnonzero(part_of == number)
            part = self.parts[number]
            with self.store.damage_named(part):
                texts = self._read(part, rows[wanted] - ends[number])
            for at, text in zip(wanted.tolist(), texts, strict=True):
                out[at] = text
        return out

    def _read(self, part: Part, rows: NDArray[np.int64]) -> list[str | None]:
        """Read rows of one part, and no row group without any of them."""
        file = opened(self.store, part)
        if _TEXT not in file.schema_arrow.names:
            return [None] * rows.size
        sizes = [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]
        starts = np.cumsum([0, *sizes])
        group_of = np.searchsorted(starts, rows, side="right") - 1
        groups, place = np.unique(group_of, return_inverse=True)
        first = np.cumsum([0, *(sizes[group] for group in groups.tolist())])
        column = file.read_row_groups(groups.tolist(), columns=[_TEXT])[_TEXT]
        within = rows - starts[group_of] + first[place]
        texts: list[str | None] = column.take(pa.array(within)).to_pylist()
        return texts
