"""What the libraries below say of a bad file, said in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from trod.errors import DataError
from trod.sources.engine import plain


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise what DuckDB and Arrow find wrong with a file as an error that names the file.

    An `OSError` without a number comes from Arrow, which passes on what DuckDB said; one with a
    number comes from the machine, and is no fault of the file.

    Raises
    ------
    DataError
        In place of theirs.
    """
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as problem:
        raise DataError(f"{path}: {plain(problem)}") from problem
    except OSError as problem:
        if problem.errno is not None:
            raise
        raise DataError(f"{path}: {plain(problem)}") from problem
