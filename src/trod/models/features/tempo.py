"""How often, how lately and how regularly customers come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from trod._kernels.arrays import given
from trod._kernels.features_tempo import local_days, rhythm, tempo
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature

_FEATURES: Final = (
    Feature("tempo:touchpoints@7d", "Touchpoints in the last 7 days", "count", "tempo"),
    Feature("tempo:touchpoints@30d", "Touchpoints in the last 30 days", "count", "tempo"),
    Feature("tempo:touchpoints@90d", "Touchpoints in the last 90 days", "count", "tempo"),
    Feature("tempo:touchpoints@ever", "Touchpoints so far", "count", "tempo"),
    Feature(
        "tempo:change",
        "Tempo of the last 30 days beside the 30 before: -1 stopped, 0 as before, 1 new",
        "number",
        "tempo",
    ),
    Feature("tempo:days@30d", "Days with a touchpoint in the last 30 days", "count", "tempo"),
    Feature("tempo:days@90d", "Days with a touchpoint in the last 90 days", "count", "tempo"),
    Feature("tempo:days@ever", "Days with a touchpoint so far", "count", "tempo"),
    Feature("tempo:per_week", "Touchpoints in a week with any", "number", "tempo"),
    Feature("tempo:since_first", "Days since the first touchpoint", "days", "tempo"),
    Feature("gap:since_last", "Days since the last touchpoint", "days", "gap"),
    Feature("gap:longest", "Longest gap between two days with touchpoints", "days", "gap"),
    Feature("gap:typical", "Typical gap between two days with touchpoints", "days", "gap"),
    Feature("gap:last", "Gap before the last day with touchpoints", "days", "gap"),
    Feature("gap:overdue", "Days since the last touchpoint, in typical gaps", "number", "gap"),
    Feature("rhythm:weekday", "Share of touchpoints on their usual weekday", "share", "rhythm"),
    Feature("rhythm:weekend", "Share of touchpoints at weekends", "share", "rhythm"),
)


@dataclass(frozen=True, slots=True)
class Tempo:
    """Touchpoints and active days in windows, gaps between active days, and weekdays.

    Days and weeks are those of the zone of the journeys. The typical gap is the median of the last
    five.
    """

    family: ClassVar[str] = "tempo"

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _FEATURES

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        day = np.empty(look.time_us.size, np.int32)
        local_days(look.time_us, *look.clock, day)
        day = given(day, np.int32)
        tempo(look.span, look.moment_us, look.time_us, day, values, column)
        rhythm(look.span, day, values, column + 15)
