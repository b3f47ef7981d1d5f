"""The elements of a JSON text as they stand in it, piece by piece, and as a line each.

DuckDB gives up a whole JSON file where one element of it is broken. Here the text is cut into
elements by their brackets alone, so that a broken one costs itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.elements import ASTRAY, BEHIND, INSIDE, VALUES, elements
from trod.errors import DataError
from trod.sources.cut import Layout, reader
from trod.sources.limits import check_element
from trod.sources.spec import LimitsSpec
from trod.sources.text import opened

_BLANK: Final = b" \t\r\n"
_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
_NONE: Final = np.zeros(0, np.int64)


class Elements(NamedTuple):
    """Some elements of a JSON text, in order."""

    text: bytes  # in UTF-8
    starts: NDArray[np.int64]  # (n,)
    ends: NDArray[np.int64]  # (n,)
    line: NDArray[np.int64]  # (n,) of the file, from 1


def elements_of(path: Path, encoding: str, limits: LimitsSpec) -> Iterator[Elements]:
    """Give the elements of a list, or of one list after the other, or values without a list.

    Raises
    ------
    DataError
        If a list has no end, or an element is far longer than a row may be.
    """
    with opened(path) as file:
        read = reader(file, Layout(encoding))
        text, line, place = b"", 1, None
        final = False
        while not final:
            more = read()
            final = not more
            text += more
            if place is None:
                if not (begin := text.lstrip(_BLANK)[:1]):
                    line, text = line + text.count(b"\n"), b""
                    continue
                place = BEHIND if begin == b"[" else VALUES
            found, taken, place = _found(text, place, line, final=final)
            if place == ASTRAY:
                break
            if found.starts.size:
                long = int(np.argmax(found.ends - found.starts))
                size = int(found.ends[long] - found.starts[long])
                check_element(path, size, int(found.line[long]), limits, json=True)
                yield found
            line += text.count(b"\n", 0, taken)
            text = text[taken:]
            check_element(path, len(text), line, limits, json=True)
    if place in (INSIDE, ASTRAY):
        raise DataError(
            f"{path}: the list in it has no end; the file was cut off, or something stands behind "
            "the list. Fetch it again."
        )


def _found(text: bytes, place: int, line: int, *, final: bool) -> tuple[Elements, int, int]:
    """Cut a text; an element that may go on behind it is left for the next piece."""
    buffer = np.frombuffer(text, np.uint8)
    n, _ = elements(buffer, place, _NONE, _NONE, _NONE)
    starts, ends, lines = (np.zeros(n, np.int64) for _ in range(3))
    _, place = elements(buffer, place, starts, ends, lines)
    taken = len(text)
    if n and not final and ends[-1] == len(text):
        n, taken = n - 1, int(starts[-1])  # nothing between elements stands behind it
    return Elements(text, starts[:n], ends[:n], lines[:n] + line), taken, place


def write_lines(path: Path, encoding: str, limits: LimitsSpec, copy: Path) -> tuple[int, int]:
    """Write each element on a line of its own; say how many there are, and how long the longest."""
    n = longest = 0
    with copy.open("wb") as out:
        for piece in elements_of(path, encoding, limits):
            text = piece.text.translate(_ONE_LINE)
            cuts = zip(piece.starts.tolist(), piece.ends.tolist(), strict=True)
            out.write(b"".join([text[start:end] + b"\n" for start, end in cuts]))
            n += piece.starts.size
            longest = max(longest, int(np.max(piece.ends - piece.starts)))
    return n, longest
