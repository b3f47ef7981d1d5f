"""What changed on a map since a day, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.app.say import folded

if TYPE_CHECKING:
    from trod.insights.journey_map import JourneyMap


def told(m: JourneyMap) -> str:
    """List what is marked, say what was compared, and what says more."""
    from trod.figures.lately import lines

    assert m.since is not None
    said = [folded(line) for line in lines(m)]
    return "\n".join([*said, "", folded(m.since.sentence)])
