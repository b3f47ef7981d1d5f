"""Which files a pattern means."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from trod.errors import DataError


def find(
    patterns: Sequence[str], *, root: Path, among: Sequence[Path] | None = None
) -> tuple[Path, ...]:
    """List the files that some patterns mean, in order of their names.

    Parameters
    ----------
    patterns
        Paths or globs (``exports/*.csv``), relative to `root`.
    root
        Folder of the trod.yml that holds the patterns.
    among
        Files to choose from instead of looking into `root`: those given on a command line. A
        pattern then means the files whose path ends like it.
    """
    found: set[Path] = set()
    for pattern in patterns:
        if among is not None:
            found.update(path for path in among if _ends_like(path, pattern))
        elif (root / pattern).is_file():
            found.add(root / pattern)  # whatever brackets and stars its name has
        elif Path(pattern).is_absolute():
            anchor = Path(pattern).anchor
            found.update(Path(anchor).glob(str(PurePath(pattern).relative_to(anchor))))
        else:
            found.update(root.glob(pattern))
    return tuple(sorted(path for path in found if path.is_file()))


def _ends_like(path: Path, pattern: str) -> bool:
    """Say whether the last parts of a path fit the parts of a pattern."""
    own = path.resolve().parts
    if PurePath(pattern).is_absolute():
        return str(path.resolve()) == pattern or fnmatchcase(str(path.resolve()), pattern)
    parts = tuple(part for part in PurePath(pattern).parts if part not in ("..", ".", "**"))
    return all(map(fnmatchcase, own[-len(parts) :], parts)) and len(own) >= len(parts)


def found_or_error(
    source: str, patterns: Sequence[str], *, root: Path, among: Sequence[Path] | None = None
) -> tuple[Path, ...]:
    """Do as `find`, and say so when nothing is found."""
    if files := find(patterns, root=root, among=among):
        return files
    where = f"in {root}" if among is None else "among the files given"
    there = sorted(among if among is not None else (p for p in root.glob("*") if p.is_file()))
    names = ", ".join(path.name for path in there[:8]) or "none"
    raise DataError(
        f"source {source!r}: no file {where} is called {' or '.join(patterns)}. "
        f"Files there: {names}. Correct `files:` in trod.yml."
    )
