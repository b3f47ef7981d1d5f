"""How often customers write about each topic, by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.metrics.folds import place
from trod.analyses.periods import Periods
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch


class TopicResult(NamedTuple):
    """Column k is topic k."""

    texts: NDArray[np.int64]  # (n_topics,)
    by_week: NDArray[np.int64]  # (n_weeks, n_topics)


@dataclass(frozen=True, slots=True, eq=False)
class TopicCounts(Sums):
    """Counts by topic."""

    texts: NDArray[np.int64]  # (n_topics,)
    by_week: NDArray[np.int64]  # (n_weeks, n_topics)


@dataclass(frozen=True, slots=True, eq=False)
class TopicWeeks:
    """Texts by topic and week."""

    weeks: Periods
    label: NDArray[np.int16]  # (n_rows_of_log,) topic of each row, or -1
    n_topics: int

    def empty(self) -> TopicCounts:
        """Give the counts of no data."""
        n, weeks = self.n_topics, len(self.weeks.label)
        return TopicCounts(np.zeros(n, np.int64), np.zeros((weeks, n), np.int64))

    def read(self, batch: JourneyBatch) -> TopicCounts:
        """Count one batch."""
        n, weeks = self.n_topics, len(self.weeks.label)
        topic = self.label[batch.row].astype(np.int64)
        at = np.flatnonzero(topic >= 0)
        week, topic = place(self.weeks, batch.time_us[at]), topic[at]
        inside = week >= 0
        cell = week[inside] * n + topic[inside]
        return TopicCounts(
            np.bincount(topic, minlength=n),
            np.bincount(cell, minlength=weeks * n).reshape(weeks, n),
        )

    def finish(self, state: TopicCounts) -> TopicResult:
        """Name the columns."""
        return TopicResult(state.texts, state.by_week)
