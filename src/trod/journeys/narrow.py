"""The narrow columns of one part of the log, in its own order, names as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod._store.codes import encode
from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.log_part import ID_HI
from trod.journeys.columns import COLUMN, numbers
from trod.journeys.shelf import TIE
from trod.journeys.texts import read_texts
from trod.journeys.vocabulary import Naming

TIE_COLUMN: Final = ID_HI


def narrow(
    store: Store, part: Part, naming: Mapping[str, Naming], at: int, row: int
) -> dict[str, NDArray[Any]]:
    """Read the columns that journeys keep, and what decides between equal rows.

    Parameters
    ----------
    store, part
        Which part.
    naming, at
        How names lead to codes, and the number of this part there.
    row
        Number of its first row in the log.
    """
    table = read_texts(store, part, (*naming, "time_us", "value", "score", TIE_COLUMN))
    columns: dict[str, NDArray[Any]] = {
        COLUMN.get(name, name): one.codes(at, encode(table[name]).code)
        for name, one in naming.items()
        if name in table.column_names
    }
    columns |= numbers(table)
    columns["time_us"] = table["time_us"].combine_chunks().to_numpy()
    columns["row"] = np.arange(row, row + part.rows, dtype=np.int64)
    columns[TIE] = table[TIE_COLUMN].combine_chunks().to_numpy()
    return columns
