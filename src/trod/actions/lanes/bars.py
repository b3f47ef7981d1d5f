"""From which score on customers are pointed out: by the backtest, else by what the team can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import NO_VALUE, Journeys
from trod.models.outcomes.model import OutcomeModel

Floats = NDArray[np.float64]
_CAUGHT: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A tested score that speaks in a lane, and where its bars lie."""

    name: str
    model: OutcomeModel
    low: float  # log-odds up to which a customer is as sure as the data can make them

    @property
    def how(self) -> str:
        """Where the bar comes from, in words."""
        if self.model.high is not None:
            return "from a score on that was right half of the time in the backtest"
        return f"the {self.model.spec.capacity:,} likeliest, as many as can be seen to"

    def bar(self, margin: Floats) -> float:
        """Give the log-odds from which customers are pointed out.

        Where the score was right half of the time from some score on, that is the bar. Where it
        never was, the bar is where as many are above it as the team can see to, on the average of
        the moments.

        Parameters
        ----------
        margin
            (n, n_moments) log-odds; NaN where somebody is not asked about.
        """
        if self.model.high is not None:
            return self.model.high
        columns = [np.sort(one[np.isfinite(one)])[::-1] for one in margin.T]
        last = [c[min(self.model.spec.capacity, c.size) - 1] for c in columns if c.size]
        return float(np.mean(last)) if last else np.inf


def voice(name: str, model: OutcomeModel) -> Voice:
    """Take a score that has passed its backtest, and say up to where it is low.

    Low is what health calls green: lower than four in five of those who had it in the backtest.
    """
    said, came = model.tested[:, 0], model.tested[:, 1] > 0
    amber = float(np.quantile(said[came], 1 - _CAUGHT)) if came.any() else 1.0
    sample = np.sort(model.margins)
    below = sample[model.probability(sample) < amber]
    return Voice(name, model, float(below[-1]) if below.size else -np.inf)


def with_money(journeys: Journeys, names: tuple[str, ...]) -> bool:
    """Say whether any of some touchpoints carries money."""
    known = journeys.vocabulary.touchpoints
    codes = [known.index(name) for name in names if name in known]
    return any(
        bool((batch.value[np.isin(batch.code, codes)] != NO_VALUE).any()) for batch in journeys
    )
