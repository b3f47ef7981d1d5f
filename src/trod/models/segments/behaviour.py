"""What customers do beside what others do in the same stages for as long.

A customer who stayed a year has more of everything than one who left after a month, and one who
never reached the renewal has no renewal survey. Neither is behaviour. So each touchpoint is counted
beside the number to be *expected* of the customer: what all customers did in those stages, growing
with the length of the stay as far as it does grow for them (a sign-up comes once, however long
anybody stays; a login comes again and again). A customer is described by the logarithm of what was
seen over what was expected, drawn towards nothing where little was expected:
``log((seen + 1) / (expected + 1))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.behaviour import DAY_US, time_spent, touched
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import NO_STAGE, StagePlan, passages

LEAST_TOUCHPOINTS: Final = 10
LEAST_DAYS: Final = 5
LEAST_STAY_DAYS: Final = 21
"""Below any of these nobody can say how somebody behaves."""
_MOST: Final = 80
_COMMON: Final = 0.02  # a touchpoint that fewer customers ever had tells nothing of groups
_HOUR: Final = 1 / 24
_NOTHING: Final = 1e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What customers did, and where they stood meanwhile; in the order of the batches."""

    names: tuple[str, ...]  # touchpoints, (n_columns,)
    customer: pa.StringArray  # (n_customers,)
    counts: NDArray[np.int32]  # (n_customers, n_columns) touchpoints of the passage
    stay_days: Floats  # (n_customers, n_stages) time in each stage
    days: NDArray[np.int32]  # (n_customers,) days with a touchpoint
    furthest: NDArray[np.int8]  # (n_customers,) last stage reached, -1 outside
    status: NDArray[np.int8]  # (n_customers,) OPEN, LEFT or DONE

    @property
    def enough(self) -> NDArray[np.bool_]:
        """Who did enough, for long enough, to be judged."""
        return np.asarray(
            (self.counts.sum(axis=1) >= LEAST_TOUCHPOINTS)
            & (self.days >= LEAST_DAYS)
            & (self.stay_days.sum(axis=1) >= LEAST_STAY_DAYS),
            np.bool_,
        )

    def take(self, rows: NDArray[np.int64]) -> Seen:
        """Give some of the customers."""
        return Seen(
            self.names,
            self.customer.take(pa.array(rows)),
            self.counts[rows],
            self.stay_days[rows],
            self.days[rows],
            self.furthest[rows],
            self.status[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is to be expected of a stay: ``rate * days ** growth`` in each stage."""

    names: tuple[str, ...]
    rate: Floats  # (n_stages, n_columns)
    growth: Floats  # (n_stages, n_columns) 0: once, however long; 1: in step with the days

    def counts(self, stay_days: Floats) -> Floats:
        """Give the number expected of each customer, (n_customers, n_columns)."""
        total = np.zeros((stay_days.shape[0], len(self.names)))
        for s in range(stay_days.shape[1]):
            here = stay_days[:, s] > 0
            days = np.maximum(stay_days[here, s], _HOUR)[:, None]
            total[here] += self.rate[s] * days ** self.growth[s]
        return total

    def ratios(self, seen: Seen) -> Floats:
        """Give the logarithm of seen over expected, (n_customers, n_columns)."""
        found: Floats = np.log((seen.counts + 1) / (self.counts(seen.stay_days) + 1))
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give what is to be stored."""
        return {"rate": self.rate, "growth": self.growth}


def touchpoints(journeys: Journeys, plan: StagePlan) -> tuple[str, ...]:
    """Choose the touchpoints that tell of behaviour: common ones that are no end.

    One that enters a stage tells of it where it comes again. At most eighty, those of the most
    customers, in the order of their codes.
    """
    ends = plan.success | plan.failure
    enters = _enters(plan)
    had = np.zeros(ends.size, np.int64)
    inside = 0
    for batch in journeys:
        walked = passages(batch, plan)
        own = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        moved = np.diff(walked.stage, prepend=-1) != 0
        moved[batch.offsets[:-1][np.diff(batch.offsets) > 0]] = True
        some = (walked.stage >= 0) & ~(moved & enters[batch.code])
        pairs = np.unique(own[some] * ends.size + batch.code[some])
        had += np.bincount(pairs % ends.size, minlength=ends.size)
        inside += int(np.count_nonzero(walked.furthest >= 0))
    had[ends] = 0
    common = np.flatnonzero(had >= max(_COMMON * inside, 1))
    chosen = np.sort(common[np.argsort(-had[common], kind="stable")][:_MOST])
    return tuple(journeys.vocabulary.touchpoints[k] for k in chosen)


def _enters(plan: StagePlan) -> NDArray[np.bool_]:
    """Say which touchpoints enter a stage, alone or with others, (n_names,)."""
    found = plan.enter_code != NO_STAGE
    for s in range(plan.n_stages):
        found = found | plan.speaks_of(s)
    return np.asarray(found, np.bool_)


def stays(journeys: Journeys, plan: StagePlan) -> tuple[list[Floats], list[NDArray[np.int32]]]:
    """Measure the days in each stage, and the days with a touchpoint, batch by batch."""
    spent, days = [], []
    for batch in journeys:
        spent_us = np.empty((batch.n_customers, plan.n_stages), np.int64)
        active = np.empty(batch.n_customers, np.int32)
        time_spent(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(passages(batch, plan).stage, np.int8),
            plan.left_after_us,
            spent_us,
            active,
        )
        spent.append(spent_us / DAY_US)
        days.append(active)
    return spent, days


def look(
    journeys: Journeys, plan: StagePlan, names: Sequence[str]
) -> tuple[Seen, NDArray[np.int64], Floats]:
    """Count some touchpoints of everyone.

    Returns
    -------
    tuple
        What was seen; touchpoints of all customers, by stage and by whether
        the stay there was long, (n_stages, 2, n_columns); and the middle length of a stay,
        (n_stages,).

    Notes
    -----
    Two passes over the touchpoints.
    """
    spent, days = stays(journeys, plan)
    middle = _middles(spent, plan.n_stages)
    whole = np.zeros((plan.n_stages, 2, len(names)), np.int64)
    counts = [
        _counted(batch, plan, names, stay > middle, whole)
        for batch, stay in zip(journeys, spent, strict=True)
    ]
    walked = [passages(batch, plan) for batch in journeys]
    seen = Seen(
        tuple(names),
        pa.concat_arrays([pa.array([], pa.string()), *(batch.customer for batch in journeys)]),
        np.concatenate([np.empty((0, len(names)), np.int32), *counts]),
        np.concatenate([np.empty((0, plan.n_stages)), *spent]),
        np.concatenate([np.empty(0, np.int32), *days]),
        np.concatenate([np.empty(0, np.int8), *(walk.furthest for walk in walked)]),
        np.concatenate([np.empty(0, np.int8), *(walk.status for walk in walked)]),
    )
    return seen, whole, middle


def _middles(spent: Sequence[Floats], n_stages: int) -> Floats:
    """Give the median stay in each stage of those who were there."""
    middle = np.zeros(n_stages)
    for s in range(n_stages):
        there = np.concatenate([np.empty(0), *(stay[:, s] for stay in spent)])
        if (there > 0).any():
            middle[s] = np.median(there[there > 0])
    return middle


def _counted(
    batch: JourneyBatch,
    plan: StagePlan,
    names: Sequence[str],
    long: NDArray[np.bool_],
    whole: NDArray[np.int64],
) -> NDArray[np.int32]:
    place = {name: k for k, name in enumerate(names)}
    column = np.array([place.get(name, -1) for name in batch.vocabulary.touchpoints], np.int16)
    counts = np.empty((batch.n_customers, len(names)), np.int32)
    touched(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(passages(batch, plan).stage, np.int8),
        given(column, np.int16),
        given(_enters(plan), np.bool_),
        given(long, np.bool_),
        counts,
        whole,
    )
    return counts


def expected(seen: Seen, whole: NDArray[np.int64], middle: Floats) -> Expected:
    """Learn what is usual: how often each touchpoint comes in a stage, and how that grows.

    The growth is the slope, between those who stayed shorter than the middle and those who stayed
    longer, of the logarithm of the mean count on the logarithm of the mean stay; from 0 to 1.
    """
    n_stages = whole.shape[0]
    rate = np.zeros((n_stages, len(seen.names)))
    growth = np.zeros_like(rate)
    for s in range(n_stages):
        # In order of length: sums of fractions must not depend on the order of customers.
        stay = np.sort(seen.stay_days[:, s][seen.stay_days[:, s] > 0])
        if not stay.size:
            continue
        growth[s] = _slope(whole[s], stay[stay <= middle[s]], stay[stay > middle[s]])
        days = np.maximum(stay, _HOUR)[:, None]
        rate[s] = whole[s].sum(axis=0) / (days ** growth[s]).sum(axis=0)
    return Expected(seen.names, rate, growth)


def _slope(whole: NDArray[np.int64], short: Floats, long: Floats) -> Floats:
    if not (short.size and long.size):
        return np.zeros(whole.shape[1])
    means = (whole + _NOTHING) / np.array([[short.size], [long.size]])
    apart = np.log(long.mean() / max(short.mean(), _HOUR))
    return np.asarray(np.clip(np.log(means[1] / means[0]) / max(apart, _NOTHING), 0.0, 1.0))
