"""Personal data taken out of texts that are shown: addresses, numbers, accounts, links."""

from __future__ import annotations

import re
from typing import Final

from trod.events.personal import is_iban

_EMAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,18}(?!\w)")
_LINK: Final = re.compile(r"https?://\S+|www\.\S+")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")


def masked(text: str) -> str:
    """Take e-mail addresses, links, accounts, and numbers of seven digits or more out of a text.

    Examples
    --------
    >>> masked("Write to ann@example.com or ring +49 30 1234567, card 4111 1111 1111 1111.")
    'Write to [e-mail] or ring [number], card [number].'
    >>> masked("It failed 3 times on 2024-05-01."), masked("IBAN GB82 WEST 1234 5698 7654 32")
    ('It failed 3 times on 2024-05-01.', 'IBAN [account]')
    """
    text = _LINK.sub("[link]", _EMAIL.sub("[e-mail]", text))
    text = _IBAN.sub(lambda m: "[account]" if is_iban(m[0]) else m[0], text)
    return _LONG_NUMBER.sub(lambda m: m[0] if _is_date(m[0]) else "[number]", text)


def _is_date(text: str) -> bool:
    return bool(
        re.fullmatch(r"(19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](19|20)\d\d", text)
    )
