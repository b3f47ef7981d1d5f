"""One bad file: what is wrong with it, and what must become of it by its maker's own count."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

HEADER = ("who", "at", "what", "note")
SOURCE: Mapping[str, Any] = {
    "name": "log",
    "customer": "who",
    "time": {"column": "at"},
    "touchpoint": "what",
}


@dataclass(frozen=True)
class BadFile:
    """A file with something wrong in it.

    `offered` is how many rows it offers and `good` how many of them nothing is wrong with, both
    counted by whoever made the file. A file that may be refused holds no rows that a reader could
    tell apart, or none that could be trusted.
    """

    family: str
    name: str
    wrong: str
    content: bytes | Callable[[], bytes]
    offered: int
    good: int
    may_refuse: bool = False
    must_refuse: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    bomb: bool = False

    def bytes(self) -> bytes:
        """Give the file itself."""
        return self.content() if callable(self.content) else self.content

    def source(self) -> dict[str, Any]:
        """Give the source that declares it, as one would write it in trod.yml."""
        return {**SOURCE, "files": [self.name], **self.options}


def row(i: int, **other: str) -> tuple[str, ...]:
    """Give a row that nothing is wrong with, but for the values that are given."""
    fine = {
        "who": f"c{i % 7}",
        "at": f"2024-01-{i % 28 + 1:02d}T10:{i % 60:02d}:{i % 59:02d}Z",
        "what": ("visit", "buy", "call")[i % 3],
        "note": f"note {i}",
    }
    return tuple({**fine, **other}.values())


def rows(n: int, start: int = 0) -> list[tuple[str, ...]]:
    """Give rows that nothing is wrong with, no two alike."""
    return [row(i) for i in range(start, start + n)]


def lines(some: Iterable[Iterable[str]], delimiter: str = ",") -> list[str]:
    """Write rows as lines, as they are: nothing is quoted."""
    return [delimiter.join(each) for each in some]


def csv(body: Iterable[str], end: str = "\n", header: str | None = ",".join(HEADER)) -> str:
    """Write lines as a file."""
    return "".join(line + end for line in ([] if header is None else [header]) + list(body))


def around(bad: Iterable[str], n: int = 10) -> list[str]:
    """Put bad lines between good ones."""
    return [*lines(rows(n)), *bad, *lines(rows(n, 100))]


def record(i: int, **other: Any) -> dict[str, Any]:
    """Give a JSON record that nothing is wrong with, but for the values that are given."""
    return {**dict(zip(HEADER, row(i), strict=True)), **other}


def dumped(some: Iterable[Any]) -> list[str]:
    """Write each value as JSON on a line."""
    return [json.dumps(each) for each in some]


def records(n: int, start: int = 0) -> list[str]:
    """Give good JSON lines."""
    return dumped(record(i) for i in range(start, start + n))


def around_json(bad: Iterable[str], n: int = 10) -> list[str]:
    """Put bad lines between good records."""
    return [*records(n), *bad, *records(n, 100)]


Files = Iterator[BadFile]
WARMING = (
    BadFile("", "good.csv", "nothing", csv(lines(rows(20))).encode(), 20, 20),
    BadFile("", "good.jsonl", "nothing", "\n".join(records(20)).encode(), 20, 20),
    BadFile("", "good.json", "nothing", f"[{', '.join(records(20))}]".encode(), 20, 20),
)
"""Good files: who has read them has loaded and compiled what readers load and compile once."""
