"""Words set as SVG: wrapped lines, and lines whose pieces differ in style."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trod.figures.markup import Markup, el, join
from trod.figures.text import Face, width, wrap


def coded(text: str) -> list[tuple[str, bool]]:
    """Split words at backticks: (text, whether it is code). A lone backtick stays as it is.

    Examples
    --------
    >>> coded("Set `left_after` to change it.")
    [('Set ', False), ('left_after', True), (' to change it.', False)]
    """
    pieces = re.split(r"`([^`]+)`", text)
    return [(piece, i % 2 == 1) for i, piece in enumerate(pieces) if piece]


def block(
    text: str,
    x: float,
    y: float,
    face: Face,
    limit: float,
    *,
    class_: str,
    leading: float,
    lines: int,
) -> tuple[Markup, float]:
    """Set wrapped text from a first baseline; gives the text and the last baseline."""
    broken = wrap(text, face, limit, lines=lines)
    rows = [
        el("text", line, x=x, y=y + i * leading, class_=class_) for i, line in enumerate(broken)
    ]
    return join(*rows), y + max(len(broken) - 1, 0) * leading


def rich(
    runs: Sequence[tuple[str, str]],
    x: float,
    y: float,
    face: Face,
    limit: float,
    *,
    class_: str,
    leading: float,
    lines: int = 99,
) -> tuple[Markup, float]:
    """Set wrapped text made of (text, style) runs; gives the text and the last baseline.

    A line breaks at spaces only: a comma or full stop stays with the styled word before it.

    Examples
    --------
    >>> text, last = rich([("23%", "strong"), (" leave", "")], 0, 10, Face(12), 200,
    ...                   class_="b", leading=15)
    >>> print(text, last)
    <text x="0" y="10" class="b"><tspan class="strong">23%</tspan> leave</text> 10
    """
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for word in _words(runs):
        wide = sum(width(text, face) for text, _ in word)
        if rows[-1] and used + wide - _space_after(word, face) > limit:
            rows.append([])
            used = 0.0
        rows[-1] += word
        used += wide
    kept = rows[:lines]
    if len(rows) > lines and kept[-1]:
        text, style = kept[-1][-1]
        kept[-1][-1] = (text.rstrip() + "…", style)
    drawn = [
        el("text", *_spans(row), x=x, y=y + i * leading, class_=class_)
        for i, row in enumerate(kept)
        if row
    ]
    return join(*drawn), y + (len(kept) - 1) * leading


def _words(runs: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Split runs into words that keep the space after them; a word may be of several runs.

    Examples
    --------
    >>> _words([("After ", ""), ("a call", "worse"), (", 3 left", "")])[1:3]
    [[('a ', 'worse')], [('call', 'worse'), (', ', '')]]
    """
    words: list[list[tuple[str, str]]] = [[]]
    for text, style in runs:
        for piece in re.findall(r"[^ ]* |[^ ]+$", text):
            words[-1].append((piece, style))
            if piece.endswith(" "):
                words.append([])
    return [word for word in words if word]


def _space_after(word: Sequence[tuple[str, str]], face: Face) -> float:
    """Give the width of the space that a word ends with, which may hang over the line."""
    last = word[-1][0]
    return width(last, face) - width(last.rstrip(), face)


def _spans(row: Sequence[tuple[str, str]]) -> list[str | Markup]:
    """Join neighbours of one style, and wrap the styled ones."""
    joined: list[tuple[str, str]] = []
    for text, style in row:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    if joined:
        joined[-1] = (joined[-1][0].rstrip(), joined[-1][1])
    return [el("tspan", text, class_=style) if style else text for text, style in joined]
