"""What each number on the map counts, in one sentence, and the key that lists it."""

from __future__ import annotations

from collections.abc import Mapping

from trod.figures import numbers
from trod.figures.labels import label
from trod.figures.links import Drill
from trod.insights.journey_map import (
    FirstMove,
    Friction,
    JourneyMap,
    Kpi,
    Rate,
    Sankey,
    SankeyLink,
    SankeyNode,
    StageView,
    Touch,
)


def population(m: JourneyMap) -> Drill:
    """Everyone in the data."""
    return Drill(
        m.population.key,
        f"All {m.unit}",
        f"Every one of the {m.unit} in the data with at least one touchpoint.",
        m.population.n,
    )


def entered(m: JourneyMap) -> Drill:
    """Who entered the journey."""
    return Drill(
        m.entered.key,
        "Entered the journey",
        f"{m.unit.capitalize()} with at least one touchpoint that enters a stage.",
        m.entered.n,
    )


def outside(m: JourneyMap) -> Drill:
    """Who never did."""
    return Drill(
        m.outside.key,
        "Never entered the journey",
        f"{m.unit.capitalize()} in the data who never entered a stage.",
        m.outside.n,
    )


def reached(stage: StageView) -> Drill:
    """Who got as far as a stage, or further."""
    return Drill(
        stage.reached.key,
        f"Reached {label(stage.name)}",
        f"Got to this stage or past it. Entered by: {stage.rule}.",
        stage.reached.n,
    )


def went_on(stage: StageView) -> Drill:
    """Who went on from a stage."""
    return Drill(
        stage.went_on.key,
        f"Went on from {label(stage.name)}",
        "Reached this stage and then a later one.",
        stage.went_on.n,
    )


def left(m: JourneyMap, stage: StageView) -> Drill:
    """Who left in a stage."""
    return Drill(
        stage.left.key,
        f"Left at {label(stage.name)}",
        f"Came no further than this stage and left: {m.left_rule}.",
        stage.left.n,
    )


def still_there(stage: StageView) -> Drill:
    """Who is in a stage now."""
    return Drill(
        stage.still_there.key,
        f"Still in {label(stage.name)}",
        "Came no further than this stage and have not left: they may still go on.",
        stage.still_there.n,
    )


def all_done(m: JourneyMap) -> Drill:
    """Who reached the outcome."""
    said = f"{m.unit.capitalize()} who reached the outcome of the journey."
    return Drill("done", label(m.outcome_name), said, m.outcome.part)


def all_left(m: JourneyMap) -> Drill:
    """Who left, in any stage."""
    n = sum(stage.left.n for stage in m.stages)
    return Drill("left", "Left", f"Left in any stage: {m.left_rule}.", n)


def all_open(m: JourneyMap) -> Drill:
    """Who is still on the way, in any stage."""
    n = sum(stage.still_there.n for stage in m.stages)
    return Drill("open", "Still on the way", "Neither left nor done: they may still go on.", n)


def done(m: JourneyMap, stage: StageView) -> Drill:
    """Who reached the outcome from a stage."""
    return Drill(
        stage.done.key,
        f"{label(m.outcome_name)} from {label(stage.name)}",
        "Reached the outcome of the journey while in this stage.",
        stage.done.n,
    )


def touch(stage: StageView, one: Touch) -> Drill:
    """Who had a touchpoint in a stage."""
    return Drill(
        one.customers.key,
        f"{label(one.name)} in {label(stage.name)}",
        "Had this touchpoint at least once while in this stage.",
        one.customers.n,
    )


def behind(m: JourneyMap, friction: Friction) -> Drill:
    """Who stands behind a friction: who was lost, or, where nobody was, who had to wait."""
    if friction.lost.n or not 0 <= friction.stage < len(m.stages):
        return lost(m, friction)
    stage = m.stages[friction.stage]
    had = next((one for one in stage.touches if one.name == friction.touchpoint), None)
    return touch(stage, had) if had else reached(stage)


def lost(m: JourneyMap, friction: Friction) -> Drill:
    """Who was lost to a friction."""
    where = friction.touchpoint or (
        m.stages[friction.stage].name if 0 <= friction.stage < len(m.stages) else ""
    )
    return Drill(
        friction.lost.key,
        friction.title,
        f"Left at {label(where)}: {m.left_rule}." if where else f"Left: {m.left_rule}.",
        friction.lost.n,
    )


def anchor(sankey: Sankey) -> Drill:
    """Who was at the touchpoint where the paths begin."""
    name = label(sankey.anchor)
    return Drill(sankey.customers.key, name, "Had this touchpoint.", sankey.customers.n)


def end(m: JourneyMap, node: SankeyNode | FirstMove) -> str:
    """Say what became of those for whom nothing follows, nothing where something does."""
    return {
        "left": f"Nothing follows, and they left: {m.left_rule}.",
        "open": "Nothing follows yet. They have not left and may still go on.",
        "done": f"Nothing follows: their journey ended well ({label(m.outcome_name)}).",
        "end": "Nothing follows.",
    }.get(node.kind, "")


def at_step(m: JourneyMap, sankey: Sankey, node: SankeyNode, name: str) -> Drill:
    """Who was at a node of the paths."""
    if node.step == 0:
        return anchor(sankey)._replace(key=node.customers.key)
    place = f"Step {node.step} {sankey.direction} {label(sankey.anchor)}."
    said = " ".join(filter(None, [place, end(m, node)]))
    return Drill(node.customers.key, name, said, node.customers.n)


def on_link(link: SankeyLink, target: SankeyNode, first: str, second: str) -> Drill:
    """Who went from one node to the next."""
    follows = target.kind in ("touch", "other")
    said = "Did the first, and the second directly after it."
    ended = f"Did the first, and nothing after it: {second.lower()}."
    return Drill(
        link.customers.key,
        f"{first} → {second}",
        said if follows else ended,
        link.customers.n,
    )


def first_move(m: JourneyMap, move: FirstMove, name: str) -> Drill:
    """Whose first move was this one."""
    start = f" {label(m.sankey.anchor)}" if m.sankey else ""
    said = end(m, move) or f"Did this directly after{start}."
    return Drill(move.customers.key, name, said, move.customers.n)


def kpi(m: JourneyMap, tile: Kpi, listed: Mapping[str, int]) -> Drill | None:
    """Whom a tile is about: the number of the map or the list with its key, None without one."""
    whole = {drill.key: drill for drill in (all_done(m), all_left(m), all_open(m))}
    counts = [m.population, m.entered, m.outside]
    for stage in m.stages:
        counts += [stage.reached, stage.went_on, stage.left, stage.still_there, stage.done]
    totals = {key: drill.total for key, drill in whole.items()}
    totals = {**listed, **totals, **{count.key: count.n for count in counts if count.key}}
    if not tile.key or tile.key not in totals:
        return None
    return whole.get(tile.key) or Drill(tile.key, tile.label, tile.note, totals[tile.key])


def rate_facts(m: JourneyMap, name: str, value: Rate) -> tuple[tuple[str, str], ...]:
    """Write a rate with its range, as facts of a tip."""
    if not value.whole:
        return ()
    spread = numbers.between(value, m.small_n)
    facts = ((name, numbers.rate(value, m.small_n)),)
    return (*facts, ("95% range", spread)) if spread else facts
