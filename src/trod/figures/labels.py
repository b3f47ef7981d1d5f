"""Names as people read them, made from names as systems write them."""

from __future__ import annotations

import re
import unicodedata

from trod.journeys.label import readable

#: Controls that would turn the direction of the text around them.
_BIDI = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF]
)
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    r"""Drop what no page can show: controls, halves of characters, turns of direction.

    Examples
    --------
    >>> plain("a\x00b\u202ec  d")
    'abc d'
    """
    kept = "".join(
        char
        for char in text.translate(_BIDI)
        if unicodedata.category(char) not in {"Cc", "Cs", "Cn"} or char in "\t\n\r"
    )
    return _SPACES.sub(" ", kept).strip()


def label(name: str) -> str:
    """Make a raw name readable, the same way as in every sentence of the map.

    Examples
    --------
    >>> label("trial_signup"), label("connectDataSource"), label("NPS_survey")
    ('Trial signup', 'Connect data source', 'NPS survey')
    >>> label("Invoice & payment"), label("初回ログイン"), label("")
    ('Invoice & payment', '初回ログイン', '(no name)')
    """
    return readable(plain(name)) or "(no name)"


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
