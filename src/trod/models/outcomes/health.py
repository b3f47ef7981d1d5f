"""Health of customers: a colour where a tested score allows one, and signs that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.build import features
from trod.models.features.catalog import Catalog
from trod.models.features.moments import Moments
from trod.models.features.table import FeatureTable
from trod.models.features.tempo import Tempo
from trod.models.features.told import Money, Mood
from trod.models.outcomes.model import OutcomeModel

Colour = Literal["red", "amber", "green"]
Way = Literal["up", "down", "steady", "not known"]
_CAUGHT: Final = 0.8
_STEADY: Final = 0.2  # of use: two thirds to one and a half of the month before; of mood: near zero


class Ways(NamedTuple):
    """Where use, mood and money of one customer go."""

    customer: str
    use: Way
    mood: Way
    money: Way

    @property
    def disagree(self) -> bool:
        """Whether one of them goes up and another one down."""
        return {"up", "down"} <= {self.use, self.mood, self.money}


def colours(model: OutcomeModel, margin: NDArray[np.float64]) -> list[Colour]:
    """Give the colour of each score, (n,).

    Red: pointed out, so high that it was right half of the time in the backtest. Amber: as high as
    four in five of those who left in the backtest, or higher. Green: the rest.

    Parameters
    ----------
    model
        A score of leaving that has passed its backtest.
    margin
        (n,) log-odds.
    """
    probability = model.probability(margin)
    said, came = model.tested[:, 0], model.tested[:, 1] > 0
    amber = float(np.quantile(said[came], 1 - _CAUGHT)) if came.any() else 1.0
    red = np.inf if model.high is None else model.high
    return [
        "red" if m >= red else "amber" if p >= amber else "green"
        for m, p in zip(margin.tolist(), probability.tolist(), strict=True)
    ]


def ways(journeys: Journeys, plan: StagePlan, rows: Sequence[Moments]) -> tuple[Ways, ...]:
    """Say where use, mood and money of some customers go.

    Use: touchpoints of the last 30 days against the 30 before. Mood: of the last three touchpoints
    that tell one, above zero or below. Money: of the last 90 days against the usual.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    rows
        Whom, and as of when.
    """
    catalog = Catalog((Tempo(), Mood(), Money(journeys.currency)))
    table = features(journeys, plan, rows, catalog)
    use = _way(table.column("tempo:change"), -_STEADY, _STEADY)
    mood = _way(table.column("mood:late"), -_STEADY, _STEADY)
    money = _money(table)
    names = table.customer.to_pylist()
    return tuple(Ways(*each) for each in zip(names, use, mood, money, strict=True))


def _way(value: NDArray[np.float32], low: float, high: float) -> list[Way]:
    return [
        "not known" if np.isnan(v) else "down" if v < low else "up" if v > high else "steady"
        for v in value.tolist()
    ]


def _money(table: FeatureTable) -> list[Way]:
    """Compare the last payment with the mean of all."""
    last, mean = table.column("money:last"), table.column("money:mean")
    some = np.where(mean > 0, last / np.where(mean > 0, mean, 1), np.nan)
    return _way(np.where(table.column("money:times") >= 2, some, np.nan), 0.9, 1.1)
