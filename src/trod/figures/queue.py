"""The queue as a panel: who, how likely, why now, what it is worth, when they renew, what to do."""

from __future__ import annotations

from typing import Any, Final

from trod.actions.queue.plan import Candidate, Plan, Row
from trod.events.counted import one_of
from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label, plain
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.text import ELLIPSIS, Face, fit, width, wrap
from trod.insights.wording import in_money, in_words
from trod.journeys.label import units

MOST: Final = 12
_WIDE: Final = 1180.0
_HEAD: Final = 34.0
_ROW: Final = 46.0
_NAME, _BAR, _WHY, _VALUE, _RENEWS, _DO = 0.0, 130.0, 366.0, 786.0, 880.0, 898.0
_BAR_WIDE: Final = 64.0
_STRONG, _LEAD, _SMALL = Face(13, 600), Face(13.5), Face(12)
_COUNTED: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_HALF_A_POINT: Final = 0.005


def queue_figure(found: Plan) -> Figure:
    """Make the figure of a week: those above the line, the most valuable first."""
    rows = found.treated[:MOST]
    title = _title(found)
    return Figure(
        name="queue",
        title=title,
        subtitle="Ordered by what acting is expected to bring in the hours there are. Chance: of"
        " the outcome that the play is judged by, without acting.",
        alt=f"{title} " + " ".join(f"{plain(r.candidate.customer)}: {plain(r.do)}." for r in rows),
        wide=_WIDE,
        high=_HEAD + _ROW * len(rows) + 30,
        draw=lambda links: _draw(found, rows, links),
        tables=_tables(found),
        records=tuple(_record(row) for row in found.rows),
        data=found.told(),
        note=_note(found),
        least=1040.0,
        empty="" if rows else "Nobody is in the queue. `trod playbooks` says whom plays fit.",
    )


def _title(found: Plan) -> str:
    n = len(found.treated)
    unit = one_of(units(found.unit)) if n == 1 else units(found.unit)
    many = _COUNTED[n] if n < len(_COUNTED) else numbers.count(n)
    return f"{many} {unit} {'needs' if n == 1 else 'need'} a person this week"


def _draw(found: Plan, rows: tuple[Row, ...], links: Links) -> Markup:
    heads = (
        (units(found.unit).capitalize().removesuffix("s"), _NAME, "fg"),
        ("Chance", _BAR, "fg"),
        ("Why now", _WHY, "fg"),
        ("Expected", _VALUE, "fg e"),
        ("Renews in", _RENEWS - 8, "fg e"),
        ("Do next", _DO, "fg"),
    )
    top = [el("text", text, x=x, y=14, class_=class_) for text, x, class_ in heads]
    drawn = [_row(found, row, _HEAD + i * _ROW, links) for i, row in enumerate(rows)]
    return join(*top, *drawn, _line(found, _HEAD + _ROW * len(rows)))


def _row(found: Plan, row: Row, y: float, links: Links) -> Markup:
    one, middle = row.candidate, y + _ROW / 2 + 4.5
    owner = label(row.owner) if row.owner else "No time needed"
    facts = [
        ("Stage", label(one.stage)),
        ("Expected", f"{_value(found, one.value)} ({_between(found, one)})"),
        ("Playbook", label(one.playbook)),
        ("By", row.due),
    ]
    if row.drawn:
        facts.append(("Chance gave the place", f"{100 * row.propensity:.0f}%"))
    initials = "".join(part[0] for part in owner.split()[:2]).upper()
    renews = "" if one.renews_in is None else numbers.plural(one.renews_in, "days")
    return links.mark(
        None,
        Tip(plain(one.customer), tuple(facts), plain(one.chance_from)),
        el("rect", x=0, y=y, width=_WIDE, height=_ROW, class_="hit"),
        el("line", x1=0, x2=_WIDE, y1=y, y2=y, class_="rl"),
        el("text", fit(plain(one.customer), _STRONG, _BAR - 12), x=_NAME, y=middle, class_="fv"),
        *_chance(one, y + _ROW / 2),
        *_why(one, y),
        el("text", _value(found, one.value), x=_VALUE, y=middle, class_="fv e"),
        el("text", renews, x=_RENEWS - 8, y=middle, class_="fn e"),
        el("circle", cx=_DO + 11, cy=y + _ROW / 2, r=11, class_="track"),
        el("text", initials, x=_DO + 11, y=y + _ROW / 2 + 4, class_="fg c"),
        *_do(row, y),
        class_="fig",
    )


def _chance(one: Candidate, middle: float) -> list[Markup]:
    """Draw the chance as a bar, with what it is and what changed."""
    if one.chance is None:
        return [el("text", "not a chance", x=_BAR, y=middle + 4.5, class_="fg")]
    parts = [
        el("rect", x=_BAR, y=middle - 3, width=_BAR_WIDE, height=6, rx=3, class_="track"),
        el(
            "rect",
            x=_BAR,
            y=middle - 3,
            width=max(1.0, _BAR_WIDE * one.chance),
            height=6,
            rx=3,
            class_="to-left" if one.bad else "to-done",
        ),
    ]
    said = numbers.percent(one.chance)
    at = _BAR + _BAR_WIDE + 8
    parts.append(el("text", said, x=at, y=middle + 4.5, class_="fv"))
    x = at + width(said, _STRONG) + 6
    if one.changed is not None and abs(one.changed) >= _HALF_A_POINT:
        arrow = f"{'↑' if one.changed > 0 else '↓'} {100 * abs(one.changed):.0f}"
        parts.append(el("text", arrow, x=x, y=middle + 4.5, class_="fg"))
        x += width(arrow, _SMALL) + 6
    of = fit(plain(one.chance_of), _SMALL, _WHY - 10 - x)
    return [*parts, el("text", of, x=x, y=middle + 4.5, class_="fg")]


def _why(one: Candidate, y: float) -> list[Markup]:
    """Write the reasons on two lines at most."""
    why = plain(one.why)
    lines = wrap(why[:1].upper() + why[1:], _SMALL, _VALUE - _WHY - 84, lines=2)
    top = y + _ROW / 2 + (4.5 if len(lines) == 1 else -3.5)
    return [el("text", line, x=_WHY, y=top + 16 * i, class_="fn") for i, line in enumerate(lines)]


def _do(row: Row, y: float) -> list[Markup]:
    """Write what to do on two lines at most, broken between words."""
    room = _WIDE - _DO - 30
    lines = wrap(plain(row.do), _LEAD, room)
    if len(lines) > 2:
        lines = [lines[0], _to_be_continued(lines[1], room)]
    top = y + _ROW / 2 + (4.5 if len(lines) == 1 else -3.5)
    return [
        el("text", line, x=_DO + 30, y=top + 16 * i, class_="fl") for i, line in enumerate(lines)
    ]


def _to_be_continued(line: str, room: float) -> str:
    """End a line at a word, with an ellipsis."""
    while " " in line and width(line + ELLIPSIS, _LEAD) > room:
        line = line.rpartition(" ")[0]
    return fit(line.rstrip(" ,.;:-") + ELLIPSIS, _LEAD, room)


def _line(found: Plan, y: float) -> Markup:
    """Draw the line, with what falls below it."""
    below = len(found.under)
    hidden = max(0, len(found.treated) - MOST)
    more = f"{numbers.count(hidden)} more above the line. " if hidden else ""
    said = (
        f"{more}Below the line: {numbers.plural(below, units(found.unit))}, "
        f"{_value(found, found.below)} expected. "
        + " ".join(
            f"Another hour of {label(each.name)}: {_value(found, each.another_hour)}."
            for each in found.hours
        )
    )
    return join(
        el("line", x1=0, x2=_WIDE, y1=y, y2=y, class_="zl"),
        el("text", fit(said, _SMALL, _WIDE), x=0, y=y + 20, class_="fg"),
    )


def _value(found: Plan, value: float) -> str:
    if found.currency is not None:
        return in_money(value, found.currency)
    return f"{value:.2g}"


def _between(found: Plan, one: Candidate) -> str:
    return f"{_value(found, one.low)} to {_value(found, one.high)}"


def _note(found: Plan) -> str:
    held = len(found.held_back)
    what = "" if found.currency is not None else f" Expected counts {units(found.unit)} won."
    by_chance = f" {numbers.plural(held, units(found.unit))} held back by chance." if held else ""
    some = [label(stage) for stage in found.unscored]
    usual = f" In {in_words(some, last='and')} no score speaks: the chance is everyone's there."
    return (
        "Estimated: risk from scores, effects as believed or measured; being at risk is not the "
        f"same as being helped.{usual if some else ''}{what}{by_chance}"
    )


def _tables(found: Plan) -> tuple[Table, ...]:
    rows = tuple(
        (
            Cell(plain(row.candidate.customer)),
            Cell(_fate(row)),
            Cell(label(row.candidate.stage)),
            Cell(_share(row.candidate), None, True),
            Cell(plain(row.candidate.why)),
            Cell(_value(found, row.candidate.value), None, True),
            Cell(_between(found, row.candidate), None, True),
            Cell(label(row.owner) if row.owner else "–"),
            Cell(plain(row.do)),
            Cell(row.due),
        )
        for row in found.rows
    )
    head = (
        one_of(units(found.unit)).capitalize(), "Place", "Stage", "Chance", "Why now",
        "Expected", "95% range", "Owner", "Do next", "By",
    )  # fmt: skip
    return (Table(f"The queue of {found.week}", head, rows),) if rows else ()


def _fate(row: Row) -> str:
    said = {"treated": "above the line", "held back": "held back", "below": "below the line"}
    return f"{said[row.fate]}, by chance" if row.drawn and row.fate == "treated" else said[row.fate]


def _share(one: Candidate) -> str:
    return "–" if one.chance is None else numbers.percent(one.chance)


def _record(row: Row) -> dict[str, Any]:
    one = row.candidate
    return {
        "customer": one.customer,
        "place": row.fate,
        "playbook": one.playbook,
        "stage": one.stage,
        "chance": one.chance,
        "expected": round(one.value, 6),
        "low": round(one.low, 6),
        "high": round(one.high, 6),
        "minutes": one.minutes,
        "owner": row.owner,
        "propensity": row.propensity,
        "due": row.due,
        "do": row.do,
        "why": one.why,
    }
