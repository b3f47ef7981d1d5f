"""Columns of one part of the log, and a word where the disk has changed them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from trod._store.manifest import Part
from trod._store.store import Store

ID_HI: Final = "id_hi"
ID_LO: Final = "id_lo"
_GROUP_ROWS: Final = 125_000
_FEW_VALUES: Final = ("source", "touchpoint", "channel", "state.", "id.", "code")


def footer_of(content: pa.Buffer) -> str:
    """Give a short text for what Parquet says about itself: of its pages it knows checksums."""
    size = int.from_bytes(content[-8:-4], "little") + 8
    return hashlib.sha256(content[-size:]).hexdigest()[:16]


def opened(store: Store, part: Part) -> pq.ParquetFile:
    """Open a part; its pages are compared with their checksums when they are read."""
    content = store.map(part)
    if footer_of(content) != part.facts["footer"]:
        raise pa.ArrowInvalid("wrong checksum of the footer")
    return pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)


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
        opened(store, part)
        return pq.read_table(
            pa.BufferReader(store.map(part)),
            columns=columns,
            read_dictionary=codes,
            page_checksum_verification=True,
        )


def parquet_of(table: pa.Table) -> pa.Buffer:
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
