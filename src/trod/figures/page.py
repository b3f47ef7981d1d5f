"""The journey map as one HTML file: offline, accessible, and every number opens its customers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trod.figures import (
    cells,
    emotion,
    first_moves,
    icons,
    meaning,
    mood_line,
    numbers,
    river,
    said,
    sankey,
    sankey_layout,
    tables,
    tokens,
)
from trod.figures.frame import NARROWEST, SHEET, frame
from trod.figures.labels import label, plain
from trod.figures.links import Linked
from trod.figures.markup import Markup, number
from trod.figures.prose import coded
from trod.figures.text import ASSETS
from trod.insights.drill import options
from trod.insights.journey_map import JourneyMap

if TYPE_CHECKING:
    from trod.insights.drill import DrillList, DrillRow

MOST_TILES = 4
_FONTS = (
    ("Inter", "Inter.woff2", "normal", "400 700"),
    ("Trod Serif", "TrodSerif-Medium.woff2", "normal", "500"),
    ("Trod Serif", "TrodSerif-Italic.woff2", "italic", "400"),
)


def journey_map_html(
    journey_map: JourneyMap, lists: Mapping[str, DrillList], *, theme: str = "auto"
) -> str:
    """Render a journey map as a page that needs nothing else: no network, no other file.

    Parameters
    ----------
    journey_map
        What to show.
    lists
        For each predicate key the customers to embed. A number whose key is missing here opens
        its definition, its total, and the command that lists everyone.
    theme
        ``"auto"`` follows the reader's system and has a switch; ``"light"`` and ``"dark"`` start
        so.

    Returns
    -------
    str
        An HTML document. The same map and lists give the same text, byte for byte.

    Notes
    -----
    A content security policy forbids every request; scripts and styles run by their hash only.
    """
    m = journey_map
    linked = Linked()
    columns = frame(m)
    style = _style(len(m.stages))
    script = (ASSETS / "page.js").read_text(encoding="utf-8")
    view = {
        "m": m,
        "theme": theme,
        "style": Markup(style),
        "script": Markup(script),
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "linked": linked,
        "headline": said.headline(m),
        "columns": columns,
        "river": river.draw(m, columns, linked, "r"),
        "emotion": emotion.draw(m, columns, linked, "e") if _speaks(m) else None,
        "touches": [cells.touch_cell(m, stage) for stage in m.stages],
        "cards": [cells.cards(m, i) for i in range(len(m.stages))],
        "quiet": [cells.quiet(m, i) for i in range(len(m.stages))],
        "moves": [cells.moves(m, i) for i in range(len(m.stages))],
        "moves_caption": cells.moves_caption(m),
        "paths": sankey.draw(m, m.sankey, linked) if m.sankey else None,
        "path_table": tables.paths(m, m.sankey) if m.sankey else (),
        "map_tables": tables.of_map(m),
        "bars": first_moves.bars(m),
        "tiles": m.kpis[:MOST_TILES],
        "coded": coded,
        "context": _context(m),
        "kpi_drill": lambda tile: meaning.kpi(
            m, tile, {key: found.total for key, found in lists.items()}
        ),
    }
    view |= {"label": label, "plain": plain, "numbers": numbers, "meaning": meaning}
    view |= {"river_height": river.HEIGHT, "emotion_height": mood_line.HEIGHT}
    view |= {"sankey_box": sankey.view_box(), "sankey_layout": sankey_layout, "number": number}
    body = str(_environment().get_template("page.html.j2").render(view))
    return _with_data(body, m, linked, lists)


def _with_data(body: str, m: JourneyMap, linked: Linked, lists: Mapping[str, DrillList]) -> str:
    """Put in what the script reads; only now all links and icons are known."""
    names = {"moon", "x", "check"}
    names |= {icons.icon_of(touch.channel) for stage in m.stages for touch in stage.touches}
    body = body.replace("<!--icons-->", str(icons.symbols(names)), 1)
    return body.replace("<!--data-->", _data(m, linked, lists), 1)


def _data(m: JourneyMap, linked: Linked, lists: Mapping[str, DrillList]) -> str:
    """Write drills, lists and tips as JSON that no name can break out of."""
    more = {card.drill.key: card.more for i in range(len(m.stages)) for card in cells.cards(m, i)}
    data = {
        "unit": m.unit,
        "options": options(m),
        "one": numbers.plural(1, m.unit)[2:].capitalize(),
        "drills": {
            key: [plain(drill.title), plain(drill.meaning), drill.total]
            for key, drill in sorted(linked.drills.items())
        },
        "more": more,
        "tips": linked.tips,
        **_lists(m, {key: lists[key] for key in sorted(linked.drills) if key in lists}),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _lists(m: JourneyMap, lists: Mapping[str, DrillList]) -> dict[str, object]:
    """Write each customer once, and each list as places in that order."""
    rows = sorted({row for found in lists.values() for row in found.rows}, key=_by_customer)
    place = {row: i for i, row in enumerate(rows)}
    names = {row.last_touchpoint for row in rows}
    last = {name: i for i, name in enumerate(sorted(names))}
    return {
        "names": [label(name) for name in sorted(names)],
        "rows": [
            [
                plain(row.customer),
                last[row.last_touchpoint],
                row.last_day,
                numbers.money(row.value_micros, m.currency) if row.value_micros else "",
            ]
            for row in rows
        ],
        "lists": {key: [place[row] for row in found.rows] for key, found in lists.items()},
    }


def _by_customer(row: DrillRow) -> tuple[str, str, str, int]:
    return row.customer, row.last_touchpoint, row.last_day, row.value_micros or 0


def _speaks(m: JourneyMap) -> bool:
    """Say whether any mood is known at all."""
    return any(touch.mood.mean is not None for stage in m.stages for touch in stage.touches)


def _context(m: JourneyMap) -> list[tuple[str, object]]:
    """Write who and when the map is about; numbers with what stands behind them."""
    whole = m.population.n == m.entered.n
    entered = f"{numbers.plural(m.entered.n, m.unit)}" + ("" if whole else " entered the journey")
    facts: list[tuple[str, object]] = [(entered, meaning.entered(m))]
    if m.outside.n:
        facts.append((f"{numbers.count(m.outside.n)} never did", meaning.outside(m)))
    facts.append((f"{numbers.plural(m.n_touchpoints, 'touchpoints')}", None))
    facts.append((f"{numbers.day(m.first_day)} to {numbers.day(m.last_day)}", None))
    if m.suggested:
        facts.append(("stages suggested from the data", None))
    return facts


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@lru_cache(maxsize=1)
def _fonts() -> str:
    """Embed the shipped fonts."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:{slant};font-weight:{weight};'
        f"font-display:swap;src:url(data:font/woff2;base64,"
        f'{b64encode((ASSETS / file).read_bytes()).decode("ascii")}) format("woff2")}}'
        for family, file, slant, weight in _FONTS
    )


def _style(stages: int) -> str:
    """Put the style sheet together: fonts, colours, figures, page, and this map's columns."""
    light, dark = tokens.css_variables("light"), tokens.css_variables("dark")
    scale = "".join(f".f{i}{{fill:var(--s{i})}}" for i in range(tokens.STEPS))
    narrow = 112 + max(stages * NARROWEST, min(stages * 196.0, SHEET))
    columns = (
        f".row{{grid-template-columns:7rem repeat({max(stages, 1)},minmax(0,1fr))}}"
        f".grid{{grid-template-columns:repeat({max(stages, 1)},minmax(0,1fr))}}"
        f"@media screen and (max-width:{max(1180.0, narrow + 66):.0f}px)"
        f"{{.map>.row{{min-width:{narrow:.0f}px}}}}"
    )
    return "".join(
        (
            _fonts(),
            f":root{{{light}}}@media screen{{:root[data-theme=dark]{{{dark}}}}}",
            f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}",
            (ASSETS / "figures.css").read_text(encoding="utf-8"),
            scale,
            (ASSETS / "page.css").read_text(encoding="utf-8"),
            columns,
        )
    )


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")
