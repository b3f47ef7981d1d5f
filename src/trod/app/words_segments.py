"""Segments as a terminal tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.app.hints import located
from trod.app.say import folded, grid, strong
from trod.events.counted import plural
from trod.figures import numbers

if TYPE_CHECKING:
    from trod.insights.segments_view import Contrast, NewRow, SegmentRow, SegmentsView
    from trod.workspace.segmented import Compared


def segments(view: SegmentsView) -> str:
    """Tell every segment, and what is new."""
    lines = [strong(folded(f"{view.title}."))]
    for row in view.segments:
        lines += ["", *_segment(view, row)]
    if view.segments:
        lines += ["", _ends(view)]
    lines += ["", *(folded(remark) for remark in view.remarks)]
    lines += [folded(change) for change in view.changes]
    now = [one for one in view.rising if one.now]
    lines += ["", *_rising(now)]
    if view.segments:
        first = view.segments[0].id
        lines += ["", folded(view.note), located(f"Their map: trod map --segment {first}")]
    return "\n".join(lines)


def _segment(view: SegmentsView, row: SegmentRow) -> list[str]:
    held = numbers.rate(row.holds, view.small_n)
    other = numbers.rate(row.elsewhere, view.small_n)
    said = f"{row.meaning}: true of {held} of them, and of {other} of the others."
    return [
        f"{row.id}  {strong(row.name)}, {plural(row.members.n, view.unit)}",
        folded(said, indent="    ", more="    "),
    ]


def _ends(view: SegmentsView) -> str:
    rows = [["", view.unit, "left", "95% range", "done", "95% range"]]
    for row in (*view.segments, view.none, view.everyone):
        shares = [
            text
            for share in (row.left, row.done)
            for text in (numbers.rate(share, view.small_n), numbers.between(share, view.small_n))
        ]
        name = "everyone" if row is view.everyone else row.id
        rows.append([name, numbers.count(row.members.n), *shares])
    return grid(rows, right=range(1, 6), indent="")


def _rising(now: list[NewRow]) -> list[str]:
    if not now:
        return ["Nothing new among the newcomers of the last two months."]
    lines = ["New among newcomers (at most one in twenty of such lines is chance):"]
    for one in now:
        then = f"{one.then.part:,} of {one.then.whole:,} newcomers in {one.since}"
        before = f"{one.before.part:,} of {one.before.whole:,} before"
        lines.append(folded(f"{one.id}  {one.words}: {then}, {before}.", more="    "))
    return lines


def compared(both: Compared) -> str:
    """Tell two segments side by side, a line each figure."""
    a, b = both.a, both.b
    head = ["", a.id, b.id, "difference", "95% range", "n"]
    rows = [head, *(_contrast(row) for row in both.rows if row.a is not None or row.b is not None)]
    named = [f"{row.id}  {row.name}, {row.members.n:,}" for row in (a, b)]
    note = (
        f"* the range leaves out zero: of {len(rows) - 1} lines, one in twenty would by chance. "
        "Observed; may not be the cause."
    )
    return "\n".join([*named, "", grid(rows, right=[1, 2, 3, 4, 5], indent=""), "", folded(note)])


def _contrast(row: Contrast) -> list[str]:
    n = f"{row.n[0]:,} | {row.n[1]:,}"
    if row.difference is None or row.low is None or row.high is None:
        return [row.what, _value(row, row.a), _value(row, row.b), "", "", n]
    star = " *" if row.apart else ""
    spread = f"{_gap(row, row.low)} to {_gap(row, row.high)}"
    return [
        row.what, _value(row, row.a), _value(row, row.b), _gap(row, row.difference) + star, spread,
        n,
    ]  # fmt: skip


def _value(row: Contrast, value: float | None) -> str:
    if value is None:
        return "not known"
    if row.kind == "time":
        return numbers.duration(int(value))
    return numbers.percent(value) if row.kind == "share" else numbers.mood(value)


def _gap(row: Contrast, value: float) -> str:
    sign = "-" if value < 0 else "+"
    if not value:
        return "0"
    if row.kind == "time":
        return sign + numbers.duration(int(abs(value)))
    if row.kind == "share":
        return f"{sign}{abs(value) * 100:.0f} points"
    return f"{sign}{abs(value):.2f}"
