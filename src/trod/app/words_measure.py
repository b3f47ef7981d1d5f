"""Retention, conformance and stalls as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trod.app.say import folded, grid, width
from trod.app.words_answer import told
from trod.events.counted import count, one_of
from trod.insights.wording import SMALL_N, duration, money, share
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.conformance import ConformanceResult, DeviationView
    from trod.analyses.retention import RetentionResult
    from trod.analyses.stall import StallResult, Threshold
    from trod.insights.standing import CustomerStanding

_CELL = 5
_UNKNOWN = "·"


def retention(found: Answer[RetentionResult]) -> str:
    """Tell the triangle: a line a cohort, a column a period since; the latest that fit."""
    data, one = found.data, one_of(units(found.unit))
    n = len(data.cohort)
    room = max(1, (width() - 24) // (_CELL + 2))
    some = [i for i in range(n) if data.size[i]]
    columns = min(room, max((n - i for i in some), default=1))
    rows = [["cohort", f"{one}s", *map(str, range(columns))]]
    for i in some:
        cells = [_cell(data, i, k) for k in range(min(columns, n - i))]
        rows.append([data.cohort[i], f"{data.size[i]:,}", *cells, *[""] * (columns - len(cells))])
    table = grid(rows, right=range(1, columns + 2), indent="")
    note = f"{_UNKNOWN} not yet known: the {data.grain} is not over."
    hidden = max((n - i for i in some), default=1) > columns
    more = f" Later {data.grain}s: --json, or a wider terminal." if hidden else ""
    return f"{table}\n\n{note}{more}\n{told(found, dated=True)}"


def _cell(data: RetentionResult, i: int, k: int) -> str:
    if not data.known[i, k]:
        return _UNKNOWN
    n, size = int(data.active[i, k]), int(data.size[i])
    return f"{n:,}" if size < SMALL_N else f"{n / size:.0%}"


def conformance(found: Answer[ConformanceResult]) -> str:
    """Tell who follows the path, and the deviations with what became of those who have them."""
    data, one = found.data, one_of(units(found.unit))
    part, whole, low, high = data.share
    path = folded("Intended: " + " > ".join(data.steps), more="  ")
    if not whole:
        said = f"Nobody has followed the path or deviated from it so far: {data.entered:,} entered."
        return f"{path}\n\n{said}\n{told(found, dated=True)}"
    head = (
        f"{share(part, whole)} follow it: {part:,} of {count(whole, one)}, 95% interval "
        f"{low:.0%} to {high:.0%}. {count(data.on_the_way, one)} on the way without deviation."
    )
    rows = [[f"{one}s", "deviation", "done with it", "without", "difference (95%)"]]
    rows += [_deviation(view) for view in data.deviations]
    table = grid(rows, right=[0, 2, 3, 4], indent="") if data.deviations else "No deviations."
    more = f" {count(data.n_others, 'rarer deviation')} not listed." if data.n_others else ""
    observed = "Differences are observed, not caused." + more
    return f"{path}\n\n{folded(head, more='')}\n\n{table}\n\n{observed}\n{told(found, dated=True)}"


def _deviation(view: DeviationView) -> list[str]:
    times = f" ({view.times / view.customers:.1f} times)" if view.times > view.customers else ""
    row = [f"{view.customers:,}", view.says + times]
    if view.after_us is None:
        return [*row, "", "", "left"]
    gap = view.difference
    said = "too few to tell"
    if gap is not None:
        said = f"{gap[0] * 100:+.0f} ({gap[1] * 100:+.0f} to {gap[2] * 100:+.0f}) points"
    return [*row, _of(*view.with_it), _of(*view.without), said]


def _of(part: int, whole: int) -> str:
    """Write a share with how many were compared: not those whom the row counts."""
    said = share(part, whole)
    return f"{said} of {whole:,}" if whole >= SMALL_N else said


def stuck(
    found: Answer[StallResult],
    listed: Sequence[CustomerStanding],
    *,
    stage: str | None,
    limit: int,
    everyone: bool,
    currency: str | None,
) -> str:
    """Tell each stage's threshold, then the customers."""
    data, one = found.data, one_of(units(found.unit))
    lines = []
    for s, name in enumerate(data.stage):
        if stage in {None, name} and data.there[s]:
            lines.append(folded(_stage(found, s), more="  "))
    if not lines:
        lines.append(f"No {one} is on the way{f' in {stage}' if stage else ''}.")
    shown = listed[:limit]
    if shown:
        head = [one, "stage", "days", "stuck after", "last touchpoint", "on", "value"]
        rows = [[*head, "standing"] if everyone else head]
        rows += [_row(each, currency, everyone=everyone) for each in shown]
        lines += ["", grid(rows, right=[2, 3, 6], indent="")]
        if len(listed) > len(shown):
            lines.append(f"{len(listed) - len(shown):,} more; --limit shows more, --csv all.")
    return "\n".join([*lines, "", told(found, dated=True)])


def _stage(found: Answer[StallResult], s: int) -> str:
    data, limit = found.data, found.data.threshold[s]
    name, there = data.stage[s], int(data.there[s])
    if limit is None:
        return (
            f"{name}: {there:,} there. Cannot tell who is stuck: {data.went_on[s]:,} went on, 30 "
            "are needed."
        )
    on_track, behind, stuck_now, _ = data.standing[s].tolist()
    return (
        f"{name}: {stuck_now:,} of {there:,} stuck, {behind:,} behind, {on_track:,} on track. "
        f"Stuck after {duration(limit.stuck_us)} ({_between(limit)}): {limit.chance:.0%} of those "
        f"who enter ever go on, {limit.chance_stuck:.0%} of those still there then."
    )


def _between(limit: Threshold) -> str:
    low = duration(limit.low_us)
    high = "longer" if limit.high_us is None else duration(limit.high_us)
    return f"95% interval {low} to {high}" if low != high else "nearly all at the same time"


def _row(each: CustomerStanding, currency: str | None, *, everyone: bool) -> list[str]:
    from trod.journeys.label import readable

    value = "" if each.value_micros is None else money(each.value_micros, currency)
    row = [
        each.customer,
        each.stage,
        f"{each.waited_us // 86_400_000_000:,}",
        "" if each.stuck_us is None else f"{each.stuck_us / 86_400_000_000:,.0f}",
        readable(each.last_touchpoint),
        each.last_day,
        value,
    ]
    return [*row, each.standing] if everyone else row
