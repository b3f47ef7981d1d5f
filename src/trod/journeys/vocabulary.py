"""Names to codes, so that sorting by code is sorting by the declared tie rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from trod._store.codes import Unified
from trod.errors import DataError
from trod.journeys.batch import NO_STATE

UNKNOWN_CHANNEL: Final = "unknown"
"""Name of the channel of touchpoints whose channel is not known."""
MOST_TOUCHPOINTS: Final = 65_534
MOST_CHANNELS: Final = 255
MOST_STATES: Final = 65_535


def ranked(names: Sequence[str], declared: Sequence[str] = ()) -> tuple[str, ...]:
    """Order names by the declared order, then by name.

    Examples
    --------
    >>> ranked(["pay", "signup", "call"], ["signup", "never seen", "pay"])
    ('signup', 'pay', 'call')
    """
    place = {name: at for at, name in reversed(list(enumerate(declared)))}
    return tuple(sorted(set(names), key=lambda name: (place.get(name, len(place)), name)))


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """How the codes that texts have in each chunk lead to their codes in the vocabulary."""

    names: tuple[str, ...]
    to_codes: tuple[NDArray[Any], ...]  # one array a chunk; its last place, reached by -1, is null

    @classmethod
    def of(
        cls,
        unified: Unified,
        names: tuple[str, ...],
        kind: type[np.generic],
        null: int,
        called: Mapping[str, str] | None = None,
    ) -> Self:
        """Lead from the texts of chunks to `names`; a null leads to the code `null`.

        Texts that are `called` something else lead to that name.
        """
        place = {name: at for at, name in enumerate(names)}
        texts: list[str] = unified.values.to_pylist()
        if called:
            texts = [called.get(text, text) for text in texts]
        codes = np.array([*(place[text] for text in texts), null], kind)
        last = np.array([len(unified.values)], np.int32)
        return cls(
            names, tuple(codes[np.concatenate([chunk, last])] for chunk in unified.to_values)
        )

    def codes(self, chunk: int, code: NDArray[np.int32]) -> NDArray[Any]:
        """Give the codes of the rows of one chunk, shape (n,), by their codes in the chunk."""
        codes: NDArray[Any] = self.to_codes[chunk][code]
        return codes


def touchpoint_naming(
    unified: Unified, declared: Sequence[str], called: Mapping[str, str] | None = None
) -> Naming:
    """Give codes to touchpoints by rank: the declared order first, then by name."""
    texts = [called.get(text, text) if called else text for text in _texts(unified)]
    names = _limited(ranked(texts, declared), MOST_TOUCHPOINTS, "touchpoint")
    return Naming.of(unified, names, np.uint16, 0, called)


def channel_naming(unified: Unified, *, some_unknown: bool) -> Naming:
    """Give codes to channels by name; touchpoints without one get the unknown channel."""
    extra = (UNKNOWN_CHANNEL,) if some_unknown else ()
    names = _limited(ranked((*_texts(unified), *extra)), MOST_CHANNELS, "channel")
    null = names.index(UNKNOWN_CHANNEL) if some_unknown else 0
    return Naming.of(unified, names, np.uint8, null)


def state_naming(state: str, unified: Unified) -> Naming:
    """Give codes to the values of one declared state by name."""
    names = _limited(ranked(_texts(unified)), MOST_STATES, f"state {state!r}")
    return Naming.of(unified, names, np.uint16, NO_STATE)


def _texts(unified: Unified) -> list[str]:
    texts: list[str] = unified.values.to_pylist()
    return texts


def _limited(names: tuple[str, ...], most: int, what: str) -> tuple[str, ...]:
    if len(names) > most:
        raise DataError(
            f"{len(names):,} different values of {what}, such as {names[0]!r} and {names[1]!r}: "
            f"at most {most:,} can be told apart. Map fewer, coarser names in trod.yml."
        )
    return names
