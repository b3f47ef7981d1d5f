"""What every answer says below its figures: who was asked, within which time, how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trod.app.say import folded
from trod.events.counted import plural
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.analyses.answer import Answer


def told(found: Answer[Any], more: str = "", *, dated: bool = False) -> str:
    """Tell population, window and method; with `dated` the moment up to which they hold."""
    whom = f"{found.population}: {plural(found.n, units(found.unit))}."
    window = f"Within {found.window}." if found.window else ""
    as_of = f"As of {found.as_of:%Y-%m-%d} ({found.zone})." if dated else ""
    said = [whom, window, as_of, found.method, more, *found.warnings]
    return folded(" ".join(text for text in said if text), more="")
