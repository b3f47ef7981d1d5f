"""Event logs in XES (IEEE 1849, and versions 1 and 2 before it) as rows: one for each event.

The attributes of an event are columns named by their keys, such as `concept:name`; those of its
trace stand beside them as `case:` and the key. The file is read as a stream, a trace at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from trod.errors import DataError
from trod.sources.limits import LIMITS, check_columns, check_element, check_packed
from trod.sources.rows import RowWriter
from trod.sources.spec import LimitsSpec
from trod.sources.text import opened

CASE: Final = "case:"
_PIECE: Final = 1 << 20
_DEEPEST: Final = 64
_MOST_HELD: Final = 20_000
"""Events of a trace that wait for attributes which may stand behind them."""
_NAMESPACE: Final = " "


class _RefusedError(Exception):
    """What stands in the file is no XES, or nothing that should be followed."""


def looks_like_xes(head: str) -> bool:
    r"""Say whether a text begins like an event log in XES.

    Examples
    --------
    >>> looks_like_xes('<?xml version="1.0"?>\\n<!-- made by x --><log xes.version="1.0">')
    True
    >>> looks_like_xes("<html>")
    False
    """
    body = head.lstrip("\ufeff \t\r\n")
    return body.startswith("<") and "<log" in body


def xes_rows(path: Path, out: Path, limits: LimitsSpec = LIMITS) -> RowWriter:
    """Write the events of a log to a file of JSON lines, in the order of the log.

    Raises
    ------
    DataError
        If the file is damaged, declares entities or a document type, is no event log, or asks for
        more than its limits.
    """
    with RowWriter(out) as rows:
        reader = _Reader(rows, path, limits)
        parser = expat.ParserCreate(namespace_separator=_NAMESPACE)
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        try:
            _parse(parser, path, limits)
        except expat.ExpatError as problem:
            raise DataError(
                f"{path}: the XML is damaged or cut off in line {problem.lineno} "
                f"({expat.errors.messages[problem.code]}). Export the log again."
            ) from problem
        except (LookupError, ValueError) as problem:  # of the encoding that the file declares
            raise DataError(f"{path}: {problem}. Export the log again, in UTF-8.") from None
        except _RefusedError as problem:
            raise DataError(f"{path}: {problem}") from None
    return rows


def _parse(parser: expat.XMLParserType, path: Path, limits: LimitsSpec) -> None:
    """Feed a file to a parser; refuse a value that goes on for longer than a row may."""
    fed = 0
    with opened(path) as file:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            check_element(path, fed - parser.CurrentByteIndex, parser.CurrentLineNumber, limits)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise _RefusedError(
        "it declares a document type or entities, which an event log never needs and which can "
        "make a small file large. Remove the DOCTYPE."
    )


class _Reader:
    """Hears of elements, and writes a row where an event ends."""

    def __init__(self, rows: RowWriter, path: Path, limits: LimitsSpec) -> None:
        self._rows = rows
        self._file = path
        self._size = path.stat().st_size
        self._limits = limits
        self._path: list[str] = []  # elements that are open: log, trace, event or keys
        self._held: list[dict[str, Any]] = []  # events of the trace that is open
        self._trace: dict[str, Any] | None = None
        self._written = False  # whether events of the trace that is open are written already
        self._event: dict[str, Any] | None = None
        self._keys: list[str] = []
        self._aside = 0  # depth inside of what is no data: globals, extensions

    def start(self, name: str, given: dict[str, str]) -> None:
        tag = name.rpartition(_NAMESPACE)[2]
        if not self._path and tag != "log":
            raise _RefusedError(f"its outermost element is <{tag}>, and not <log> as in XES.")
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise _RefusedError(f"its attributes are nested more than {_DEEPEST} deep.")
        if self._aside or tag in ("global", "extension", "classifier"):
            self._aside += 1
        elif tag == "trace":
            self._trace = {}
        elif tag == "event":
            self._event = {}
        elif tag in _READ or tag in ("list", "container"):
            self._attribute(tag, given)

    def _attribute(self, tag: str, given: dict[str, str]) -> None:
        self._keys.append(given.get("key", ""))
        here = self._event if self._event is not None else self._trace
        if here is None or tag not in _READ or "value" not in given:
            return
        if self._event is None and self._written:
            raise _RefusedError(
                f"an attribute of a trace stands behind more than {_MOST_HELD:,} of its events. "
                "Write it before them."
            )
        key = ".".join(key for key in self._keys if key) or tag
        first, n = key, 1
        while key in here:
            n += 1
            key = f"{first}_{n}"
        here[key] = _READ[tag](given["value"])

    def end(self, name: str) -> None:
        tag = name.rpartition(_NAMESPACE)[2]
        self._path.pop()
        if self._aside:
            self._aside -= 1
        elif tag == "event":
            event, self._event = self._event or {}, None
            check_columns(self._file, len(event), self._limits, what="different keys")
            self._held.append(event)
            if self._trace is None or len(self._held) > _MOST_HELD:
                self._write()
        elif tag == "trace":
            self._write()
            self._trace, self._written = None, False
        elif tag in _READ or tag in ("list", "container"):
            self._keys.pop()

    def _write(self) -> None:
        """Write the events that are held; attributes of their trace may have stood behind them."""
        case = {f"{CASE}{key}": value for key, value in (self._trace or {}).items()}
        for event in self._held:
            self._rows.row({**case, **event})
            check_packed(self._file, self._size, self._rows.size, self._limits)
        self._held, self._written = [], self._trace is not None
        check_columns(self._file, len(self._rows.names), self._limits, what="different keys")


def _int(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _float(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _boolean(text: str) -> bool | str:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "string": str,
    "date": str,
    "int": _int,
    "float": _float,
    "boolean": _boolean,
    "id": str,
}
