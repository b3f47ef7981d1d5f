"""Who bought what and when: one row for each customer, as of a day.

All purchases of one customer on one local day are one purchase: that is the unit of time in which
both models count, and it keeps a split order from looking like a habit. Where money is paid back it
is taken off, and is no purchase.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels import purchases as kernel
from trod._kernels.arrays import given
from trod.analyses.names import codes_of
from trod.analyses.periods import day_of, midnight_us
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys

MILLION = 1_000_000


class Purchases(NamedTuple):
    """Customers with a purchase up to the day, in order of their ids."""

    customer: pa.StringArray  # (n,)
    days: NDArray[np.int64]  # (n,) different days with a purchase
    first: NDArray[np.int64]  # (n,) local day, counted from the first on record
    last: NDArray[np.int64]
    spent: NDArray[np.int64]  # (n,) millionths
    spent_first: NDArray[np.int64]  # (n,) of it, on the first day
    ended: NDArray[np.int64]  # (n,) day of the cancellation, or -1
    days_after: NDArray[np.int64]  # (n,) days with a purchase after the day, up to the end
    spent_after: NDArray[np.int64]
    cut: int  # the day

    @property
    def n(self) -> int:
        """How many customers there are."""
        return int(self.days.size)


class Calendar(NamedTuple):
    """Local days of the record."""

    start_us: NDArray[np.int64]  # (n_days,) first moment of each day

    @classmethod
    def of(cls, journeys: Journeys) -> Calendar:
        """Give the days from the first touchpoint to the last."""
        place = ZoneInfo(journeys.zone)
        first, last = (day_of(us, place) for us in journeys.span_us())
        days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        return cls(np.array([midnight_us(day, place) for day in days], np.int64))

    @property
    def last(self) -> int:
        """The last day."""
        return int(self.start_us.size) - 1

    def day(self, time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the day of each moment."""
        return np.searchsorted(self.start_us, time_us, side="right").astype(np.int64) - 1


def purchases(
    journeys: Journeys,
    calendar: Calendar,
    *,
    touchpoints: Sequence[str] = (),
    cancelled: NDArray[np.bool_] | None = None,
    cut: int | None = None,
    end: int | None = None,
) -> Purchases:
    """Sum up the purchases of each customer up to a day, and after it.

    Parameters
    ----------
    journeys
        The data.
    calendar
        Its days.
    touchpoints
        Whose money counts; all with money by default.
    cancelled
        Shape (n_names,), touchpoints that end a contract; none by default.
    cut
        Last day that is known, by default the last on record; customers without a purchase by then
        are left out.
    end
        Last day of what counts as after; the last on record by default.
    """
    cut = calendar.last if cut is None else cut
    end = calendar.last if end is None else end
    codes = list(codes_of(journeys.vocabulary, tuple(touchpoints)))
    parts, ids = [], []
    for batch in journeys:
        kind = _kinds(batch, codes, cancelled)
        found = np.empty((batch.n_customers, 8), np.int64)
        kernel.purchases(
            given(batch.offsets, np.int64),
            given(kind, np.uint8),
            given(calendar.day(batch.time_us), np.int64),
            given(batch.value, np.int64),
            cut,
            end,
            found,
        )
        some = np.flatnonzero(found[:, kernel.DAYS])
        parts.append(found[some])
        ids.append(batch.customer.take(pa.array(some)))
    names = pa.chunked_array(ids, pa.string()).combine_chunks()
    rows = np.concatenate([np.zeros((0, 8), np.int64), *parts])
    order = np.argsort(np.asarray(names.to_pylist(), object), kind="stable")
    days, first, last, spent, spent_first, ended, days_after, spent_after = rows[order].T
    return Purchases(
        names.take(pa.array(order, pa.int64())),
        days,
        first,
        last,
        spent,
        spent_first,
        ended,
        days_after,
        spent_after,
        cut,
    )


def _kinds(
    batch: JourneyBatch, codes: Sequence[int], cancelled: NDArray[np.bool_] | None
) -> NDArray[np.uint8]:
    """Say of each row whether it is a purchase, or a cancellation."""
    money = batch.value != NO_VALUE
    if codes:
        money &= np.isin(batch.code, codes)
    kind = np.where(money, kernel.PURCHASE, 0).astype(np.uint8)
    if cancelled is not None:
        kind[cancelled[batch.code] & ~money] = kernel.CANCELLATION
    return kind
