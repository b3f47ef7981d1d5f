"""A figure with everything it goes out as: drawing, words, table, records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trod.figures.document import document
from trod.figures.labels import plain
from trod.figures.links import Links, Plain
from trod.figures.markup import Markup, el, join
from trod.figures.prose import block
from trod.figures.spreadsheet import csv_text
from trod.figures.tables import Table
from trod.figures.text import Face

MARGIN = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a page, or a file of its own."""

    name: str  # for addresses and ids: "process", "cohorts"
    title: str  # the finding
    subtitle: str  # measure, unit, population
    alt: str  # what it shows, for people who listen
    wide: float
    high: float
    draw: Callable[[Links], Markup]  # without the surrounding `svg`
    tables: tuple[Table, ...]
    records: tuple[Mapping[str, Any], ...]  # the exact values, one row a mark
    data: Mapping[str, Any]  # the same as typed values, for JSON
    note: str = ""  # what a reader must know, below the drawing
    levels: tuple[str, ...] = ()  # what is shown at each detail, where there is a choice
    least: float = 0.0  # width below which a page scrolls the drawing sideways
    mermaid: str = ""  # the same as text that Mermaid draws, where it can
    empty: str = ""  # in place of the drawing: what is missing, and the one step to fill it


def figure_svg(
    figure: Figure, theme: str = "light", width: int | None = None, stamp: str = ""
) -> str:
    """Draw a figure as a standalone SVG under its title."""
    wide = figure.wide + 2 * MARGIN
    title, y = block(
        plain(figure.title),
        MARGIN,
        46,
        Face(19, 500, "serif"),
        figure.wide,
        class_="card",
        leading=24,
        lines=3,
    )
    sub, y = block(
        plain(figure.subtitle),
        MARGIN,
        y + 22,
        Face(13),
        figure.wide,
        class_="sub",
        leading=18,
        lines=3,
    )
    parts = [title, sub]
    if figure.empty:
        said, y = block(
            figure.empty, MARGIN, y + 36, Face(13), figure.wide, class_="sub", leading=18, lines=6
        )
        parts.append(said)
    else:
        parts.append(el("g", figure.draw(Plain()), transform=f"translate({MARGIN:g},{y + 22:g})"))
        y += 22 + figure.high
    level = [f"{words}." for words in figure.levels[:1]]
    foot = " ".join(filter(None, [*level, plain(figure.note), stamp]))
    if foot:
        drawn, y = block(
            foot, MARGIN, y + 26, Face(12), figure.wide, class_="s12", leading=16, lines=4
        )
        parts.append(drawn)
    return document(
        join(*parts), wide, y + 28, width or round(wide), theme, plain(figure.alt), ground="sheet"
    )


def figure_csv(figure: Figure) -> str:
    """Write the exact values as CSV, one row a mark."""
    if not figure.records:
        return ""
    names = list(figure.records[0])
    return csv_text([names, *([record[name] for name in names] for record in figure.records)])


def figure_json(figure: Figure) -> str:
    """Write the values for programs; the same bytes for the same figure."""
    told = {"figure": figure.name, "title": figure.title, "subtitle": figure.subtitle}
    return json.dumps({**told, **figure.data}, ensure_ascii=False, indent=2) + "\n"
