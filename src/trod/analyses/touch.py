"""What happens in each stage: customers and touchpoints by name, and whether they went on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.stages import (
    CUSTOMERS,
    EVENTS,
    N_COLUMNS,
    POSITION,
    WENT_ON,
    has_touch,
    touch_stages,
)
from trod.analyses.answer import Answer, answer
from trod.analyses.names import codes_of, encode
from trod.analyses.stages import within_words
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import LEFT, Passages, StagePlan, passages


class TouchResult(NamedTuple):
    """Cell [s, k] is touchpoint k in stage s, both by code."""

    stage: tuple[str, ...]
    name: tuple[str, ...]
    events: NDArray[np.int64]  # (n_stages, n_names) touchpoints
    customers: NDArray[np.int64]  # (n_stages, n_names) customers who had it in the stage
    went_on: NDArray[np.int64]  # (n_stages, n_names) of them, reached the next stage or succeeded
    left_after: NDArray[np.int64]  # (n_stages, n_names) left in the stage, this being their last
    position: NDArray[np.float64]  # (n_stages, n_names) 0 to 1: mean place of its first occurrence

    def columns(self) -> dict[str, Any]:
        """Give one row per stage and touchpoint that occurs in it, the most customers first."""
        s, k = np.nonzero(self.events)
        order = np.lexsort((k, -self.customers[s, k], s))
        s, k = s[order], k[order]
        return {
            "stage": [self.stage[i] for i in s],
            "touchpoint": [self.name[i] for i in k],
            "events": self.events[s, k],
            "customers": self.customers[s, k],
            "went_on": self.went_on[s, k],
            "left_after": self.left_after[s, k],
            "position": np.round(self.position[s, k], 6),
        }


@dataclass(frozen=True, slots=True, eq=False)
class TouchCounts(Sums):
    """Counts per stage and touchpoint; position summed in thousandths."""

    cells: NDArray[np.int64]  # (n_stages, n_names, N_COLUMNS)
    left_after: NDArray[np.int64]  # (n_stages, n_names)


@dataclass(frozen=True, slots=True)
class Touches:
    """Touchpoints inside the stages of one journey."""

    vocabulary: Vocabulary
    plan: StagePlan

    def empty(self) -> TouchCounts:
        """Give the counts of no data."""
        shape = self.plan.n_stages, len(self.vocabulary.touchpoints)
        return TouchCounts(np.zeros((*shape, N_COLUMNS), np.int64), np.zeros(shape, np.int64))

    def read(self, batch: JourneyBatch) -> TouchCounts:
        """Count one batch."""
        walked, counts = passages(batch, self.plan), self.empty()
        touch_stages(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(walked.stage, np.int8),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            counts.cells,
            np.full(counts.left_after.shape, -1, np.int32),
        )
        gone = np.flatnonzero(walked.status == LEFT)
        code = batch.code[last_before_leaving(batch, self.plan, walked)[gone]].astype(np.int64)
        cell = walked.furthest[gone].astype(np.int64) * counts.left_after.shape[1] + code
        counts.left_after[:] = np.bincount(cell, minlength=counts.left_after.size).reshape(
            counts.left_after.shape
        )
        return counts

    def finish(self, state: TouchCounts) -> TouchResult:
        """Name the cells."""
        customers = state.cells[:, :, CUSTOMERS]
        return TouchResult(
            stage=self.plan.stages,
            name=self.vocabulary.touchpoints,
            events=state.cells[:, :, EVENTS],
            customers=customers,
            went_on=state.cells[:, :, WENT_ON],
            left_after=state.left_after,
            position=state.cells[:, :, POSITION] / 1000 / np.maximum(customers, 1),
        )


def last_before_leaving(
    batch: JourneyBatch, plan: StagePlan, walked: Passages
) -> NDArray[np.int64]:
    """Give the row of the last touchpoint in the stage before leaving it, shape (n_customers,).

    The last of the passage; where that is a failure touchpoint, the one before it in the same
    stage, if there is one. Meaningless for customers outside.
    """
    row = np.maximum(walked.last, 0)
    if batch.n_events == 0:
        return row
    before = row - 1
    steps_back = (
        plan.failure[batch.code[row]]
        & (before >= batch.offsets[:-1])
        & (walked.stage[before] == walked.furthest)
    )
    return np.where(steps_back, before, row)


@dataclass(frozen=True, slots=True)
class TouchIn:
    """Customers who had a touchpoint while they were in a stage."""

    stage: str
    name: str
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``touch:STAGE/NAME``."""
        return f"touch:{encode(self.stage)}/{encode(self.name)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who had it there."""
        found = np.empty(batch.n_customers, np.bool_)
        has_touch(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(passages(batch, self.plan).stage, np.int8),
            codes_of(batch.vocabulary, [self.name])[0],
            self.plan.stage(self.stage),
            found,
        )
        return found


@dataclass(frozen=True, slots=True)
class LeftAfter:
    """Customers who left in a stage, or in any, and whose last touchpoint there was this one."""

    stage: str | None
    name: str
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``leftafter:STAGE/NAME``; ``leftafter:NAME`` in whatever stage."""
        stage = "" if self.stage is None else f"{encode(self.stage)}/"
        return f"leftafter:{stage}{encode(self.name)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who left after it."""
        walked = passages(batch, self.plan)
        gone = walked.status == LEFT
        if self.stage is not None:
            gone = gone & (walked.furthest == self.plan.stage(self.stage))
        code = codes_of(batch.vocabulary, [self.name])[0]
        if gone.any():
            gone &= batch.code[last_before_leaving(batch, self.plan, walked)] == code
        return np.asarray(gone, np.bool_)


def touches(journeys: Journeys, plan: StagePlan) -> Answer[TouchResult]:
    """Count touchpoints inside the stages of a journey, and who went on after them.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.

    Returns
    -------
    Answer
        With a `TouchResult`.

    Notes
    -----
    O(n_touchpoints). A touchpoint lies in the stage the customer is in after it. `went_on` is what
    happened, not what the touchpoint caused.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> spec = JourneySpec(
    ...     name="purchase",
    ...     stages=[{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}],
    ...     success="buy",
    ... )
    >>> plan = compile_plan(spec, journeys)
    >>> touches(journeys, plan).to_arrow().select(["stage", "touchpoint", "went_on"]).to_pylist()
    [{'stage': 'look', 'touchpoint': 'visit', 'went_on': 2},
     {'stage': 'talk', 'touchpoint': 'call', 'went_on': 1},
     {'stage': 'talk', 'touchpoint': 'buy', 'went_on': 1}]
    """
    fold_ = Touches(journeys.vocabulary, plan)
    return answer(
        "touches",
        fold.run({"it": fold_}, journeys)["it"],
        journeys,
        population=f"Customers who entered {plan.journey}",
        window=within_words(plan),
        method="Touchpoints by the stage the customer is in after them; position is the mean "
        "place of the first one among all touchpoints of the stage.",
    )
