"""One YAML file as plain data, with the line of everything in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

Place = tuple[str | int, ...]
"""Where something stands in a file, such as ("journeys", 0, "stages")."""


class Problem(NamedTuple):
    """Something wrong: where, and what to write instead."""

    line: int
    place: Place
    text: str


class Document(NamedTuple):
    """One YAML file as plain data, with the line of every place in it."""

    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Give the line of a place, or of the nearest thing that holds it."""
        for end in range(len(place), 0, -1):
            if (found := self.lines.get(place[:end])) is not None:
                return found
        return 1

    def holds(self, place: Place) -> bool:
        """Say whether something stands at a place."""
        return not place or place in self.lines


def read(file: Path) -> tuple[Document | None, Problem | None]:
    """Read one YAML file; a syntax error becomes a problem with its line.

    One command asks for the same file several times: the same text is taken apart once, and
    nobody may change what is given.
    """
    try:
        return _read(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as exc:
        return None, Problem(1, (), f"byte {exc.start} is not UTF-8. Save the file as UTF-8.")


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[Document | None, Problem | None]:
    try:
        tree = YAML(typ="rt").load(text)
    except DuplicateKeyError as exc:
        return None, _twice(YAML(typ="rt").compose(text), exc.problem_mark)
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        said = " ".join((exc.problem or exc.context or "cannot be read").split())
        return None, Problem(
            mark.line + 1 if mark else 1,
            (),
            f"not YAML: {said}. Check indentation, colons and quotes on this line.",
        )
    except YAMLError as exc:
        return None, Problem(1, (), f"not YAML: {' '.join(str(exc).split())}.")
    lines: dict[Place, int] = {}
    return Document({} if tree is None else _plain(tree, (), lines), lines), None


def _twice(root: Node, mark: Any) -> Problem:
    """Say which key stands twice in one place, on which lines, and what to do."""
    at = mark.line + 1 if mark else 1
    line, key, first = min(_doubles(root), default=(at, "", 0))
    if not key:  # written in two ways, such as 1 and 0x1
        return Problem(at, (), "this key stands twice, written in another way. Keep one of them.")
    text = f"{key} stands twice, on lines {first} and {line}. Put all of it under one {key}."
    return Problem(line, (), text)


def _doubles(node: Node) -> Iterator[tuple[int, str, int]]:
    """Give line, key and first line of every key that stands twice."""
    if isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in seen:
                yield line, name, seen[name]
            seen.setdefault(name, line)
            yield from _doubles(value)
    elif isinstance(node, SequenceNode):
        for each in node.value:
            yield from _doubles(each)


def _plain(node: Any, place: Place, lines: dict[Place, int]) -> Any:
    """Turn ruamel's nodes into plain data, noting where each stood."""
    if isinstance(node, dict):
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        made = {}
        for key, value in node.items():
            inner = (*place, str(key))
            lines[inner] = (marks[key][0] if key in marks else 0) + 1
            made[str(key)] = _plain(value, inner, lines)
        return made
    if isinstance(node, list):
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        for i in range(len(node)):
            lines[(*place, i)] = (marks[i][0] if i in marks else 0) + 1
        return [_plain(value, (*place, i), lines) for i, value in enumerate(node)]
    return node if isinstance(node, bool | int | float | type(None)) else str(node)
