"""Where the elements of a JSON text begin and end.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.sources.originals` feeds them; `tests/slow_twins/elements.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_QUOTE = 34
_BACKSLASH = 92
_OPEN = (91, 123)
_CLOSE = (93, 125)
_BETWEEN = (9, 10, 13, 32, 44)  # blanks and commas
_LF = 10


@njit(cache=True, nogil=True)
def elements(
    text: NDArray[np.uint8],  # (n,)
    begin: int,  # behind the bracket of an array; 0 for values one after the other
    starts: NDArray[np.int64],  # (most,) OUT
    ends: NDArray[np.int64],  # (most,) OUT
    lines: NDArray[np.int64],  # (most,) OUT: line ends before the start
) -> int:
    """Find the elements; give how many there are, even where there is no room for all."""
    n = 0
    at = begin
    line = 0
    counted = 0
    while at < text.size:
        if text[at] in _BETWEEN or text[at] in _CLOSE:
            at += 1
            continue
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
    return n


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
