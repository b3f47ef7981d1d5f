"""From a metric of trod.yml to the fold that counts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.metrics import figure as figures
from trod.analyses.metrics.folds import Conversion, Leaving, Money, Replies, StillActive, TimeTo
from trod.analyses.periods import Periods
from trod.analyses.retention import Retention, RetentionResult
from trod.analyses.spec import MetricSpec
from trod.errors import DefinitionError
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan


def _conversion(
    journeys: Journeys, spec: MetricSpec, plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    known = _needed(spec, plan)
    start, end = _stages(spec, known)
    within = None if spec.within is None else micros_of(spec.within)
    return _run(Conversion(known, periods, start, end, within), journeys)


def _time_to(
    journeys: Journeys, spec: MetricSpec, plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    known = _needed(spec, plan)
    start, end = _stages(spec, known)
    asked = TimeTo(known, periods, start, end, spec.touchpoints)
    return _run(asked, journeys)


def _retention(
    journeys: Journeys, spec: MetricSpec, plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    as_of = journeys.span_us()[1] if plan is None else plan.as_of_us
    if spec.after is not None:
        after = micros_of(spec.after)
        asked = StillActive(periods, after, as_of, spec.touchpoints, plan)
        return _run(asked, journeys)
    months = spec.months or 1
    cohorts = Retention(
        journeys.vocabulary,
        periods,
        as_of,
        None,
        in_period=False,
        plan=plan,
        touchpoints=spec.touchpoints,
    )
    found: RetentionResult = fold.run({"it": cohorts}, journeys)["it"]
    n = len(found.cohort)
    cells = np.zeros((n, 2), np.int64)
    if months < n:
        told = found.known[:, months]
        cells[told] = np.column_stack([found.size, found.active[:, months]])[told]
    return cells


def _churn(
    journeys: Journeys, spec: MetricSpec, plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    if spec.touchpoints:
        return _money(journeys, spec, plan, periods)
    return _run(Leaving(_needed(spec, plan), periods), journeys)


def _answers(
    journeys: Journeys, spec: MetricSpec, _plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    scores = figures.nps_moods() if spec.kind == "nps" else figures.scale_moods(*scale_of(spec))
    return _run(Replies(periods, spec.touchpoints, scores), journeys)


def _money(
    journeys: Journeys, spec: MetricSpec, _plan: StagePlan | None, periods: Periods
) -> NDArray[np.int64]:
    asked = Money(periods, spec.touchpoints, spec.covers, spec.over)
    return _run(asked, journeys)


_Count = Callable[[Journeys, MetricSpec, StagePlan | None, Periods], NDArray[np.int64]]
COUNT: Final[dict[str, _Count]] = {
    "conversion": _conversion,
    "time_to_value": _time_to,
    "retention": _retention,
    "churn": _churn,
    "nps": _answers,
    "csat": _answers,
    "ces": _answers,
    "revenue": _money,
    "arpu": _money,
    "nrr": _money,
    "grr": _money,
}


def _run(asked: Any, journeys: Journeys) -> NDArray[np.int64]:
    counted: NDArray[np.int64] = fold.run({"it": asked}, journeys)["it"]
    return counted


def micros_of(length: timedelta) -> int:
    """Give a length of time in microseconds."""
    return round(length.total_seconds() * 1_000_000)


def _needed(spec: MetricSpec, plan: StagePlan | None) -> StagePlan:
    if plan is None:
        raise DefinitionError([f"metric {spec.name}: {spec.kind} needs a journey. Declare one."])
    return plan


def _stages(spec: MetricSpec, plan: StagePlan) -> tuple[int | None, int | None]:
    """Give the stages by index: a metric leads from an earlier one to a later one."""
    start = None if spec.from_ is None else plan.stage(spec.from_)
    end = None if spec.to is None else plan.stage(spec.to)
    if end is not None and end <= (start or 0):
        raise DefinitionError([f"metric {spec.name}: {spec.to} is not later than its start."])
    return start, end


def scale_of(spec: MetricSpec) -> tuple[int, int]:
    """Give the lowest and the highest answer."""
    return spec.scale or ((1, 7) if spec.kind == "ces" else (1, 5))
