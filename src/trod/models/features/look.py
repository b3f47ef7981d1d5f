"""One batch of journeys, seen from the moments that features look back from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features import N_SPAN, spans
from trod.events.volume import clock_changes
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import Course, StagePlan, course
from trod.models.features.moments import Moments

_EARLIEST_US = -2_208_988_800_000_000  # 1900: clocks before it count like those of then
_LATEST_US = 7_258_118_400_000_000  # 2200

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Look:
    """What every family of features reads."""

    journeys: Journeys
    batch: JourneyBatch
    plan: StagePlan
    rows: Moments
    clock: tuple[NDArray[np.int64], NDArray[np.int64]]  # moments of change, what is ahead of UTC

    @cached_property
    def span(self) -> NDArray[np.int64]:
        """The touchpoints up to each moment and in the windows before it, (n_rows, N_SPAN)."""
        span = np.empty((self.rows.customer.size, N_SPAN), np.int64)
        spans(
            given(self.batch.offsets, np.int64),
            self.time_us,
            given(self.rows.customer, np.int64),
            self.moment_us,
            span,
        )
        return given(span, np.int64)

    @cached_property
    def time_us(self) -> NDArray[np.int64]:
        """Moments of touchpoints, as kernels take them."""
        return given(self.batch.time_us, np.int64)

    @cached_property
    def moment_us(self) -> NDArray[np.int64]:
        """Moments of rows, as kernels take them."""
        return given(self.rows.moment_us, np.int64)

    @cached_property
    def course(self) -> Course:
        """Where customers stood after each touchpoint, as it looked then."""
        return course(self.batch, self.plan)

    @property
    def customers(self) -> pa.StringArray:
        """Canonical ids of rows."""
        who, names = self.rows.customer, self.batch.customer
        if np.array_equal(who, np.arange(len(names))):
            return names
        return names.take(pa.array(who))


def clock_of(journeys: Journeys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the moments at which clocks change where the journeys are, and how they stand then."""
    first, last = journeys.span_us()
    first, last = max(first, _EARLIEST_US), min(last, _LATEST_US)
    changes, offsets = clock_changes(journeys.zone, min(first, last), last)
    return given(changes, np.int64), given(offsets, np.int64)
