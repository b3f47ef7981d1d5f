"""What changed on the map since a day: the words and marks beside its figures.

A mark has an arrow for the way, pine or clay for better or worse, and words: what it is now, what
it was. What did not change stays as it is without marks.
"""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import numbers
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, wrap
from trod.insights.journey_map import JourneyMap, Lately, Seen, Since
from trod.insights.wording import duration

#: What is added to the style of a page with marks.
RULES = (
    ".mk{display:block;width:max-content;max-width:100%;font-size:.71875rem;line-height:1.35;"
    "font-weight:600;color:var(--ink2);padding:.1rem 0 .25rem;min-height:24px;"
    "font-variant-numeric:tabular-nums}"
    ".mk.worse{color:var(--clay)}.mk.better{color:var(--pine)}"
    ".tp+.mk,.mk+.mk{padding-left:1.4rem;padding-top:0;margin-top:-.2rem}"
    ".tight .tp+.mk,.tight .mk+.mk{padding-left:0}"
    ".mk:hover{text-decoration:underline;text-underline-offset:2px}"
    ".lately{font-size:.75rem;line-height:1.5;color:var(--ink3);max-width:72rem;"
    "margin:.6rem 1.1rem 0}.lately b{color:var(--ink);font-weight:600}"
    "@media print{.mk{min-height:0;padding:0 0 .1rem}.lately{margin:.2rem .6rem 0}}"
)
_DOES = {
    "went on": "go on",
    "took": "time until they go on",
    "left": "leave",
    "had": "have {name}",
    "mood": "mood at {name}",
}


class Shown(NamedTuple):
    """A mark as it stands on the map."""

    text: str
    tone: str  # "worse", "better" or "quiet"
    drill: Drill
    tip: Tip


def mark(m: JourneyMap, figure: str, stage: int, touchpoint: str | None = None) -> Shown | None:
    """Give the mark of a figure; None where it has not changed, or nobody asked."""
    if m.since is None:
        return None
    key = figure, stage, touchpoint
    for one in m.since.figures:
        if one.changed and (one.figure, one.stage, one.touchpoint) == key:
            return Shown(_said(one), one.tone or "quiet", _drill(m, one), _tip(m, m.since, one))
    return None


def arrow(one: Lately) -> str:
    """Give the sign of the way."""
    return "↑" if one.up else "↓"


def _said(one: Lately) -> str:
    name = {"took": "takes ", "mood": "mood "}.get(one.figure, "")
    return f"{arrow(one)} {name}{one.now.text}, was {one.before.text}"


def what(m: JourneyMap, one: Lately) -> str:
    """Name the figure of a mark: its stage, and what customers do there."""
    does = _DOES[one.figure].format(name=label(one.touchpoint or ""))
    return f"{label(m.stages[one.stage].name)}: {does}"


def day(m: JourneyMap) -> str:
    """Write the day since which changes are marked; "" where nobody asked."""
    return numbers.day(m.since.day) if m.since else ""


def summary(m: JourneyMap) -> str:
    """Say how many figures changed."""
    if m.since is None:
        return ""
    n, of = len(m.since.changed), numbers.plural(len(m.since.figures), "figures")
    some = f"{n} of {of} changed" if n else f"None of {of} changed beyond chance"
    if not m.since.figures:
        some = "No figure could be judged"
    return f"{some} since {day(m)}."


def lines(m: JourneyMap) -> list[str]:
    """List what changed, a line each, after how many did."""
    if m.since is None:
        return []
    told = [f"- {what(m, one)} {_said(one)}." for one in m.since.changed]
    more = [f"What is behind it: `{m.since.compare}`"] if told and m.since.compare else []
    return [summary(m), *told, *more]


def table(m: JourneyMap) -> tuple[Table, ...]:
    """Write what changed as a table: before, since, and of how many."""
    if m.since is None or not m.since.changed:
        return ()
    rows = tuple(
        (
            Cell(label(m.stages[one.stage].name)),
            Cell(what(m, one).partition(": ")[2]),
            Cell(one.before.text, _behind(m, one, one.before), True),
            counted(_whole(m, one, one.before)),
            Cell(f"{arrow(one)} {one.now.text}", _behind(m, one, one.now), True),
            counted(_whole(m, one, one.now)),
            Cell(duration(one.within_us) if one.within_us else "–", None, True),
            Cell(one.tone or "neither"),
        )
        for one in m.since.changed
    )
    head = ("Stage", "Figure", "Before", "of", "Since", "of", "Within", "Better or worse")
    span = f"{numbers.day(m.since.first_before)} to {numbers.day(m.since.last_day)}"
    return (Table(f"Changed since {day(m)}, {span}", head, rows),)


def below(links: Links, shown: Shown, x: float, y: float, wide: float) -> Markup:
    """Draw a mark in a pill of its own around a place."""
    colour = {"worse": "clay", "better": "pine"}.get(shown.tone, "ink4")
    return links.mark(
        shown.drill,
        shown.tip,
        el(
            "rect",
            x=x - wide / 2,
            y=y,
            width=wide,
            height=20,
            rx=10,
            fill="var(--sheet)",
            stroke=f"var(--{colour})",
        ),
        words(shown.text, shown.tone, x, y + 14, text_anchor="middle"),
        class_="fig",
    )


def words(text: str, tone: str, x: float, y: float, **more: str) -> Markup:
    """Set the words of a mark."""
    weight = {"font_weight": "600"} if tone == "quiet" else {}
    return el("text", text, x=x, y=y, class_=f"t11 {tone}", **weight, **more)


def wrapped(shown: Shown, x: float, y: float, room: float) -> tuple[Markup, float]:
    """Set the words of a mark below a place, on two lines where one has no room for them."""
    lines = wrap(shown.text, Face(11.5, 600), room, lines=2)
    drawn = [words(line, shown.tone, x, y + 15 * i) for i, line in enumerate(lines, 1)]
    return join(*drawn), y + 15 * len(lines)


def _behind(m: JourneyMap, one: Lately, seen: Seen) -> Drill | None:
    """Give those for whom a share holds."""
    if seen.part is None or not seen.part.key or not seen.part.n:
        return None
    return Drill(seen.part.key, what(m, one), _meant(m, one, seen), seen.part.n)


def _whole(m: JourneyMap, one: Lately, seen: Seen) -> Drill:
    return Drill(seen.n.key, what(m, one), f"{_window(m, one, seen)}.", seen.n.n)


def _meant(m: JourneyMap, one: Lately, seen: Seen) -> str:
    within = f", within {duration(one.within_us)}" if one.within_us else ""
    return f"{_window(m, one, seen)}, and of them those who {_did(one)}{within}."


def _did(one: Lately) -> str:
    said = {"went on": "went on", "took": "went on", "left": "left"}
    return said.get(one.figure, f"had {label(one.touchpoint or '')}")


def _window(m: JourneyMap, one: Lately, seen: Seen) -> str:
    """Say which days a figure is of."""
    assert m.since is not None
    now = seen is one.now
    first = numbers.day(m.since.first_before)
    days = f"from {day(m)} on" if now else f"from {first} to before {day(m)}"
    return f"{m.unit.capitalize()} who entered {label(m.stages[one.stage].name)} {days}"


def _drill(m: JourneyMap, one: Lately) -> Drill:
    found = _behind(m, one, one.now)
    if found is not None:
        return found
    return _whole(m, one, one.now) if one.now.n.key else Drill("", what(m, one), "", 0)


def _tip(m: JourneyMap, since: Since, one: Lately) -> Tip:
    facts = [
        (f"Since {numbers.day(since.day)}", f"{one.now.text} of {numbers.count(one.now.n.n)}"),
        (
            f"From {numbers.day(since.first_before)}",
            f"{one.before.text} of {numbers.count(one.before.n.n)}",
        ),
    ]
    if one.within_us:
        facts.append(("Within", duration(one.within_us)))
    return Tip(what(m, one), tuple(facts), "More than chance lets expect. Observed.")
