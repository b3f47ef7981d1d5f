"""A DuckDB that reads the files it was given and nothing else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import duckdb

BATCH_ROWS: Final = 122_880
"""Rows of an Arrow batch: one row group of DuckDB."""
_BATCH_BYTES: Final = 16 << 20
_FEWEST_ROWS: Final = 2048
_MOST_MEMORY: Final = 2 << 30
_rooms = count()


def batch_rows(row_bytes: int) -> int:
    """Say how many rows make a batch, where rows are so many bytes long on average.

    Examples
    --------
    >>> batch_rows(100), batch_rows(1_000_000)
    (122880, 2048)
    """
    return max(_FEWEST_ROWS, min(BATCH_ROWS, _BATCH_BYTES // max(1, row_bytes)))


def quoted(name: str) -> str:
    """Write a column name so that SQL reads it as a name, whatever stands in it.

    Examples
    --------
    >>> quoted('say "hi"; drop')
    '"say ""hi""; drop"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text so that SQL reads it as a text, whatever stands in it.

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _memory() -> int:
    """Give DuckDB a quarter of the machine's memory, and never more than 2 GiB."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(min(_MOST_MEMORY, whole // 4))


def plain(problem: Exception) -> str:
    """Say in one line what DuckDB says in many."""
    first = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
    return first.split("Error: ", 1)[-1].rstrip(".") + "."


class Engine:
    """One connection with bounded memory, a scratch folder, and no way out but the given files."""

    def __init__(self, scratch: Path, *, threads: int | None = None) -> None:
        self.scratch = scratch
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": f"{_memory() >> 20}MB",
                "temp_directory": str(scratch / "spill"),
                "threads": str(threads or os.cpu_count() or 1),
            },
        )
        self.connection.execute("SET TimeZone = 'UTC'")

    def lock(self, files: Iterable[Path]) -> None:
        """From here on only `files` can be read, and no setting can be changed."""
        paths = ", ".join(literal(str(path)) for path in files)
        self.connection.execute(f"SET allowed_paths = [{paths}]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def room(self, name: str) -> Path:
        """Give an empty place for a file of a name, so that what is read is called after it."""
        folder = self.scratch / f"room-{next(_rooms)}"
        folder.mkdir()
        return folder / name.replace("/", "_")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Give all rows of a small answer."""
        found: list[tuple[object, ...]] = self.connection.execute(query).fetchall()
        return found


@contextmanager
def engine(*, threads: int | None = None) -> Iterator[Engine]:
    """Open an engine; close it and remove its scratch folder at the end."""
    with tempfile.TemporaryDirectory(prefix="trod-", ignore_cleanup_errors=True) as scratch:
        it = Engine(Path(scratch), threads=threads)
        try:
            yield it
        finally:
            it.connection.close()
