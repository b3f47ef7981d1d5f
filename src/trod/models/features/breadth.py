"""How many different touchpoints and channels a customer uses, and how many people an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features import count_distinct, count_distinct_few
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature

_FEW: Final = 64
_WINDOWS: Final = (
    ("ever", "so far"),
    ("90d", "in the last 90 days"),
    ("30d", "in the last 30 days"),
)


def _told(key: str, words: str, group: str) -> tuple[Feature, ...]:
    return tuple(
        Feature(f"{key}@{window}", f"{words} {said}", "count", group) for window, said in _WINDOWS
    )


def _count(look: Look, code: NDArray[Any], n: int, values: Values, column: int) -> None:
    """Count different codes; the fast loop knows 64 at most."""
    if n <= _FEW:
        count_distinct_few(look.span, given(code, np.uint16), values, column)
    else:
        count_distinct(look.span, given(code, np.int32), n, values, column)


@dataclass(frozen=True, slots=True)
class Breadth:
    """Different touchpoints, and different channels where there are several."""

    family: ClassVar[str] = "breadth"
    channels: bool

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        touchpoints = _told("breadth:touchpoints", "Different touchpoints", "breadth")
        channels = _told("breadth:channels", "Different channels", "breadth")
        return touchpoints + channels if self.channels else touchpoints

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        batch = look.batch
        _count(look, batch.code, len(batch.vocabulary.touchpoints), values, column)
        if self.channels:
            _count(look, batch.channel, len(batch.vocabulary.channels), values, column + 3)


@dataclass(frozen=True, slots=True)
class Seats:
    """Different people of an account who did anything.

    Who is one person is known as of today, whatever the moment.
    """

    family: ClassVar[str] = "seats"

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _told("seats:people", "People active", "seats")

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns; nothing to say where nobody knows the people."""
        people = look.journeys.people
        if people is None:
            values[:, column : column + 3] = np.nan
            return
        told = people(look.batch.row)
        known, code = np.unique(told[told >= 0], return_inverse=True)
        local = np.full(told.size, -1, np.int32)
        local[told >= 0] = code
        count_distinct(look.span, given(local, np.int32), max(known.size, 1), values, column)
