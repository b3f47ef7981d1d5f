"""The process map: how customers move between touchpoints, stage by stage.

Line width is customers; a clay line is slow; a dot is as large as its customers, and its colour
says how many leave straight after it against the average. The detail chooses how many lines are
drawn and never moves anything.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from trod.figures import mermaid, numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.process_layout import NAME, Dot, Layout, Words, lay_out
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import fit
from trod.figures.tokens import step
from trod.insights.process_map import ProcessLink, ProcessMap, ProcessNode

THINNEST, THICKEST = 0.8, 11.0
_QUIET: Final = 0.005  # a leave rate below it is not written


def process_figure(made: ProcessMap, *, detail: int | None = None) -> Figure:
    """Make the figure of a process map.

    Parameters
    ----------
    made
        What to draw.
    detail
        Draw only the links of this detail, 0 to 2; by default all, for a page that hides some.
    """
    layout = lay_out(made, [_said(made, node) for node in made.nodes])
    return Figure(
        name="process",
        title=made.title,
        subtitle=_subtitle(made),
        alt=_alt(made),
        wide=layout.wide,
        high=layout.high,
        least=min(layout.wide, 1180.0),
        draw=lambda links: _draw(made, layout, links, detail),
        tables=_tables(made),
        records=_records(made),
        data=asdict(made),
        note=_note(made),
        mermaid=mermaid.process(made, detail or 0),
        levels=tuple(
            f"{numbers.plural(level.links, 'links')} · {numbers.percent(level.coverage)} of moves"
            for level in made.levels
        )[detail or 0 :],
        empty=""
        if made.nodes
        else "No touchpoint lies in a stage yet. Declare stages in trod.yml.",
    )


def _subtitle(made: ProcessMap) -> str:
    """Say what lines and dots mean, with the numbers they are held to."""
    said = [f"Process map. Line width: {made.unit}."]
    if made.slow_us is not None:
        said.append(f"Clay line: half take over {numbers.duration(made.slow_us)}.")
    if made.average.part:
        average = numbers.rate(made.average, made.small_n)
        said.append(
            f"Dot: share who leave straight after, against the average of {average};"
            " grey may be chance."
        )
    return " ".join(said)


def _note(made: ProcessMap) -> str:
    """Say what is not drawn."""
    said = [
        f"{numbers.plural(made.moves, 'moves')} in all: two different touchpoints, one straight"
        " after the other. The same one again is no move."
    ]
    if made.n_other:
        rare = numbers.plural(made.n_other, "rarer touchpoints")
        said.append(f"{rare} {'is' if made.n_other == 1 else 'are'} not drawn.")
    return " ".join(said)


def _alt(made: ProcessMap) -> str:
    return (
        f"{made.title}. Process map of {numbers.plural(len(made.nodes), 'touchpoints')} in"
        f" {numbers.plural(len(made.lanes), 'stages')},"
        f" {numbers.plural(len(made.links), 'links')} between them. The table below lists them."
    )


def _draw(made: ProcessMap, layout: Layout, links: Links, detail: int | None) -> Markup:
    """Draw lanes, then lines from the thinnest, then dots, then words."""
    most = max((link.customers.n for link in made.links), default=1) or 1
    shown = [
        (link, path)
        for link, path in zip(made.links, layout.paths, strict=True)
        if detail is None or link.level <= detail
    ]
    return join(
        _arrows(),
        *(_lane(lane.name, lane.x, lane.wide, layout.high) for lane in layout.lanes),
        *(_link(made, link, path, most, links) for link, path in reversed(shown)),
        *(
            _node(made, made.nodes[dot.node], dot, words, links)
            for dot, words in zip(layout.dots, layout.words, strict=True)
        ),
    )


def _arrows() -> Markup:
    def arrow(name: str, colour: str) -> Markup:
        return el(
            "marker",
            el("path", d="M0,.8L7,4L0,7.2Z", fill=f"var(--{colour})"),
            id=f"pm-{name}",
            viewBox="0 0 8 8",
            refX=5,
            refY=4,
            markerWidth=7,
            markerHeight=7,
            markerUnits="userSpaceOnUse",
            orient="auto",
        )

    return el("defs", arrow("n", "ink4"), arrow("s", "clay"))


def _lane(name: str, x: float, wide: float, high: float) -> Markup:
    return join(
        el("rect", x=x, y=30, width=wide, height=high - 31, rx=10, class_="lane"),
        el("text", fit(label(name), NAME, wide - 16), x=x + 11, y=20, class_="sh"),
    )


def _link(made: ProcessMap, link: ProcessLink, path: str, most: int, links: Links) -> Markup:
    a, b = (label(made.nodes[i].name) for i in (link.source, link.target))
    thick = THINNEST + THICKEST * link.customers.n / most
    slow = " slow" if link.slow else ""
    facts = [
        (made.unit.capitalize(), numbers.count(link.customers.n)),
        ("Moves", numbers.count(link.moves)),
    ]
    if link.median_us is not None:
        facts.append(("Half within", numbers.duration(link.median_us)))
    return links.mark(
        _moved(made, link),
        Tip(f"{a} → {b}", tuple(facts), "Slow: takes longer than most moves." if slow else ""),
        el("path", d=path, class_="edh"),
        el(
            "path",
            d=path,
            class_=f"ed{slow}",
            stroke_width=round(thick, 1),
            marker_end=f"url(#pm-{'s' if slow else 'n'})",
        ),
        class_=f"lnk l{link.level}",
    )


def _node(
    made: ProcessMap, node: ProcessNode, dot: Dot, words: Words | None, links: Links
) -> Markup:
    name = label(node.name)
    tone = {"failure": "to-left", "success": "to-done"}.get(node.kind, f"f{step(node.tone)}")
    facts = [(made.unit.capitalize(), numbers.count(node.customers.n))]
    if node.kind == "touch":
        facts.append(("Left straight after", numbers.rate(node.leave, made.small_n)))
        spread = numbers.between(node.leave, made.small_n)
        facts += [("95% range", spread)] if spread else []
    facts.append(("Most of them in", label(made.lanes[node.lane])))
    ends = {"failure": "Ends the journey: they left.", "success": "Ends the journey well."}
    written = []
    if words:
        written.append(el("text", words.name, x=dot.x, y=words.name_y, class_="nl c"))
    if words and words.said:
        written.append(el("text", words.said, x=dot.x, y=words.said_y, class_="ns c"))
    return links.mark(
        _had(node),
        Tip(name, tuple(facts), ends.get(node.kind, "")),
        el("circle", cx=dot.x, cy=dot.y, r=max(dot.r, 14.5), class_="hit"),
        el("circle", cx=dot.x, cy=dot.y, r=dot.r, class_=f"pd {tone}"),
        *written,
        class_="pn",
    )


def _said(made: ProcessMap, node: ProcessNode) -> str:
    """Write count and leave rate; a rate of nothing is left out."""
    n = numbers.short(node.customers.n)
    if node.kind == "failure":
        return f"{n} left"
    if node.kind == "success":
        return f"{n} done"
    if node.leave.whole < made.small_n or node.leave.share < _QUIET:
        return n
    return f"{n} · {numbers.percent(node.leave.share)} leave"


def _tables(made: ProcessMap) -> tuple[Table, ...]:
    nodes = tuple(
        (
            Cell(label(made.lanes[node.lane])),
            Cell(label(node.name)),
            counted(_had(node)),
            counted(_left_after(node)),
            Cell(numbers.rate(node.leave, made.small_n), None, True),
            Cell(numbers.between(node.leave, made.small_n), None, True),
        )
        for node in made.nodes
    )
    moves = tuple(
        (
            Cell(label(made.nodes[link.source].name)),
            Cell(label(made.nodes[link.target].name)),
            counted(_moved(made, link)),
            Cell(numbers.count(link.moves), None, True),
            Cell("–" if link.median_us is None else numbers.duration(link.median_us), None, True),
        )
        for link in made.links
    )
    unit = made.unit.capitalize()
    head = ("Stage", "Touchpoint", unit, "Left after", "Share", "95% range")
    tables = (
        Table("Touchpoints of the process map", head, nodes),
        Table(
            "Moves, the most frequent first", ("From", "To", unit, "Moves", "Half within"), moves
        ),
    )
    return tuple(table for table in tables if table.rows)


def _had(node: ProcessNode) -> Drill:
    said = "Had this touchpoint at least once."
    return Drill(node.customers.key, label(node.name), said, node.customers.n)


def _left_after(node: ProcessNode) -> Drill:
    title = f"Left after {label(node.name)}"
    return Drill(node.left.key, title, "Left straight after it.", node.left.n)


def _moved(made: ProcessMap, link: ProcessLink) -> Drill:
    title = " → ".join(label(made.nodes[i].name) for i in (link.source, link.target))
    said = "Did the first, and the second directly after it, at least once."
    return Drill(link.customers.key, title, said, link.customers.n)


def _records(made: ProcessMap) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "from": made.nodes[link.source].name,
            "to": made.nodes[link.target].name,
            made.unit: link.customers.n,
            "moves": link.moves,
            "median_us": link.median_us,
            "slow": link.slow,
            "detail": link.level,
            "where": link.customers.key,
        }
        for link in made.links
    )
