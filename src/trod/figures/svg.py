"""The journey map as one SVG file, for slides, documents and pictures.

Colours are written out and fonts are named with fall-backs, so that any reader draws it; `png`
turns it into pixels with the shipped fonts.
"""

from __future__ import annotations

from trod.figures import first_moves, lately, numbers, sankey, sheet
from trod.figures.document import document
from trod.figures.frame import frame
from trod.figures.labels import label, plain
from trod.figures.links import Plain
from trod.figures.markup import Markup, el, join
from trod.figures.prose import block, rich
from trod.figures.sankey_layout import HEIGHT as PATHS_HEIGHT
from trod.figures.sankey_layout import WIDE as PATHS_WIDE
from trod.figures.text import Face, fit, width
from trod.insights.journey_map import JourneyMap, Kpi

MARGIN = 32.0
_BAR, _LINE = 52.0, 18.0
_HEADLINE = Face(26, 500, "serif")
_FOOT = Face(12)


def journey_map_svg(journey_map: JourneyMap, theme: str = "light", width: int = 1440) -> str:
    """Draw the map as a standalone SVG: headline, all rows, definitions, data stamp.

    Parameters
    ----------
    journey_map
        What to draw.
    theme
        ``"light"`` or ``"dark"``.
    width
        Width in pixels; the height follows.

    Returns
    -------
    str
        An SVG document that asks for nothing outside of itself.
    """
    m = journey_map
    columns = frame(m)
    wide = sheet.LABEL + columns.wide + 2 * MARGIN
    head, y = _head(m, wide)
    rows, height = sheet.draw(m, columns)
    ground = el("rect", width=wide - 2 * MARGIN, height=height, rx=14, class_="sheet")
    body = el("g", ground, rows, transform=f"translate({MARGIN:g},{y:g})")
    foot, bottom = _foot(m, wide, y + height + 28)
    return document(join(head, body, foot), wide, bottom + 20, width, theme, _alt(m))


def paths_svg(journey_map: JourneyMap, theme: str = "light", width: int = 1440) -> str | None:
    """Draw the paths and the outcome by first move as a SVG, None where there are none."""
    m = journey_map
    if m.sankey is None:
        return None
    title, y = block(
        plain(m.sankey.title),
        MARGIN,
        52,
        Face(19, 500, "serif"),
        PATHS_WIDE,
        class_="card",
        leading=24,
        lines=2,
    )
    said = (
        f"What {numbers.plural(m.sankey.customers.n, m.unit)} did"
        f" {'before' if m.sankey.direction == 'before' else 'next'}."
        " Everyone is counted: small paths are summed, never dropped."
    )
    sub = el("text", said, x=MARGIN, y=y + 22, class_="s12")
    top = y + 44
    figure = el("g", sankey.draw(m, m.sankey, Plain()), transform=f"translate({MARGIN:g},{top:g})")
    bars, low = _bars(m, MARGIN + PATHS_WIDE + 40, 52, 260)
    bottom = max(top + PATHS_HEIGHT, low) + 20
    stamp = el("text", _stamp(m), x=MARGIN, y=bottom, class_="s11")
    wide = PATHS_WIDE + 2 * MARGIN + (300 if m.first_moves else 0)
    inner = el("rect", width=wide, height=bottom + 20, fill="var(--sheet)")
    return document(
        join(inner, title, sub, figure, bars, stamp),
        wide,
        bottom + 20,
        width,
        theme,
        plain(m.sankey.title),
    )


def _alt(m: JourneyMap) -> str:
    """Say what the picture shows."""
    return (
        plain("".join(piece.text for piece in m.headline)) or f"Journey map of {label(m.journey)}"
    )


def _stamp(m: JourneyMap) -> str:
    assumed = " assumed" if m.zone_assumed else ""
    return f"{label(m.journey)} · data to {numbers.day(m.as_of)} · {m.zone}{assumed}"


def _head(m: JourneyMap, wide: float) -> tuple[Markup, float]:
    """Draw the top bar, the headline and the tiles; gives where the sheet starts."""
    logo = el(
        "g",
        el("rect", width=24, height=24, rx=6, class_="logo"),
        el("path", d="M5 19C5 12 11 14.5 12 10.5C12.8 7.4 16 8.5 19 5", class_="logol"),
        transform=f"translate({MARGIN:g},14) scale(.917)",
    )
    stamp = _stamp(m)
    tiles, tiles_wide = _tiles(m.kpis[:4], wide - MARGIN)
    room = min(wide - 2 * MARGIN - tiles_wide - 40, 760.0)
    headline, y = rich(
        [(piece.text, piece.role) for piece in m.headline],
        MARGIN,
        _BAR + 40,
        _HEADLINE,
        room,
        class_="h1",
        leading=32,
        lines=4,
    )
    touchpoints = numbers.plural(m.n_touchpoints, "touchpoints")
    facts = [
        f"{numbers.plural(m.entered.n, m.unit)} entered · {touchpoints}"
        f" · {numbers.day(m.first_day)} to {numbers.day(m.last_day)}"
    ]
    if m.until:
        facts.append(f"as it stood on {numbers.day(m.until)}")
    if m.since:
        facts.append(f"changes marked since {lately.day(m)}")
    y = max(y + 26, _BAR + 82 if m.kpis else 0)
    context, y = _facts(facts, y, room)
    return (
        join(
            logo,
            el("text", "Trod", x=MARGIN + 31, y=30.5, class_="brand"),
            el("text", stamp, x=wide - MARGIN, y=30, class_="s12", text_anchor="end"),
            el("line", x1=0, x2=wide, y1=_BAR, y2=_BAR, class_="rule"),
            headline,
            context,
            el("g", tiles, transform=f"translate(0,{y - 44:g})"),
        ),
        y + 22,
    )


def _facts(facts: list[str], y: float, room: float) -> tuple[Markup, float]:
    """Set facts on one line, or on as many as they need beside the tiles; gives the last one."""
    lines = [facts[0]]
    for fact in facts[1:]:
        longer = f"{lines[-1]} · {fact}"
        if width(longer, Face(12)) <= room:
            lines[-1] = longer
        else:
            lines.append(fact)
    last = y + _LINE * (len(lines) - 1)
    at = (y + _LINE * i for i in range(len(lines)))
    parts = (
        el("text", line, x=MARGIN, y=here, class_="s12")
        for line, here in zip(lines, at, strict=True)
    )
    return join(*parts), last


def _tiles(kpis: tuple[Kpi, ...], right: float) -> tuple[Markup, float]:
    """Set the tiles right-aligned; gives how wide they are."""
    parts, x = [], right
    for kpi in reversed(kpis):
        lines = (
            fit(plain(kpi.label), Face(12), 190),
            plain(kpi.value),
            fit(plain(kpi.note), Face(12), 232),
        )
        wide = max(
            width(lines[0], Face(12)), width(lines[1], Face(22, 600)), width(lines[2], Face(12))
        )
        x -= wide
        parts += [
            el("text", lines[0], x=x, y=0, class_="s12"),
            el("text", lines[1], x=x, y=25, class_="k22"),
            el("text", lines[2], x=x, y=44, class_="s12"),
            el("line", x1=x - 17, x2=x - 17, y1=-10, y2=46, class_="rule2"),
        ]
        x -= 34
    return join(*parts), right - x


def _bars(m: JourneyMap, x: float, y: float, wide: float) -> tuple[Markup, float]:
    """Draw the outcome by first move; gives the last line."""
    if not m.first_moves:
        return Markup(""), y
    title, y = block(
        f"“{label(m.outcome_name)}” by first move",
        x,
        y,
        Face(19, 500, "serif"),
        wide,
        class_="card",
        leading=24,
        lines=2,
    )
    parts = [title]
    y += 34
    for bar in first_moves.bars(m):
        if bar.end:
            parts.append(_end(bar, x, y, wide))
            y += 28
            continue
        name = fit(bar.name, Face(13.5, 550), wide - width(bar.value, Face(15, 600)) - 14)
        parts += [
            el("text", name, x=x, y=y, class_="h13"),
            el("text", bar.value, x=x + wide, y=y, class_="cnt", text_anchor="end"),
            el("rect", x=x, y=y + 8, width=wide, height=10, rx=3, class_="track"),
            el(
                "rect",
                x=x,
                y=y + 8,
                width=wide * bar.share / 100,
                height=10,
                rx=3,
                class_=bar.tone,
            ),
            el("text", bar.size, x=x, y=y + 34, class_="s12"),
        ]
        y += 62
    return join(*parts), y


def _end(bar: first_moves.Bar, x: float, y: float, wide: float) -> Markup:
    """Say on one line for how many nothing followed."""
    fill = "url(#p-open)" if bar.tone == "to-open" else None
    return join(
        el("rect", x=x, y=y - 10, width=11, height=11, rx=2, class_=bar.tone, fill=fill),
        el("text", bar.name, x=x + 19, y=y, class_="h13"),
        el("text", bar.size, x=x + wide, y=y, class_="s12", text_anchor="end"),
    )


def _foot(m: JourneyMap, wide: float, y: float) -> tuple[Markup, float]:
    """Set definitions and notes under the sheet; gives the last line."""
    words = "   ".join(f"{plain(word)}: {plain(meaning)}" for word, meaning in m.definitions)
    notes = " ".join(plain(note).replace("`", "") for note in m.notes)
    parts = []
    since = f"{lately.summary(m)} {m.since.sentence}" if m.since else ""
    for text in filter(None, [since, words, notes]):
        drawn, last = block(
            text, MARGIN, y, _FOOT, wide - 2 * MARGIN, class_="s12", leading=17, lines=6
        )
        parts.append(drawn)
        y = last + 20
    return join(*parts), y
