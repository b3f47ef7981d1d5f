"""A number for each touchpoint that is the same whenever and in whatever file it arrives."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.murmur import hash_numbers, hash_text
from trod._store.codes import hash_of, text_buffers

MESSAGE_ID = "message_id"
SOURCE = "source"
CONTENT: Final = np.uint64(0xFFFF_FFFF)
"""The bits of the second half that say what a row holds whose source gave it an id."""
_ALL: NDArray[np.bool_] = np.zeros(0, np.bool_)


class EventIds(NamedTuple):
    """128 bits for each row: of all its columns, or of the id its source gave it.

    Where the source gave an id, 96 bits are of that id and the last 32 of all columns, so that
    two contents of one id are told apart, and the smaller of them is the same in every order.
    """

    hi: NDArray[np.uint64]  # (n,)
    lo: NDArray[np.uint64]  # (n,)
    given: NDArray[np.bool_]  # (n,) the source gave an id


def event_ids(rows: pa.Table, source: str) -> EventIds:
    """Hash the rows of one source.

    Columns count by name, not by place, and a column without a value counts as if it were not
    there, so that a source may gain columns without its old rows looking new.

    Examples
    --------
    >>> import pyarrow as pa
    >>> one = pa.table({"touchpoint": ["pay"], "time_us": [7], "text": pa.array([None], "string")})
    >>> two = pa.table({"time_us": [7], "touchpoint": ["pay"]})
    >>> event_ids(one, "till").hi == event_ids(two, "till").hi
    array([ True])
    """
    ours = [name for name in sorted(rows.column_names) if name not in (SOURCE, MESSAGE_ID)]
    hi, lo = _hashed(rows, ours, source)
    given = np.zeros(rows.num_rows, np.bool_)
    if MESSAGE_ID in rows.column_names and rows[MESSAGE_ID].null_count < rows.num_rows:
        own_hi, own_lo = _hashed(rows, [MESSAGE_ID], source)
        given = rows[MESSAGE_ID].is_valid().combine_chunks().to_numpy(zero_copy_only=False)
        lo[given] = (own_lo[given] & ~CONTENT) | (hi[given] & CONTENT)
        hi[given] = own_hi[given]
    return EventIds(hi, lo, given)


def _hashed(
    rows: pa.Table, names: list[str], source: str
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    salts = hash_of(pa.array([source, *names], pa.string()))
    hi = np.full(rows.num_rows, salts[0])
    lo = np.zeros(rows.num_rows, np.uint64)
    for name, salt in zip(names, salts[1:], strict=True):
        start = 0
        for chunk in rows[name].chunks:
            piece = slice(start, start + len(chunk))
            _add(chunk, salt, hi[piece], lo[piece])
            start += len(chunk)
    return hi, lo


def _add(column: pa.Array, salt: np.uint64, hi: NDArray[np.uint64], lo: NDArray[np.uint64]) -> None:
    """Add a column to the hash of each row."""
    if column.null_count == len(column):
        return
    if pa.types.is_integer(column.type):
        values = column.cast(pa.int64())
        valid = values.is_valid().to_numpy(zero_copy_only=False) if values.null_count else _ALL
        filled = values.fill_null(0) if values.null_count else values
        hash_numbers(filled.to_numpy(), valid, salt, hi, lo)
    else:
        hash_text(*text_buffers(column.cast(pa.string())), salt, hi, lo)
