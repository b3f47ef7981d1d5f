"""Numbers in sentences: which customers each of them opens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from trod.figures import meaning, numbers
from trod.figures.labels import label, plain
from trod.figures.links import Drill
from trod.insights.journey_map import Count, Fact, Friction, JourneyMap

_GROUPS: Final = {"rate with": ("With", "had"), "rate without": ("Without", "had no")}


class Said(NamedTuple):
    """A piece of a sentence, whether it is set apart, and whom it opens."""

    text: str
    style: str  # "strong", "worse", "better" or ""
    drill: Drill | None


def headline(m: JourneyMap) -> tuple[Said, ...]:
    """Give the headline in pieces; its numbers open their customers."""
    known = _known(m)
    return tuple(
        Said(piece.text, piece.role, _drill(known, piece.text, piece.behind))
        for piece in m.headline
    )


def statement(m: JourneyMap, friction: Friction) -> tuple[Said, ...]:
    """Give the statement of a friction in pieces; its numbers open their customers."""
    known = _known(m)
    return tuple(
        Said(text, "strong" if fact else "", _drill(known, text, fact.behind) if fact else None)
        for text, fact in split(plain(friction.statement), friction.facts)
    )


def split(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, Fact | None]]:
    """Split a sentence at its figures, which stand in it in their order.

    Examples
    --------
    >>> said = split("2 of 9 in Week 2; 2 left.", [Fact("a", "2"), Fact("b", "9"), Fact("c", "2%")])
    >>> [(piece, fact.name if fact else "") for piece, fact in said]
    [('2', 'a'), (' of ', ''), ('9', 'b'), (' in Week 2; 2 left.', '')]
    """
    start = 0
    for fact in facts:
        found = re.compile(rf"(?<!\w){re.escape(fact.text)}(?!\w)").search(text, start)
        if fact.text and found:
            if found.start() > start:
                yield text[start : found.start()], None
            yield fact.text, fact
            start = found.end()
    if text[start:]:
        yield text[start:], None


def _drill(known: dict[str, Drill], text: str, behind: Count | None) -> Drill | None:
    if behind is None or not behind.key:
        return None
    return known.get(behind.key) or Drill(behind.key, text, "Counted in this sentence.", behind.n)


def _known(m: JourneyMap) -> dict[str, Drill]:
    """Say in words whom the numbers in sentences can mean."""
    found = [meaning.population(m), meaning.entered(m), meaning.all_done(m), meaning.all_left(m)]
    for stage in m.stages:
        found += [
            meaning.reached(stage),
            meaning.left(m, stage),
            meaning.still_there(stage),
            *(meaning.touch(stage, one) for one in stage.touches),
        ]
    for friction in m.frictions:
        found += [*_compared(m, friction), meaning.behind(m, friction)]
    return {drill.key: drill for drill in reversed(found)}


def _compared(m: JourneyMap, friction: Friction) -> Iterator[Drill]:
    """Say whom the groups of a comparison mean."""
    if friction.touchpoint is None or not 0 <= friction.stage < len(m.stages):
        return
    stage, name = label(m.stages[friction.stage].name), label(friction.touchpoint)
    after = numbers.duration(friction.landmark_us or 0)
    for fact in friction.facts:
        if fact.behind is None:
            continue
        if fact.name in _GROUPS:
            side, had = _GROUPS[fact.name]
            of_them = (side == "With") == friction.helps
            rate = friction.compare_rate if of_them else friction.worse_rate
            n = f": {numbers.count(rate.part)} of {numbers.count(rate.whole)}" if rate else ""
            said = f"Still in {stage} {after} after entering it, {had} {name} by then, left later"
            yield Drill(fact.behind.key, f"{side} {name}, left later", f"{said}{n}.", fact.behind.n)
        elif fact.name == "left after":
            said = f"Left in {stage}; {name} was the last thing there."
            yield Drill(fact.behind.key, f"Left after {name}", said, fact.behind.n)
