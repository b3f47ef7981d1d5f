"""A journey map as a terminal tells it: terse, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.app.hints import here
from trod.app.say import folded, grid, width
from trod.app.words_answer import told
from trod.events.counted import count, plural
from trod.insights.wording import SMALL_N, duration, money, share
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.funnel import FunnelResult
    from trod.analyses.variants import PathsResult
    from trod.insights.journey_map import Friction, JourneyMap
    from trod.workspace.timeline import Moment, Timeline

_INDENT = "   "
_NAME = 28
_NARROW = 60  # columns from which money fits beside paths
_WIDE = 80  # columns from which an interval fits beside its figures


def headline(data: JourneyMap) -> str:
    """Give the one sentence of the map."""
    return "".join(piece.text for piece in data.headline)


def frictions(data: JourneyMap, *, most: int | None = None) -> str:
    """Tell the frictions, the most recoverable first."""
    if not data.frictions:
        return "No friction found: nothing stands out against the rest."
    return "\n".join(_friction(friction, data) for friction in data.frictions[:most])


def _friction(friction: Friction, data: JourneyMap) -> str:
    stage = data.stages[friction.stage].name
    title = folded(f"{friction.rank}. {friction.title} ({stage})", more=_INDENT)
    lines = [title, *_wrapped(friction.statement)]
    low, high = friction.value_of_recovery
    if high > 0:
        lines += _wrapped(f"Worth {low:,.0f} to {high:,.0f} {data.unit} kept; {friction.evidence}.")
    return "\n".join(lines)


def evidence(data: JourneyMap) -> str:
    """Tell each friction with everything a sceptic asks."""
    from trod.insights.drill import command
    from trod.journeys.label import readable

    parts = []
    for friction in data.frictions:
        lines = [_friction(friction, data)]
        lines += _wrapped(f"Likely cause (hypothesis): {friction.cause}")
        if friction.since:
            lines += _wrapped(f"Since {friction.since}.")
        for name, lost, on in friction.before[:3]:
            lines += _wrapped(
                f"Before it, {readable(name)}: {lost.part:,} of {lost.whole:,} who left, "
                f"{on.part:,} of {on.whole:,} who went on."
            )
        for quote in friction.quotes[:2]:
            lines += _wrapped(f"“{quote.text}” ({readable(quote.touchpoint)}, {quote.when})")
        moves = [move for move in data.moves if move.friction == friction.rank]
        for move in moves[:1]:
            lines += _wrapped(f"Next move: {move.sentence}")
            lines += _wrapped(f"Not {move.when_not} Measure: {move.measure}")
        lines += _wrapped(f"How: {friction.recovery_formula}")
        lines.append(f"   Who: {here(command(data, friction.who.key))}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _wrapped(text: str) -> list[str]:
    return [folded(text, indent=_INDENT, more=_INDENT)]


def funnel(found: Answer[FunnelResult]) -> str:
    """Tell a funnel, a line a step."""
    data = found.data
    rows = [["step", units(found.unit), "lost", "of step before", "95% interval", "median time"]]
    for i, step in enumerate(data.step):
        spent = data.time[i]
        before = int(data.reached[i - 1]) if i else 0
        rows.append(
            [
                _name(step),
                f"{int(data.reached[i]):,}",
                f"{before - int(data.reached[i]):,}" if i else "",
                share(int(data.reached[i]), before) if i else "",
                f"{data.low[i]:.0%} to {data.high[i]:.0%}" if before >= SMALL_N else "",
                "" if spent is None else duration(spent.median_us),
            ]
        )
    if width() < _WIDE or int(data.reached[0]) < SMALL_N:
        rows = [[*row[:4], row[5]] for row in rows]
    first, last = int(data.reached[0]), int(data.reached[-1])
    whom = plural(first, units(found.unit))
    did = f"{last:,}" if first < SMALL_N else share(last, first)
    whole = f"{did} of {whom} did all of it"
    timed = data.total is not None and len(data.step) > 1
    whole += f", in {duration(data.total.median_us)} (median)." if timed and data.total else "."
    table = grid(rows, right=range(1, len(rows[0])), indent="")
    return f"{table}\n\n{folded(whole, more='')}\n{told(found)}"


def paths(found: Answer[PathsResult], currency: str | None) -> str:
    """Tell the most frequent paths, and all others as one."""
    data = found.data
    others = count(data.n_other_paths, "other path") if data.n_other_paths else ""
    shown = [" > ".join(map(_readable, path)) for path in data.path] + [others]
    sizes = [*data.customers.tolist(), data.other_customers]
    ended = [*data.outcome.tolist(), data.other_outcome]
    each = data.money_each_micros
    rows = [[units(found.unit), "share", "went well", "money each", "path"]]
    for path, n, outcome, micros in zip(shown, sizes, ended, each, strict=True):
        if micros is not None:
            spent = money(micros, currency)
            rows.append([f"{n:,}", share(n, data.total), share(outcome, n), spent, path])
    if not any(each) or width() < _NARROW:
        rows = [[*row[:3], row[4]] for row in rows]
    at = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    lines = []
    for row in rows:
        head = "  ".join(cell.rjust(size) for cell, size in zip(row[:-1], at, strict=True))
        lines.append(folded(f"{head}  {row[-1]}", more=" " * (len(head) + 4), keep=True))
    said = "Went well: completed the journey." if any(ended) else ""
    said += " Money each: all that is on record for a customer." if "money each" in rows[0] else ""
    return "\n".join([*lines, "", told(found, said)])


def _readable(name: str) -> str:
    """Show a touchpoint as maps do; ends, which stand in brackets, as they are."""
    from trod.journeys.label import readable

    return name if name.startswith("(") else readable(name)


def _name(name: str) -> str:
    """Show a touchpoint so that a table of them fits into the line."""
    text, most = _readable(name), max(20, width() - 58)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def timeline(told: Timeline) -> str:
    """Tell one customer's touchpoints in order, day by day."""
    n = count(len(told.moments), "touchpoint")
    lines = [f"{told.customer} ({told.unit}, {n}, times in {told.zone})"]
    lines += [
        folded(f"{kind}: {value}", indent="  ", more="    ")
        for kind, value in (*told.ids, *told.attributes)
    ]
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
            set_in = " " * min(21, width() // 4)
            lines.append(folded(f"“{moment.text}”", indent=set_in, more=set_in))
    return "\n".join(lines)


def _moment(moment: Moment, told: Timeline) -> str:
    from trod.journeys.label import readable

    facts = [moment.channel or moment.source]
    if moment.score is not None:
        facts.append(f"mood {moment.score / 1000:+.1f}")
    if moment.value_micros is not None:
        facts.append(money(moment.value_micros, told.currency))
    return f"{readable(moment.touchpoint):<{_NAME}} {', '.join(facts)}"
