"""The narrow columns of journeys: their types, and how they come from Arrow columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import Unified
from trod.journeys.batch import NO_SCORE, NO_STATE, NO_VALUE, Vocabulary
from trod.journeys.vocabulary import (
    UNKNOWN_CHANNEL,
    Naming,
    channel_naming,
    state_naming,
    touchpoint_naming,
)

STATE: Final = "state."
COLUMN: Final = {"touchpoint": "code"}
"""Columns of journeys that have another name than the text column they encode."""
_EMPTY: Final[Mapping[str, np.generic]] = {
    "time_us": np.int64(0),
    "code": np.uint16(0),
    "value": np.int64(NO_VALUE),
    "score": np.int16(NO_SCORE),
    "row": np.int64(0),
}


def empty(vocabulary: Vocabulary) -> dict[str, np.generic]:
    """Give all narrow columns, and what each holds for a touchpoint that says nothing."""
    states = {STATE + name: np.uint16(NO_STATE) for name in sorted(vocabulary.states)}
    names = vocabulary.channels
    unknown = names.index(UNKNOWN_CHANNEL) if UNKNOWN_CHANNEL in names else 0
    return {**_EMPTY, "channel": np.uint8(unknown), **states}


def naming_of(
    texts: Mapping[str, Unified],
    order: Sequence[str],
    *,
    unknown_channel: bool,
    called: Mapping[str, str] | None = None,
) -> dict[str, Naming]:
    """Give codes to the names of all text columns: touchpoint, channel, ``state.<name>``.

    Touchpoints that are `called` something else count under that name.
    """
    naming = {
        "touchpoint": touchpoint_naming(texts["touchpoint"], order, called),
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


def numbers(table: pa.Table) -> dict[str, NDArray[Any]]:
    """Give the columns of numbers that say anything; missing numbers as in an empty place."""
    found: dict[str, NDArray[Any]] = {}
    for name, kind in (("value", pa.int64()), ("score", pa.int16())):
        if name in table.column_names and table[name].null_count < table.num_rows:
            column = table[name].cast(kind)
            nothing = pa.scalar(int(_EMPTY[name]), kind)
            filled = column.fill_null(nothing) if column.null_count else column
            found[name] = filled.combine_chunks().to_numpy()
    return found
