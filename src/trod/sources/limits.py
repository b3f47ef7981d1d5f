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
DOCUMENT: Final = 32 << 20
"""How long a JSON document may be whose lists are unfolded into rows."""
LIMITS: Final = LimitsSpec.model_validate({})


def of_documents(limits: LimitsSpec) -> LimitsSpec:
    """Give the limits of records that are no rows, but hold them in lists."""
    return limits.model_copy(update={"row": max(limits.row, DOCUMENT)})


def check_columns(path: Path, n: int, limits: LimitsSpec, *, what: str = "columns") -> None:
    """Refuse a table that is wider than one is.

    Raises
    ------
    DataError
        If there are more columns than the limit.
    """
    if n > limits.columns:
        more = max(limits.columns * 10, n)
        raise DataError(
            f"{path}: more than {limits.columns:,} {what} stand in the file, which is the limit. "
            + _raised("columns", more, n, limits, f"Leave {what} out of the file.")
        )


def check_line(
    path: Path, longest: int, line: int, limits: LimitsSpec, *, json: bool = False
) -> None:
    """Refuse a file with a line that no row can be.

    Raises
    ------
    DataError
        If a line is several times as long as the limit of a row.
    """
    if longest > limits.row * LINE:
        raise DataError(
            f"{path}: line {line:,} is longer than {_megabytes(limits.row * LINE)}; "
            + _row(limits, longest, json=json)
        )


def check_element(
    path: Path, size: int, line: int, limits: LimitsSpec, *, json: bool = False
) -> None:
    """Refuse a JSON or XML text with a value that no row can be.

    Raises
    ------
    DataError
        If it goes on for several times as long as the limit of a row.
    """
    if size > limits.row * LINE:
        raise DataError(
            f"{path}: what begins on line {line:,} goes on for more than "
            f"{_megabytes(limits.row * LINE)}; {_row(limits, size, json=json)}"
        )


def too_long(path: Path, limits: LimitsSpec) -> DataError:
    """Say that a JSON file holds nothing but records that are longer than a row may be."""
    return DataError(
        f"{path}: every record in it is too long: {_row(limits, limits.row, json=True)}"
    )


def _row(limits: LimitsSpec, size: int, *, json: bool) -> str:
    """Say how long a row may be, and what to do with one of a size."""
    more = max(limits.row * 8, 2 * size)
    told = f"rows may be {_megabytes(limits.row)} long. "
    if json and limits.row < DOCUMENT:
        told += "If its rows stand in a list, write the path of the list, such as `each: tickets`. "
    return told + _raised(
        "row", more, size, limits, "Cut it out of the file, or into several records."
    )


def _raised(name: str, more: int, found: int, limits: LimitsSpec, instead: str) -> str:
    """Say what raises a limit, where what was found is not beyond what may be written."""
    (most,) = (int(at.le) for at in LimitsSpec.model_fields[name].metadata if hasattr(at, "le"))
    write = _megabytes if name == "row" else _number
    if found > most or getattr(limits, name) >= most:
        return f"{instead} No higher limit than {write(most)} is allowed."
    return _to_write(name, write(min(most, more), ""))


def _to_write(name: str, value: str) -> str:
    return (
        f"If it is right as it is, write `limits: {{{name}: {value}}}` for this source in trod.yml."
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
        more = max(10 * limits.packed, 2 * unpacked // max(1, packed))
        raise DataError(
            f"{path}: {packed:,} bytes of the file become {_megabytes(unpacked)}, more than "
            f"{limits.packed:,} times as much, which is the limit. {_to_write('packed', str(more))}"
        )


def _megabytes(size: int, between: str = " ") -> str:
    return f"{size >> 20:,}{between}MB" if size >= 1 << 20 else f"{size >> 10:,}{between}KB"


def _number(n: int, between: str = ",") -> str:
    return f"{n:,}".replace(",", between)
