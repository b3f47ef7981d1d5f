"""Grounds to fit models on, from customers as `tests.strategies` lays them out."""

from datetime import timedelta

from tests.strategies import batch, journeys
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec
from trod.models.ground import Ground

SPEC = JourneySpec(
    name="purchase",
    stages=[{"name": "Look", "enter_on": "visit"}, {"name": "Talk", "enter_on": "call"}],
    success="buy",
    left_after=timedelta(days=30),
)


def ground_of(people, spec: JourneySpec = SPEC, **more) -> Ground:
    data = journeys(batch(people))
    return Ground(data, compile_plan(spec, data, **more).remembering())
