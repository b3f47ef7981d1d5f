"""The grid every row of the map shares: one column a stage, the same places in all figures."""

from __future__ import annotations

from typing import NamedTuple

from trod.insights.journey_map import JourneyMap

SHEET = 1262.0  # width of the stage columns at 1440, without the label column
NARROWEST = 156.0  # below this a column cannot hold a touchpoint and its share


class Frame(NamedTuple):
    """Widths of the stage columns, and how numbers of this map are shown."""

    stages: int
    wide: float
    small_n: int
    unit: str

    @property
    def column(self) -> float:
        """Width of one stage."""
        return self.wide / max(self.stages, 1)

    def left(self, stage: int) -> float:
        """Left edge of a stage."""
        return self.column * stage


def frame(journey_map: JourneyMap) -> Frame:
    """Lay out the columns of a map: as wide as the sheet, wider when stages would not fit."""
    n = len(journey_map.stages)
    return Frame(n, max(SHEET, NARROWEST * n), journey_map.small_n, journey_map.unit)
