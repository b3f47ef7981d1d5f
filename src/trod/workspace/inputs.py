"""Files that people name: looked at before any work is done."""

from __future__ import annotations

from pathlib import Path

from trod.errors import DataError


def checked(path: Path) -> Path:
    """Refuse what is not a file that can be read, before any work is done."""
    if not path.exists():
        raise DataError(f"{path}: no such file.")
    if path.is_dir():
        raise DataError(f"{path} is a folder. Name the files in it, such as {path}/*.csv.")
    if not path.is_file():
        raise DataError(f"{path} is a pipe or a device. Write it to a file first.")
    with path.open("rb") as file:
        if not file.read(1):
            raise DataError(f"{path} is empty.")
    return path.resolve()
