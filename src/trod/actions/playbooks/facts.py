"""What is known of customers when a play is weighed: where they stand, and what came last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.analyses.stall import waited_us
from trod.insights.wording import day
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys
from trod.journeys.passage import DAY_US, LEFT, NEVER, StagePlan, passages

Ints = NDArray[np.int64]


class Facts(NamedTuple):
    """One customer, as of the last day on record."""

    stage: str
    days: int  # in it
    spent: float | None  # money so far; None without any on record
    last_touchpoint: str
    last_day: str  # ISO date
    renews_in: int | None  # days; None where it is not known, or the term was over long ago


def facts(
    journeys: Journeys,
    plan: StagePlan,
    customers: Iterable[str],
    *,
    renews: Sequence[str] = (),
    term_days: int = 0,
) -> dict[str, Facts]:
    """Give the facts of some customers who entered the journey.

    Parameters
    ----------
    journeys, plan
        The data and the stages.
    customers
        Canonical ids.
    renews, term_days
        Touchpoints that begin a term, and its length.
    """
    wanted = pa.array(sorted(set(customers)), pa.string())
    found: dict[str, Facts] = {}
    for batch in journeys:
        rows = np.flatnonzero(pc.is_in(batch.customer, value_set=wanted).to_numpy(False))
        if rows.size:
            term = last_us(batch, renews) if renews else np.full(batch.n_customers, NEVER)
            found |= _of(journeys, plan, batch, rows, term + term_days * DAY_US * (term != NEVER))
    return found


def _of(
    journeys: Journeys, plan: StagePlan, batch: JourneyBatch, rows: Ints, renewal: Ints
) -> dict[str, Facts]:
    walked, waited, found = passages(batch, plan), waited_us(batch, plan), {}
    for name, c in zip(batch.customer.take(pa.array(rows)).to_pylist(), rows.tolist(), strict=True):
        if walked.furthest[c] < 0:
            continue
        start, end = int(batch.offsets[c]), int(batch.offsets[c + 1])
        money = batch.value[start:end]
        money = money[money != NO_VALUE]
        left = None
        if renewal[c] != NEVER and renewal[c] >= plan.as_of_us - DAY_US:
            left = int((renewal[c] - plan.as_of_us) // DAY_US)
        found[name] = Facts(
            plan.stages[int(walked.furthest[c])],
            int(waited[c] // DAY_US),
            float(money.sum()) / 1e6 if money.size else None,
            journeys.vocabulary.touchpoints[batch.code[end - 1]],
            day(int(batch.time_us[end - 1]), journeys.zone),
            left,
        )
    return found


def last_us(batch: JourneyBatch, names: Sequence[str]) -> Ints:
    """Give when each customer last had any of some touchpoints, (n_customers,); or NEVER."""
    found = np.full(batch.n_customers, NEVER, np.int64)
    rows = np.flatnonzero(any_of(batch, names))
    owner = np.searchsorted(batch.offsets, rows, side="right") - 1
    found[owner] = batch.time_us[rows]  # rows rise in time within a customer: the last one stays
    return found


def any_of(batch: JourneyBatch, names: Sequence[str]) -> NDArray[np.bool_]:
    """Say which touchpoints of a batch have any of some names, (n_touchpoints,)."""
    codes = [code for n in names if (code := batch.vocabulary.touchpoint(n)) is not None]
    return np.isin(batch.code, np.array(codes, batch.code.dtype))


def gone(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.bool_]:
    """Say who is not there any more, (n_customers,).

    Those who left; and those who had done all there is, and cancelled or fell silent since.
    """
    walked = passages(batch, plan)
    ends = batch.offsets[1:] - 1
    there = np.diff(batch.offsets) > 0
    latest = np.where(there, batch.time_us[np.maximum(ends, 0)], NEVER)
    names = [n for n, bad in zip(batch.vocabulary.touchpoints, plan.failure, strict=True) if bad]
    failed = last_us(batch, names)
    entered = walked.entered_us.max(axis=1) if plan.n_stages else latest
    silent = latest <= plan.as_of_us - plan.left_after_us
    return np.asarray(
        (walked.status == LEFT) | silent | ((failed != NEVER) & (failed > entered)), np.bool_
    )
