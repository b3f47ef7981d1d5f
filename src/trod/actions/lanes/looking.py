"""Everyone at some moments: there or not, scores, standing, signs, use; as it looked then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.at_risk import TOUCHED
from trod._kernels.features import END, N_SPAN, spans
from trod.actions.lanes.bars import Voice
from trod.actions.lanes.deciding import Decided, decide, signs_bar
from trod.actions.lanes.lane import Known, Mask
from trod.actions.lanes.steady import steady, wobble
from trod.analyses.periods import day_of, midnight_us
from trod.analyses.signals.own import own_rows
from trod.analyses.stages import done_us
from trod.analyses.stall import StallResult
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DAY_US, NEVER, Course, StagePlan
from trod.models.features.build import features
from trod.models.features.catalog import Catalog, catalog
from trod.models.features.moments import Moments
from trod.models.features.table import FeatureTable
from trod.models.outcomes.landmarks import Landmarks, landmarks
from trod.models.outcomes.outcome import Outcome, outcome
from trod.models.outcomes.rules import rules_of
from trod.models.outcomes.spec import OutcomeSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
T = TypeVar("T", bound=np.generic)
WEEKS: Final = 8
"""Mondays before a moment that have a say in the lanes of that moment."""
_FAMILIES: Final = ("tempo", "stage", "support", "mood", "seats", "breadth")
_WAITS_DAYS: Final = 7
_LOW_MOOD: Final = -0.25  # what counts as a bad last mood among the signs of trouble


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Everyone who was there at some moment; rows are customers, columns moments, oldest first."""

    moments_us: Ints  # (n_moments,)
    customer: pa.StringArray  # (n,) canonical ids
    stage: NDArray[np.int8]  # (n, n_moments) -1 where not there
    days: Floats  # (n, n_moments) in the stage
    stuck: Mask
    signs: Ints
    met: NDArray[np.bool_]  # (n, n_moments, n_signs)
    fire: Mask
    used: Mask
    margins: dict[str, Floats]  # by outcome; NaN where not asked about

    @property
    def there(self) -> Mask:
        """Who was there."""
        return np.asarray(self.stage >= 0, np.bool_)


def mondays(moment_us: int, zone: str, weeks: int = WEEKS) -> list[int]:
    """Give the last Mondays before a moment, oldest first: the same ones all week.

    Examples
    --------
    >>> [us // 86_400_000_000 for us in mondays(5 * 86_400_000_000, "UTC", 2)]
    [-3, 4]
    """
    place = ZoneInfo(zone)
    day = day_of(moment_us, place)
    monday = day - timedelta(days=day.weekday())
    found = [midnight_us(monday - timedelta(weeks=k), place) for k in range(weeks, -1, -1)]
    return [us for us in found if us < moment_us][-weeks:]


def a_week_before(moment_us: int, zone: str) -> int:
    """Give the midnight seven days earlier.

    Examples
    --------
    >>> a_week_before(8 * 86_400_000_000, "UTC")
    86400000000
    """
    place = ZoneInfo(zone)
    day = day_of(moment_us, place)
    return midnight_us(day - timedelta(days=7), place)


def look(
    journeys: Journeys,
    plan: StagePlan,
    moments_us: Sequence[int],
    voices: Sequence[Voice],
    standing: StallResult,
    bad: OutcomeSpec,
) -> Looked:
    """Look at everyone at some moments.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    moments_us
        Rising.
    voices
        Tested scores.
    standing
        After how long customers are stuck in each stage.
    bad
        The outcome whose signs of trouble are looked for.

    Notes
    -----
    O(n_touchpoints + n_rows * n_features), a row for each customer and moment.
    """
    marks = np.array(sorted(set(moments_us)), np.int64)
    courses: dict[int, Course] = {}
    rows = landmarks(journeys, plan, _anybody(plan, journeys, bad), marks, courses=courses)
    grid = _Grid.of(journeys, rows, marks)
    table = features(journeys, plan, rows.moments, _catalog(journeys, plan))
    signs = rules_of(bad, journeys.unit, plan.journey)
    met = signs.met(table)
    days = table.column("stage:days").astype(np.float64)
    return Looked(
        marks,
        grid.ids,
        grid.filled(rows.stage, np.int8(-1)),
        grid.filled(days, np.nan),
        grid.filled(
            _stuck(plan, rows.stage, days, standing) & ~_arrived(journeys, plan, rows), False
        ),
        grid.filled(met.sum(axis=1), np.int64(0)),
        grid.filled(met, False),
        grid.filled(_fire(table), False),
        grid.filled(_used(journeys, rows, plan.left_after_us), False),
        {each.name: _margin(journeys, plan, each, marks, grid, courses) for each in voices},
    )


def decided(
    looked: Looked, voices: Sequence[Voice], moment_us: int, zone: str, capacity: int
) -> Decided:
    """Say where everyone stands at one moment, by what was known then and on the Mondays before.

    Parameters
    ----------
    looked
        At least at the moment and the Mondays before it.
    voices
        Tested scores.
    moment_us, zone
        When, and whose Mondays.
    capacity
        Customers whom the team can see to at a time: of signs of trouble, see `signs_bar`.

    Returns
    -------
    Decided
        (n,) arrays.
    """
    wanted = [*mondays(moment_us, zone), moment_us]
    at = [k for k, us in enumerate(looked.moments_us.tolist()) if us in wanted]
    k, n = at[-1], len(looked.customer)
    bad = [each for each in voices if each.model.spec.bad]
    scored = _any(n, [np.isfinite(looked.margins[v.name]) for v in bad], looked.moments_us.size)
    high = _any(n, [looked.margins[v.name][:, k] > v.low for v in bad])
    known = Known(
        there=looked.there[:, k],
        danger=_any(n, [_in(looked, each, at) for each in bad]),
        safe=scored[:, k] & ~high,
        scored=scored[:, k],
        stuck=looked.stuck[:, k],
        trouble=_trouble(looked, scored, at, capacity),
        fire=looked.fire[:, k],
        growth=_any(n, [_in(looked, each, at) for each in voices if not each.model.spec.bad]),
        used=looked.used[:, k],
    )
    return decide(known)


def _trouble(looked: Looked, scored: Mask, at: list[int], capacity: int) -> Mask:
    """Say who shows signs of trouble enough: in at the bar, out two below it."""
    asked = looked.there[:, at] & ~scored[:, at]
    signs = looked.signs[:, at]
    bar = signs_bar(np.where(asked, signs, 0), capacity)
    return steady(np.where(asked, signs, np.nan), bar, 1.0)


def _any(n: int, some: Sequence[Mask], wide: int = 0) -> Mask:
    none = np.zeros((n, wide) if wide else n, np.bool_)
    return np.asarray(np.logical_or.reduce([none, *some]), np.bool_)


def _in(looked: Looked, each: Voice, at: list[int]) -> Mask:
    margin = looked.margins[each.name][:, at]
    return steady(margin, each.bar(margin), wobble(margin))


def _anybody(plan: StagePlan, journeys: Journeys, bad: OutcomeSpec) -> Outcome:
    """Ask about everyone who is on the way or done, and not gone."""
    none = np.zeros(max(1, len(journeys.vocabulary.touchpoints)), np.bool_)
    every = np.ones(plan.n_stages, np.bool_)
    return Outcome(bad, TOUCHED, none, -1, every, True, plan.left_after_us)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Where each row of customer and moment stands in arrays of customers by moments."""

    ids: pa.StringArray  # (n,) everyone with a row
    place: Ints  # (n_customers,) of all journeys: row in the arrays, -1 without one
    at: tuple[Ints, Ints]  # rows and columns
    marks: Ints

    @classmethod
    def of(cls, journeys: Journeys, rows: Landmarks, marks: Ints) -> _Grid:
        who = np.unique(rows.customer)
        place = np.full(max(journeys.n_customers, 1), -1, np.int64)
        place[who] = np.arange(who.size)
        base, found = 0, [pa.array([], pa.string())]
        for batch in journeys:
            here = who[(who >= base) & (who < base + batch.n_customers)] - base
            found.append(batch.customer.take(pa.array(here)))
            base += batch.n_customers
        column = np.searchsorted(marks, rows.moment_us)
        return cls(pa.concat_arrays(found), place, (place[rows.customer], column), marks)

    def filled(self, values: NDArray[T], empty: object) -> NDArray[T]:
        """Set the values of rows into an array of customers by moments."""
        shape = (len(self.ids), self.marks.size, *values.shape[1:])
        out = np.full(shape, empty, values.dtype)
        out[self.at] = values
        return out


def _catalog(journeys: Journeys, plan: StagePlan) -> Catalog:
    """Give the features that signs, standing and trouble are told by."""
    families = catalog(journeys, plan).families
    return Catalog(tuple(each for each in families if each.family in _FAMILIES))


def _stuck(plan: StagePlan, stage: NDArray[np.int8], days: Floats, standing: StallResult) -> Mask:
    """Say who is in a stage for too long; nobody is where days alone lead to the next one.

    Nor where those who went on had done so before they came: no time in the stage is too long.
    """
    limits = [t.stuck_us / DAY_US if t and t.stuck_us else np.inf for t in standing.threshold]
    by_days = np.append(plan.day_us[1:] != NEVER, False)
    limits = np.where(by_days, np.inf, limits).tolist()
    with np.errstate(invalid="ignore"):
        return np.asarray(days > np.array(limits)[stage], np.bool_)


def _arrived(journeys: Journeys, plan: StagePlan, rows: Landmarks) -> Mask:
    """Say who was done by then: who has arrived waits for nothing more."""
    found = [np.empty(0, np.bool_)]
    for batch, moments in zip(journeys, rows.moments, strict=True):
        done = done_us(batch, plan)[moments.customer]
        found.append((done != NEVER) & (done <= moments.moment_us))
    return np.concatenate(found)


def _fire(table: FeatureTable) -> Mask:
    """Say who waits for an answer for a week, or told a bad mood last."""
    keys = [feature.key for feature in table.features]
    none = np.full(table.n, np.nan, np.float32)

    def of(key: str) -> NDArray[np.float32]:
        return table.column(key) if key in keys else none

    with np.errstate(invalid="ignore"):
        return np.asarray(
            (of("support:waiting") >= _WAITS_DAYS) | (of("mood:last") <= _LOW_MOOD), np.bool_
        )


def _used(journeys: Journeys, rows: Landmarks, silence_us: int) -> Mask:
    """Say who did something themselves, more lately than the silence that counts as left."""
    found = [np.empty(0, np.bool_)]
    for batch, moments in zip(journeys, rows.moments, strict=True):
        last = _last_own(batch, moments)
        found.append(moments.moment_us - last < silence_us)
    return np.concatenate(found)


def _last_own(batch: JourneyBatch, moments: Moments) -> Ints:
    """Give the moment of the last touchpoint that customers did themselves, if there is one."""
    span = np.empty((moments.customer.size, N_SPAN), np.int64)
    spans(
        given(batch.offsets, np.int64),
        given(batch.time_us, np.int64),
        given(moments.customer, np.int64),
        given(moments.moment_us, np.int64),
        span,
    )
    row = np.where(own_rows(batch), np.arange(batch.n_events), -1)
    before = np.concatenate([[-1], np.maximum.accumulate(row)]) if row.size else np.array([-1])
    last = before[span[:, END]]
    known = last >= batch.offsets[moments.customer]
    never = np.iinfo(np.int64).min // 4
    return np.where(known, batch.time_us[np.maximum(last, 0)], never)


def _margin(
    journeys: Journeys,
    plan: StagePlan,
    each: Voice,
    marks: Ints,
    grid: _Grid,
    courses: dict[int, Course],
) -> Floats:
    """Give the log-odds of one score for those it asks about."""
    compiled = outcome(each.model.spec, plan, journeys.vocabulary)
    rows = landmarks(journeys, plan, compiled, marks, courses=courses)
    table = features(journeys, plan, rows.moments, each.model.catalog)
    out = np.full((len(grid.ids), marks.size), np.nan)
    at = grid.place[rows.customer], np.searchsorted(marks, rows.moment_us)
    out[at] = each.model.scorer.margin(table.values)
    return out
