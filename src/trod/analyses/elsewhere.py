"""What each source brings of customers whom another source knew already, day by day.

A source may be silent because it is no longer read, or because nobody comes. Customers who are
known from elsewhere tell the two apart: they go on, or they do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.over_time import Days
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch

Ints = NDArray[np.int64]


class ElsewhereResult(NamedTuple):
    """Counts by source and day."""

    source: tuple[str, ...]
    day: tuple[str, ...]
    met: Ints  # (n_sources, n_days) touchpoints of customers another source had on an earlier day
    known: Ints  # (n_sources, n_days) touchpoints of customers any source had on an earlier day
    first: Ints  # (n_sources, n_days) customers whose first touchpoint on record it is

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give one row per source and day."""
        n = len(self.day)
        return {
            "source": [name for name in self.source for _ in range(n)],
            "day": list(self.day) * len(self.source),
            "met": self.met.ravel().tolist(),
            "known": self.known.ravel().tolist(),
            "first": self.first.ravel().tolist(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class SeenCounts(Sums):
    """Counts by source and day."""

    met: Ints
    known: Ints
    first: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere:
    """Touchpoints of customers who were known before, by source and day.

    Parameters
    ----------
    days
        The days that are counted; what lies before them counts as an earlier day.
    sources
        Their names.
    of_row
        Shape (n_rows,): the source of each row of the log.
    """

    days: Days
    sources: tuple[str, ...]
    of_row: NDArray[np.integer[Any]]

    def empty(self) -> SeenCounts:
        """Give the counts of no data."""
        shape = len(self.sources), len(self.days.label)
        return SeenCounts(*(np.zeros(shape, np.int64) for _ in range(3)))

    def read(self, batch: JourneyBatch) -> SeenCounts:
        """Count one batch: O(n_touchpoints + n_customers × n_sources)."""
        counts = self.empty()
        n = len(self.sources)
        who = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        day = np.searchsorted(np.array(self.days.start_us, np.int64), batch.time_us, "right") - 1
        source = self.of_row[batch.row].astype(np.int64)
        never = len(self.days.label)
        since = np.full((batch.n_customers, n), never, np.int64)
        np.minimum.at(since, (who, source), day)
        anywhere = since.min(axis=1, initial=never)
        inside = (day >= 0) & (batch.time_us < self.days.end_us)
        for mask, into in (
            (day > _others(since)[who, source], counts.met),
            (day > anywhere[who], counts.known),
            (_firsts(batch), counts.first),
        ):
            kept = mask & inside
            np.add.at(into, (source[kept], day[kept]), 1)
        return counts

    def finish(self, state: SeenCounts) -> ElsewhereResult:
        """Name the counts."""
        return ElsewhereResult(
            self.sources, self.days.label, state.met, state.known, state.first
        )  # fmt: skip


def _others(since: Ints) -> Ints:
    """Give for each customer and source the first day in any other source."""
    out = np.full(since.shape, np.iinfo(np.int64).max)
    for s in range(since.shape[1]):
        rest = np.delete(since, s, axis=1)
        if rest.shape[1]:
            out[:, s] = rest.min(axis=1)
    return out


def _firsts(batch: JourneyBatch) -> NDArray[np.bool_]:
    """Say which touchpoints are the first of their customer."""
    first = np.zeros(batch.time_us.size, np.bool_)
    begin = batch.offsets[:-1]
    first[begin[np.diff(batch.offsets) > 0]] = True
    return first
