"""Originals as a file again: the same bytes under the same header, read with today's definition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.events.left_out import Frame
from trod.events.scene import asked_columns
from trod.events.spec import SourceSpec
from trod.sources.dialect import Dialect
from trod.sources.engine import Engine
from trod.sources.spec import FileOptions
from trod.sources.table import Table, open_rows, open_table

_LINE_END: Final = re.compile("\r\n|\r|\n")


class Rebuilt:
    """A scratch file of originals that were taken out of one file."""

    def __init__(self, originals: pa.Table, frame: Frame, path: Path) -> None:
        self.frame = frame
        self.path = path
        lines = np.zeros(len(originals), np.int64)
        end = "\n".encode(frame.encoding)
        with path.open("wb") as file:
            if frame.header:
                file.write(frame.header.encode("latin-1") + end)
            for i, original in enumerate(originals["original"].to_pylist()):
                content = original.translate(_ONE_LINE) if frame.format == "json" else original
                file.write(content + end)
                text = content.decode(frame.encoding, errors="replace")
                lines[i] = 1 + len(_LINE_END.findall(text))
        first = 2 + len(_LINE_END.findall(frame.header)) if frame.header else 1
        self._begins: NDArray[np.int64] = np.concatenate(
            [np.full(1, first), first + np.cumsum(lines)]
        )

    def open(self, duck: Engine, spec: SourceSpec) -> Table:
        """Open it as a table, by what the definition says and else as the file was cut."""
        frame = self.frame
        own = {name: getattr(spec, name) for name in FileOptions.model_fields}
        if frame.format == "row":
            options = FileOptions.model_validate(own)
            return open_rows(duck, self.path, options, frame.names, frame.types)
        is_csv = frame.format == "csv"
        known: dict[str, object] = {
            "format": "csv" if is_csv else "jsonl",
            "encoding": self._encoding(spec),
            "header": (bool(frame.header) or spec.header or False) if is_csv else None,
            "skip": None,
        }
        dialect = self._dialect(spec)
        if dialect is not None or not is_csv:
            known |= {"delimiter": None, "quote": None}
        if not is_csv:  # a key that only other records of the file have
            known["may_lack"] = (*spec.may_lack, *asked_columns(spec, duck))
        options = FileOptions.model_validate({**own, **known})
        named = options.may_lack
        return open_table(duck, self.path, options, whole=True, dialect=dialect, asked=named)

    def _encoding(self, spec: SourceSpec) -> str:
        """Give the encoding of the originals, or another one that is declared by now."""
        found = self.frame.encoding
        declared = spec.encoding
        return declared if declared and not found.startswith(declared) else found

    def _dialect(self, spec: SourceSpec) -> Dialect | None:
        """Give the dialect in which the file was cut; None where another one is declared."""
        cut = self.frame
        other = spec.delimiter not in (None, cut.delimiter) or spec.quote not in (None, cut.quote)
        if cut.format != "csv" or other:
            return None
        return Dialect(cut.delimiter, cut.quote, cut.escape, 0, bool(cut.header), cut.names)

    def entry(self, line: int | None, row: int | None) -> tuple[int, int]:
        """Say which original a record of the scratch file is of, and how many lines below it."""
        if line is None:
            assert row is not None
            return row - 1, 0
        at = int(np.searchsorted(self._begins, line, side="right")) - 1
        return at, line - int(self._begins[at])


_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
