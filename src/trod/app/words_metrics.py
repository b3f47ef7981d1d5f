"""Metrics and baselines as a terminal tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trod.analyses.spec import SHARES
from trod.app.hints import located
from trod.app.say import folded, grid
from trod.events.counted import count
from trod.insights.wording import duration, money

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.metrics.against import Change
    from trod.analyses.metrics.figure import Figure
    from trod.analyses.metrics.measure import Measured, MetricsResult
    from trod.workspace.baselines import Baseline, Frozen, StageChange


def metrics(found: Answer[MetricsResult], changes: Mapping[str, Change] | None = None) -> str:
    """Tell metrics, a line each; with what they were where a baseline is given."""
    told = found.data.metrics
    head = ["metric", "now", "95% interval", "n", "period", "target", "status", "owner"]
    if changes is not None:
        head = ["metric", "now", "95% interval", "n", "difference (95%)", "against then"]
    rows = [head, *(_row(each, changes) for each in told)]
    lines = [grid(rows, right=[1, 2, 3], indent="")]
    for each in told:
        if each.series:
            lines += ["", f"{each.name}:", grid(_series(each), right=[1, 2, 3])]
    lines.append("")
    lines += [folded(f"{each.name}: {_meaning(each)}", more="  ") for each in told]
    lines.append("")
    as_of = f"As of {found.as_of:%Y-%m-%d} ({found.zone})."
    lines.append(folded(" ".join([as_of, found.method, *found.warnings]), more=""))
    return "\n".join(lines)


def _row(each: Measured, changes: Mapping[str, Change] | None) -> list[str]:
    figure = each.figure
    row = [each.name, shown(each, figure.value), _interval(each, figure), f"{figure.n:,}"]
    if changes is None:
        better = {"up": "at least", "down": "at most"}[each.better]
        target = "" if each.target is None else f"{better} {shown(each, each.target)}"
        return [*row, figure.period, target, each.status, each.owner or ""]
    change = changes.get(each.name)
    if change is None:
        return [*row, "", "not in the baseline"]
    return [*row, _change(each, change), change.word]


def _change(each: Measured, change: Change) -> str:
    if change.difference is None:
        return ""
    text = _signed(each, change.difference)
    if change.low is None or change.high is None:
        return text
    return f"{text} ({_signed(each, change.low)} to {_signed(each, change.high)})"


def _signed(each: Measured, value: int) -> str:
    """Say a difference: of shares in points, of the rest in its unit."""
    if each.kind in SHARES:
        return f"{value / 10_000:+.1f} points"
    sign = "-" if value < 0 else "+"
    return sign + shown(each, abs(value))


def shown(each: Measured | Frozen, value: int | None) -> str:
    """Say a figure in the unit of its kind.

    Parameters
    ----------
    each
        The metric.
    value
        Millionths of its unit, or microseconds of a time.
    """
    if value is None:
        return "not known"
    if each.kind in SHARES:
        return f"{value / 10_000:.1f}%"
    if each.kind == "time_to_value":
        return duration(value)
    if each.kind in {"revenue", "arpu"}:
        return money(value, each.unit if len(each.unit) == 3 else None)
    return f"{value / 1_000_000:.1f}"


def _interval(each: Measured | Frozen, figure: Figure | Frozen) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{shown(each, figure.low)} to {shown(each, figure.high)}"


def _series(each: Measured) -> list[list[str]]:
    return [[f.period, shown(each, f.value), _interval(each, f), f"{f.n:,}"] for f in each.series]


def _meaning(each: Measured) -> str:
    return " ".join([each.definition, f"= {each.formula}.", *each.notes])


def kept(baselines: Sequence[Baseline]) -> str:
    """List baselines, a line each."""
    if not baselines:
        return located("No baseline is kept. `trod baseline freeze NAME` keeps one.")
    rows = [["baseline", "made", "as of", "days", "metrics", "stages", "data"]]
    for each in baselines:
        days = f"{each.first_day or 'first'} to {each.last_day or 'last'}"
        sizes = str(len(each.metrics)), str(len(each.stages))
        rows.append([each.name, each.made[:10], each.as_of_day, days, *sizes, each.data])
    return grid(rows, right=[4, 5], indent="")


def baseline(each: Baseline) -> str:
    """Tell one baseline: its figures, and the stages as they were."""
    lines = [f"{each.name}, made {each.made[:10]}, as of {each.as_of_day}, data {each.data}"]
    if each.metrics:
        rows = [["metric", "value", "95% interval", "n", "period", "definition"]]
        for m in each.metrics:
            value = shown(m, m.value)
            rows.append([m.name, value, _interval(m, m), f"{m.n:,}", m.period, m.fingerprint])
        lines += ["", grid(rows, right=[1, 2, 3], indent="")]
    if each.stages:
        rows = [[each.journey or "", "reached", "went on", "left", "still there", "done"]]
        for s in each.stages:
            counts = (s.reached, s.went_on, s.left, s.still_there, s.done)
            rows.append([s.stage, *(f"{n:,}" for n in counts)])
        lines += ["", grid(rows, right=range(1, 6), indent="")]
    return "\n".join(lines)


def stages(before: Baseline, found: Mapping[str, StageChange] | Sequence[str]) -> str:
    """Tell how the stages of today differ from frozen ones."""
    if not isinstance(found, Mapping):
        said = f"The stages of {before.journey} are not compared: {', '.join(found)} changed since."
        return folded(said, more="")
    rows = [[before.journey or "", "reached now", "then", "difference (95%)", "against then"]]
    for stage, (now, then, change) in found.items():
        gap = [f"{(x or 0) / 10_000:+.1f}" for x in (change.difference, change.low, change.high)]
        known = change.low is not None
        difference = f"{gap[0]} points ({gap[1]} to {gap[2]})" if known else ""
        row = [_share(now), _share(then), difference, change.word]
        rows.append([stage, *(row if len(rows) > 1 else [*row[:2], "", ""])])
    told = "Of all who entered, those of the baseline among them, whatever --from says."
    return "\n".join(["", grid(rows, right=[1, 2], indent=""), folded(told, more="")])


def told_stages(found: Mapping[str, StageChange] | Sequence[str]) -> dict[str, Any]:
    """Give the same for programs."""
    if not isinstance(found, Mapping):
        return {"word": "definition changed", "parts": list(found)}
    return {
        stage: {"now": now.value, "then": then.value, **change._asdict()}
        for stage, (now, then, change) in found.items()
    }


def _share(figure: Figure) -> str:
    return "" if figure.value is None else f"{figure.value / 10_000:.1f}%"


def changed(each: Baseline, gone: Mapping[str, Sequence[str]], *, overlaps: bool) -> str:
    """Say what a comparison with a baseline must be read with."""
    said = [f"Against {each.name}, as of {each.as_of_day}."]
    if gone:
        names = [f"{name} ({', '.join(parts)})" for name, parts in gone.items()]
        said.append(
            f"{count(len(names), 'metric')} changed in definition since and cannot be compared: "
            f"{', '.join(names)}."
        )
    if overlaps:
        said.append(
            "The figures now include the customers of the baseline: --from a day after it compares "
            "only those who came later."
        )
    return folded(" ".join(said), more="")
