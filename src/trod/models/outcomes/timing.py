"""When an outcome comes, of those who stay in a stage: the hazard by weeks, and a window for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.outcomes.landmarks import NOT_YET, WEEK_US

Floats = NDArray[np.float64]
WEEKS: Final = 40
"""Weeks in a stage that are told apart; later ones count as the last."""
_WEEKS_OF_WINDOW: Final = 2
_DRAWN_TO_MEAN: Final = 20.0  # cases


class Window(NamedTuple):
    """Days from now in which an outcome is most likely to come."""

    first_day: int
    last_day: int
    probability: float  # that it comes then
    value: float | None  # money at stake in it: probability times what a customer is worth


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """Customers by stage and weeks in it, and how many had the outcome in the week after."""

    rows: NDArray[np.int64]  # (n_stages, WEEKS)
    events: NDArray[np.int64]  # (n_stages, WEEKS)

    def hazard(self, stage: int) -> Floats:
        """Give the chance of the outcome in each week of a stage, of those still there, (WEEKS,).

        Three weeks are taken together, and drawn towards the mean of the stage by twenty cases.
        """
        rows, events = self.rows[stage].astype(float), self.events[stage].astype(float)
        mean = events.sum() / max(rows.sum(), 1.0)
        around = np.ones(3)
        some = np.convolve(rows, around, "same")
        return np.asarray(
            (np.convolve(events, around, "same") + _DRAWN_TO_MEAN * mean) / (some + _DRAWN_TO_MEAN)
        )

    def window(
        self,
        stage: int,
        days_in_stage: float,
        probability: float,
        *,
        horizon_days: int,
        value: float | None = None,
    ) -> Window:
        """Give the fortnight in which the outcome of one customer is most likely.

        The hazard of the stage says *when*, the score says *how likely*: the chances of the weeks
        ahead are scaled so that together they are the score.

        Parameters
        ----------
        stage
            In which the customer stands.
        days_in_stage
            So far.
        probability
            Of the outcome within the horizon.
        horizon_days
            How far ahead is looked.
        value
            Money at stake for one customer.
        """
        ahead = max(1, -(-horizon_days // 7))
        week = np.minimum(int(days_in_stage // 7) + np.arange(ahead), WEEKS - 1)
        hazard = np.clip(self.hazard(stage)[week], 1e-9, 1 - 1e-9)
        still = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
        chance = still * hazard
        chance *= probability / chance.sum()
        length = min(_WEEKS_OF_WINDOW, ahead)
        sums = np.convolve(chance, np.ones(length), "valid")
        first = int(np.argmax(sums))
        told = float(sums[first])
        last_day = min(7 * (first + length), horizon_days)
        return Window(7 * first, last_day, told, None if value is None else told * value)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        return {"rows": self.rows, "events": self.events}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Timing:
        """Read what `arrays` gave."""
        return cls(np.asarray(arrays["rows"]), np.asarray(arrays["events"]))


def timing(
    stage: NDArray[np.int8],
    days: NDArray[np.float32],
    moment_us: NDArray[np.int64],
    event_us: NDArray[np.int64],
    n_stages: int,
) -> Timing:
    """Count customers by weeks in a stage, and those with the outcome in the week after.

    Parameters
    ----------
    stage, days
        (n_rows,) in which stage, and for how long.
    moment_us, event_us
        (n_rows,) the mark, and the moment of the outcome.
    n_stages
        Of the journey.
    """
    week = np.minimum(np.nan_to_num(days, nan=0.0) // 7, WEEKS - 1).astype(np.int64)
    cell = stage.astype(np.int64) * WEEKS + np.maximum(week, 0)
    there = event_us != NOT_YET
    soon = there & (np.where(there, event_us, moment_us) - moment_us <= WEEK_US)
    size = n_stages * WEEKS
    rows, events = np.bincount(cell, minlength=size), np.bincount(cell[soon], minlength=size)
    return Timing(rows.reshape(-1, WEEKS), events.reshape(-1, WEEKS))
