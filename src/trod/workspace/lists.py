"""Lists of customers that models made: the predicates that only a workspace knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, NotEnoughDataError, unknown

if TYPE_CHECKING:
    from trod._store.store import Store
    from trod.journeys.predicate import Named, Predicate
    from trod.models.card import Card
    from trod.models.segments.segmentation import Segmentation
    from trod.workspace.acting.lanes import Ground
    from trod.workspace.folder import Workspace

NO_SEGMENT: Final = "none"
"""Stands for everyone who is in no segment."""


def named(store: Store, unit: str, workspace: Workspace | None = None) -> Named:
    """Give what finds the predicate of a key such as ``segment:s1``; None for keys of no list.

    Lanes are told from the workspace, where one is given, and only once.
    """
    grounds: dict[str, Ground] = {}

    def find(key: str) -> Predicate | None:
        kind, _, which = key.partition(":")
        if kind == "lane" and workspace is not None:
            return _lane(workspace, unit, which, grounds)
        return _KINDS[kind](store, unit, which) if kind in _KINDS else None

    return find


def segmentation(store: Store) -> tuple[Card, Segmentation]:
    """Give the last segmentation, whatever its verdict.

    Raises
    ------
    NotEnoughDataError
        If segments were never looked for, or there was too little to look at.
    """
    from trod.models.segments.segmentation import Segmentation
    from trod.models.versions import last

    found = last(store, "segments")
    if found is None:
        raise NotEnoughDataError("no segments were looked for yet. Run `trod fit segments`.")
    card, stored = found
    if card.verdict == "not enough data":
        raise NotEnoughDataError(f"segments: {card.verdict}. {' '.join(card.remarks)}")
    return card, Segmentation.of(stored)


def _segment(store: Store, unit: str, which: str) -> Predicate:
    from trod.journeys.predicate import Among

    card, found = segmentation(store)
    if card.unit != unit:
        raise DefinitionError([f"segments are of {card.unit}s. Write --unit {card.unit}."])
    if which == NO_SEGMENT:
        return Among(f"segment:{which}", found.in_any, on=False)
    members = found.members(which)
    if members is None:
        if not found.ids:
            raise NotEnoughDataError(f"segments: {card.verdict}. {' '.join(card.remarks)}")
        known = [*found.ids, NO_SEGMENT, *(one.id for one in found.rising)]
        raise DefinitionError([unknown("segment", which, known)])
    return Among(f"segment:{which}", members)


def _score(store: Store, unit: str, which: str) -> Predicate:
    """Give whom a score points out: ``NAME``, or ``NAME/STAGE`` for those in a stage.

    ``NAME@0.4`` is everyone with a chance of so much or more.
    """
    from trod.analyses.names import decode
    from trod.journeys.predicate import Among
    from trod.workspace.score_history import from_chance, pointed_out

    name, _, stage = which.partition("/")
    name, at, least = name.partition("@")
    if at:
        return Among(f"score:{which}", from_chance(store, decode(name), _chance(least), unit))
    found = pointed_out(store, decode(name))
    if found.unit != unit:
        raise DefinitionError([f"{found.outcome} is of {found.unit}s. Write --unit {found.unit}."])
    if stage and decode(stage) not in found.stages:
        raise DefinitionError([unknown("stage", decode(stage), found.stages)])
    return Among(f"score:{which}", found.of(decode(stage) if stage else None))


def _lane(workspace: Workspace, unit: str, which: str, grounds: dict[str, Ground]) -> Predicate:
    """Give who stands in a lane: ``LANE``, or ``LANE/JOURNEY`` of another than the first."""
    from trod.analyses.names import decode
    from trod.workspace.acting.lanes import ground

    lane, _, journey = which.partition("/")
    if journey not in grounds:
        grounds[journey] = ground(workspace, decode(journey) if journey else None, unit)
    return grounds[journey].predicate(lane)


def _chance(text: str) -> float:
    """Read a chance that stands in a key."""
    try:
        return float(text)
    except ValueError:
        raise DefinitionError([f"{text!r} is not a chance. Write score:NAME@0.4."]) from None


_KINDS: Final[dict[str, Callable[[Store, str, str], Predicate]]] = {
    "segment": _segment,
    "score": _score,
}
