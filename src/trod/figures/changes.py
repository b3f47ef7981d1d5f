"""What changed between two periods: numbered, each with its size, its parts, and how sure it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import plain
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, fit, wrap
from trod.insights.changes.change import Change, Comparison

WIDE: Final = 560.0
_AT: Final = 34.0  # where words begin, right of the pins
_TITLE, _LINE, _SMALL = Face(13, 600), Face(12), Face(11)
_ROOM: Final = WIDE - _AT
_MOST_LINES: Final = 3
_PIN: Final = {"worse": "ivd clay", "better": "ivd pine", "": "crd"}


def changes_figure(found: Comparison) -> Figure:
    """Make the figure of a comparison: at most three changes."""
    tops, high = _tops(found.changes)
    return Figure(
        name="changes",
        title=found.headline,
        subtitle=f"Ranked by {found.unit} touched and how sure it is."
        f" {numbers.plural(found.n_compared, 'figures')} compared, at 95% together.",
        alt=f"{found.headline}. "
        + " ".join(f"{plain(one.title)}. {one.certainty}." for one in found.changes),
        wide=WIDE,
        high=high,
        draw=lambda links: join(
            *(_row(i, one, tops[i], links) for i, one in enumerate(found.changes))
        ),
        tables=_tables(found),
        records=tuple(_record(one) for one in found.changes),
        data={"changes": [asdict(one) for one in found.changes]},
        note=_note(found),
        empty="" if found.changes else _none(found),
    )


def _lines(one: Change) -> list[str]:
    said = f"{one.size[:1].upper()}{one.size[1:]}. {one.split_words}"
    return wrap(plain(said), _LINE, _ROOM, lines=_MOST_LINES)


def _titles(one: Change) -> list[str]:
    return wrap(plain(one.title), _TITLE, _ROOM, lines=2)


def _high(one: Change) -> float:
    return 17.0 * len(_titles(one)) + 17.0 * len(_lines(one)) + 40.0


def _tops(changes: tuple[Change, ...]) -> tuple[list[float], float]:
    tops, y = [], 0.0
    for one in changes:
        tops.append(y)
        y += _high(one)
    return tops, y


def _row(i: int, one: Change, y: float, links: Links) -> Markup:
    titles, lines = _titles(one), _lines(one)
    below = y + 22 + 17 * len(titles)
    certainty = fit(f"{one.certainty}. Observed.", _SMALL, _ROOM)
    facts = tuple((fact.name, fact.text) for fact in one.facts)
    rule = [el("line", x1=0, x2=WIDE, y1=y - 3, y2=y - 3, class_="rl")] * (i > 0)
    return links.mark(
        _drill(one),
        Tip(plain(one.title), facts, plain(one.cause)),
        *rule,
        el("rect", x=0, y=y, width=WIDE, height=_high(one) - 8, class_="hit"),
        el("circle", cx=12, cy=y + 17, r=11, class_=_PIN[one.tone]),
        el("text", str(i + 1), x=12, y=y + 21.5, class_="pinT c"),
        *(el("text", t, x=_AT, y=y + 22 + 17 * k, class_="fv") for k, t in enumerate(titles)),
        *(el("text", t, x=_AT, y=below + 17 * k, class_="fg") for k, t in enumerate(lines)),
        el("text", certainty, x=_AT, y=below + 17 * len(lines), class_="fs"),
        class_="fig",
    )


def _drill(one: Change) -> Drill | None:
    if not one.population.key:
        return None
    return Drill(
        one.population.key, plain(one.title), "Whom the later figure is about.", one.population.n
    )


def _note(found: Comparison) -> str:
    aside = ""
    if found.set_aside:
        why = found.set_aside[0]
        more = len(found.set_aside) - 1
        rest = f" and {more} more" if more else ""
        aside = f" Set aside: {plain(why.title)} ({plain(why.why)}){rest}."
    return f"Observed: what changed, not why.{aside}"


def _none(found: Comparison) -> str:
    return (
        f"{numbers.plural(found.n_compared, 'figures')} of {found.before} and {found.now} were"
        " compared, and none moved beyond chance and what is usual. `trod compare --all` lists"
        " them."
    )


def _tables(found: Comparison) -> tuple[Table, ...]:
    rows = tuple(
        (
            Cell(plain(one.title)),
            counted(drill)
            if (drill := _drill(one))
            else Cell(numbers.count(one.n_now), None, True),
            Cell(plain(one.size)),
            Cell(one.told),
            Cell(one.certainty),
        )
        for one in found.changes
    )
    head = ("Change", f"{found.unit.capitalize()} in {found.now}", "Size", "What", "How sure")
    aside = tuple((Cell(plain(a.title)), Cell(plain(a.why))) for a in found.set_aside)
    made = (
        Table("Changes", head, rows),
        Table("Set aside: customers did not make it", ("Looks like", "Why"), aside),
    )
    return tuple(table for table in made if table.rows)


def _record(one: Change) -> dict[str, Any]:
    mix, own = one.parts if one.parts else (None, None)
    return {
        "title": one.title,
        "kind": one.kind,
        "stage": one.stage,
        "touchpoint": one.touchpoint,
        "unit": one.unit,
        "before": round(one.before, 6),
        "now": round(one.now, 6),
        "n_before": one.n_before,
        "n_now": one.n_now,
        "difference": round(one.difference, 6),
        "low": round(one.low, 6),
        "high": round(one.high, 6),
        "mix": None if mix is None else round(mix.value, 6),
        "behaviour": None if own is None else round(own.value, 6),
        "split_by": one.split,
        "told": one.told,
        "p": one.p,
        "where": one.population.key,
    }
