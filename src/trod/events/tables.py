"""The record of a touchpoint: the columns that every source is mapped to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

ID: Final = "id."
"""Prefix of columns that hold ids; the kind follows."""
STATE: Final = "state."
"""Prefix of columns that hold states; the name follows."""
JOINT: Final = "·"
"""What stands between the parts of an id made from several columns."""


def touchpoint_schema(kinds: Iterable[str], states: Iterable[str]) -> pa.Schema:
    """Give the columns of touchpoints of a source.

    Examples
    --------
    >>> touchpoint_schema(["customer"], []).names
    ['source', 'message_id', 'time_us', 'touchpoint', 'channel', 'id.customer',
     'value', 'score', 'text', 'properties']
    """
    return pa.schema(
        [
            pa.field("source", pa.string(), nullable=False),
            pa.field("message_id", pa.string()),
            pa.field("time_us", pa.int64(), nullable=False),
            pa.field("touchpoint", pa.string(), nullable=False),
            pa.field("channel", pa.string()),
            *(pa.field(ID + kind, pa.string()) for kind in kinds),
            pa.field("value", pa.int64()),
            pa.field("score", pa.int16()),
            pa.field("text", pa.string()),
            *(pa.field(STATE + name, pa.string()) for name in states),
            pa.field("properties", pa.string()),
        ]
    )


def attribute_schema(kinds: Iterable[str], names: Iterable[str]) -> pa.Schema:
    """Give the columns of a profile table.

    Examples
    --------
    >>> attribute_schema(["customer"], ["age"]).names
    ['source', 'id.customer', 'age']
    """
    return pa.schema(
        [
            pa.field("source", pa.string(), nullable=False),
            *(pa.field(ID + kind, pa.string()) for kind in kinds),
            *(pa.field(name, pa.string()) for name in names),
        ]
    )
