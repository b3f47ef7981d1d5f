"""Where the elements of a JSON text begin and end.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.sources.elements` feeds them; `tests/slow_twins/elements.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_QUOTE = 34
_BACKSLASH = 92
_OPEN = (91, 123)
_CLOSE = (93, 125)
_LIST = 91
_COMMA = 44
_BETWEEN = (9, 10, 13, 32, 44)  # blanks and commas
_LF = 10


VALUES, INSIDE, BEHIND, ASTRAY = range(4)
"""Where a text stands: among values, inside a list, behind one; or values stand behind a list."""


@njit(cache=True, nogil=True)
def elements(
    text: NDArray[np.uint8],  # (n,)
    place: int,  # VALUES or INSIDE; BEHIND where a list may begin
    starts: NDArray[np.int64],  # (most,) OUT
    ends: NDArray[np.int64],  # (most,) OUT
    lines: NDArray[np.int64],  # (most,) OUT: line ends before the start
) -> tuple[int, int]:
    """Find the elements of lists, or the values.

    Gives how many there are, even where there is no room for all, and the place of the last one.

    A comma behind a bracket says that the bracket closed no list: it was one too many.
    """
    n = 0
    at = 0
    line = 0
    counted = 0
    while at < text.size:
        byte = text[at]
        if byte in _BETWEEN or byte in _CLOSE or (byte == _LIST and place == BEHIND):
            place = _placed(byte, place)
            at += 1
            continue
        if place == BEHIND:
            place = ASTRAY
        end = _element(text, at)
        if n < starts.size:
            while counted < at:
                line += text[counted] == _LF
                counted += 1
            starts[n] = at
            ends[n] = end
            lines[n] = line
        n += 1
        at = end
    return n, place


@njit(cache=True, nogil=True)
def _placed(byte: int, place: int) -> int:
    """Give the place behind a byte that is between elements."""
    if place == INSIDE and byte == _CLOSE[0]:
        return BEHIND
    if place == BEHIND and (byte == _LIST or byte == _COMMA):  # noqa: PLR1714, SIM109  as in cut
        return INSIDE
    return place


@njit(cache=True, nogil=True)
def _element(text: NDArray[np.uint8], start: int) -> int:
    """Give the place behind the element that begins here."""
    depth = 0
    at = start
    while at < text.size:
        byte = text[at]
        if byte == _QUOTE:
            at = _text(text, at)
        elif depth == 0 and (byte in _BETWEEN or byte in _CLOSE):
            return at
        else:
            depth += (byte in _OPEN) - (byte in _CLOSE)
            at += 1
        if depth == 0 and byte in _CLOSE:
            return at
    return at


@njit(cache=True, nogil=True)
def _text(text: NDArray[np.uint8], at: int) -> int:
    """Give the place behind the quote that closes a text."""
    at += 1
    while at < text.size and text[at] != _QUOTE:
        at += 2 if text[at] == _BACKSLASH else 1
    return min(at + 1, text.size)
