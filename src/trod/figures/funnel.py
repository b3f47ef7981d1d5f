"""A funnel: who completed each step in order, who went no further, the time between."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, fit, width
from trod.insights.funnel_steps import FunnelStep, FunnelView
from trod.insights.wording import about

WIDE: Final = 740.0
ROW: Final = 45.0
BAR: Final = 22.0
_NAMES, _SHARES = 162.0, 116.0
_NAME, _GAP = Face(13.5, 450), Face(12)


def funnel_figure(view: FunnelView) -> Figure:
    """Make the figure of a funnel."""
    return Figure(
        name="funnel",
        title=view.title,
        subtitle=view.subtitle,
        alt=_alt(view),
        wide=WIDE,
        high=max(ROW * len(view.steps) - 4, 30.0),
        draw=lambda links: draw(view, links),
        tables=_tables(view),
        records=_records(view),
        data=asdict(view),
        least=560.0,
        empty=""
        if view.steps
        else "No steps yet. Declare stages in trod.yml, or name touchpoints.",
    )


def draw(view: FunnelView, links: Links) -> Markup:
    """Draw bars from the left, and between them the time, and who went no further."""
    parts = []
    for i, step in enumerate(view.steps):
        y = i * ROW
        parts.append(_bar(view, step, y, links))
        if i + 1 < len(view.steps):
            parts.append(_between(view, step, view.steps[i + 1], y + 37, links))
    return join(*parts)


def _bar(view: FunnelView, step: FunnelStep, y: float, links: Links) -> Markup:
    """Draw one step: name, bar, the tick of the baseline, share and count."""
    room = WIDE - _NAMES - _SHARES
    share = numbers.rate(step.share, view.small_n)
    name = label(step.name)
    spread = numbers.between(step.share, view.small_n)
    facts = [(view.unit.capitalize(), numbers.count(step.customers.n)), ("Of the first", share)]
    facts += [("95% range", spread)] if spread else []
    if step.before is not None:
        facts.append(("In the baseline", numbers.percent(step.before)))
    tick = (
        el("rect", x=_NAMES + room * step.before - 1, y=y - 2, width=2, height=BAR + 4, class_="tk")
        if step.before is not None
        else ""
    )
    return links.mark(
        _got_there(step),
        Tip(name, tuple(facts)),
        el("rect", x=0, y=y - 1, width=WIDE, height=BAR + 2, class_="hit"),
        el("text", fit(name, _NAME, _NAMES - 12), x=0, y=y + 15.5, class_="fl"),
        el("rect", x=_NAMES, y=y, width=room, height=BAR, rx=3, class_="fr0"),
        el("rect", x=_NAMES, y=y, width=room * step.share.share, height=BAR, rx=3, class_="fb"),
        tick,
        el("text", share, x=WIDE - 58, y=y + 16.5, class_="cnt", text_anchor="end"),
        el("text", numbers.short(step.customers.n), x=WIDE, y=y + 16, class_="fn e"),
        el("text", spread, x=WIDE - 58, y=y + 36, class_="fs e") if y and spread != share else "",
        class_="fig",
    )


def _between(
    view: FunnelView, step: FunnelStep, after: FunnelStep, y: float, links: Links
) -> Markup:
    """Write the time to the next step, who went no further, and the range of what is left."""
    parts: list[Markup] = []
    x = _NAMES
    if after.time:
        words = about(after.time.median_us)
        parts.append(el("text", words, x=x, y=y, class_="fg"))
        x += width(words, _GAP) + 14
    said = _gone(view, step)
    drill = _went_no_further(view, step)
    weight = Face(12, 600 if step.heavy else 400)
    mark = [
        el("rect", x=x - 3, y=y - 17, width=width(said, weight) + 6, height=24, class_="hit"),
        el("text", said, x=x, y=y, class_="fg worse" if step.heavy else "fg"),
    ]
    tip = Tip(f"{label(step.name)}: {said}", _still(view, step))
    parts.append(links.mark(drill if step.gone.n else None, tip, *mark, class_="fig"))
    x += width(said, weight) + 14
    if step.still_there and step.still_there.n:
        parts.append(
            el("text", f"{numbers.count(step.still_there.n)} still there", x=x, y=y, class_="fg")
        )
    return join(*parts)


def _gone(view: FunnelView, step: FunnelStep) -> str:
    said = f"{numbers.count(step.gone.n)} {view.gone}"
    if step.customers.n >= view.small_n:
        said += f" · {numbers.rate(step.gone_rate, view.small_n)}"
    return said


def _got_there(step: FunnelStep) -> Drill:
    name = label(step.name)
    return Drill(step.customers.key, name, "Got so far, or further.", step.customers.n)


def _went_no_further(view: FunnelView, step: FunnelStep) -> Drill:
    title = f"{label(step.name)}: {view.gone}"
    return Drill(step.gone.key, title, "Went no further.", step.gone.n)


def _still(view: FunnelView, step: FunnelStep) -> tuple[tuple[str, str], ...]:
    facts = [("Range", numbers.between(step.gone_rate, view.small_n))]
    if step.still_there:
        facts.append(("Still there", numbers.count(step.still_there.n)))
    if step.done and step.done.n:
        facts.append(("Done", numbers.count(step.done.n)))
    return tuple((name, value) for name, value in facts if value)


def _alt(view: FunnelView) -> str:
    steps = "; ".join(
        f"{label(step.name)} {numbers.count(step.customers.n)}" for step in view.steps
    )
    return f"{view.title}. Funnel of {view.unit}: {steps}."


def _tables(view: FunnelView) -> tuple[Table, ...]:
    rows = []
    for step in view.steps:
        rows.append(
            (
                Cell(label(step.name)),
                counted(_got_there(step)),
                Cell(numbers.rate(step.share, view.small_n), None, True),
                Cell(numbers.between(step.share, view.small_n), None, True),
                Cell(about(step.time.median_us) if step.time else "–", None, True),
                counted(_went_no_further(view, step)),
                Cell(numbers.rate(step.gone_rate, view.small_n), None, True),
            )
        )
    head = (
        "Step",
        view.unit.capitalize(),
        "Of the first",
        "95% range",
        "Time since the step before",
        view.gone.capitalize(),
        "Share",
    )
    return (Table("Steps of the funnel", head, tuple(rows)),) if rows else ()


def _records(view: FunnelView) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "step": step.name,
            view.unit: step.customers.n,
            "of_first": round(step.share.share, 6),
            "low": step.share.low,
            "high": step.share.high,
            "median_us": step.time.median_us if step.time else None,
            view.gone: step.gone.n,
            "where": step.customers.key,
        }
        for step in view.steps
    )
