"""One YAML file as plain data, with the line of everything in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

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
