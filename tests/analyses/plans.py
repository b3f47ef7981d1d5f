"""A journey over the names of `tests.strategies`, for tests that need stages."""

from __future__ import annotations

from datetime import timedelta

from tests.strategies import NAMES, batch, journeys
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.spec import JourneySpec

BUY, CALL, MAIL, VISIT, ODD = range(5)

SPEC = JourneySpec(
    name="journey",
    stages=[
        {"name": "look", "enter_on": ("visit", "mail")},
        {"name": "talk / ask", "enter_on": ("call",)},
        {"name": "pay", "enter_when": {"state": "plan", "is": ("paid",)}},
    ],
    success=("buy",),
    failure=(NAMES[ODD],),
    left_after=timedelta(microseconds=4),
)


def plan(*batches: JourneyBatch, spec: JourneySpec = SPEC, as_of_us: int = 20) -> StagePlan:
    """Compile the journey for some batches."""
    return compile_plan(spec, journeys(*(batches or [batch([])])), as_of_us=as_of_us)
