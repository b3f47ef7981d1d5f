"""Who is on track, behind or stuck: the customers on the way, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.stall import STANDINGS, StallResult, Threshold, waited_us
from trod.insights.wording import day
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys
from trod.journeys.passage import NEVER, OPEN, StagePlan, passages

Order = Literal["time", "value"]
DAY_US = 86_400_000_000


class CustomerStanding(NamedTuple):
    """Where one customer stands who is on the way."""

    customer: str
    stage: str
    standing: str  # one of STANDINGS
    waited_us: int  # in the stage, up to as of
    stuck_us: int | None  # threshold of the stage; None: cannot tell
    last_touchpoint: str
    last_day: str  # ISO date in the zone of the journeys
    value_micros: int | None  # so far; None without money on record


def standings(
    journeys: Journeys,
    plan: StagePlan,
    found: StallResult,
    *,
    stage: str | None = None,
    only: Sequence[str] = STANDINGS,
    order: Order = "time",
) -> list[CustomerStanding]:
    """List the customers on the way, the longest in their stage first, then the most valuable.

    Parameters
    ----------
    journeys, plan
        The data and the journey.
    found
        What `trod.analyses.stall.stall` found for both.
    stage
        Only of this stage.
    only
        Only of these standings.
    order
        "time": by whole days in the stage, then by value; "value": by value, then by time.

    Returns
    -------
    list of CustomerStanding
        As many as the counts of `found` say, because both judge by the same times.

    Raises
    ------
    DefinitionError
        If the journey has no such stage.
    """
    wanted = None if stage is None else plan.stage(stage)
    listed = [each for batch in journeys for each in _of(journeys, batch, plan, found, wanted)]
    kept = [each for each in listed if each.standing in only]

    def by_time(each: CustomerStanding) -> tuple[int, int, str]:
        return -(each.waited_us // DAY_US), -(each.value_micros or 0), each.customer

    def by_value(each: CustomerStanding) -> tuple[int, int, str]:
        return -(each.value_micros or 0), -each.waited_us, each.customer

    return sorted(kept, key=by_time if order == "time" else by_value)


def _of(
    journeys: Journeys,
    batch: JourneyBatch,
    plan: StagePlan,
    found: StallResult,
    wanted: int | None,
) -> Iterator[CustomerStanding]:
    walked = passages(batch, plan)
    at = np.maximum(walked.furthest, 0).astype(np.int64)
    entered = walked.entered_us[np.arange(batch.n_customers), at] != NEVER
    there = entered & (walked.furthest >= 0) & (walked.status == OPEN)
    if wanted is not None:
        there &= walked.furthest == wanted
    who: NDArray[np.int64] = np.flatnonzero(there)
    waited = waited_us(batch, plan)
    ids = batch.customer.take(who).to_pylist()
    for customer, c in zip(ids, who.tolist(), strict=True):
        start, end = int(batch.offsets[c]), int(batch.offsets[c + 1])
        value = batch.value[start:end]
        known = value[value != NO_VALUE]
        limit = found.threshold[at[c]]
        yield CustomerStanding(
            customer=customer,
            stage=plan.stages[at[c]],
            standing=_standing(int(waited[c]), limit),
            waited_us=int(waited[c]),
            stuck_us=None if limit is None else limit.stuck_us,
            last_touchpoint=journeys.vocabulary.touchpoints[batch.code[end - 1]],
            last_day=day(int(batch.time_us[end - 1]), journeys.zone),
            value_micros=int(known.sum()) if known.size else None,
        )


def _standing(waited: int, limit: Threshold | None) -> str:
    if limit is None:
        return STANDINGS[3]
    return STANDINGS[(waited > limit.behind_us) + (waited > limit.stuck_us)]
