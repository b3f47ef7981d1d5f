"""Touchpoint names as people read them."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAKS = re.compile(r"[\s_]+|(?<=\w)[.:/\\|>-]+(?=\w)")


def readable(name: str) -> str:
    """Turn the name of a touchpoint in the data into words.

    Names that already hold spaces are left as they are, apart from their first letter.

    Examples
    --------
    >>> readable("connect_data_source")
    'Connect data source'
    >>> readable("checkoutCompleted")
    'Checkout completed'
    >>> readable("Assign seriousness")
    'Assign seriousness'
    """
    stripped = name.strip()
    if " " in stripped:
        words = " ".join(stripped.split())
    else:
        parts = [p for p in _BREAKS.split(stripped) if p]
        split = [w for part in parts for w in _CAMEL.split(part) if w]
        shown = [w if w.isupper() and len(w) > 1 else w.lower() for w in split]
        words = " ".join(shown) or stripped
    return words[:1].upper() + words[1:]


def units(unit: str) -> str:
    """Give the word for several of a unit.

    Examples
    --------
    >>> units("account"), units("person")
    ('accounts', 'customers')
    """
    return "accounts" if unit == "account" else "customers"


def unit_of(words: str) -> str:
    """Give the unit that `units` gave the word for.

    Examples
    --------
    >>> unit_of("accounts"), unit_of("customers")
    ('account', 'person')
    """
    return "account" if words == "accounts" else "person"


def shortened(text: str, length: int) -> str:
    """Cut a label at a word, with an ellipsis, so that it has at most `length` characters.

    Examples
    --------
    >>> shortened("Confirm the delivery address", 16)
    'Confirm the…'
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space >= length // 2 else cut).rstrip() + "…"
