"""How many of the customers who came in a period are still active later: the cohort triangle.

**Cohort**: customers by the month or week, in the zone of the workspace, in which they entered the
journey; without a journey, in which their first touchpoint lies.

**Active** so many periods later: a touchpoint in that period *or after it*, of any name or of one
named. Whoever comes back later was not gone, so a share never rises along a row; but it may still
rise for the latest periods, as silent customers come back. With ``in_period`` only a touchpoint in
that very period counts: such a share is final as soon as the period is over.

**Known** are the periods that are over as of now. The others are shown as not yet known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.retention import count_cohorts, has_between
from trod.analyses.answer import Answer, answer
from trod.analyses.interval import wilson
from trod.analyses.names import codes_of, decode, encode, span_us, wanted
from trod.analyses.periods import MOST_PERIODS, Grain, Periods, periods_of
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.label import units
from trod.journeys.passage import FOREVER, NEVER, StagePlan, passages


class RetentionResult(NamedTuple):
    """Row i is a cohort, column k is so many periods after the one of entry."""

    grain: Grain
    cohort: tuple[str, ...]  # 2025-03 for a month; the Monday, 2025-03-31, for a week
    size: NDArray[np.int64]  # (n_cohorts,) customers who entered in it
    active: NDArray[np.int64]  # (n_cohorts, n_cohorts) still active; 0 where not known
    known: NDArray[np.bool_]  # (n_cohorts, n_cohorts) the period is over
    key: tuple[str, ...]  # (n_cohorts,) predicate of each cohort
    active_key: tuple[str, ...]  # (n_cohorts,) predicate of being active in period i (or after it)

    def columns(self) -> dict[str, Any]:
        """Give one row per cohort with customers and period since; unknown cells have no share."""
        n = len(self.cohort)
        cells = [(i, k) for i in range(n) if self.size[i] for k in range(n - i)]
        told = [bool(self.known[i, k]) for i, k in cells]
        bounds = [wilson(int(self.active[i, k]), int(self.size[i])) for i, k in cells]
        return {
            "cohort": [self.cohort[i] for i, _ in cells],
            f"{self.grain}s_since": [k for _, k in cells],
            "customers": [int(self.size[i]) for i, _ in cells],
            "known": told,
            "active": [
                int(self.active[c]) if t else None for c, t in zip(cells, told, strict=True)
            ],
            "low": [round(low, 6) if t else None for (low, _), t in zip(bounds, told, strict=True)],
            "high": [
                round(high, 6) if t else None for (_, high), t in zip(bounds, told, strict=True)
            ],
            "key": [f"{self.key[i]}&{self.active_key[i + k]}" for i, k in cells],
        }

    def pooled(self, since: int) -> tuple[int, int]:
        """Give (still active, out of) so many periods later, over all cohorts where it is known."""
        if since >= len(self.cohort):
            return 0, 0
        told = self.known[:, since]
        return int(self.active[told, since].sum()), int(self.size[told].sum())


@dataclass(frozen=True, slots=True, eq=False)
class CohortCounts(Sums):
    """Customers by period of entry and of activity."""

    size: NDArray[np.int64]  # (n_periods,)
    within: NDArray[np.int64]  # (n_periods, n_periods) active in the period so many later
    last: NDArray[np.int64]  # (n_periods, n_periods) active for the last time so many later


@dataclass(frozen=True, slots=True)
class Retention:
    """Who is still active, by period of entry."""

    vocabulary: Vocabulary
    periods: Periods
    as_of_us: int
    touchpoint: str | None = None
    in_period: bool = False
    plan: StagePlan | None = None
    touchpoints: tuple[str, ...] = ()  # several that show a customer is active

    def empty(self) -> CohortCounts:
        """Give the counts of no data."""
        n = len(self.periods.label)
        square = np.zeros((n, n), np.int64)
        return CohortCounts(np.zeros(n, np.int64), square, square.copy())

    def read(self, batch: JourneyBatch) -> CohortCounts:
        """Count one batch."""
        state = self.empty()
        named = self.touchpoints if self.touchpoint is None else (self.touchpoint,)
        active = wanted(self.vocabulary, named)
        count_cohorts(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(entry_us(batch, self.plan), np.int64),
            given(active, np.bool_),
            given(np.array(self.periods.start_us, np.int64), np.int64),
            state.size,
            state.within,
            state.last,
        )
        return state

    def finish(self, state: CohortCounts) -> RetentionResult:
        """Sum from the last period back; hide what is not over yet."""
        n = len(self.periods.label)
        later = state.last[:, ::-1].cumsum(axis=1)[:, ::-1]
        active = state.within if self.in_period else later
        place = np.add.outer(np.arange(n), np.arange(n))
        known = place < self.periods.complete(self.as_of_us)
        return RetentionResult(
            grain=self.periods.grain,
            cohort=self.periods.label,
            size=state.size,
            active=np.where(known, active, 0),
            known=known,
            key=tuple(self._cohort(i).key for i in range(n)),
            active_key=tuple(self._active(i).key for i in range(n)),
        )

    def _cohort(self, i: int) -> EnteredBetween:
        start, end = self.periods.bounds(i)
        return EnteredBetween(start, end, self.plan)

    def _active(self, i: int) -> ActiveBetween:
        start, end = self.periods.bounds(i)
        return ActiveBetween(start, end if self.in_period else None, self.touchpoint)


def entry_us(batch: JourneyBatch, plan: StagePlan | None) -> NDArray[np.int64]:
    """Give the moment each customer entered, (n_customers,), NEVER outside.

    That of entering the first stage entered; without a journey, that of the first touchpoint.
    """
    moment = np.full(batch.n_customers, NEVER, np.int64)
    if plan is None:
        some = batch.offsets[:-1] < batch.offsets[1:]
        moment[some] = batch.time_us[batch.offsets[:-1][some]]
        return moment
    walked = passages(batch, plan)
    entered = np.where(walked.entered_us == NEVER, FOREVER, walked.entered_us).min(axis=1)
    inside = (walked.furthest >= 0) & (entered != FOREVER)
    moment[inside] = entered[inside]
    return moment


@dataclass(frozen=True, slots=True)
class EnteredBetween:
    """Customers who entered the journey or one of its stages, or came first, in a span of time."""

    from_us: int
    to_us: int  # not included
    plan: StagePlan | None = field(default=None, compare=False, repr=False)
    stage: str | None = None  # of the plan

    @property
    def key(self) -> str:
        """Such as ``entered:START..END=STAGE``, or ``first:START..END`` without a journey."""
        kind = "first" if self.plan is None else "entered"
        stage = "" if self.stage is None else f"={encode(self.stage)}"
        return f"{kind}:{self.from_us}..{self.to_us}{stage}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who entered then."""
        if self.plan is None or self.stage is None:
            moment = entry_us(batch, self.plan)
        else:
            moment = passages(batch, self.plan).entered_us[:, self.plan.stage(self.stage)]
        return np.asarray(
            (moment != NEVER) & (moment >= self.from_us) & (moment < self.to_us), np.bool_
        )


@dataclass(frozen=True, slots=True)
class ActiveBetween:
    """Customers with a touchpoint in a span of time, or at any time after its beginning."""

    from_us: int
    to_us: int | None  # not included; None for no end
    name: str | None = None

    @property
    def key(self) -> str:
        """Such as ``active:START..END``, ``active:START..`` or ``active:START..=NAME``."""
        end = "" if self.to_us is None else str(self.to_us)
        name = "" if self.name is None else f"={encode(self.name)}"
        return f"active:{self.from_us}..{end}{name}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who was active then."""
        found = np.empty(batch.n_customers, np.bool_)
        has_between(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            -1 if self.name is None else codes_of(batch.vocabulary, [self.name])[0],
            self.from_us,
            FOREVER if self.to_us is None else self.to_us,
            found,
        )
        return found


def parse_first(text: str) -> EnteredBetween | None:
    """Read what follows ``first:`` in a key; None where it is not written so."""
    return parse_entered(text, None)


def parse_entered(text: str, plan: StagePlan | None) -> EnteredBetween | None:
    """Read what follows ``entered:`` in a key; None where it is not written so."""
    span, equals, stage = text.partition("=")
    start, end = span_us(span)
    if start is None or end is None or (equals and (plan is None or not stage)):
        return None
    return EnteredBetween(start, end, plan, decode(stage) if stage else None)


def parse_active(text: str) -> ActiveBetween | None:
    """Read what follows ``active:`` in a key; None where it is not written so."""
    span, equals, name = text.partition("=")
    start, end = span_us(span)
    wrong = start is None or (end is None and not span.endswith(".."))
    if start is None or wrong or (equals and not name):
        return None
    return ActiveBetween(start, end, decode(name) if name else None)


def retention(
    journeys: Journeys,
    *,
    by: Grain = "month",
    touchpoint: str | None = None,
    in_period: bool = False,
    plan: StagePlan | None = None,
) -> Answer[RetentionResult]:
    """Count how many of each month's or week's new customers are still active later.

    Parameters
    ----------
    journeys
        The data.
    by
        Periods of the calendar: "month", or "week" from Monday.
    touchpoint
        The touchpoint that shows a customer is active; any by default.
    in_period
        Count a customer only in the very periods in which they were active; by default also in
        all earlier ones, because whoever comes back was not gone.
    plan
        The journey whose entry makes the cohort; by default the first touchpoint does.

    Returns
    -------
    Answer
        With a `RetentionResult`. Cells of periods that are not over are not known.

    Raises
    ------
    DefinitionError
        If nobody ever had the touchpoint.

    Notes
    -----
    O(n_touchpoints).

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> day = 86_400_000_000
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob", "cem", "cem"],
    ...     "touchpoint": ["visit"] * 5,
    ...     "time": [0, 40 * day, 3 * day, 35 * day, 60 * day],
    ... }))
    >>> result = retention(journeys).data
    >>> result.cohort, result.size.tolist(), result.active[0].tolist(), result.known[0].tolist()
    (('1970-01', '1970-02', '1970-03'), [2, 1, 0], [2, 1, 0], [True, True, False])
    """
    if touchpoint is not None:
        codes_of(journeys.vocabulary, [touchpoint])
    asked = Retention(
        journeys.vocabulary,
        periods_of(journeys, by),
        journeys.span_us()[1] if plan is None else plan.as_of_us,
        touchpoint,
        in_period,
        plan,
    )
    result: RetentionResult = fold.run({"it": asked}, journeys)["it"]
    came = "had their first touchpoint" if plan is None else f"entered {plan.journey}"
    what = "any touchpoint" if touchpoint is None else f"the touchpoint {touchpoint}"
    when = "in that very period" if in_period else "in that period or after it"
    return answer(
        "retention",
        result,
        journeys,
        n=int(result.size.sum()),
        population=f"Customers who {came}",
        window=f"{by}s of the calendar, {journeys.zone}",
        method=f"Customers by the {by} in which they {came}; active is {what} {when}.",
        warnings=_warnings(result, in_period) + _earlier(journeys, asked),
    )


def _earlier(journeys: Journeys, asked: Retention) -> list[str]:
    """Say how many entered before the first period of the table: it holds the latest 600."""
    start = asked.periods.start_us[0]
    if journeys.span_us()[0] >= start:
        return []
    moments = [entry_us(batch, asked.plan) for batch in journeys]
    n = sum(int(((moment != NEVER) & (moment < start)).sum()) for moment in moments)
    whom = units(journeys.unit)
    return [
        f"{n:,} {whom} who came before {asked.periods.label[0]} are left out: a table has at most "
        f"{MOST_PERIODS} {asked.periods.grain}s."
    ] * (n > 0)


def _warnings(result: RetentionResult, in_period: bool) -> list[str]:
    told = [
        f"Customers of {result.cohort[0]} may have come before the records begin.",
    ]
    if not in_period:
        told.append("Shares of the latest periods may still rise, as silent customers come back.")
    return told
