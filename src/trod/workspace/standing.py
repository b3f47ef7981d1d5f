"""The journeys of a workspace as they stood on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.spec import JourneySpec


def read_day(text: str) -> date:
    """Read a day as people write it.

    Raises
    ------
    DefinitionError
        If it is not written as a day is.
    """
    from datetime import datetime

    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise DefinitionError([f"{text!r} is not a day. Write 2026-06-30."]) from None


def stood(journeys: Journeys, day: str, spec: JourneySpec | None = None) -> Journeys:
    """Give the journeys up to the end of a day, in the zone of the workspace.

    Who is who, attributes and moods are as known today; touchpoints that arrived late count on the
    day on which they happened. Names that came later are forgotten, unless `spec` speaks of one:
    then they stay, and nobody had them yet.

    Raises
    ------
    DefinitionError
        If it is no day, or lies outside of the record.
    """
    from trod.insights.wording import day as written
    from trod.journeys.passage import compile_plan
    from trod.journeys.until import only_known, until
    from trod.workspace.measured import midnight

    asked = read_day(day).isoformat()
    first, last = (written(us, journeys.zone) for us in journeys.span_us())
    if not first <= asked <= last:
        place = "before the first touchpoint" if asked < first else "after the last touchpoint"
        raise DefinitionError(
            [f"{asked} is {place}: the record goes from {first} to {last}. Name a day of it."]
        )
    then = until(journeys, midnight(asked, journeys.zone, after=1) - 1)
    known = only_known(journeys, then)
    if spec is not None:
        try:
            compile_plan(spec, known)
        except DefinitionError:
            return then
    return known


def of_then(day: str, last_us: int, zone: str) -> str:
    """Say that a map is of an earlier day, and how far the record goes."""
    from trod.insights.wording import day as written

    return (
        f"As it stood at the end of {day}. The record goes to {written(last_us, zone)}; later"
        " touchpoints are left out. Who is who is as known today."
    )
