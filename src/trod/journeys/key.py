"""Names as they stand in the keys of predicates, and in addresses."""

from __future__ import annotations

from urllib.parse import quote, unquote


def encode(name: str) -> str:
    """Write a name so that it may stand in a key and in an address.

    Examples
    --------
    >>> encode("A > B & C/d")
    'A%20%3E%20B%20%26%20C%2Fd'
    """
    return quote(name, safe="")


def decode(text: str) -> str:
    """Read a name back from a key.

    Examples
    --------
    >>> decode(encode("A > B & C/d"))
    'A > B & C/d'
    """
    return unquote(text, errors="replace")
