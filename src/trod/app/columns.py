"""Columns that trod.yml names, held against the headers of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from trod.events.scene import Joined, Scene
    from trod.events.spec import SourceSpec
    from trod.project import Project
    from trod.project.document import Document, Place
    from trod.sources.engine import Engine

_LISTED: Final = 12
_NO_COLUMN: Final = ("name", "files", "file", "zone", "currency", "format", "kind", "constant")


class Missing(NamedTuple):
    """What the headers say: columns that are not there, and files that are not there."""

    wrong: tuple[str, ...]
    unseen: tuple[str, ...]


def missing(file: Path, project: Project) -> Missing:
    """Read the header of every file of every source, and say which named columns it lacks.

    Parameters
    ----------
    file
        The trod.yml, for the lines in which columns stand.
    project
        What it says.
    """
    from trod.project.document import read
    from trod.sources.engine import engine
    from trod.sources.find import found_or_error

    document, _ = read(file)
    wrong: list[str] = []
    unseen: list[str] = []
    for i, spec in enumerate(project.sources):
        if spec.aside is not None:
            continue
        try:
            for path in found_or_error(spec.name, spec.files, root=project.root):
                with engine() as duck:
                    wrong += _of_file(duck, spec, path, i, project.root, file.name, document)
        except DataError as problem:
            unseen.append(str(problem))
    return Missing(tuple(dict.fromkeys(wrong)), tuple(unseen))


def _of_file(
    duck: Engine,
    spec: SourceSpec,
    path: Path,
    i: int,
    root: Path,
    shown: str,
    document: Document | None,
) -> Iterator[str]:
    """Say which columns one file lacks, each with the key and the line that name it."""
    from trod.events import scene

    at = _scene(duck, spec, path, root)
    known = list(at.row.types)
    lacking = [name for name in scene.named_columns(spec) if name not in at.row.types]
    for name in lacking:
        place = _place(document, ("sources", i), name)
        text = f"no column {name!r} in {path.name}. Columns: {_some(known)}."
        if spec.like is not None and len(place) == 2:
            place = (*place, "like")
            text = f"{spec.like} reads a column {name!r}, and there is {text}"
        line = document.line(place) if document is not None else 1
        key = ".".join(map(str, place))
        yield f"{shown}:{line}: {key}: {text}"
    if not lacking:
        try:
            scene.check(spec, at, duck)
        except DefinitionError as problem:
            line = document.line(("sources", i)) if document is not None else 1
            yield from (f"{shown}:{line}: sources.{i}: {text}" for text in problem.problems)


def _scene(duck: Engine, spec: SourceSpec, path: Path, root: Path) -> Scene:
    """Look at a file and those joined to it; at all its records where a key is not seen at once."""
    from trod.events import scene
    from trod.sources.table import open_table

    joins = _joins(duck, spec, root)
    at = scene.scene(spec, open_table(duck, path, spec), joins)
    if at.table.whole or set(at.row.types).issuperset(scene.named_columns(spec)):
        return at
    return scene.scene(spec, open_table(duck, path, spec, whole=True), joins)


def _joins(duck: Engine, spec: SourceSpec, root: Path) -> list[Joined]:
    from trod.events import scene
    from trod.sources.find import found_or_error
    from trod.sources.table import open_table

    found = [found_or_error(f"{spec.name}: join", (j.file,), root=root)[0] for j in spec.join]
    return [
        scene.Joined(open_table(duck, path, join), join.on, join.columns)
        for path, join in zip(found, spec.join, strict=True)
    ]


def _place(document: Document | None, source: Place, name: str) -> Place:
    """Find where a source names a column; the source itself where it is not found."""
    return next(_named(document, source, name), source) if document is not None else source


def _named(document: Document, source: Place, name: str) -> Iterator[Place]:
    node: object = document.data
    for part in source:
        node = node[part]  # type: ignore[index]
    yield from _within(node, source, name)


def _within(node: object, place: Place, name: str) -> Iterator[Place]:
    """Walk through what a source says, in the order of the file."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in _NO_COLUMN:
                yield from _within(value, (*place, key), name)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _within(value, (*place, at), name)
    elif node == name:
        yield place


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
