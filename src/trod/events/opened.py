"""A file to be mapped, opened as a table beside the tables that are joined to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trod.errors import DataError
from trod.events import plan, scene
from trod.events.moments import Rules
from trod.events.spec import SourceSpec
from trod.sources.cursors import Reached
from trod.sources.engine import Engine
from trod.sources.find import found_or_error
from trod.sources.table import Table, open_table

Opener = Callable[[Engine, SourceSpec], Table]


@dataclass(frozen=True)
class File:
    """A file to be mapped, and what else is needed for it."""

    path: Path
    root: Path
    zone: str
    rules: Rules = plan.RULES
    among: Sequence[Path] | None = None
    threads: int | None = None
    name: str = ""  # where it is another one than that of the path
    open: Opener | None = None  # where it is not a file as it was delivered
    reached: Reached | None = None  # how far its source is read with it
    follow: Follow | None = None  # which files to read, where they are still being written


@dataclass(frozen=True, slots=True)
class Follow:
    """Files that have changed, some of them while they are looked at."""

    files: frozenset[Path]


def opened(duck: Engine, spec: SourceSpec, of: File) -> Table:
    """Open a file; look through all its records where a key is not among the first ones."""
    if of.open is not None:
        return of.open(duck, spec)
    path, named = of.path, scene.asked_columns(spec, duck)
    table = open_table(duck, path, spec, asked=named)
    known = {*table.names, *(name for join in spec.join for name in join.columns)}
    asked = spec.attributes == "*" or spec.conditions()
    if not table.whole and (asked or not known.issuperset(scene.named_columns(spec))):
        return open_table(duck, path, spec, whole=True, asked=named)
    return table


def joined(duck: Engine, spec: SourceSpec, i: int, of: File) -> scene.Joined:
    """Open a table that is joined."""
    join = spec.join[i]
    found = found_or_error(f"{spec.name}: join", (join.file,), root=of.root, among=of.among)
    if len(found) > 1:
        raise DataError(
            f"source {spec.name!r}: `join: {join.file}` means {len(found)} files. Name one of them."
        )
    return scene.Joined(open_table(duck, found[0], join), join.on, join.columns)
