"""How long customers stay as one typed value: curves, and who had left by some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trod.analyses.answer import Answer
from trod.analyses.stages import Reached, WasIn
from trod.analyses.survival import Curve, LostWithin, SurvivalResult
from trod.events.counted import one_of, plural
from trod.insights.journey_map import Count
from trod.journeys.label import units
from trod.journeys.passage import StagePlan

_STONES: Final = (7, 14, 30, 60, 90, 180, 365, 730, 1_095, 1_825)
_MOST_STONES: Final = 5


@dataclass(frozen=True, slots=True)
class Stay:
    """The share that has not left by the end of a day, with its 95 % interval."""

    day: int
    staying: float
    low: float
    high: float
    watched: int  # customers still watched as the day begins
    left: int  # on record by then
    key: str  # lists those who left by then; "" where the curve is of one group


@dataclass(frozen=True, slots=True)
class StayCurve:
    """One group of customers."""

    name: str
    entered: int
    days: tuple[Stay, ...]  # every day on which the curve moves, its first and its last
    stones: tuple[Stay, ...]  # round days people ask about
    half_left: int | None  # the day by which half have left


@dataclass(frozen=True, slots=True)
class SurvivalView:
    """Curves under one finding."""

    title: str
    subtitle: str
    note: str
    unit: str
    by: str
    curves: tuple[StayCurve, ...]
    entered: Count


def survival_view(found: Answer[SurvivalResult], plan: StagePlan) -> SurvivalView:
    """Read the answer to a question of survival."""
    result, unit = found.data, units(found.unit)
    alone = not result.by
    curves = tuple(_curve(c, result.stage if alone else "", plan) for c in result.curves)
    return SurvivalView(
        title=_title(curves, one_of(unit), result.by),
        subtitle=f"Share that has not left, by days since entering {result.stage}. "
        f"{plural(found.n, unit)}.",
        note=" ".join([found.method, *found.warnings]),
        unit=unit,
        by=result.by,
        curves=curves,
        entered=Count(found.n, _entered_key(result.stage, plan) if alone else ""),
    )


def _entered_key(stage: str, plan: StagePlan) -> str:
    """List who entered the stage; by the first one everyone enters, wherever they come in."""
    asked = WasIn if plan.stage(stage) else Reached
    return asked(stage, plan).key


def _curve(curve: Curve, stage: str, plan: StagePlan) -> StayCurve:
    last = curve.staying.size - 1
    moves = [d for d in range(last + 1) if curve.left[d] or d in (0, last)]
    stones = [d for d in _STONES if d <= last][-_MOST_STONES:]
    return StayCurve(
        curve.group,
        curve.entered,
        tuple(_stay(curve, d, stage, plan) for d in moves),
        tuple(_stay(curve, d, stage, plan) for d in stones),
        curve.half_left,
    )


def _stay(curve: Curve, day: int, stage: str, plan: StagePlan) -> Stay:
    staying, low, high = (
        round(float(column[day]), 6) for column in (curve.staying, curve.low, curve.high)
    )
    left = int(curve.left[: day + 1].sum())
    key = LostWithin(stage, day, plan).key if stage else ""
    return Stay(day, staying, low, high, int(curve.at_risk[day]), left, key)


def _title(curves: tuple[StayCurve, ...], one: str, by: str) -> str:
    """Say the finding: half-life, or who is there at the last round day; groups that differ."""
    first = curves[0]
    shared = set.intersection(*({stone.day for stone in c.stones} for c in curves))
    if by and len(curves) > 1 and shared:
        day = max(shared)
        at = {c.name: next(s for s in c.stones if s.day == day) for c in curves}
        best, worst = (f(at, key=lambda name: at[name].staying) for f in (max, min))
        if at[worst].high < at[best].low:
            return (
                f"After {day} days {at[best].staying:.0%} are still there where {by} is {best}, "
                f"{at[worst].staying:.0%} where it is {worst}"
            )
        return f"No {by} clearly stays longer than another after {day} days"
    if first.half_left is not None:
        return f"Half have left by day {first.half_left}"
    if first.stones:
        last = first.stones[-1]
        return f"{last.staying:.0%} are still there after {last.day} days"
    return f"Too short a record to tell how long a {one} stays"
