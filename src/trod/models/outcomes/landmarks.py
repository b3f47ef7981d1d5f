"""Customers at moments of the past, and what came: what a score learns from.

At each moment, a *mark*, stand the customers who were at risk then: in a stage that is asked about,
not left, silent for less than counts as left, without the outcome so far. All of that could be
said at the mark [1]_. What is foretold is whether the outcome comes within so many days.

**The moment of an outcome** is that of its touchpoint, of entering the stage, or of success. Of
leaving it is the failure touchpoint; without one it is the *last touchpoint* before a silence that
counts as left. Who had the last touchpoint before the mark and never came back is at risk at it,
since nobody could know, and counts as leaving. Who comes back after such a silence did leave then.

**Known** is what came only where the record goes on for so many days after the mark, and for a
silence more: later marks are not used, so that no label depends on how the record ends.

References
----------
.. [1] van Houwelingen (2007), "Dynamic prediction by landmarking in event history analysis",
   Scandinavian Journal of Statistics 34:70-85.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.at_risk import NOT_AT_RISK, NOT_YET, at_risk
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import Course, StagePlan, course
from trod.models.features.moments import Moments
from trod.models.outcomes.outcome import DAY_US, Outcome

__all__ = ["NOT_YET", "Landmarks", "grid", "landmarks", "standing"]

Ints = NDArray[np.int64]
MOST_MARKS: Final = 78
"""A year and a half of weeks; a longer record has marks further apart."""
WEEK_US: Final = 7 * DAY_US


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """One row for each customer at risk at a mark; by customer, then by mark."""

    moments: tuple[Moments, ...]  # one entry for each batch: what `features` takes
    moment_us: Ints  # (n_rows,) the mark
    event_us: Ints  # (n_rows,) moment of the outcome, NOT_YET without one
    customer: Ints  # (n_rows,) number of the customer over all batches
    stage: NDArray[np.int8]  # (n_rows,) in which they stood

    def within(self, horizon_us: int) -> NDArray[np.bool_]:
        """Say of which rows the outcome comes within so long, (n_rows,)."""
        return np.asarray((self.event_us != NOT_YET) & (self._away() <= horizon_us), np.bool_)

    def _away(self) -> Ints:
        return np.where(self.event_us == NOT_YET, self.moment_us, self.event_us) - self.moment_us


def grid(first_us: int, last_us: int, *, apart_us: int = WEEK_US) -> Ints:
    """Give the marks between two moments: whole weeks back from the last one, rising."""
    length = max(last_us - first_us, 0)
    step = max(apart_us, -(-length // (MOST_MARKS * WEEK_US)) * WEEK_US)
    return np.asarray(last_us - step * np.arange(length // step + 1)[::-1], np.int64)


def landmarks(
    journeys: Journeys,
    plan: StagePlan,
    outcome: Outcome,
    marks_us: Ints,
    *,
    most: int | None = None,
    courses: dict[int, Course] | None = None,
) -> Landmarks:
    """Give everyone at risk at each mark, and when the outcome came.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    outcome
        What is foretold.
    marks_us
        (n_marks,) rising.
    most
        Rows at most: beyond it each customer stands at every second, third … mark only, by turns.
    courses
        Where customers stood, by number of the batch; filled and read, to be walked once.

    Notes
    -----
    O(n_touchpoints + n_customers * n_marks).
    """
    courses = {} if courses is None else courses
    found, base = [], 0
    for at, batch in enumerate(journeys):
        walked = courses[at] if at in courses else courses.setdefault(at, course(batch, plan))
        found.append((*_placed(batch, plan, outcome, walked, marks_us), base))
        base += batch.n_customers
    n_rows = sum(one[0].size for one in found)
    every = 1 if most is None else max(1, -(-n_rows // most))
    return _joined(found, marks_us, every)


def _placed(
    batch: JourneyBatch, plan: StagePlan, outcome: Outcome, walked: Course, marks_us: Ints
) -> tuple[Ints, Ints, Ints, NDArray[np.int8]]:
    """Give customer, mark, event and stage of each row of one batch."""
    out = np.empty((batch.n_customers, marks_us.size), np.int64)
    stood = np.empty(out.shape, np.int8)
    rules = [outcome.kind, outcome.stage, outcome.silence_us, plan.as_of_us, outcome.done_too]
    at_risk(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(walked.position, np.int8),
        given(walked.outcome, np.int8),
        given(outcome.names, np.bool_),
        given(outcome.stages, np.bool_),
        given(np.array(rules), np.int64),
        given(marks_us, np.int64),
        out,
        stood,
    )
    who, mark = np.nonzero(out != NOT_AT_RISK)
    return who, mark, out[who, mark], stood[who, mark]


def _joined(
    found: list[tuple[Ints, Ints, Ints, NDArray[np.int8], int]], marks_us: Ints, every: int
) -> Landmarks:
    moments, rest = [], []
    for who, mark, event_us, stage, base in found:
        # Customers take turns, so that the rows that are left are spread over people and time.
        keep = (who + mark) % every == 0 if every > 1 else np.ones(who.size, np.bool_)
        moments.append(Moments(who[keep], marks_us[mark[keep]]))
        rest.append((marks_us[mark[keep]], event_us[keep], who[keep] + base, stage[keep]))
    empty = (np.empty(0, np.int64),) * 3 + (np.empty(0, np.int8),)
    joined = [np.concatenate(column) for column in zip(empty, *rest, strict=True)]
    return Landmarks(tuple(moments), *joined)


def standing(journeys: Journeys, plan: StagePlan, outcome: Outcome, moment_us: int) -> Landmarks:
    """Give everyone at risk at one moment, such as now."""
    return landmarks(journeys, plan, outcome, np.array([moment_us], np.int64))
