"""How much one file may ask for: no small file may take a machine down, none is cut in silence.

A limit is a number in `trod.yml`, and whoever meets it is told which one, what was found, and what
to write to raise it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trod.errors import DataError
from trod.sources.spec import LimitsSpec

AT_LEAST: Final = 64 << 20
"""How large a file may become whatever its own size."""
LINE: Final = 2
"""A line this many times as long as a row may be is no row."""
LIMITS: Final = LimitsSpec.model_validate({})


def check_columns(path: Path, n: int, limits: LimitsSpec, *, what: str = "columns") -> None:
    """Refuse a table that is wider than one is.

    Raises
    ------
    DataError
        If there are more columns than the limit.
    """
    if n > limits.columns:
        raise DataError(
            f"{path}: more than {limits.columns:,} {what} stand in the file, which is the limit. "
            f"If that is right, write `limits: {{columns: {limits.columns * 10}}}` for this source "
            "in trod.yml."
        )


def check_line(path: Path, longest: int, line: int, limits: LimitsSpec) -> None:
    """Refuse a file with a line that no row can be.

    Raises
    ------
    DataError
        If a line is several times as long as the limit of a row.
    """
    if longest > limits.row * LINE:
        raise DataError(
            f"{path}: line {line:,} is longer than {_megabytes(limits.row * LINE)}; {_row(limits)}"
        )


def check_element(path: Path, size: int, line: int, limits: LimitsSpec) -> None:
    """Refuse a JSON text with a value that no row can be.

    Raises
    ------
    DataError
        If it goes on for several times as long as the limit of a row.
    """
    if size > limits.row * LINE:
        raise DataError(
            f"{path}: what begins on line {line:,} goes on for more than "
            f"{_megabytes(limits.row * LINE)}; {_row(limits)}"
        )


def _row(limits: LimitsSpec) -> str:
    return (
        f"rows may be {_megabytes(limits.row)} long. Cut it out of the file, or raise the limit: "
        f"write `limits: {{row: {_megabytes(limits.row * 8, '')}}}` for this source in trod.yml."
    )


def check_packed(
    path: Path, packed: int, unpacked: int, limits: LimitsSpec, *, at_least: int = AT_LEAST
) -> None:
    """Refuse a file that becomes very many times as large as it is.

    Parameters
    ----------
    path
        The file.
    packed, unpacked
        Bytes of it that were taken so far, and what came out of them.
    limits
        Those of its source.
    at_least
        How large it may become whatever its own size.

    Raises
    ------
    DataError
        If it is large and the limit is exceeded.

    Examples
    --------
    >>> check_packed(Path("a.csv.gz"), 2 << 20, 200 << 20, LIMITS)
    >>> check_packed(Path("a.csv.gz"), 1 << 10, 200 << 20, LIMITS)
    Traceback (most recent call last):
    ...
    trod.errors.DataError: a.csv.gz: 1,024 bytes of the file become 200 MB, more than 200 times ...
    """
    if unpacked > max(at_least, packed * limits.packed):
        raise DataError(
            f"{path}: {packed:,} bytes of the file become {_megabytes(unpacked)}, more than "
            f"{limits.packed:,} times as much, which is the limit. If that is right, write "
            "`limits: {packed: 5000}` for this source in trod.yml."
        )


def _megabytes(size: int, between: str = " ") -> str:
    return f"{size >> 20:,}{between}MB" if size >= 1 << 20 else f"{size >> 10:,}{between}KB"
