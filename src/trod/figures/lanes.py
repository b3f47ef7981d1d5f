"""Lanes: three bars, how many came and went within a week, and why they stand there."""

from __future__ import annotations

from typing import Any, Final

from trod.actions.lanes.lane import WHYS, WORDS
from trod.actions.lanes.view import Lanes, LaneView
from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, fit
from trod.insights.wording import day_ended, money
from trod.journeys.label import units

_WIDE: Final = 760.0
_TOP: Final = 20.0
_ROW: Final = 96.0
_BAR: Final = (0.0, 560.0)
_THICK: Final = 18.0
_SMALL: Final = Face(12)
_TONE: Final = {"intervene": "clay", "thriving": "band", "expand": "pine"}


def lanes_figure(found: Lanes) -> Figure:
    """Make the figure of the lanes."""
    unit = units(found.unit)
    title = _title(found, unit)
    day = numbers.day(day_ended(found.moment_us, found.zone))
    return Figure(
        name="lanes",
        title=title,
        subtitle=f"{unit.capitalize()} still there on {day}, each in exactly one lane; came and "
        "went within the week before.",
        alt=f"{title} " + " ".join(f"{v.title}: {v.customers.n:,}." for v in found.views),
        wide=_WIDE,
        high=_TOP + _ROW * len(found.views),
        draw=lambda links: _draw(found, unit, links),
        tables=(_table(found, unit),),
        records=tuple(_record(view) for view in found.views),
        data={"n": found.n, "lanes": [_record(view) for view in found.views]},
        note=_note(found),
        least=620.0,
        empty="" if found.n else f"Nobody is there: no {unit} on the way and none done.",
    )


def _title(found: Lanes, unit: str) -> str:
    by = {view.lane: view.customers.n for view in found.views}
    need = numbers.plural(by["intervene"], unit)
    ready = by["expand"]
    needs = "needs" if by["intervene"] == 1 else "need"
    are = "is" if ready == 1 else "are"
    return f"{need} {needs} somebody now, {numbers.count(ready)} {are} ready to expand"


def _note(found: Lanes) -> str:
    speak = [name for name, _, _ in found.voices]
    by = f"Scores that speak: {', '.join(speak)}." if speak else "No tested score speaks."
    told = "Estimated where a score decides, else observed."
    return f"At risk comes before ready to expand. {by} {told}"


def _draw(found: Lanes, unit: str, links: Links) -> Markup:
    most = max([1, *(view.customers.n for view in found.views)])
    rows = [
        _row(view, _TOP + i * _ROW, most, found, unit, links) for i, view in enumerate(found.views)
    ]
    return join(*rows)


def _row(view: LaneView, y: float, most: int, found: Lanes, unit: str, links: Links) -> Markup:
    left, right = _BAR
    size = (right - left) * view.customers.n / most
    amount = "" if view.money_micros is None else money(view.money_micros, found.currency)
    facts = [(unit.capitalize(), numbers.count(view.customers.n))]
    facts += [("Came this week", numbers.count(view.came)), ("Went", numbers.count(view.went))]
    facts += [("Money on record", amount)] if amount else []
    whys = "; ".join(f"{numbers.count(n)} {WORDS[why]}" for why, n in view.whys)
    small = f"+{numbers.count(view.came)} −{numbers.count(view.went)} this week"
    small = f"{small} · {amount} so far" if amount else small
    return links.mark(
        _drill(view) if view.customers.n else None,
        Tip(view.title, tuple(facts), whys),
        el("rect", x=0, y=y - 8, width=_WIDE, height=_ROW - 8, class_="hit"),
        el("text", view.title, x=0, y=y + 8, class_="fl"),
        el(
            "rect",
            x=left,
            y=y + 16,
            width=max(size, 1),
            height=_THICK,
            rx=2,
            fill=f"var(--{_TONE[view.lane]})",
        ),
        el("line", x1=left, x2=left, y1=y + 12, y2=y + 38, class_="zl"),
        el("text", numbers.count(view.customers.n), x=left + size + 10, y=y + 30, class_="cnt"),
        el("text", small, x=_WIDE, y=y + 8, class_="fg e"),
        el("text", fit(whys or "nobody", _SMALL, _WIDE), x=0, y=y + 52, class_="fg"),
        class_="fig",
    )


def _drill(view: LaneView) -> Drill:
    return Drill(view.customers.key, view.title, "Stand in this lane now.", view.customers.n)


def _table(found: Lanes, unit: str) -> Table:
    rows = tuple(
        (
            Cell(view.title),
            counted(_drill(view)) if view.customers.n else Cell("0", None, True),
            Cell(numbers.count(view.came), None, True),
            Cell(numbers.count(view.went), None, True),
            Cell(
                "–" if view.money_micros is None else money(view.money_micros, found.currency),
                None,
                True,
            ),
            Cell("; ".join(f"{numbers.count(n)} {WORDS[why]}" for why, n in view.whys)),
        )
        for view in found.views
    )
    head = ("Lane", unit.capitalize(), "Came", "Went", "Money so far", "Why")
    return Table("Lanes", head, rows)


def _record(view: LaneView) -> dict[str, Any]:
    return {
        "lane": view.lane,
        "customers": view.customers.n,
        "where": view.customers.key,
        "came": view.came,
        "went": view.went,
        "money_micros": view.money_micros,
        **{f"because_{why}": dict(view.whys).get(why, 0) for why in WHYS},
    }
