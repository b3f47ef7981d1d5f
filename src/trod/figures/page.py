"""The journey map as one HTML file: offline, accessible, and every number opens its customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trod.figures import (
    cells,
    emotion,
    first_moves,
    icons,
    lately,
    meaning,
    mood_line,
    numbers,
    river,
    said,
    sankey,
    sankey_layout,
    shell,
    tables,
)
from trod.figures.frame import NARROWEST, SHEET, frame
from trod.figures.links import Drill, Linked
from trod.figures.prose import coded
from trod.insights.drill import options
from trod.insights.journey_map import JourneyMap

if TYPE_CHECKING:
    from trod.insights.drill import DrillList

MOST_TILES = 4


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
    view = shell.view(setting(m), linked, theme=theme, rules=_rules(m)) | {
        "m": m,
        "headline": said.headline(m),
        "columns": columns,
        "river": river.draw(m, columns, linked, "r"),
        "emotion": emotion.draw(m, columns, linked, "e") if mood_line.speaks(m) else None,
        "touches": [cells.touch_cell(m, stage) for stage in m.stages],
        "pointed": [cells.pointed(m, stage) for stage in m.stages] if cells.points_out(m) else (),
        "pointed_caption": cells.POINTED,
        "cards": [cells.cards(m, i) for i in range(len(m.stages))],
        "quiet": [cells.quiet(m, i) for i in range(len(m.stages))],
        "moves": [cells.moves(m, i) for i in range(len(m.stages))],
        "moves_caption": cells.moves_caption(m),
        "paths": sankey.draw(m, m.sankey, linked) if m.sankey else None,
        "path_table": tables.paths(m, m.sankey) if m.sankey else (),
        "map_tables": tables.of_map(m),
        "took": [lately.mark(m, "took", i) for i in range(len(m.stages))],
        "since_day": lately.day(m),
        "changed": lately.summary(m),
        "change_tables": lately.table(m),
        "bars": first_moves.bars(m),
        "tiles": m.kpis[:MOST_TILES],
        "coded": coded,
        "context": context(m),
        "kpi_drill": lambda tile: meaning.kpi(
            m, tile, {key: found.total for key, found in lists.items()}
        ),
    }
    view |= {"meaning": meaning}
    view |= {"river_height": river.height(m), "emotion_height": mood_line.HEIGHT}
    view |= {"sankey_box": sankey.view_box(), "sankey_layout": sankey_layout}
    names = {icons.icon_of(touch.channel) for stage in m.stages for touch in stage.touches}
    more = {card.drill.key: card.more for i in range(len(m.stages)) for card in cells.cards(m, i)}
    return shell.page("page.html.j2", view, setting(m), linked, lists, icons=names, more=more)


def setting(m: JourneyMap) -> shell.Setting:
    """Say what every figure of a map is about."""
    return shell.Setting(m.journey, m.unit, m.as_of, m.zone, m.zone_assumed, m.currency, options(m))


def context(m: JourneyMap) -> list[tuple[str, Drill | None]]:
    """Write who and when the map is about; numbers with what stands behind them."""
    whole = m.population.n == m.entered.n
    entered = f"{numbers.plural(m.entered.n, m.unit)}" + ("" if whole else " entered the journey")
    facts: list[tuple[str, Drill | None]] = [(entered, meaning.entered(m))]
    if m.segment:
        facts.insert(0, (f"only segment {m.segment}", meaning.population(m)))
    if m.outside.n:
        facts.append((f"{numbers.count(m.outside.n)} never did", meaning.outside(m)))
    facts.append((f"{numbers.plural(m.n_touchpoints, 'touchpoints')}", None))
    facts.append((f"{numbers.day(m.first_day)} to {numbers.day(m.last_day)}", None))
    if m.until:
        facts.append((f"as it stood on {numbers.day(m.until)}", None))
    if m.since:
        facts.append((f"changes marked since {lately.day(m)}", None))
    if m.suggested:
        facts.append(("stages suggested from the data", None))
    return facts


def _rules(m: JourneyMap) -> str:
    """Write what this page adds to the style of all pages."""
    return _columns(len(m.stages)) + (lately.RULES if m.since else "")


def _columns(stages: int) -> str:
    """Write the columns of this map as rules of style."""
    narrow = 112 + max(stages * NARROWEST, min(stages * 196.0, SHEET))
    return (
        f".row{{grid-template-columns:7rem repeat({max(stages, 1)},minmax(0,1fr))}}"
        f".grid{{grid-template-columns:repeat({max(stages, 1)},minmax(0,1fr))}}"
        f"@media screen and (max-width:{max(1180.0, narrow + 66):.0f}px)"
        f"{{.map>.row{{min-width:{narrow:.0f}px}}}}"
    )
