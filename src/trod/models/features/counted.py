"""How often and how lately each touchpoint, and each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features import count_codes
from trod.journeys.label import readable
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature

EACH: Final = 3
"""Columns of a name: ever, in 30 days, days since the last; and in 90 and 7 days for some."""


def slots(names: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.int16]:
    """Give the place of each code among some names, shape (n_codes,); `len(names)` for others."""
    place = {name: slot for slot, name in enumerate(names)}
    return given(np.array([place.get(n, len(names)) for n in vocabulary], np.int16), np.int16)


def _told(prefix: str, names: Sequence[str], n_long: int, group: str) -> tuple[Feature, ...]:
    """Name the columns of `count_codes`."""

    def windows(some: Sequence[str], key: str, words: str) -> list[Feature]:
        return [
            Feature(f"{prefix}count:{n}@{key}", f"{readable(n)}, times {words}", "count", group)
            for n in some
        ]

    since = [
        Feature(f"{prefix}since:{n}", f"{readable(n)}, days since the last one", "days", group)
        for n in names
    ]
    return (
        *windows(names, "ever", "so far"),
        *windows(names, "30d", "in the last 30 days"),
        *since,
        *windows(names[:n_long], "90d", "in the last 90 days"),
        *windows(names[:n_long], "7d", "in the last 7 days"),
    )


def _count(
    look: Look,
    code: NDArray[np.uint16],
    place: NDArray[np.int16],
    sizes: tuple[int, int],
    values: Values,
    column: int,
) -> None:
    count_codes(look.span, look.moment_us, look.time_us, code, place, *sizes, values, column)


@dataclass(frozen=True, slots=True)
class Touchpoints:
    """Counts of some touchpoints, and days since the last of each."""

    family: ClassVar[str] = "touchpoints"
    names: tuple[str, ...]  # the most customers first
    n_long: int  # how many of them are counted in 90 days and in 7 as well

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _told("", self.names, self.n_long, "touchpoint")

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        code = given(look.batch.code, np.uint16)
        place = slots(self.names, look.batch.vocabulary.touchpoints)
        _count(look, code, place, (len(self.names), self.n_long), values, column)


@dataclass(frozen=True, slots=True)
class Channels:
    """Counts of touchpoints by channel, and days since the last of each."""

    family: ClassVar[str] = "channels"
    names: tuple[str, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return tuple(
            each._replace(words=f"Touchpoints by {each.words[:1].lower()}{each.words[1:]}")
            for each in _told("channel_", self.names, 0, "channel")
        )

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        code = given(look.batch.channel, np.uint16)
        place = slots(self.names, look.batch.vocabulary.channels)
        _count(look, code, place, (len(self.names), 0), values, column)
