"""The moments that features look back from: one row of a table for each customer and moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features_moments import still_in_stage
from trod.errors import DefinitionError
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DAY_US, StagePlan, course


class Moments(NamedTuple):
    """The rows wanted of one batch: ascending by customer, then by moment."""

    customer: NDArray[np.int64]  # (n_rows,) index of the customer in the batch
    moment_us: NDArray[np.int64]  # (n_rows,)


def everyone_at(journeys: Journeys, moment_us: int) -> tuple[Moments, ...]:
    """Give one row for everyone who had a touchpoint up to a moment; one entry for each batch."""
    found = []
    for batch in journeys:
        began = np.full(batch.n_customers, moment_us + 1, np.int64)
        some = np.diff(batch.offsets) > 0
        began[some] = batch.time_us[batch.offsets[:-1][some]]
        who = np.flatnonzero(began <= moment_us)
        found.append(Moments(who, np.full(who.size, moment_us, np.int64)))
    return tuple(found)


def after_entering(
    journeys: Journeys, plan: StagePlan, stage: str, days: float
) -> tuple[Moments, ...]:
    """Give the moment so many days after entering a stage, of customers still in it then.

    Parameters
    ----------
    journeys
        The data.
    plan
        The stages.
    stage
        Which stage.
    days
        Days after entering it; 0 is the moment of entering, or of the last touchpoint then.

    Returns
    -------
    tuple of Moments
        One entry for each batch. A customer who comes into the stage several times, in passages
        after each other or by going back, has a row for each time.

    Raises
    ------
    DefinitionError
        If the journey has no such stage, or days are negative.

    Notes
    -----
    **Still in it** is said as it looked then, by `journeys.passage.course`: no touchpoint up to the
    moment had led to another stage or ended the passage, and silence up to the moment was shorter
    than the one that counts as left. What came later has no say, so nobody is there because of how
    things turned out. Moments later than that of the plan are not on record, and left out.

    O(n_touchpoints).

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> day = 86_400_000_000
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "visit", "visit"],
    ...     "time": [0, 10 * day, 0, 12 * day],
    ... }))
    >>> stages = [{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}]
    >>> spec = JourneySpec(name="purchase", stages=stages, left_after="30d")
    >>> plan = compile_plan(spec, journeys)
    >>> [total(after_entering(journeys, plan, "look", days)) for days in (9, 10, 12, 13)]
    [2, 1, 1, 0]
    """
    at = plan.stage(stage)
    if not 0 <= days <= 36_525:
        raise DefinitionError([f"days is {days:g}. Write 0 or more, such as 14."])
    return tuple(_still(batch, plan, at, round(days * DAY_US)) for batch in journeys)


def _still(batch: JourneyBatch, plan: StagePlan, stage: int, after_us: int) -> Moments:
    stood = course(batch, plan)
    customer, moment_us = np.empty(batch.n_events, np.int64), np.empty(batch.n_events, np.int64)
    n = still_in_stage(
        given(batch.offsets, np.int64),
        given(batch.time_us, np.int64),
        given(stood.position, np.int8),
        given(stood.outcome, np.int8),
        stage,
        after_us,
        plan.as_of_us,
        plan.left_after_us,
        customer,
        moment_us,
    )
    return Moments(customer[:n].copy(), moment_us[:n].copy())


def total(moments: Sequence[Moments]) -> int:
    """Say how many rows all batches ask for."""
    return sum(one.customer.size for one in moments)
