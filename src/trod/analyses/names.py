"""Names of touchpoints: to codes, and into the keys of predicates and back; and moments."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trod.errors import DefinitionError, unknown
from trod.journeys.batch import Vocabulary
from trod.journeys.key import decode, encode

__all__ = ["codes_of", "decode", "encode", "micros", "span_us", "wanted", "wanted_channels"]


def codes_of(vocabulary: Vocabulary, names: Iterable[str]) -> tuple[int, ...]:
    """Give the codes of touchpoints.

    Raises
    ------
    DefinitionError
        If no customer ever had one of them; all that are unknown at once.

    Examples
    --------
    >>> codes_of(Vocabulary(("buy", "call"), ()), ["call", "buy"])
    (1, 0)
    """
    known = _codes(vocabulary.touchpoints)
    asked = tuple(names)
    if missing := [n for n in dict.fromkeys(asked) if n not in known]:
        raise DefinitionError(unknown("touchpoint", n, vocabulary.touchpoints) for n in missing)
    return tuple(known[name] for name in asked)


@lru_cache(maxsize=8)
def _codes(names: tuple[str, ...]) -> dict[str, int]:
    return {name: code for code, name in enumerate(names)}


def wanted(vocabulary: Vocabulary, names: Collection[str]) -> NDArray[np.bool_]:
    """Say which touchpoints are meant, (n_names,); all without names.

    Examples
    --------
    >>> wanted(Vocabulary(("buy", "call"), ()), ["call"]).tolist()
    [False, True]
    """
    found = np.full(len(vocabulary.touchpoints), not names)
    found[list(codes_of(vocabulary, names))] = True
    return found


def wanted_channels(vocabulary: Vocabulary, names: Collection[str]) -> NDArray[np.bool_]:
    """Say which channels are meant, (n_channels,); all without names. Capitals do not matter.

    Raises
    ------
    DefinitionError
        If no touchpoint came by one of them; all that are unknown at once.

    Examples
    --------
    >>> wanted_channels(Vocabulary((), ("email", "web")), ["Web"]).tolist()
    [False, True]
    """
    asked = {name.casefold(): name for name in names}
    known = [name.casefold() for name in vocabulary.channels]
    if missing := [name for key, name in asked.items() if key not in known]:
        raise DefinitionError(unknown("channel", n, vocabulary.channels) for n in missing)
    return np.array([not names or name in asked for name in known], np.bool_)


def span_us(text: str) -> tuple[int | None, int | None]:
    """Read both ends of a span from a key, in microseconds, None where none is written.

    Examples
    --------
    >>> span_us("-5..70"), span_us("5.."), span_us("5")
    ((-5, 70), (5, None), (None, None))
    """
    start, dots, end = text.partition("..")
    return (micros(start), micros(end)) if dots else (None, None)


def micros(text: str) -> int | None:
    """Read microseconds from a key; None where they are not written so."""
    digits = text.removeprefix("-")
    right = digits.isdecimal() and digits.isascii() and len(digits) < 19
    return int(text) if right else None
