"""Months of invented customers in which exactly what is asked for changes in the last one."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from trod.insights.changes.change import Comparison
from trod.insights.changes.chosen import chosen
from trod.insights.changes.compare import compare
from trod.insights.changes.lapse import Lapse
from trod.journeys.batch import Journeys
from trod.journeys.build import from_arrow
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.spec import JourneySpec

DAY = 86_400_000_000
MONTH_DAYS = 28  # four weeks each, so that no calendar is in the way
START = 20_089  # 2025-01-01
SPEC = JourneySpec(
    name="trial",
    left_after="20d",
    stages=[
        {"name": "Look", "enter_on": "visit"},
        {"name": "Try", "enter_on": "sign up"},
        {"name": "Pay", "enter_on": "buy"},
        {"name": "Stay", "enter_on": "renew"},
    ],
)


class Said(NamedTuple):
    """What is true of a month."""

    large: float = 0.3  # share of large customers
    on: tuple[float, float, float] = (0.6, 0.5, 0.7)  # who go on from each stage
    large_on: tuple[float, float, float] = (0.8, 0.75, 0.85)
    tickets: float = 0.2  # calls for help in Try
    days: float = 2.0  # typical time in Try


USUAL = Said()


def journeys(
    seed: int, *, last: Said = USUAL, months: int = 6, each: int = 400, after_days: int = 40
) -> Journeys:
    """Draw customers of some months; `last` is true of those who came in the last one."""
    rng = np.random.default_rng(seed)
    who: list[str] = []
    what: list[str] = []
    when: list[int] = []
    sizes: dict[str, str] = {}
    for month in range(months):
        said = last if month == months - 1 else USUAL
        for c in range(int(rng.poisson(each))):
            name = f"m{month}-{c:04d}"
            large = bool(rng.random() < said.large)
            sizes[name] = "large" if large else "small"
            begin = int((START + MONTH_DAYS * (month + rng.random())) * DAY)
            for touch, time in _one(rng, said, large=large, begin=begin):
                who.append(name)
                what.append(touch)
                when.append(time)
    end = int((START + MONTH_DAYS * months + after_days) * DAY)
    keep = np.array(when) <= end
    who += ["watcher"]
    what += ["newsletter"]
    when += [end]
    table = pa.table(
        {
            "customer": pa.array(who).filter(pa.array([*keep, True])),
            "touchpoint": pa.array(what).filter(pa.array([*keep, True])),
            "time": pa.array(when).filter(pa.array([*keep, True])),
        }
    )
    known = pa.table({"customer": [*sizes], "size": [*sizes.values()]})
    return replace(from_arrow(table), attributes=known)


def _one(rng: np.random.Generator, said: Said, *, large: bool, begin: int) -> list[tuple[str, int]]:
    """Draw one customer: touchpoints with their times."""
    on = said.large_on if large else said.on
    time, rows = begin, [("visit", begin)]
    for s, name in enumerate(("sign up", "buy", "renew")):
        if s == 1 and rng.random() < said.tickets:
            rows.append(("support ticket", time + int(0.2 * DAY)))
        rows.append(("page", time + int(0.1 * DAY)))
        if rng.random() >= on[s]:
            return rows
        typical = said.days if s == 1 else 2.0
        time += int(typical * np.exp(0.6 * rng.standard_normal()) * DAY)
        rows.append((name, time))
    return rows


def plan_of(made: Journeys) -> StagePlan:
    return compile_plan(SPEC, made).remembering()


def compared(
    made: Journeys,
    *,
    months: int = 6,
    lapses: tuple[Lapse, ...] = (),
    by: str | None = None,
    own: tuple[str, ...] = (),
) -> Comparison:
    """Compare the last month with the one before."""
    first, last = made.span_us()
    edges = [np.datetime64(START + MONTH_DAYS * m, "D").astype(object) for m in range(months + 1)]
    spans = [f"{edges[m]}..{np.datetime64(edges[m + 1]) - 1}" for m in (-3, -2)]
    return compare(
        made, plan_of(made), chosen(spans, first, last, "UTC"), lapses=lapses, by=by, own=own
    )
