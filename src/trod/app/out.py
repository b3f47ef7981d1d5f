"""Where a command writes: a file, or stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import typer

STDOUT: Final = "-"
FormatT = TypeVar("FormatT", bound=str)


def by_ending(
    out: str, endings: Mapping[str, FormatT], *, default: FormatT, named: bool = False
) -> FormatT:
    """Give the format that the ending of a file means; `named` where --format may say it, too.

    Examples
    --------
    >>> by_ending("left.CSV", {"csv": "csv"}, default="csv")
    'csv'
    """
    ending = Path(out).suffix.lower().removeprefix(".")
    if not ending:
        return default
    if ending not in endings:
        known = ", ".join(f".{each}" for each in endings)
        also = "; or say which with --format" if named else ""
        raise typer.BadParameter(f"{out}: .{ending} is not known. Known endings: {known}{also}.")
    return endings[ending]


@contextmanager
def opened(out: str) -> Iterator[BinaryIO]:
    """Open the file to write to, or stdout."""
    from trod.workspace.output import saving

    if out == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with saving(out) as file:
            yield file
