"""The figures as tables: the same numbers for people and tools that read rather than look."""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import meaning, numbers
from trod.figures.labels import label, plain
from trod.figures.links import Drill
from trod.figures.sankey import node_name
from trod.figures.sankey_layout import shown
from trod.insights.journey_map import JourneyMap, Mood, Sankey


class Cell(NamedTuple):
    """One cell; a number leads to the customers behind it where it has a drill."""

    text: str
    drill: Drill | None = None
    numeric: bool = False


class Table(NamedTuple):
    """A table with its caption."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Say which columns hold numbers."""
        return tuple(cell.numeric for cell in self.rows[0]) if self.rows else ()


def of_map(m: JourneyMap) -> tuple[Table, ...]:
    """Write the map as tables: stages, touchpoints, frictions."""
    return tuple(table for table in (stages(m), touchpoints(m), frictions(m)) if table.rows)


def stages(m: JourneyMap) -> Table:
    """One row a stage. Reached = went on + left + still there + done."""
    rows = []
    for stage in m.stages:
        dwell = stage.dwell
        rows.append(
            (
                Cell(label(stage.name)),
                counted(meaning.reached(stage)),
                counted(meaning.went_on(stage)),
                counted(meaning.left(m, stage)),
                counted(meaning.still_there(stage)),
                counted(meaning.done(m, stage)),
                Cell(numbers.rate(stage.conversion, m.small_n), None, True),
                Cell(numbers.between(stage.conversion, m.small_n), None, True),
                Cell(numbers.duration(dwell.median_us) if dwell else "–", None, True),
                Cell(numbers.duration(dwell.p90_us) if dwell else "–", None, True),
                Cell(plain(stage.rule)),
            )
        )
    head = (
        "Stage",
        "Reached",
        "Went on",
        "Left",
        "Still there",
        label(m.outcome_name),
        "Go on",
        "95% range",
        "Median time",
        "Nine in ten within",
        "Entered by",
    )
    return Table(f"Stages, in {m.unit}", head, tuple(rows))


def touchpoints(m: JourneyMap) -> Table:
    """One row a touchpoint in a stage."""
    rows = tuple(
        (
            Cell(label(stage.name)),
            Cell(label(touch.name)),
            Cell(label(touch.channel) if touch.channel else "–"),
            counted(meaning.touch(stage, touch)),
            Cell(numbers.share(touch.customers.n, stage.reached.n, m.small_n), None, True),
            Cell(mood(touch.mood), None, True),
            Cell(numbers.rate(touch.went_on, m.small_n), None, True),
        )
        for stage in m.stages
        for touch in stage.touches
    )
    head = ("Stage", "Touchpoint", "Channel", m.unit.capitalize(), "Share", "Mood", "Went on")
    return Table("Touchpoints, most reached first in each stage", head, rows)


def mood(value: Mood) -> str:
    """Write a mood with its range, or say that it is unknown.

    Examples
    --------
    >>> mood(Mood(40, 0.2, 0.1, 0.3)), mood(Mood(3, None, None, None))
    ('+0.20 (+0.10 to +0.30)', 'unknown (3 signals)')
    """
    if value.mean is None:
        return f"unknown ({numbers.plural(value.n, 'signals')})" if value.n else "unknown"
    if value.low is None or value.high is None:
        return numbers.mood(value.mean)
    return f"{numbers.mood(value.mean)} ({numbers.mood(value.low)} to {numbers.mood(value.high)})"


def frictions(m: JourneyMap) -> Table:
    """One row a friction, also those the map has no room for."""
    rows = []
    for friction in sorted(m.frictions, key=lambda f: f.rank):
        stage = m.stages[friction.stage].name if 0 <= friction.stage < len(m.stages) else ""
        money = friction.money_lost_micros
        rows.append(
            (
                Cell(str(friction.rank), None, True),
                Cell(label(stage)),
                Cell(plain(friction.title)),
                counted(meaning.lost(m, friction)),
                Cell(numbers.money(money, m.currency) if money else "–", None, True),
                Cell(plain(friction.statement)),
                Cell(plain(friction.cause)),
                Cell(", ".join(filter(None, [friction.evidence, friction.evidence_grade]))),
            )
        )
    head = (
        "Rank",
        "Stage",
        "Friction",
        "Lost",
        "Revenue so far",
        "What was seen",
        "Likely cause",
        "Evidence",
    )
    return Table("Frictions", head, tuple(rows))


def paths(m: JourneyMap, sankey: Sankey) -> tuple[Table, ...]:
    """One row a ribbon: from, to, how many, and their outcome."""
    rows, sankey = [], shown(sankey)
    for link in sorted(
        sankey.links,
        key=lambda link: (
            sankey.nodes[link.source].step,
            -link.customers.n,
            link.source,
            link.target,
        ),
    ):
        source, target = sankey.nodes[link.source], sankey.nodes[link.target]
        names = node_name(sankey, source), node_name(sankey, target)
        first, second = names if sankey.direction != "before" else names[::-1]
        rows.append(
            (
                Cell(str(source.step + 1), None, True),
                Cell(first),
                Cell(second),
                counted(meaning.on_link(link, target, first, second)),
                Cell(numbers.share(link.customers.n, sankey.customers.n, m.small_n), None, True),
                Cell(numbers.rate(link.outcome, m.small_n), None, True),
            )
        )
    head = ("Step", "From", "To", m.unit.capitalize(), "Of all at the start", label(m.outcome_name))
    return (Table("Moves from step to step", head, tuple(rows)),) if rows else ()


def counted(drill: Drill) -> Cell:
    """Write a count that opens its customers, where there are any and a key names them."""
    return Cell(numbers.count(drill.total), drill if drill.total and drill.key else None, True)
