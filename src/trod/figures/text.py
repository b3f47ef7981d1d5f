"""How wide text is, measured in the fonts that are shipped, and how to make it fit."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.ttLib import TTFont

ASSETS = Path(__file__).parent / "assets"
ELLIPSIS = "…"
_FILES = {"sans": "Inter.ttf", "serif": "TrodSerif-Medium.ttf", "italic": "TrodSerif-Italic.ttf"}


class Face(NamedTuple):
    """A size of a shipped font: ``sans`` in weights 400 to 700, ``serif``, or ``italic``."""

    size: float
    weight: int = 400
    family: str = "sans"


def width(text: str, face: Face) -> float:
    """Measure text in pixels, kerning left out, which makes it a little too wide at most.

    Examples
    --------
    >>> round(width("Customers", Face(12))), round(width("Customers", Face(12, 600)))
    (62, 64)
    """
    em = sum(_advance(char, face.weight, face.family) for char in text)
    return em * face.size


def fit(text: str, face: Face, limit: float) -> str:
    """Shorten text to a width in pixels, with an ellipsis where something was cut.

    Examples
    --------
    >>> fit("Connect data source", Face(12), 80)
    'Connect dat…'
    """
    if width(text, face) <= limit:
        return text
    room = limit - width(ELLIPSIS, face)
    used, kept = 0.0, 0
    for char in text:
        used += width(char, face)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip(" ·,.;:-") + ELLIPSIS if kept else ELLIPSIS


def wrap(text: str, face: Face, limit: float, *, lines: int = 99) -> list[str]:
    """Break text into lines of a width in pixels; the last line is cut where it is too much.

    Examples
    --------
    >>> wrap("Third permissions error. I gave up.", Face(12), 90)
    ['Third', 'permissions', 'error. I gave', 'up.']
    """
    done: list[str] = []
    current = ""
    for word in _pieces(text, face, limit):
        trial = f"{current} {word}" if current else word
        if not current or width(trial, face) <= limit:
            current = trial
        else:
            done.append(current)
            current = word
    if current:
        done.append(current)
    if len(done) > lines:
        rest = " ".join(done[lines - 1 :])
        done = [*done[: lines - 1], fit(rest, face, limit)]
    return done


def _pieces(text: str, face: Face, limit: float) -> list[str]:
    """Split at spaces, and inside words that are wider than a line (or have no spaces)."""
    pieces: list[str] = []
    for word in text.split():
        while width(word, face) > limit and len(word) > 1:
            used, kept = 0.0, 0
            for char in word:
                used += width(char, face)
                if used > limit:
                    break
                kept += 1
            kept = max(kept, 1)
            pieces.append(word[:kept])
            word = word[kept:]  # noqa: PLW2901
        if word:
            pieces.append(word)
    return pieces


@lru_cache(maxsize=8192)
def _advance(char: str, weight: int, family: str) -> float:
    """Width of a character in em; an estimate for scripts the shipped fonts do not hold."""
    font = _font(weight, family)
    name = font.names.get(ord(char))
    if name is not None:
        return float(font.glyphs[name].width) / font.em
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return 1.3 if ord(char) > 0x1F000 else 0.66


class _Font(NamedTuple):
    em: int
    names: dict[int, str]
    glyphs: Any


@lru_cache(maxsize=12)
def _font(weight: int, family: str) -> _Font:
    """Open a shipped font at a weight."""
    font = TTFont(ASSETS / _FILES[family])
    glyphs = font.getGlyphSet(location={"wght": weight} if "fvar" in font else None)
    return _Font(font["head"].unitsPerEm, font.getBestCmap(), glyphs)
