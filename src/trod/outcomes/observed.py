"""What became of customers after a decision about them, and what was known of them before it.

**After** is later than the decision, and not later than `within` after it: a touchpoint at the very
microsecond of the decision came before. **Happened** is what success says: a touchpoint came, a
stage was entered, the journey was completed, the customer left; or so much money came. **Left** is
the failure touchpoint, or the *last* touchpoint before a silence that counts as leaving, as in
`trod.models.outcomes.landmarks`: who fell silent before the decision and never came back left
after it, because nobody could know. **Known** is an outcome only where the record goes on for so
long, and for a silence more where leaving is meant; the others are *waiting*, and are never counted
as a no. **Already** are those with nothing left to wait for at the decision: in the stage, done,
gone. They were so whatever was decided, and are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._kernels import watched as at
from trod._kernels.arrays import given
from trod._kernels.at_risk import LEAVES, REACHED, SUCCEEDS, TOUCHED
from trod.actions.playbooks.spec import SuccessSpec
from trod.errors import DefinitionError, unknown
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.label import readable
from trod.journeys.passage import DONE, NEVER, Course, StagePlan, course
from trod.journeys.plan import DAY_US

_MICROS: Final = 1e6
KNOWN_BEFORE: Final = (
    "touchpoints lately",
    "touchpoints so far",
    "days since the last one",
    "days since the first one",
    "the same before",
)
"""What is known of everyone at the decision, besides the stage."""


@dataclass(frozen=True, slots=True, eq=False)
class Success:
    """What a play is judged by, compiled for the data at hand."""

    spec: SuccessSpec
    kind: int
    names: NDArray[np.bool_]  # (n_names,)
    ours: NDArray[np.bool_]  # (n_names,) brought about by the company: they end no silence
    stage: int
    silence_us: int
    says: str  # such as "Left within 60 days"

    @property
    def within_us(self) -> int:
        """How long is looked after the decision."""
        return self.spec.within // timedelta(microseconds=1)

    @property
    def known_after_us(self) -> int:
        """Time after a decision from which its outcome is known."""
        return self.within_us + (self.silence_us if self.kind == LEAVES else 0)


class Watched(NamedTuple):
    """One row for each decision, in the order given."""

    there: NDArray[np.bool_]  # (n,) whether the customer is on record before the decision
    known: NDArray[np.bool_]  # (n,) whether the record goes on for long enough
    already: NDArray[np.bool_]  # (n,)
    outcome: NDArray[np.float64]  # (n,) 0 or 1, or money in whole units of the currency
    before: NDArray[np.float64]  # (n, 5) see KNOWN_BEFORE
    stage: NDArray[np.int8]  # (n,) in which the customer stood; -1 outside


def success(
    spec: SuccessSpec, plan: StagePlan, journeys: Journeys, *, ours: Collection[str] = ()
) -> Success:
    """Compile what a play is judged by.

    Parameters
    ----------
    spec
        As it is written.
    plan, journeys
        The stages, and the data.
    ours
        Touchpoints that the company brings about itself: they end no silence. Names that nobody
        has are ignored.

    Raises
    ------
    DefinitionError
        If it names a stage or touchpoint that is not known. All at once.
    """
    known = journeys.vocabulary.touchpoints
    problems = [unknown("touchpoint", n, known) for n in spec.touchpoints if n not in known]
    if spec.reaches is not None and spec.reaches not in plan.stages:
        problems.append(unknown("stage", spec.reaches, plan.stages))
    if problems:
        raise DefinitionError(problems)
    what, kind = _what(spec)
    return Success(
        spec,
        kind,
        np.asarray(np.isin(np.array(known, object), spec.touchpoints), np.bool_),
        np.array([name in ours for name in known], np.bool_),
        plan.stage(spec.reaches) if spec.reaches is not None else -1,
        plan.left_after_us,
        f"{what} within {_time(spec.within)}",
    )


def _what(spec: SuccessSpec) -> tuple[str, int]:
    if spec.money:
        return "Money received", at.MONEY
    if spec.reaches is not None:
        return f"Reached {spec.reaches}", REACHED
    if spec.touchpoints:
        return " or ".join(readable(name) for name in spec.touchpoints), TOUCHED
    return ("Left", LEAVES) if spec.ends == "left" else ("Done", SUCCEEDS)


def _time(within: timedelta) -> str:
    if within % timedelta(days=1):
        return f"{within // timedelta(hours=1):,} hours"
    return "a day" if within.days == 1 else f"{within.days:,} days"


def watch(
    journeys: Journeys,
    plan: StagePlan,
    wanted: Success,
    customers: Sequence[str],
    decided_us: NDArray[np.int64],
) -> Watched:
    """Say what became of customers after decisions about them.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    wanted
        What a play is judged by.
    customers, decided_us
        Canonical ids, and the moment of each decision, (n,).

    Returns
    -------
    Watched
        Who is not on record is not `there`.

    Notes
    -----
    O(touchpoints), one walk of the journeys.

    Examples
    --------
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> day = 86_400_000_000
    >>> data = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "buy", "visit", "visit"],
    ...     "time": [0, 5 * day, 0, 90 * day],
    ... }))
    >>> stages = [{"name": "look", "enter_on": "visit"}, {"name": "own", "enter_on": "buy"}]
    >>> plan = compile_plan(JourneySpec(name="shop", stages=stages), data)
    >>> bought = success(SuccessSpec(touchpoints="buy", within=timedelta(days=30)), plan, data)
    >>> found = watch(data, plan, bought, ["ann", "bob"], np.array([day, day]))
    >>> bought.says, found.outcome.tolist()
    ('Buy within 30 days', [1.0, 0.0])
    """
    ids, n = pa.array(customers, pa.string()), len(customers)
    facts = np.zeros((n, at.N_FACTS), np.int64)
    facts[:, at.STOOD], facts[:, at.LAST_US] = -1, NEVER
    for batch in journeys:
        place = pc.index_in(ids, value_set=batch.customer)
        here = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
        if here.size:
            who = place.take(pa.array(here)).to_numpy(zero_copy_only=False)
            facts[here] = _looked(batch, plan, wanted, who, decided_us[here])
    there = facts[:, at.LAST_US] != NEVER
    money = wanted.kind == at.MONEY
    return Watched(
        there,
        np.asarray(decided_us + wanted.known_after_us <= plan.as_of_us, np.bool_),
        facts[:, at.ALREADY] > 0,
        facts[:, at.MONEY_AFTER] / _MICROS if money else facts[:, at.HAPPENED].astype(np.float64),
        _before(facts, there, decided_us, money=money),
        facts[:, at.STOOD].astype(np.int8),
    )


def _looked(
    batch: JourneyBatch,
    plan: StagePlan,
    wanted: Success,
    who: NDArray[np.int64],
    decided_us: NDArray[np.int64],
) -> NDArray[np.int64]:
    walked = course(batch, plan)
    outcome = _outcome(walked, plan)
    kept = _theirs(batch, wanted, outcome)
    out = np.empty((who.size, at.N_FACTS), np.int64)
    rules = [wanted.kind, wanted.stage, wanted.silence_us, plan.as_of_us, wanted.within_us]
    at.watched(
        given(np.concatenate([[0], np.cumsum(kept)])[batch.offsets], np.int64),
        given(batch.code[kept], np.uint16),
        given(batch.time_us[kept], np.int64),
        given(batch.value[kept], np.int64),
        given(walked.position[kept], np.int8),
        given(outcome[kept], np.int8),
        given(wanted.names, np.bool_),
        given(np.array(rules), np.int64),
        given(who, np.int64),
        given(decided_us, np.int64),
        out,
    )
    return out


def _theirs(batch: JourneyBatch, wanted: Success, outcome: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Say which touchpoints count: where a silence is meant, those of customers themselves.

    What decides an outcome stays, whoever brought it about.
    """
    if wanted.kind != LEAVES:
        return np.ones(batch.n_events, np.bool_)
    return np.asarray(~wanted.ours[batch.code] | (outcome >= 0), np.bool_)


def _outcome(walked: Course, plan: StagePlan) -> NDArray[np.int8]:
    """Give the outcome after each touchpoint: without a success, the last stage is done."""
    if plan.has_success:
        return walked.outcome
    there = (walked.outcome < 0) & (walked.position == plan.n_stages - 1)
    return np.where(there, DONE, walked.outcome).astype(np.int8)


def _before(
    facts: NDArray[np.int64],
    there: NDArray[np.bool_],
    decided_us: NDArray[np.int64],
    *,
    money: bool,
) -> NDArray[np.float64]:
    """Give what was known at each decision, on scales that no giant outweighs."""
    last = np.where(there, decided_us - facts[:, at.LAST_US], 0) / DAY_US
    first = np.where(there, decided_us - facts[:, at.FIRST_US], 0) / DAY_US
    same = facts[:, at.MONEY_BEFORE] / _MICROS if money else facts[:, at.HAD]
    return np.column_stack(
        [
            np.log1p(facts[:, at.RECENT]),
            np.log1p(facts[:, at.BEFORE]),
            np.log1p(last),
            np.log1p(first),
            np.asarray(same, np.float64),
        ]
    )
