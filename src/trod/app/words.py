"""A journey map as a terminal tells it: terse, in plain words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from trod.app.say import grid

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.funnel import FunnelResult
    from trod.analyses.sankey import SankeyResult
    from trod.analyses.variants import PathsResult
    from trod.insights.journey_map import Friction, JourneyMap
    from trod.workspace.timeline import Moment, Timeline

_WIDTH = 96


def headline(data: JourneyMap) -> str:
    """Give the one sentence of the map."""
    return "".join(text for text, _ in data.headline)


def frictions(data: JourneyMap, *, most: int | None = None) -> str:
    """Tell the frictions, the most recoverable first."""
    if not data.frictions:
        return "No friction found: nothing stands out against the rest."
    return "\n".join(_friction(friction, data) for friction in data.frictions[:most])


def _friction(friction: Friction, data: JourneyMap) -> str:
    stage = data.stages[friction.stage].name
    lines = [f"{friction.rank}. {friction.title} ({stage})", *_wrapped(friction.statement)]
    low, high = friction.value_of_recovery
    if high > 0:
        lines.append(f"   Worth {low:,.0f} to {high:,.0f} {data.unit} kept; {friction.evidence}.")
    return "\n".join(lines)


def evidence(data: JourneyMap) -> str:
    """Tell each friction with everything a sceptic asks."""
    parts = []
    for friction in data.frictions:
        lines = [_friction(friction, data)]
        lines += _wrapped(f"Likely cause (hypothesis): {friction.cause}")
        if friction.since:
            lines.append(f"   Since {friction.since}.")
        for name, lost, on in friction.before[:3]:
            lines.append(
                f"   Before it, {name}: {lost.part:,} of {lost.whole:,} who left, "
                f"{on.part:,} of {on.whole:,} who went on."
            )
        for quote in friction.quotes[:2]:
            lines += _wrapped(f"“{quote.text}” ({quote.touchpoint}, {quote.when})")
        moves = [move for move in data.moves if move.friction == friction.rank]
        for move in moves[:1]:
            lines += _wrapped(f"Next move: {move.sentence}")
            lines += _wrapped(f"Not if: {move.when_not} Measure: {move.measure}")
        lines += _wrapped(f"How: {friction.recovery_formula}")
        lines.append(f"   Who: trod export customers --where '{friction.lost.key}'")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="   ", subsequent_indent="   ")


def funnel(found: Answer[FunnelResult]) -> str:
    """Tell a funnel, a line a step."""
    data = found.data
    rows = [["step", "reached", "of step before", "of first", "median time"]]
    for i, step in enumerate(data.step):
        spent = data.time[i]
        rows.append(
            [
                step,
                f"{int(data.reached[i]):,}",
                "" if i == 0 else _share(int(data.reached[i]), int(data.reached[i - 1])),
                _share(int(data.reached[i]), int(data.reached[0])),
                "" if spent is None else _length(spent.median_us),
            ]
        )
    return f"{grid(rows, right=[1, 2, 3, 4], indent='')}\n\n{_told(found)}"


def paths(found: Answer[PathsResult]) -> str:
    """Tell the most frequent paths, and all others as one."""
    table = found.data.columns()
    rows = [["customers", "share", "outcome", "path"]]
    for path, n, outcome in zip(table["path"], table["customers"], table["outcome"], strict=True):
        rows.append([f"{n:,}", _share(n, found.data.total), _share(outcome, n), path])
    return f"{grid(rows, right=[0, 1, 2], indent='')}\n\n{_told(found)}"


def steps(found: Answer[SankeyResult]) -> str:
    """Tell what customers did, step by step."""
    table = found.data.columns()
    names = list(table)
    rows = [names, *([_cell(v) for v in row] for row in zip(*table.values(), strict=True))]
    numbers = [i for i, name in enumerate(names) if name not in {"touchpoint", "from", "to"}]
    return f"{grid(rows, right=numbers, indent='')}\n\n{_told(found)}"


def _told(found: Answer[FunnelResult] | Answer[PathsResult] | Answer[SankeyResult]) -> str:
    window = f" Within {found.window}." if found.window else ""
    return " ".join([f"{found.population}: {found.n:,}.{window}", found.method, *found.warnings])


def timeline(told: Timeline) -> str:
    """Tell one customer's touchpoints in order, day by day."""
    lines = [f"{told.customer} ({told.unit}, times in {told.zone})"]
    lines += [f"  {kind}: {value}" for kind, value in (*told.ids, *told.attributes)]
    stage: str | None = None
    day = ""
    for moment in told.moments:
        if moment.stage is not None and moment.stage != stage:
            lines.append(f"\n{moment.stage}")
            stage, day = moment.stage, ""
        date, clock = moment.time[:10], moment.time[11:16]
        lines.append(f"  {date if date != day else ' ' * 10} {clock}  {_moment(moment, told)}")
        day = date
        if moment.text:
            lines += textwrap.wrap(
                f"“{moment.text}”",
                _WIDTH,
                initial_indent=" " * 21,
                subsequent_indent=" " * 21,
            )
    return "\n".join(lines)


def _moment(moment: Moment, told: Timeline) -> str:
    from trod.insights.wording import money
    from trod.journeys.label import readable

    facts = [moment.channel or moment.source]
    if moment.score is not None:
        facts.append(f"mood {moment.score / 1000:+.1f}")
    if moment.value_micros is not None:
        facts.append(money(moment.value_micros, told.currency))
    return f"{readable(moment.touchpoint):<28} {', '.join(facts)}"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value:,}"


def _share(part: int, whole: int) -> str:
    from trod.insights.wording import share

    return share(part, whole)


def _length(time_us: int) -> str:
    from trod.insights.wording import duration

    return duration(time_us)
