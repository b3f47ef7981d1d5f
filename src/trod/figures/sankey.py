"""What customers did after (or before) a touchpoint, step by step.

At most five named touchpoints a step; the rest is summed, nothing is dropped. On the floor lie
those for whom nothing follows: who left, who is still there, who is done. A colour says how often
the outcome was reached against others at the same step.
"""

from __future__ import annotations

from trod.figures import meaning, numbers
from trod.figures.labels import label
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.sankey_layout import (
    HEIGHT,
    NODE,
    WIDE,
    Layout,
    NodeBox,
    Ribbon,
    is_end,
    lay_out,
    shown,
)
from trod.figures.text import Face, fit, width
from trod.figures.tokens import step as tone_step
from trod.insights.journey_map import JourneyMap, Sankey, SankeyNode

_NAME, _NUMBER = Face(12, 600), Face(11.5)
_TWO_LINES = 31.0


def draw(m: JourneyMap, sankey: Sankey, links: Links) -> Markup:
    """Draw the figure, without the surrounding `svg`."""
    sankey = shown(sankey)
    layout = lay_out(sankey, m.small_n)
    spacing = _spacing(layout)
    return join(
        _hatch(),
        *(_heading(m, sankey, x, step, spacing) for x, step in layout.columns),
        *(_ribbon(m, sankey, links, ribbon) for ribbon in layout.ribbons),
        *(_node(m, sankey, links, i, box, spacing) for i, box in enumerate(layout.nodes)),
    )


def node_name(sankey: Sankey, node: SankeyNode) -> str:
    """Name a node as the page does.

    Examples
    --------
    >>> from trod.insights.journey_map import Count, Rate
    >>> rest = SankeyNode(1, None, Count(9, "k"), 0.1, Rate(1, 9, 0.0, 0.4), 8)
    >>> paths = Sankey("pay", "after", "", Count(90, "k"), (90,), (rest,), ())
    >>> node_name(paths, rest)
    '8 other steps'
    """
    if is_end(node):
        return end_name(node.kind) if sankey.direction != "before" else "Nothing before"
    if node.name is None:
        return "1 other step" if node.n_names == 1 else f"{node.n_names} other steps"
    return label(node.name)


def end_name(kind: str) -> str:
    """Name what became of those for whom nothing follows.

    Examples
    --------
    >>> [end_name(kind) for kind in ("left", "open", "done")]
    ['Left', 'Still there', 'Done']
    """
    return {"left": "Left", "open": "Still there", "done": "Done"}.get(kind, "Nothing more")


def tone_class(node: SankeyNode, tone: float) -> str:
    """Colour a node, or a ribbon to it: clay for left, grey for still there, pine for done."""
    return f"to-{node.kind}" if is_end(node) else f"f{tone_step(tone)}"


def _hatch() -> Markup:
    """Pattern of who is still there: not lost, not won."""
    line = el("path", d="M0,0V5", stroke="var(--ink4)", stroke_width="1.8")
    return el(
        "defs",
        el(
            "pattern",
            el("rect", width=5, height=5, class_="fb"),
            line,
            id="p-open",
            patternUnits="userSpaceOnUse",
            width=5,
            height=5,
            patternTransform="rotate(45)",
        ),
    )


def _spacing(layout: Layout) -> float:
    xs = [x for x, _ in layout.columns]
    return xs[1] - xs[0] if len(xs) > 1 else WIDE - NODE


def _heading(m: JourneyMap, sankey: Sankey, x: float, step: int, spacing: float) -> Markup:
    """Head a column: what it is, and how many are in it."""
    if step == 0:
        words = "Everyone who reached"
    elif sankey.direction == "before":
        words = "Just before" if step == 1 else "Before that"
    else:
        words = "Next" if step == 1 else "Then"
    here = (
        sankey.steps[step]
        if step < len(sankey.steps)
        else sum(n.customers.n for n in sankey.nodes if n.step == step and not is_end(n))
    )
    return join(
        el("text", fit(words, _NAME, spacing - 8), x=x, y=14, class_="sh"),
        el("text", numbers.plural(here, m.unit) if here else "nobody", x=x, y=29, class_="shs"),
    )


def _ribbon(m: JourneyMap, sankey: Sankey, links: Links, ribbon: Ribbon) -> Markup:
    link = ribbon.link
    source, target = sankey.nodes[link.source], sankey.nodes[link.target]
    names = node_name(sankey, source), node_name(sankey, target)
    first, second = names if sankey.direction != "before" else names[::-1]
    n = number
    middle = (ribbon.x0 + ribbon.x1) / 2
    thick = max(ribbon.height, 0.6)
    y0, y1 = ribbon.y0, ribbon.y1
    d = (
        f"M{n(ribbon.x0)},{n(y0)}C{n(middle)},{n(y0)} {n(middle)},{n(y1)} {n(ribbon.x1)},{n(y1)}"
        f"L{n(ribbon.x1)},{n(y1 + thick)}C{n(middle)},{n(y1 + thick)}"
        f" {n(middle)},{n(y0 + thick)} {n(ribbon.x0)},{n(y0 + thick)}Z"
    )
    still = " still" if is_end(source) and is_end(target) else ""
    tone = f"rib{still} {tone_class(target, ribbon.tone)}"
    facts = [
        (m.unit.capitalize(), numbers.count(link.customers.n)),
        ("Of all at the start", numbers.share(link.customers.n, sankey.customers.n, m.small_n)),
    ]
    if link.outcome.whole:
        facts.append((label(m.outcome_name), numbers.rate(link.outcome, m.small_n)))
    return links.mark(
        meaning.on_link(link, target, first, second),
        Tip(f"{first} → {second}", tuple(facts), "Ribbons of different steps do not chain."),
        el("path", d=d),
        class_=f"{tone} k{link.source}-{link.target}",
    )


def _node(
    m: JourneyMap, sankey: Sankey, links: Links, index: int, box: NodeBox, spacing: float
) -> Markup:
    node = box.node
    name = node_name(sankey, node)
    tone = "anchor" if node.step == 0 else tone_class(node, box.tone)
    facts = [
        (m.unit.capitalize(), numbers.count(node.customers.n)),
        ("Of all at the start", numbers.share(node.customers.n, sankey.customers.n, m.small_n)),
    ]
    if node.outcome.whole:
        facts.append((label(m.outcome_name), numbers.rate(node.outcome, m.small_n)))
    return links.mark(
        meaning.at_step(m, sankey, node, name),
        Tip(name, tuple(facts), meaning.end(m, node)),
        el("rect", x=box.x - 7, y=box.y + box.height / 2 - 12, width=24, height=24, class_="hit"),
        el(
            "rect",
            x=box.x,
            y=box.y,
            width=NODE,
            height=max(box.height, 1.5),
            rx=2,
            class_=tone,
            fill="url(#p-open)" if node.kind == "open" else None,
        ),
        *_words(m, sankey, box, name, spacing),
        class_=f"node n{index}",
    )


def _words(m: JourneyMap, sankey: Sankey, box: NodeBox, name: str, spacing: float) -> list[Markup]:
    """Write name and number beside a node: on two lines where there is room, else on one."""
    room = min(spacing - NODE - 18, WIDE - box.x - NODE - 10)
    x, middle = box.x + NODE + 7, box.y + box.height / 2
    n = box.node.customers.n
    count = numbers.count(n)
    share = numbers.percent(n / sankey.customers.n) if sankey.customers.n >= m.small_n else ""
    both = " · ".join(filter(None, [count, share]))
    kind = f" to-{box.node.kind}" if is_end(box.node) else ""
    if box.height + box.room >= _TWO_LINES + 7 and box.height > 12:
        top = max(box.y + 12, middle - 3) if box.height < 60 else box.y + 17
        kept = fit(name, _NAME, room)
        wide = max(width(kept, _NAME), width(both, _NUMBER))
        return [
            el("rect", x=x, y=top - 12, width=wide, height=30, class_="hit"),
            el("text", kept, x=x, y=top, class_=f"nl{kind}"),
            el("text", both, x=x, y=top + 15, class_="ns"),
        ]
    kept = fit(name, _NAME, room - width(count, _NUMBER) - 6)
    after = x + width(kept, _NAME) + 6
    return [
        el(
            "rect",
            x=x,
            y=middle - 9,
            width=after + width(count, _NUMBER) - x,
            height=18,
            class_="hit",
        ),
        el("text", kept, x=x, y=middle + 4, class_=f"nl{kind}"),
        el("text", count, x=after, y=middle + 4, class_="ns"),
    ]


def view_box() -> str:
    """Give the size of the figure."""
    return f"0 0 {WIDE:g} {HEIGHT:g}"
