"""Columns of one part of the log, and a word where the disk has changed them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store, Transaction

ID_HI: Final = "id_hi"
ID_LO: Final = "id_lo"
_GROUP_ROWS: Final = 125_000
_FEW_VALUES: Final = ("source", "touchpoint", "channel", "state.", "id.", "code")


def write_part(
    tx: Transaction,
    kind: str,
    table: pa.Table,
    facts: Mapping[str, Any],
    *,
    number: int | None = None,
) -> None:
    """Add a table to a transaction as a part that is compared with its checksums when read."""
    content = _parquet_of(table)
    told = {**facts, "footer": _footer_of(content)}
    tx.add(
        kind,
        "parquet",
        lambda file: file.write(content),
        rows=len(table),
        facts=told,
        number=number,
    )


def _footer_of(content: pa.Buffer) -> str:
    """Give a short text for what Parquet says about itself: of its pages it knows checksums."""
    size = int.from_bytes(content[-8:-4], "little") + 8
    return hashlib.sha256(content[-size:]).hexdigest()[:16]


def opened(store: Store, part: Part) -> pq.ParquetFile:
    """Open a part; its pages are compared with their checksums when they are read."""
    return pq.ParquetFile(_content(store, part), page_checksum_verification=True)


def _content(store: Store, part: Part) -> pa.BufferReader:
    content = store.map(part)
    if _footer_of(content) != part.facts["footer"]:
        raise pa.ArrowInvalid("wrong checksum of the footer")
    return pa.BufferReader(content)


def columns_of(store: Store, part: Part) -> list[str]:
    """List the columns of a part."""
    with store.damage_named(part):
        return list(opened(store, part).schema_arrow.names)


def read_part(
    store: Store, part: Part, columns: Sequence[str] | None = None, *, codes: Sequence[str] = ()
) -> pa.Table:
    """Read some columns of a part; each page is compared with its checksum.

    Parameters
    ----------
    store
        Where the log is.
    part
        Touchpoints or attributes.
    columns
        Which; all by default.
    codes
        Those among them that are wanted as codes of their texts.

    Raises
    ------
    StoreError
        If the file is missing or damaged.
    """
    with store.damage_named(part):
        return pq.read_table(
            _content(store, part),
            columns=columns,
            read_dictionary=codes,
            page_checksum_verification=True,
        )


def ids_of_part(store: Store, part: Part) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Give both halves of the ids of a part."""
    table = read_part(store, part, [ID_HI, ID_LO])
    hi, lo = (table[name].combine_chunks().to_numpy() for name in (ID_HI, ID_LO))
    return hi, lo


def _parquet_of(table: pa.Table) -> pa.Buffer:
    """Give a table as Parquet; smaller than the table itself, which is in memory too."""
    names = table.column_names
    out = pa.BufferOutputStream()
    pq.write_table(
        table,
        out,
        compression={name: "none" if name in (ID_HI, ID_LO) else "zstd" for name in names},
        compression_level={name: 1 for name in names if name not in (ID_HI, ID_LO)},
        use_dictionary=[name for name in names if name.startswith(_FEW_VALUES)],
        write_statistics=["time_us"] if "time_us" in names else False,
        row_group_size=_GROUP_ROWS,
        write_page_checksum=True,
    )
    return out.getvalue()
