"""Names as people read them, made from names as systems write them."""

from __future__ import annotations

import re
import unicodedata

#: Controls that would turn the direction of the text around them.
_BIDI = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF]
)
_SPACES = re.compile(r"\s+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CODE = re.compile(r"[A-Za-z0-9_.\-]+")
_PROSE = re.compile(r"[\w &',.()+\-–!?]+")
_SNAKE = re.compile(r"(?<=[^\W_])[_\-.]+(?=[^\W_])|_+")


def plain(text: str) -> str:
    """Drop what no page can show: controls, halves of characters, turns of direction.

    Examples
    --------
    >>> plain("a\\x00b\\u202ec  d")
    'abc d'
    """
    kept = "".join(
        char
        for char in text.translate(_BIDI)
        if unicodedata.category(char) not in {"Cc", "Cs", "Cn"} or char in "\t\n\r"
    )
    return _SPACES.sub(" ", kept).strip()


def label(name: str) -> str:
    """Make a raw name readable, and leave alone what a person wrote.

    Examples
    --------
    >>> label("trial_signup"), label("connectDataSource"), label("NPS_survey")
    ('Trial signup', 'Connect data source', 'NPS survey')
    >>> label("Invoice & payment"), label("/pricing/plans"), label("初回ログイン"), label("")
    ('Invoice & payment', '/pricing/plans', '初回ログイン', '(no name)')
    """
    text = plain(name)
    if not text:
        return "(no name)"
    if not _CODE.fullmatch(text):
        return _first_upper(text) if _PROSE.fullmatch(text) else text
    words = [word for part in _SNAKE.split(text) if part for word in _CAMEL.split(part)]
    if not words:
        return text
    return _first_upper(" ".join([words[0], *(_lower(word) for word in words[1:])]))


def inline(name: str) -> str:
    """Make a raw name readable inside a sentence.

    Examples
    --------
    >>> inline("renewed"), inline("NPS_answered"), inline("契約更新")
    ('renewed', 'NPS answered', '契約更新')
    """
    text = label(name)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def join_words(words: list[str]) -> str:
    """Join as people do: ``a, b and c``.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def _lower(word: str) -> str:
    """Lower a word made by splitting, but not an abbreviation."""
    return word if word.isupper() and len(word) <= 4 else word.lower()


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].isascii() else text
