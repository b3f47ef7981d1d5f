"""Files that hold the same bytes: what they say would count twice."""

from __future__ import annotations

from collections.abc import Sequence
from filecmp import cmp
from pathlib import Path


def without_copies(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Give the different files, and the name of each copy with what it is a copy of.

    A path that is named twice is one file, and not worth a word.
    """
    kept: list[Path] = []
    copies = []
    for path in paths:
        same = next((other for other in kept if _equal(path, other)), None)
        if same is None:
            kept.append(path)
        elif path.resolve() != same.resolve():
            copies.append((path.name, f"it holds what {same.name} holds"))
    return kept, copies


def _equal(path: Path, other: Path) -> bool:
    """Say whether two files hold the same bytes; a file that is missing equals none."""
    return path.is_file() and other.is_file() and cmp(path, other, shallow=False)
