"""Where the records of a text file end. `tests/slow_twins/cut.py` holds the obvious version.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.sources.cut` feeds them pieces of a file.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

GOOD = 0
BLANK = 1
MISPLACED = 2  # something stands behind a closing quote
UNCLOSED = 3  # the file ends inside quotes
NOTHING = -1
_LF = 10
_CR = 13
_ENDS = (_LF, _CR)
_SPACE = 32
_INSIDE = -1
_OUTSIDE = -2


@njit(cache=True, nogil=True)
def cut(
    text: NDArray[np.uint8],  # (n,)
    start: int,  # where a record begins
    final: bool,  # whether the file ends where the text ends
    delimiter: NDArray[np.uint8],  # (d,) at least one byte
    quote: int,  # NOTHING for none
    escape: int,
    longest: int,  # bytes of a record in quotes, at most
    ends: NDArray[np.int64],  # (room,) OUT: behind the last byte of each record, its line end
    status: NDArray[np.uint8],  # (room,) OUT: GOOD, BLANK, MISPLACED or UNCLOSED
    lines: NDArray[np.int64],  # (room,) OUT: lines of the text before each record
) -> tuple[int, int, int]:
    """Cut a text into records, as far as there is room for them.

    Gives how many they are, where the next one begins, and the lines they take.

    A record whose quotes are wrong is one line long, so that it takes no other line with it; a
    quote that closes beyond `longest` closes nothing, however much of the text is there. A record
    that may go on behind the text is left for the next piece.
    """
    n = 0
    line = 0
    while start < text.size and n < ends.size:
        end, kind = _record(text, start, final, delimiter, quote, escape, longest)
        if end == _OUTSIDE or (end == _INSIDE and not final and text.size - start < longest):
            break
        if end == _INSIDE or kind == MISPLACED:
            kind = UNCLOSED if end == _INSIDE else MISPLACED
            end = _line(text, start)
            if end == text.size and not final:
                break
        ends[n] = end
        status[n] = kind
        lines[n] = line
        line += _lines(text, start, end)
        n += 1
        start = end
    return n, start, line


@njit(cache=True, nogil=True)
def _record(
    text: NDArray[np.uint8],
    start: int,
    final: bool,
    delimiter: NDArray[np.uint8],
    quote: int,
    escape: int,
    longest: int,
) -> tuple[int, int]:
    """Give the end of a record and its status; _INSIDE or _OUTSIDE quotes if it is cut off."""
    at = start
    fresh = True  # at the start of a value, blanks aside
    while at < text.size:
        byte = text[at]
        if byte == _LF or byte == _CR:  # noqa: PLR1714, SIM109  a tuple is not compiled as well
            if not final and byte == _CR and at + 1 == text.size:
                return _OUTSIDE, GOOD  # half of a line end
            return _behind(text, at), BLANK if at == start else GOOD
        if _starts(text, at, delimiter):
            at += delimiter.size
            fresh = True
        elif fresh and byte == quote:
            at, kind = _quoted(text, at + 1, start + longest, final, delimiter, quote, escape)
            if kind != GOOD:
                return at, kind
            fresh = False
        else:
            fresh = fresh and byte == _SPACE
            at += 1
    return (text.size, GOOD) if final else (_OUTSIDE, GOOD)


@njit(cache=True, nogil=True)
def _quoted(
    text: NDArray[np.uint8],
    at: int,
    most: int,
    final: bool,
    delimiter: NDArray[np.uint8],
    quote: int,
    escape: int,
) -> tuple[int, int]:
    """Give the place behind a quoted value, blanks included, and what is wrong with it."""
    at = _closed(text, at, quote, escape)
    if at > min(text.size, most):
        return _INSIDE, UNCLOSED
    while at < text.size and text[at] == _SPACE and not _starts(text, at, delimiter):
        at += 1
    if not final and at + delimiter.size > text.size:
        return _OUTSIDE, UNCLOSED
    if at == text.size or text[at] in _ENDS or _starts(text, at, delimiter):
        return at, GOOD
    return at, MISPLACED


@njit(cache=True, nogil=True)
def _closed(text: NDArray[np.uint8], at: int, quote: int, escape: int) -> int:
    """Give the place behind the quote that closes a value; more than the size if none does."""
    while at < text.size:
        byte = text[at]
        if byte != quote and byte != escape:  # noqa: PLR1714  as above
            at += 1
        elif byte == escape and (escape != quote or (at + 1 < text.size and text[at + 1] == quote)):
            at += 2
        else:
            return at + 1
    return text.size + 1


@njit(cache=True, nogil=True)
def _starts(text: NDArray[np.uint8], at: int, delimiter: NDArray[np.uint8]) -> bool:
    """Say whether a delimiter begins here."""
    if text[at] != delimiter[0]:
        return False
    if delimiter.size == 1:
        return True
    if at + delimiter.size > text.size:
        return False
    for i in range(1, delimiter.size):  # noqa: SIM110  a loop is what gets compiled well
        if text[at + i] != delimiter[i]:
            return False
    return True


@njit(cache=True, nogil=True)
def _behind(text: NDArray[np.uint8], at: int) -> int:
    """Give the place behind a line end."""
    both = text[at] == _CR and at + 1 < text.size and text[at + 1] == _LF
    return at + 2 if both else at + 1


@njit(cache=True, nogil=True)
def _line(text: NDArray[np.uint8], at: int) -> int:
    """Give the place behind the line."""
    while at < text.size and text[at] not in _ENDS:
        at += 1
    return _behind(text, at) if at < text.size else at


@njit(cache=True, nogil=True)
def _lines(text: NDArray[np.uint8], start: int, end: int) -> int:
    """Count the line ends in a stretch of text."""
    n = 0
    for at in range(start, end):
        if text[at] == _CR or (text[at] == _LF and (at == start or text[at - 1] != _CR)):
            n += 1
    return n
