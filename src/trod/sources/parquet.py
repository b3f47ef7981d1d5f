"""What a Parquet file says of itself: its columns, and how much it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from trod.errors import DataError
from trod.sources.engine import plain, quoted
from trod.sources.limits import check_columns, check_packed
from trod.sources.spec import LimitsSpec


def check_parquet(path: Path, limits: LimitsSpec) -> int:
    """Say how many bytes a row takes; refuse a file that is damaged, very wide, or a bomb.

    A column of equal values takes next to no bytes in Parquet, compressed or not. So a value is
    counted as at least two bytes.

    Raises
    ------
    DataError
        If the file is damaged, or asks for more than its limits.
    """
    try:
        told = pq.read_metadata(path)
        groups = [told.row_group(i).total_byte_size for i in range(told.num_row_groups)]
    except (pa.ArrowException, OSError) as problem:
        raise DataError(
            f"{path}: the Parquet file is damaged or cut off ({plain(problem)}) Fetch it again."
        ) from problem
    check_columns(path, told.num_columns, limits)
    size = max(sum(groups), 2 * told.num_rows * told.num_columns)
    check_packed(path, path.stat().st_size, size, limits)
    return int(sum(groups) // max(1, told.num_rows))


class Field(NamedTuple):
    """A column, or a field of one."""

    name: str
    type: str
    sql: str


def flat(described: Any) -> Iterator[Field]:
    """Give the columns of a query; fields of a struct are columns of their own, with a dot."""
    for name, kind in zip(described.columns, described.types, strict=True):
        yield from _fields(quoted(name), name, kind)


def _fields(sql: str, name: str, kind: Any) -> Iterator[Field]:
    if kind.id != "struct":
        yield Field(name, str(kind), sql)
        return
    for child, inner in kind.children:
        yield from _fields(f"{sql}.{quoted(child)}", f"{name}.{child}", inner)
