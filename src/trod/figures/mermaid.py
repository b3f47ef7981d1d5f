"""The journey map as Mermaid text: a journey, a flow chart, and a Sankey diagram.

Mermaid has no escape that works in all three grammars, so names are written with the characters
its parsers trip over replaced by look-alikes. The result is accepted whatever a name holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from trod.figures import lately, numbers
from trod.figures.labels import label
from trod.figures.mood_line import on_page
from trod.figures.sankey import node_name
from trod.figures.sankey_layout import shown
from trod.insights.journey_map import JourneyMap, SankeyNode
from trod.insights.process_map import ProcessMap

#: Signs with a meaning in one of the grammars, and what stands in for them.
_STAND_INS = str.maketrans(
    {
        '"': "”",
        ":": "∶",
        ";": ",",
        "#": "♯",
        "<": "‹",
        ">": "›",
        "`": "’",
        "\\": "∖",
        "%": "٪",
        "{": "(",
        "}": ")",
        "[": "(",
        "]": ")",
        "|": "∣",
        "&": "+",
        "@": "＠",
        "$": "＄",
        "\n": " ",
    }
)
#: For the Sankey grammar, which reads nothing beyond ASCII.
_ASCII_STAND_INS = str.maketrans(
    {"“": "'", "”": "'", "‘": "'", "’": "'", "‹": "(", "›": ")", "∶": " -", "♯": "no. ", "–": "-"}
    | {"—": "-", "…": "...", "∖": "/", "٪": " pct", "∣": "/", "＄": "$", "＠": " at ", "→": "to"}
)
LONGEST = 60
_MOODS = ((-0.6, 1), (-0.2, 2), (0.2, 3), (0.6, 4))


def journey(m: JourneyMap) -> str:
    """Write the map as a Mermaid user journey: mood from 1 (bad) to 5 (good).

    A touchpoint whose mood is unknown is left out: Mermaid has no sign for "unknown".
    """
    lines = ["journey", f"    title {name(m.journey)}"]
    for stage in m.stages:
        lines.append(f"    section {name(stage.name)}")
        known = [touch for touch in stage.touches if touch.mood.mean is not None]
        lines += [
            f"      {name(touch.name)}: {score(touch.mood.mean or 0.0)}: {name(m.unit)}"
            for touch in sorted(known, key=lambda touch: (touch.position, touch.name))
        ]
    return "\n".join(lines) + "\n"


def flowchart(m: JourneyMap) -> str:
    """Write the stages as a Mermaid flow chart with who goes on and who leaves."""
    lines = ["flowchart LR"]
    for i, stage in enumerate(m.stages):
        reached = numbers.plural(stage.reached.n, m.unit)
        lines.append(f'    s{i}["{name(stage.name)}<br/>{name(reached)}"]')
    for i, stage in enumerate(m.stages):
        if i + 1 < len(m.stages):
            share = numbers.rate(stage.conversion, m.small_n)
            if on := lately.mark(m, "went on", i):
                share = f"{share}, since {lately.day(m)} {on.text}"
            share = share.replace("<", "under ").replace(">", "over ")
            lines.append(f'    s{i} -->|"{share}"| s{i + 1}')
        if stage.left.n:
            lines.append(f'    s{i} -.->|"{numbers.count(stage.left.n)}"| left{i}(["Left"])')
        if stage.still_there.n:
            still = numbers.count(stage.still_there.n)
            lines.append(f'    s{i} -.->|"{still}"| open{i}(["Still there"])')
        if stage.done.n:
            lines.append(
                f'    s{i} ==>|"{numbers.count(stage.done.n)}"| done(["{name(m.outcome_name)}"])'
            )
    hot = sorted({friction.stage for friction in on_page(m)})
    if hot:
        lines.append("    classDef friction fill:#FBF0E8,stroke:#A9440F,color:#17211F")
        lines.append(f"    class {','.join(f's{i}' for i in hot)} friction")
    return "\n".join(lines) + "\n"


def process(made: ProcessMap, detail: int = 0) -> str:
    """Write a process map as a Mermaid flow chart: lanes, touchpoints, and customers on links."""
    lines = ["flowchart LR"]
    for lane, stage in enumerate(made.lanes):
        lines.append(f'    subgraph lane{lane}["{name(stage)}"]')
        for i, node in enumerate(made.nodes):
            if node.lane == lane:
                count = numbers.count(node.customers.n)
                lines.append(f'        n{i}["{name(node.name)}<br/>{count}"]')
        lines.append("    end")
    shown = [link for link in made.links if link.level <= detail]
    for link in shown:
        arrow = "-.->" if link.slow else "-->"
        count = numbers.count(link.customers.n)
        lines.append(f'    n{link.source} {arrow}|"{count}"| n{link.target}')
    hot = [f"n{i}" for i, node in enumerate(made.nodes) if node.tone < 0 or node.kind == "failure"]
    if hot:
        lines.append("    classDef worse fill:#FBF0E8,stroke:#A9440F,color:#17211F")
        lines.append(f"    class {','.join(hot)} worse")
    return "\n".join(lines) + "\n"


def sankey(m: JourneyMap) -> str:
    """Write the paths as a Mermaid Sankey diagram, or the stages where there are no paths.

    Step numbers keep a touchpoint that is met again apart from itself: Mermaid allows no loops.
    Its Sankey grammar reads ASCII only: accents are dropped, and a name in another script is
    numbered, with its true form in a comment at the top.
    """
    rows = _path_rows(m) or _stage_rows(m) or [("Nobody", "yet", 0)]
    spoken = _Ascii()
    lines = [f'"{spoken.name(one)}","{spoken.name(other)}",{n}' for one, other, n in rows]
    head = ["---", "config:", "  sankey:", "    showValues: true"]
    head += ["    width: 1400", "    height: 480", "---"]
    return "\n".join([*head, *spoken.comments(), "sankey-beta", "", *lines]) + "\n"


class _Ascii:
    """Names in ASCII, the same for the same name, with a list of those that could not be."""

    def __init__(self) -> None:
        self._numbered: dict[str, str] = {}

    def name(self, numbered: str) -> str:
        """Write ``3. Name`` in ASCII."""
        step, _, text = numbered.partition(". ")
        if not step.isdigit():
            step, text = "", numbered
        plain = text.translate(_ASCII_STAND_INS)
        flat = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
        letters = sum(char.isalnum() for char in plain)
        if 2 * sum(char.isalnum() for char in flat) < letters or not flat.strip():
            flat = self._numbered.setdefault(text, f"Name {len(self._numbered) + 1}")
        return f"{step}. {flat.strip()}" if step else flat.strip()

    def comments(self) -> list[str]:
        """List the numbered names as Mermaid comments."""
        return [f"%% {number} = {text}" for text, number in self._numbered.items()]


KINDS: dict[str, Callable[[JourneyMap], str]] = {
    "journey": journey,
    "flowchart": flowchart,
    "sankey": sankey,
}


def name(raw: str) -> str:
    """Write a name so that every Mermaid grammar reads it as plain words.

    Examples
    --------
    >>> name('cart: "add" <b>'), name("end"), name("")
    ('Cart∶ ”add” ‹b›', '“End”', '“(no name)”')
    """
    text = label(raw).translate(_STAND_INS).strip() or "(no name)"
    text = text[: LONGEST - 1] + "…" if len(text) > LONGEST else text
    # Words of the grammars, when a name is nothing else or begins with one.
    first = text.split(" ", 1)[0].casefold()
    return f"“{text}”" if first in _KEYWORDS or not text[0].isalnum() else text


def score(mean: float) -> int:
    """Turn a mood from −1 to 1 into Mermaid's 1 to 5.

    Examples
    --------
    >>> [score(mean) for mean in (-1.0, -0.3, 0.0, 0.5, 0.9)]
    [1, 2, 3, 4, 5]
    """
    return next((points for limit, points in _MOODS if mean < limit), 5)


def _path_rows(m: JourneyMap) -> list[tuple[str, str, int]]:
    if m.sankey is None:
        return []
    paths = shown(m.sankey)

    def at(node: SankeyNode) -> str:
        return f"{node.step + 1}. {name(node_name(paths, node))}"

    rows: dict[tuple[str, str], int] = {}
    for link in paths.links:
        one, other = paths.nodes[link.source], paths.nodes[link.target]
        ends = (at(one), at(other)) if paths.direction != "before" else (at(other), at(one))
        rows[ends] = rows.get(ends, 0) + link.customers.n
    return [(*ends, n) for ends, n in rows.items() if n]


def _stage_rows(m: JourneyMap) -> list[tuple[str, str, int]]:
    rows = []
    for i, stage in enumerate(m.stages):
        here = f"{i + 1}. {name(stage.name)}"
        after = f"{i + 2}. {name(m.stages[i + 1].name)}" if i + 1 < len(m.stages) else ""
        rows += [
            (here, after, stage.went_on.n),
            (here, f"{i + 1}. Left", stage.left.n),
            (here, f"{i + 1}. Still there", stage.still_there.n),
            (here, name(m.outcome_name), stage.done.n),
        ]
    return [(one, other, n) for one, other, n in rows if n and other]


_KEYWORDS = frozenset(
    {"end", "graph", "subgraph", "flowchart", "style", "class", "classdef", "click", "default"}
    | {"direction", "section", "title", "journey", "linkstyle", "call", "href", "interpolate"}
    | {"acctitle", "accdescr", "sankey-beta", "_self", "_blank", "o", "x"}
)
