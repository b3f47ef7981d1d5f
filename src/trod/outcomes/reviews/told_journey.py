"""Metrics, frictions, stages and what is used, as parts of a review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.analyses.metrics.measure import Measured
from trod.analyses.spec import SHARES
from trod.insights.journey_map import Friction, JourneyMap, Rate, StageView
from trod.insights.wording import SMALL_N, duration, money, share
from trod.journeys.label import readable, units
from trod.outcomes.reviews.review import Item, Reported, Row, Section

MOST: Final = 5
_USED: Final = 3
"""Touchpoints of a stage that are listed."""


def headline(m: JourneyMap) -> str:
    """Say where to act first, as the map says it."""
    return "".join(piece.text for piece in m.headline)


def record(m: JourneyMap) -> str:
    """Say what time the whole record is."""
    return f"{m.first_day} to {m.as_of}"


def metrics(found: Sequence[Measured], m: JourneyMap) -> Section:
    """Tell the metrics of trod.yml; those of the journey of the map open their customers."""
    when = record(m)
    rows = tuple(
        Row(
            f"metric/{one.name}/{one.figure.period}",
            (
                one.name,
                _metric(one, m),
                _target(one),
                one.status.capitalize(),
                one.owner or "nobody",
                _basis(one, when),
            ),
        )
        for one in found
    )
    return Section(
        "metrics",
        "Metrics",
        "Each over the time that stands beside it, with its 95% interval.",
        head=("Metric", "Now", "Target", "Status", "Owner", "Of whom, when"),
        rows=rows,
        none="No metric is declared: add some under `metrics:` in trod.yml.",
    )


def _metric(one: Measured, m: JourneyMap) -> Reported:
    figure = one.figure
    span = ""
    if figure.low is not None and figure.high is not None:
        span = f"{_shown(one, figure.low)} to {_shown(one, figure.high)}"
    mine = units(one.whom) == m.unit and one.journey in (None, m.journey)
    where, total = (figure.part_key, figure.part) if figure.part_key and mine else ("", 0)
    key = f"figure/metric/{one.name}/{figure.period}"
    basis = _basis(one, record(m))
    value = _shown(one, figure.value)
    return Reported(key, one.name, value, span, basis, _meaning(one), where, total)


def _meaning(one: Measured) -> str:
    return f"{one.definition} = {one.formula}."


def _basis(one: Measured, record: str) -> str:
    counted = "answers" if one.kind in {"nps", "csat", "ces"} else units(one.whom)
    when = record if one.figure.period == "all" else one.figure.period
    return f"n {one.figure.n:,} {counted}, {when}"


def _target(one: Measured) -> str:
    if one.target is None:
        return "none"
    return f"{'at least' if one.better == 'up' else 'at most'} {_shown(one, one.target)}"


def _shown(one: Measured, value: int | None) -> str:
    if value is None:
        return "not known"
    if one.kind in SHARES:
        return f"{value / 10_000:.1f}%"
    if one.kind == "time_to_value":
        return duration(value)
    if one.kind in {"revenue", "arpu"}:
        return money(value, one.unit if len(one.unit) == 3 else None)
    return f"{value / 1_000_000:.1f}"


def friction(m: JourneyMap) -> Section:
    """Tell where customers are lost, that which would keep most first."""
    ordered = sorted(m.frictions, key=lambda one: (-sum(one.value_of_recovery), one.rank))
    items = tuple(_friction(m, one) for one in ordered[:MOST])
    return Section(
        "friction",
        f"Where {m.unit} are lost",
        "Ranked by how many mending would keep at most; the pins of the map by what is at stake. "
        f"{_whole(m)}",
        items,
        none="No friction stands out.",
    )


def _whole(m: JourneyMap) -> str:
    return f"{m.entered.n:,} {m.unit} entered, {record(m)}."


def _friction(m: JourneyMap, one: Friction) -> Item:
    stage = readable(m.stages[one.stage].name)
    about = f"{m.stages[one.stage].name}/{one.touchpoint or one.title}"
    move = next((each for each in m.moves if each.friction == one.rank), None)
    lines = [one.statement, f"Likely cause, a hypothesis: {one.cause}" if one.cause else ""]
    lines.append(f"Do: {move.sentence}" if move else "")
    lines.append(f"{one.evidence}, {one.evidence_grade}.")
    view = m.stages[one.stage]
    figures = [_left(m, view)] if one.lost.n == view.left.n else []
    low, high = one.value_of_recovery
    if high > 0:
        kept = Reported(
            f"figure/recovery/{about}",
            f"At most kept, {one.title} ({stage})",
            f"{low:,.0f} to {high:,.0f} {m.unit}",
            "",
            f"80% range, over the whole record, {record(m)}",
            f"{one.recovery_formula}.",
        )
        figures.append(kept)
    said = tuple(line for line in lines if line)
    return Item(f"friction/{about}", f"{one.title} ({stage})", said, "", "worse", tuple(figures))


def _left(m: JourneyMap, one: StageView) -> Reported:
    name = readable(one.name)
    basis = f"of {one.reached.n:,} {m.unit} who reached {name}, {record(m)}"
    return Reported(
        f"figure/left/{one.name}",
        f"Left in {name}",
        f"{one.left.n:,}",
        "",
        basis,
        f"{m.left_rule[:1].upper()}{m.left_rule[1:]}.",
        one.left.key,
        one.left.n,
    )


def stages(m: JourneyMap) -> Section:
    """Tell how many went on from each stage, and how long that took."""
    rows = tuple(_stage(m, one) for one in m.stages)
    return Section(
        "stages",
        "Stage by stage",
        f"Who reached each stage and went on; 95% intervals. {_whole(m)}",
        head=("Stage", "Reached", "Went on", "Left", "Still there", "Median time"),
        rows=rows,
        none="No stages yet.",
    )


def _stage(m: JourneyMap, one: StageView) -> Row:
    name, when = readable(one.name), record(m)
    of = f"of {one.conversion.whole:,} {m.unit}, {when}"
    value, span = _rate(one.conversion)
    return Row(
        f"stage/{one.name}",
        (
            name,
            _count(f"reached/{one.name}", f"Reached {name}", one.reached.n, one.reached.key, when),
            Reported(f"figure/went on/{one.name}", f"Went on from {name}", value, span, of),
            _left(m, one),
            _count(
                f"open/{one.name}", f"Still in {name}", one.still_there.n, one.still_there.key, when
            ),
            "not known" if one.dwell is None else duration(one.dwell.median_us),
        ),
    )


def _count(key: str, name: str, n: int, where: str, when: str) -> Reported:
    return Reported(f"figure/{key}", name, f"{n:,}", "", when, "", where, n)


def _rate(rate: Rate) -> tuple[str, str]:
    """Write a share with its interval; a count where fewer than 30 stand behind it."""
    if rate.whole < SMALL_N:
        return share(rate.part, rate.whole), ""
    return f"{rate.share:.1%}", f"{rate.low:.1%} to {rate.high:.1%}"


def adoption(m: JourneyMap) -> Section:
    """Tell what customers use in each stage: the touchpoints that most of them have."""
    rows = [
        Row(
            f"used/{one.name}/{touch.name}",
            (
                readable(one.name),
                readable(touch.name),
                Reported(
                    f"figure/used/{one.name}/{touch.name}",
                    f"{readable(touch.name)} in {readable(one.name)}",
                    share(touch.customers.n, one.reached.n),
                    "",
                    f"{touch.customers.n:,} of {one.reached.n:,} {m.unit}, {record(m)}",
                    "",
                    touch.customers.key,
                    touch.customers.n,
                ),
                f"{touch.customers.n:,} of {one.reached.n:,}",
                " ".join(_with_range(*_rate(touch.went_on))),
            ),
        )
        for one in m.stages
        for touch in one.touches[:_USED]
    ]
    return Section(
        "adoption",
        f"What {m.unit} use",
        f"The touchpoints that most had in each stage. Observed: an association. {_whole(m)}",
        head=("Stage", "Touchpoint", "Share", "Had it, of those there", "Of them went on"),
        rows=tuple(rows),
        none="No touchpoint yet.",
    )


def _with_range(value: str, span: str) -> list[str]:
    return [value, f"({span})"] if span else [value]
