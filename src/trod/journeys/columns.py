"""The narrow columns of journeys: their types, and how they come from Arrow columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import Unified
from trod.journeys.batch import Vocabulary
from trod.journeys.vocabulary import (
    Naming,
    channel_naming,
    state_naming,
    touchpoint_naming,
)

STATE: Final = "state."
COLUMN: Final = {"touchpoint": "code"}
"""Columns of journeys that have another name than the text column they encode."""
_TYPES: Final[Mapping[str, type[np.generic]]] = {
    "time_us": np.int64,
    "code": np.uint16,
    "channel": np.uint8,
    "value": np.int64,
    "score": np.int16,
    "row": np.int64,
}


def types(columns: Iterable[str]) -> dict[str, type[np.generic]]:
    """Give the types of all narrow columns; `columns` may hold ``state.<name>`` columns."""
    states = {name: np.uint16 for name in columns if name.startswith(STATE)}
    return {**_TYPES, **states}


def naming_of(
    texts: Mapping[str, Unified], order: Sequence[str], *, unknown_channel: bool
) -> dict[str, Naming]:
    """Give codes to the names of all text columns: touchpoint, channel, ``state.<name>``."""
    naming = {
        "touchpoint": touchpoint_naming(texts["touchpoint"], order),
        "channel": channel_naming(texts["channel"], some_unknown=unknown_channel),
    }
    for name in sorted(texts):
        if name.startswith(STATE):
            naming[name] = state_naming(name.removeprefix(STATE), texts[name])
    return naming


def vocabulary_of(naming: Mapping[str, Naming]) -> Vocabulary:
    """Give the names behind all codes."""
    return Vocabulary(
        naming["touchpoint"].names,
        naming["channel"].names,
        {
            name.removeprefix(STATE): one.names
            for name, one in naming.items()
            if name.startswith(STATE)
        },
    )


def numbers(table: pa.Table, name: str, kind: pa.DataType, missing: int) -> NDArray[Any]:
    """Give a column of numbers, `missing` where it is null or not there."""
    if name not in table.column_names:
        return np.full(table.num_rows, missing, kind.to_pandas_dtype())
    column = table[name].cast(kind)
    if column.null_count:
        column = column.fill_null(pa.scalar(missing, kind))
    numbers: NDArray[Any] = column.combine_chunks().to_numpy()
    return numbers
