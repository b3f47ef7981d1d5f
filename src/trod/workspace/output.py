"""Files for people: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from trod.errors import DataError


def save(path: Path | str | None, content: bytes, *, mine: bool = False) -> bytes:
    """Write a file where a path is given, in place of any that is there; give its content.

    The file appears under its name when it is complete: a full disk or Ctrl-C leaves the old one.
    With `mine` nobody else can read it, unless one is there that others can.
    """
    if path is None:
        return content
    with saving(path, mine=mine) as file:
        file.write(content)
    return content


@contextmanager
def saving(path: Path | str, *, mine: bool = False) -> Iterator[BinaryIO]:
    """Open a file to fill; it takes the place of the old one when it is complete."""
    target = Path(path)
    if target.exists() and not target.is_file():
        with target.open("wb") as pipe:  # or a device: takes it as it comes
            yield pipe
        return
    target = target.resolve()
    if not target.parent.is_dir():
        raise DataError(f"{path}: there is no folder {Path(path).parent}. Make it first.")
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with open(new, "wb", opener=_mine if mine else None) as file:
            if mine and target.is_file():
                new.chmod(target.stat().st_mode & 0o777)
            yield file
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _mine(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def save_text(path: Path | str | None, text: str) -> str:
    """Write a text where a path is given; give it."""
    save(path, text.encode())
    return text
