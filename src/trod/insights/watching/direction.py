"""Whether a change is for the better or for the worse."""

from __future__ import annotations

from typing import Final, Literal

from trod.insights.coverage.human import shows_trouble
from trod.insights.watching.material import Material
from trod.insights.watching.sight import Subject

Direction = Literal["better", "worse", ""]
_OTHER: Final[dict[Direction, Direction]] = {"better": "worse", "worse": "better", "": ""}


def direction(material: Material, subject: Subject) -> Direction:
    """Say which way a change goes; empty where more is neither good nor bad by itself.

    More who enter a stage and go on, and a better mood, are good; slowness is bad, and so are calls
    for help, errors, and touchpoints by which customers leave. Of other touchpoints nobody knows.
    """
    way = subject.way
    if way not in ("rose", "fell"):
        return ""
    more = _more(material, subject)
    return more if way == "rose" else _OTHER[more]


def _more(material: Material, subject: Subject) -> Direction:
    """Say what more of it means."""
    sort, name = subject.thing.sort, subject.thing.name
    if sort in ("entries", "conversion", "mood"):
        return "better"
    if sort == "score":
        return "better" if name in material.good else "worse"
    if sort == "dwell" or (sort == "volume" and (name in material.leaving or shows_trouble(name))):
        return "worse"
    return ""
