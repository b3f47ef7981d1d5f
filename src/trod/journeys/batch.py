"""Journeys as arrays: one row per touchpoint, all rows of a customer together, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trod.journeys.moods import Moods
    from trod.journeys.predicate import Predicate

NO_SCORE: Final = np.iinfo(np.int16).min
"""The score of a touchpoint that says nothing about mood."""
NO_VALUE: Final = np.iinfo(np.int64).min
"""The value of a touchpoint without money."""
NO_STATE: Final = np.iinfo(np.uint16).max
"""The state code of a touchpoint that says nothing about this state."""


def _no_text(rows: NDArray[np.int64]) -> list[str | None]:
    return [None] * rows.size


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names behind the integer codes; one for all batches of a workspace.

    Codes of touchpoints follow their rank (the order declared in ``events.order``, then by name),
    so that sorting by code is sorting by the declared tie rule.
    """

    touchpoints: tuple[str, ...]
    channels: tuple[str, ...]
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def touchpoint(self, name: str) -> int | None:
        """Give the code of a touchpoint, or None where no customer ever had it."""
        try:
            return self.touchpoints.index(name)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class JourneyBatch:
    """Some customers and all their touchpoints, in the total order of journeys.

    Rows of customer ``c`` are ``offsets[c]:offsets[c + 1]``, ordered by time, then by rank of the
    touchpoint, then by event id. Customers are ordered by canonical id.
    """

    vocabulary: Vocabulary
    customer: pa.StringArray  # (n_customers,) canonical ids
    offsets: NDArray[np.int64]  # (n_customers + 1,)
    code: NDArray[np.uint16]  # (n_events,) index into vocabulary.touchpoints
    time_us: NDArray[np.int64]  # (n_events,) microseconds since 1970-01-01 UTC
    channel: NDArray[np.uint8]  # (n_events,) index into vocabulary.channels
    value: NDArray[np.int64]  # (n_events,) money in millionths of the currency, or NO_VALUE
    score: NDArray[np.int16]  # (n_events,) mood from -1000 to 1000, or NO_SCORE
    row: NDArray[np.int64]  # (n_events,) row of the touchpoint in the log
    states: Mapping[str, NDArray[np.uint16]] = field(default_factory=dict)  # (n_events,) each

    @property
    def n_customers(self) -> int:
        """How many customers are in the batch."""
        return self.offsets.size - 1

    @property
    def n_events(self) -> int:
        """How many touchpoints are in the batch."""
        return self.code.size

    def part(
        self, customer: pa.Array, offsets: NDArray[np.int64], rows: slice | NDArray[np.int64]
    ) -> JourneyBatch:
        """Give some of its rows, those of some customers in their order, as a batch of its own."""
        return JourneyBatch(
            self.vocabulary,
            customer,
            offsets,
            self.code[rows],
            self.time_us[rows],
            self.channel[rows],
            self.value[rows],
            self.score[rows],
            self.row[rows],
            {name: codes[rows] for name, codes in self.states.items()},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """All journeys of a workspace in one unit, and what is needed to speak about them.

    Iterating gives the batches. Each batch is one part on disk, mapped into memory.
    """

    batches: Sequence[JourneyBatch]
    vocabulary: Vocabulary
    unit: str  # "person" or "account"
    zone: str  # IANA zone in which dates are shown
    zone_assumed: bool = False  # True where naive times were read in a default zone
    attributes: pa.Table | None = None  # column "customer", then one column per attribute
    text: Callable[[NDArray[np.int64]], list[str | None]] = _no_text  # by row of the log
    currency: str | None = None
    people: Callable[[NDArray[np.int64]], NDArray[np.int32]] | None = None  # by row of the log: a
    #                       number for each person, -1 for nobody's; None where nobody can know
    moods: Moods | None = None  # laid over the scores of the log, where something else read texts
    lists: Callable[[str], Predicate | None] | None = None  # those that models made, by key
    _span: list[tuple[int, int]] = field(default_factory=list, init=False, repr=False)

    def __iter__(self) -> Iterator[JourneyBatch]:
        return iter(self.batches)

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return sum(batch.n_customers for batch in self.batches)

    @property
    def n_events(self) -> int:
        """How many touchpoints there are."""
        return sum(batch.n_events for batch in self.batches)

    @property
    def named(self) -> Callable[[str], Predicate | None]:
        """What finds predicates that only these data know, by key: attributes, lists of models."""
        from trod.journeys.described import finder

        return finder(self.attributes, self.lists)

    def of(self, batches: Sequence[JourneyBatch]) -> Journeys:
        """Give the same with other batches, and the span of these."""
        some = replace(self, batches=batches)
        some._span.append(self.span_us())
        return some

    def span_us(self) -> tuple[int, int]:
        """Give the first and the last moment on record; (0, 0) without touchpoints."""
        if not self._span:  # every answer states it, and finding it reads all times
            full = [batch.time_us for batch in self.batches if batch.n_events]
            first = min((int(times.min()) for times in full), default=0)
            self._span.append((first, max((int(times.max()) for times in full), default=0)))
        return self._span[0]
