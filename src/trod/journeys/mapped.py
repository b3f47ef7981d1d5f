"""What a journey makes of every touchpoint: mapped, ignored on purpose, or listed as unmapped."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.stages import CUSTOMERS, EVENTS, N_COLUMNS, touch_stages
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan, compile_plan, passages
from trod.journeys.spec import JourneySpec

Use = Literal["enters", "steps", "success", "failure", "excludes", "held", "ignored", "unmapped"]


class Mapped(NamedTuple):
    """One touchpoint of the data, and its place in a journey."""

    touchpoint: str
    use: Use
    stage: str | None  # stage it belongs to; None for outcomes, ignored and unmapped
    customers: int
    rows: int
    suggested: str | None = None  # of an unmapped one: the stage in which most customers have it
    confidence: float = 0.0  # the share of its customers who have it there, 0 to 1


def mapped(
    spec: JourneySpec, journeys: Journeys, *, plan: StagePlan | None = None
) -> tuple[Mapped, ...]:
    """List every touchpoint of the data with its place in a journey.

    Parameters
    ----------
    spec
        The definition.
    journeys
        The data.
    plan
        The definition compiled for these data, where the caller has it.

    Returns
    -------
    tuple of Mapped
        In the order of the vocabulary; each touchpoint once. One that enters a stage and is a
        success too is listed as entering.

    Notes
    -----
    One walk. For an unmapped touchpoint the stage is suggested in which most of its customers have
    it; the confidence is their share of all customers who ever have it, outside included.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "call", "visit"],
    ...     "time": [0, 1, 0, 1],
    ... }))
    >>> spec = JourneySpec(name="J", stages=[{"name": "Look", "enter_on": "visit"}])
    >>> mapped(spec, journeys)[0]
    Mapped(touchpoint='call', use='unmapped', stage=None, customers=2, rows=2, suggested='Look',
           confidence=0.5)
    """
    plan = plan or compile_plan(spec, journeys)
    names = journeys.vocabulary.touchpoints
    customers, rows, inside = _counted(journeys, plan)
    uses = _uses(spec)
    found = []
    for k, name in enumerate(names):
        use, stage = uses.get(name, ("unmapped", None))
        made = Mapped(name, use, stage, int(customers[k]), int(rows[k]))
        if use == "unmapped" and inside[:, k].any():
            s = int(inside[:, k].argmax())
            share = round(int(inside[s, k]) / int(customers[k]), 4)
            made = made._replace(suggested=plan.stages[s], confidence=share)
        found.append(made)
    return tuple(found)


def _uses(spec: JourneySpec) -> dict[str, tuple[Use, str | None]]:
    """Give the place of each name the definition speaks of; what enters a stage comes first."""
    found: dict[str, tuple[Use, str | None]] = {}
    for stage in spec.stages:
        for name in stage.names:
            found.setdefault(name, ("enters" if stage.alone else "steps", stage.name))
    outcomes: tuple[tuple[Use, tuple[str, ...]], ...] = (
        ("success", spec.success),
        ("failure", spec.failure),
    )
    for use, names in outcomes:
        for name in names:
            found.setdefault(name, (use, None))
    for stage in spec.stages:
        for name in stage.holds:
            found.setdefault(name, ("held", stage.name))
        for name in stage.unless:
            found.setdefault(name, ("excludes", stage.name))
    for name in spec.ignore:
        found.setdefault(name, ("ignored", None))
    return found


def _counted(
    journeys: Journeys, plan: StagePlan
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count customers and rows of each touchpoint, and customers by stage and touchpoint."""
    n = len(journeys.vocabulary.touchpoints)
    whole = np.zeros((1, n, N_COLUMNS), np.int64)
    inside = np.zeros((plan.n_stages, n, N_COLUMNS), np.int64)
    for batch in journeys:
        walked = passages(batch, plan)
        nowhere = np.zeros(batch.n_events, np.int8)
        for stage, counts in ((nowhere, whole), (walked.stage, inside)):
            touch_stages(
                given(batch.offsets, np.int64),
                given(batch.code, np.uint16),
                given(stage, np.int8),
                given(walked.furthest, np.int8),
                given(walked.status, np.int8),
                counts,
                np.full(counts.shape[:2], -1, np.int32),
            )
    return whole[0, :, CUSTOMERS], whole[0, :, EVENTS], inside[:, :, CUSTOMERS]
