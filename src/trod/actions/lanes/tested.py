"""How the lanes would have done: told on what was known then, asked what came later.

Scores of the past (rolling origin, see `trod.models.outcomes.backtest`) say of the customers of
later blocks where they would have stood. The bars of a block come from blocks before it whose
outcomes were known by then. So nothing in a lane knew what came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.actions.lanes.steady import steady, wobble
from trod.analyses.interval import difference, wilson
from trod.errors import NotEnoughDataError
from trod.insights.journey_map import Rate
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.build import features
from trod.models.features.catalog import Catalog, catalog
from trod.models.features.counted import Touchpoints
from trod.models.features.tempo import Tempo
from trod.models.ground import Ground
from trod.models.outcomes.backtest import Backtest, backtest
from trod.models.outcomes.cases import Cases, cases
from trod.models.outcomes.fit import MOST_FEATURES, MOST_ROWS
from trod.models.outcomes.journey_leaks import leaks, named_in
from trod.models.outcomes.judged import alarmed
from trod.models.outcomes.landmarks import WEEK_US, Landmarks, grid, landmarks
from trod.models.outcomes.outcome import DAY_US, Outcome, outcome
from trod.models.outcomes.spec import OutcomeSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_LEAST_FOR_A_BAR: Final = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that people would try first, beside the lane."""

    touchpoint: str
    right: Rate  # of customers who came onto its list, had the outcome within the horizon
    better: tuple[float, float]  # interval of the lane's share less the rule's
    as_many: tuple[int, int, int]  # right by score and by rule of lists as long as the rule's, and
    #                                how many those listed, at marks a horizon apart


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of those in a lane, and of those who were not."""

    outcome: str
    bad: bool
    horizon_days: int
    marks: int  # weeks asked about
    right: Rate  # of customers who came into the lane, had the outcome within the horizon
    lead_days: float | None  # the middle one, from coming into the lane to the outcome
    in_lane: Rate  # of customers in the lane, at marks a horizon apart
    missed: Rate  # of customers who were not, at the same marks, had the outcome all the same
    caught: Rate  # of customers with the outcome, who were in the lane before
    usual: Rate  # of anybody asked about
    rule: Rule | None = None


def looked_back(ground: Ground, spec: OutcomeSpec, *, against: str | None = None) -> Tested:
    """Say how the lane of one outcome would have done.

    Parameters
    ----------
    ground
        Journeys and stages.
    spec
        The outcome.
    against
        A touchpoint: the rule beside it is "had it in the last 30 days, and came more often than in
        the 30 days before".

    Returns
    -------
    Tested
        Intervals are Wilson's; of the difference, Newcombe's.

    Raises
    ------
    NotEnoughDataError
        If there are too few outcomes for scores of the past.

    Notes
    -----
    As long as fitting the outcome: a score for each block.
    """
    journeys, plan = ground.journeys, ground.plan
    asked = outcome(spec, plan, journeys.vocabulary)
    first, last = journeys.span_us()
    marks = grid(first, last - asked.known_after_us, apart_us=WEEK_US)
    rows = landmarks(journeys, plan, asked, marks, most=MOST_ROWS)
    chosen = catalog(journeys, plan, most=MOST_FEATURES)
    (found,) = cases(journeys, plan, chosen, [(asked, rows)])
    told = [leak.name for leak in leaks(ground, asked, rows) if leak.name not in spec.allow]
    found = found.without(named_in(chosen, told))
    test = backtest(found, asked.known_after_us, seed=ground.seed)
    if test is None or not _later(test).any():
        raise NotEnoughDataError(
            f"{found.leavers:,} customers had it, too few to ask scores of the past."
        )
    inside, counted = _lane(test, asked)
    ruled = None
    if against is not None:
        met = _rule_met(journeys, plan, rows, against, test.cases)
        ruled = _beside(test, asked, inside, counted, met, against)
    return _told(test, asked, inside, counted, ruled)


def _lane(test: Backtest, asked: Outcome) -> tuple[Mask, Mask]:
    """Say who would have stood in the lane, and which rows count: those of later blocks."""
    inside = np.zeros(test.margin.size, np.bool_)
    counted = _later(test)
    for b in np.unique(test.block[counted]).tolist():
        here = np.flatnonzero(test.block == b)
        begin = int(test.cases.moment_us[here].min())
        before = (test.block < b) & (test.cases.moment_us + asked.known_after_us <= begin)
        if before.sum() < _LEAST_FOR_A_BAR:
            before = test.block < b  # the bar may know more than the team did; scores do not
        bar = _bar(test, before, asked.spec.capacity)
        inside[here] = _stood(test, here, bar, _wobble(test, before))
    return inside, counted


def _later(test: Backtest) -> Mask:
    """Say which rows have a block before them to set a bar by; the first may have any number."""
    return np.asarray(test.block > test.block.min(), np.bool_)


def _bar(test: Backtest, before: Mask, capacity: int) -> float:
    """Set the bar by blocks before: right half of the time, else as many as can be seen to."""
    part = test._replace(
        cases=test.cases.take(before),
        margin=test.margin[before],
    )
    alarms = alarmed(part)
    if alarms is not None:
        return alarms.threshold
    n_marks = np.unique(test.cases.moment_us[before]).size
    ranked = np.sort(test.margin[before])[::-1]
    return float(ranked[min(capacity * n_marks, ranked.size) - 1])


def _square(test: Backtest, some: Ints) -> tuple[Floats, tuple[Ints, Ints]]:
    """Set log-odds of some rows into customers by marks; NaN where somebody is not asked about."""
    who, row = np.unique(test.cases.customer[some], return_inverse=True)
    marks, column = np.unique(test.cases.moment_us[some], return_inverse=True)
    out = np.full((who.size, marks.size), np.nan)
    out[row, column] = test.margin[some]
    return out, (row, column)


def _wobble(test: Backtest, before: Mask) -> float:
    return wobble(_square(test, np.flatnonzero(before))[0])


def _stood(test: Backtest, here: Ints, bar: float, width: float) -> Mask:
    margin, at = _square(test, here)
    stood = [steady(margin[:, : k + 1], bar, width) for k in range(margin.shape[1])]
    return np.column_stack(stood)[at]


def _share(part: int, whole: int) -> Rate:
    return Rate(int(part), int(whole), *wilson(int(part), int(whole)))


def _apart(test: Backtest, counted: Mask, within_us: int) -> Mask:
    """Choose counted marks a horizon apart, so that nobody's outcome counts twice."""
    marks = np.unique(test.cases.moment_us[counted])[::-1]
    kept = [int(marks[0])]
    for mark in marks.tolist():
        if kept[-1] - mark >= within_us:
            kept.append(mark)
    return np.asarray(counted & np.isin(test.cases.moment_us, kept), np.bool_)


def _first_of(test: Backtest, rows: Mask) -> Ints:
    """Give the first row of each customer among some."""
    some = np.flatnonzero(rows)
    some = some[np.argsort(test.cases.moment_us[some], kind="stable")]
    return np.sort(some[np.unique(test.cases.customer[some], return_index=True)[1]])


def _told(test: Backtest, asked: Outcome, inside: Mask, counted: Mask, rule: Rule | None) -> Tested:
    rows = test.cases
    came = _first_of(test, inside & counted)
    right = came[rows.label[came]]
    ahead = rows.event_us[right] - rows.moment_us[right]
    ahead = ahead[ahead > 0]
    kept = _apart(test, counted, asked.within_us)
    had = np.unique(rows.customer[counted & rows.label])
    caught = np.isin(had, np.unique(rows.customer[counted & rows.label & inside])).sum()
    label = rows.label
    return Tested(
        asked.spec.name,
        asked.spec.bad,
        asked.spec.within.days,
        int(np.unique(rows.moment_us[counted]).size),
        _share(right.size, came.size),
        float(np.median(ahead)) / DAY_US if ahead.size else None,
        _share((kept & inside & label).sum(), (kept & inside).sum()),
        _share((kept & ~inside & label).sum(), (kept & ~inside).sum()),
        _share(caught, had.size),
        _share((kept & label).sum(), kept.sum()),
        rule,
    )


def _rule_met(
    journeys: Journeys, plan: StagePlan, rows: Landmarks, name: str, wanted: Cases
) -> Mask:
    """Say of which rows the rule holds: the touchpoint lately, and more of everything."""
    table = features(journeys, plan, rows.moments, Catalog((Tempo(), Touchpoints((name,), 0))))
    change = np.nan_to_num(table.column("tempo:change"))
    met = (table.column(f"count:{name}@30d") > 0) & (change > 0)
    place = {
        pair: k
        for k, pair in enumerate(zip(rows.customer.tolist(), rows.moment_us.tolist(), strict=True))
    }
    pairs = zip(wanted.customer.tolist(), wanted.moment_us.tolist(), strict=True)
    return np.asarray(met[[place[pair] for pair in pairs]], np.bool_)


def _beside(
    test: Backtest, asked: Outcome, inside: Mask, counted: Mask, met: Mask, name: str
) -> Rule:
    """Judge the rule beside the lane, at marks a horizon apart and in lists of equal length."""
    kept, label = _apart(test, counted, asked.within_us), test.cases.label
    first, came = (_first_of(test, some & counted) for some in (met, inside))
    rule, lane = (int(label[first].sum()), first.size), (int(label[came].sum()), came.size)
    by_score = listed = by_rule = 0
    for mark in np.unique(test.cases.moment_us[kept]).tolist():
        here = np.flatnonzero(kept & (test.cases.moment_us == mark))
        chosen = here[met[here]]
        best = here[np.argsort(-test.margin[here], kind="stable")][: chosen.size]
        listed += chosen.size
        by_rule += int(label[chosen].sum())
        by_score += int(label[best].sum())
    return Rule(name, _share(*rule), difference(lane, rule), (by_score, by_rule, listed))
