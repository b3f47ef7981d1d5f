"""The journey map in a notebook: a picture and its tables, with no script, so that it survives
conversion to HTML, mail, and any viewer.
"""

from __future__ import annotations

from hashlib import sha256

from trod.figures import lately, tables
from trod.figures.markup import Markup, el, join
from trod.figures.svg import journey_map_svg, paths_svg
from trod.insights.journey_map import JourneyMap


def journey_map_repr(journey_map: JourneyMap) -> str:
    """Render a journey map for `_repr_html_`: static SVG, and the numbers as tables below it."""
    m = journey_map
    pictures = [journey_map_svg(m, width=1180), paths_svg(m, width=1180)]
    shown = lately.table(m) + tables.of_map(m) + (tables.paths(m, m.sankey) if m.sankey else ())
    drawn = [
        el("div", Markup(_scoped(svg, i)), style="overflow-x:auto;margin:0 0 12px")
        for i, svg in enumerate(pictures)
        if svg
    ]
    folded = el("details", el("summary", "The numbers as tables"), *(_table(t) for t in shown))
    return str(el("div", *drawn, folded if shown else "", class_="trod-map"))


def _scoped(svg: str, i: int) -> str:
    """Keep the style sheet and the ids of one picture away from the rest of the notebook."""
    mark = f"trod-{sha256(svg.encode()).hexdigest()[:8]}-{i}"
    start, end = svg.index("<style>") + 7, svg.index("</style>")
    rules = [rule.strip() for rule in svg[start:end].split("}") if rule.strip()]
    scoped = "".join(f".{mark} {rule}}}" for rule in rules)
    body = svg[end:]
    for kind in ("r-", "e-", "p-"):
        body = body.replace(f'id="{kind}', f'id="{mark}{kind}').replace(
            f"url(#{kind}", f"url(#{mark}{kind}"
        )
    head = svg[:start].replace(
        "<svg ", f'<svg class="{mark}" style="max-width:100%;height:auto" ', 1
    )
    return head + scoped + body


def _table(table: tables.Table) -> Markup:
    head = el("tr", *(el("th", name, scope="col") for name in table.head))
    rows = [el("tr", *(el("td", cell.text) for cell in row)) for row in table.rows]
    return el("table", el("caption", table.caption), el("thead", head), el("tbody", join(*rows)))
