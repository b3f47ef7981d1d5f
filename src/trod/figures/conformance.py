"""The intended path as a line of steps, and the ways of leaving it with what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import ceil
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label, plain
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.text import Face, fit, width
from trod.insights.conformity import Conformity, DeviationRow, Difference
from trod.insights.journey_map import Rate

WIDE: Final = 1340.0
ROW: Final = 34.0
MOST: Final = 9
_PATH, _BAR, _HEAD = 24.0, 92.0, 168.0
_NAME = Face(13.5)
_BARS, _BARS_WIDE = 330.0, 190.0
_WITH, _WITHOUT = 660.0, 770.0
_PLOT, _PLOT_END = 850.0, 1310.0
MOST_STEPS: Final = 12


def conformance_figure(view: Conformity) -> Figure:
    """Make the figure of an intended path."""
    shown = view.deviations[:MOST]
    hidden = len(view.deviations) - len(shown) + view.n_others
    rarer = f" {numbers.plural(hidden, 'rarer deviations')} not drawn." if hidden else ""
    return Figure(
        name="conformance",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. {numbers.count(view.follows.n)} {view.unit} follow,"
        f" {numbers.count(view.deviates.n)} deviate, {numbers.count(view.on_the_way.n)} are on the"
        " way. The table below has every deviation.",
        wide=WIDE,
        high=_HEAD + ROW * len(shown) + 4 if shown else _BAR + 40,
        draw=lambda links: _draw(view, shown, links),
        tables=_tables(view),
        records=_records(view),
        data=asdict(view),
        note=view.note + rarer,
        least=1180.0,
        empty="" if view.steps else "No path yet. Declare stages, or `intended:`, in trod.yml.",
    )


def _draw(view: Conformity, shown: tuple[DeviationRow, ...], links: Links) -> Markup:
    return join(
        _steps(view),
        _groups(view, links),
        *(_heads(view, shown) if shown else ()),
        *(_row(view, row, _HEAD + i * ROW, shown, links) for i, row in enumerate(shown)),
    )


def _steps(view: Conformity) -> Markup:
    """Draw the path: steps on one straight line."""
    steps = view.steps[:MOST_STEPS]
    more = len(view.steps) - len(steps)
    names = [label(step) for step in steps] + ([f"+{more} more"] if more else [])
    pitch = WIDE / max(len(names), 1)
    xs = [pitch * (i + 0.5) for i in range(len(names))]
    parts = [el("line", x1=xs[0], x2=xs[-1], y1=_PATH, y2=_PATH, class_="pathl")] if xs else []
    for x, name in zip(xs, names, strict=True):
        parts += [
            el("circle", cx=x, cy=_PATH, r=7, class_="pathd"),
            el("text", fit(name, Face(12, 600), pitch - 12), x=x, y=_PATH + 24, class_="nl c"),
        ]
    return join(*parts)


def _groups(view: Conformity, links: Links) -> Markup:
    """Draw who follows, who deviates and who is on the way as parts of one bar."""
    share = numbers.rate(view.share, view.small_n)
    spread = numbers.between(view.share, view.small_n)
    follow = f"{numbers.count(view.follows.n)} follow it · {share}"
    groups = (
        (view.follows, follow + (f" ({spread})" if spread else ""), "to-done", "Follow the path"),
        (view.deviates, f"{numbers.count(view.deviates.n)} deviate", "dev", "Deviate"),
        (view.on_the_way, f"{numbers.count(view.on_the_way.n)} on the way", "fb", "On the way"),
    )
    whole = sum(count.n for count, *_ in groups)
    x, free, parts = 0.0, 0.0, []
    for count, said, tone, title in groups:
        wide = WIDE * count.n / whole if whole else 0.0
        if not count.n:
            continue
        long = width(said, Face(12, 600))
        at = min(max(x, free), WIDE - long)
        free = at + long + 16
        parts.append(
            links.mark(
                Drill(count.key, title, _MEANING[title], count.n),
                Tip(title, ((view.unit.capitalize(), numbers.count(count.n)),)),
                el("rect", x=x, y=_BAR - 22, width=max(wide, 1.0), height=36, class_="hit"),
                el("text", said, x=at, y=_BAR - 7, class_="sh"),
                el("rect", x=x, y=_BAR, width=max(wide - 2, 1.0), height=12, rx=3, class_=tone),
                class_="fig",
            )
        )
        x += wide
    return join(*parts)


_MEANING: Final = {
    "Follow the path": "Did every step, in order, with no deviation.",
    "Deviate": "Left the path in one way or in several.",
    "On the way": "Have not left the path so far, and may still go on.",
}


def _heads(view: Conformity, shown: tuple[DeviationRow, ...]) -> list[Markup]:
    """Head the columns; the scale of the differences with its zero line."""
    y, reach = _HEAD - 16, _reach(shown)
    heads = [
        el("text", "Deviation", x=0, y=y, class_="fg"),
        el("text", view.unit.capitalize(), x=_BARS, y=y, class_="fg"),
        el("text", "Done with it", x=_WITH, y=y, class_="fg e"),
        el("text", "Without it", x=_WITHOUT, y=y, class_="fg e"),
    ]
    if not any(row.difference for row in shown):
        return heads
    at = _scale(reach)
    bottom = _HEAD + ROW * len(shown)
    for points in (-reach, 0, reach):
        said = "0" if not points else f"{'+' if points > 0 else '−'}{abs(points)} points"
        heads += [
            el("text", said, x=at(points), y=y, class_="fg c"),
            el(
                "line",
                x1=at(points),
                x2=at(points),
                y1=_HEAD - 8,
                y2=bottom,
                class_="rl" if points else "zl",
            ),
        ]
    return heads


def _row(
    view: Conformity,
    row: DeviationRow,
    y: float,
    shown: tuple[DeviationRow, ...],
    links: Links,
) -> Markup:
    most = max(each.customers.n for each in shown) or 1
    name = plain(row.says)
    middle = y + ROW / 2
    count = numbers.count(row.customers.n)
    wide = (_BARS_WIDE - 50) * row.customers.n / most
    facts = [(view.unit.capitalize(), count)]
    if row.with_it.whole or row.without.whole:
        facts += [
            ("Done with it", _of(row.with_it, view)),
            ("Without it", _of(row.without, view)),
        ]
    if row.difference:
        facts.append(("Difference", _points(row.difference)))
    if row.after_us:
        facts.append(("Compared after", numbers.duration(row.after_us)))
    return links.mark(
        _drill(row),
        Tip(name, tuple(facts), "" if row.difference else _why(row)),
        el("rect", x=0, y=y, width=WIDE, height=ROW, class_="hit"),
        el("line", x1=0, x2=_WITHOUT, y1=y, y2=y, class_="rl"),
        el("text", fit(name, _NAME, _BARS - 16), x=0, y=middle + 4.5, class_="fl"),
        el("rect", x=_BARS, y=middle - 6, width=max(wide, 1.0), height=12, rx=3, class_="dev"),
        el("text", count, x=_BARS + max(wide, 1.0) + 8, y=middle + 4.5, class_="fn"),
        *_fate(view, row, middle),
        _interval(row, middle, _scale(_reach(shown))),
        class_="fig",
    )


def _fate(view: Conformity, row: DeviationRow, y: float) -> list[Markup]:
    """Write the outcome with and without the deviation, or why there is none."""
    if row.difference is None:
        return [el("text", _why(row), x=_WITHOUT, y=y + 4.5, class_="fn e")]
    return [
        el("text", _of(row.with_it, view), x=_WITH, y=y + 4.5, class_="fv e"),
        el("text", _of(row.without, view), x=_WITHOUT, y=y + 4.5, class_="fv e"),
    ]


def _of(rate: Rate, view: Conformity) -> str:
    """Write a share with how many were compared: not those whom the row counts."""
    said = numbers.rate(rate, view.small_n)
    return f"{said} of {numbers.count(rate.whole)}" if rate.whole >= view.small_n else said


def _why(row: DeviationRow) -> str:
    return "they left" if row.kind == "stopped" else "too few to tell"


def _interval(row: DeviationRow, y: float, at: Callable[[float], float]) -> Markup:
    """Draw the range of a difference with its middle; grey where it may be chance."""
    gap = row.difference
    if gap is None:
        return Markup("")
    tone = "pine" if gap.low > 0 else "clay" if gap.high < 0 else "even"
    return join(
        el("line", x1=at(gap.low), x2=at(gap.high), y1=y, y2=y, class_=f"iv {tone}"),
        el("circle", cx=at(gap.points), cy=y, r=5.5, class_=f"ivd {tone}"),
    )


def _reach(shown: tuple[DeviationRow, ...]) -> int:
    """Give where the scale ends on both sides: a whole ten that holds every range."""
    ends = [
        abs(x) for row in shown if row.difference for x in (row.difference.low, row.difference.high)
    ]
    return max(10, 10 * ceil(max(ends, default=10.0) / 10))


def _scale(reach: int) -> Callable[[float], float]:
    middle, half = (_PLOT + _PLOT_END) / 2, (_PLOT_END - _PLOT) / 2
    return lambda points: middle + half * points / reach


def _points(gap: Difference) -> str:
    def signed(value: float) -> str:
        return "0" if round(value) == 0 else f"{'+' if value > 0 else '−'}{abs(value):.0f}"

    return f"{signed(gap.points)} points ({signed(gap.low)} to {signed(gap.high)})"


def _drill(row: DeviationRow) -> Drill | None:
    if not row.customers.n:
        return None
    return Drill(row.customers.key, plain(row.says), "Left the path in this way.", row.customers.n)


def _tables(view: Conformity) -> tuple[Table, ...]:
    rows = tuple(
        (
            Cell(plain(row.says)),
            Cell(numbers.count(row.customers.n), _drill(row), True),
            Cell(_of(row.with_it, view), None, True),
            Cell(_of(row.without, view), None, True),
            Cell(_points(row.difference) if row.difference else _why(row), None, True),
        )
        for row in view.deviations
    )
    head = ("Deviation", view.unit.capitalize(), "Done with it", "Without it", "Difference")
    return (Table("Deviations from the intended path", head, rows),) if rows else ()


def _records(view: Conformity) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "deviation": row.says,
            "kind": row.kind,
            view.unit: row.customers.n,
            "done_with": row.with_it.part,
            "n_with": row.with_it.whole,
            "done_without": row.without.part,
            "n_without": row.without.whole,
            "points": row.difference.points if row.difference else None,
            "low": row.difference.low if row.difference else None,
            "high": row.difference.high if row.difference else None,
            "where": row.customers.key,
        }
        for row in view.deviations
    )
