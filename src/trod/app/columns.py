"""Columns that trod.yml names, held against the headers of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from trod.events.opened import File
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
    from trod.events.places import looked_at
    from trod.project.document import read
    from trod.sources.engine import engine
    from trod.workspace.folder import UTC

    document, _ = read(file)
    wrong: list[str] = []
    unseen: list[str] = []
    for i, spec in enumerate(project.sources):
        if spec.aside is not None:
            continue
        try:
            for of in looked_at(spec, root=project.root, zone=UTC):
                with engine() as duck:
                    wrong += _of_file(duck, spec, of, i, file.name, document)
        except DataError as problem:
            unseen.append(str(problem))
    return Missing(tuple(dict.fromkeys(wrong)), tuple(unseen))


def _of_file(
    duck: Engine,
    spec: SourceSpec,
    of: File,
    i: int,
    shown: str,
    document: Document | None,
) -> Iterator[str]:
    """Say which columns one file lacks, each with the key and the line that name it."""
    from trod.events import opened as opening
    from trod.events import scene

    joins = [opening.joined(duck, spec, k, of) for k in range(len(spec.join))]
    at = scene.scene(spec, opening.opened(duck, spec, of), joins)
    known = list(at.row.types)
    lacking = [name for name in scene.named_columns(spec) if name not in at.row.types]
    for name in lacking:
        place = _place(document, ("sources", i), name)
        text = f"no column {name!r} in {of.name or of.path.name}. Columns: {_some(known)}."
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
