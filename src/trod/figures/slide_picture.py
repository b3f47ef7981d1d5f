"""The band of customers and the line of mood, for a slide: fewer words, all larger."""

from __future__ import annotations

from trod.figures import emotion, mood_line, river
from trod.figures.document import document
from trod.figures.frame import Frame
from trod.figures.labels import plain
from trod.figures.links import Plain
from trod.figures.markup import Markup, el, join
from trod.figures.png import png
from trod.insights.journey_map import JourneyMap

WIDE = 888.0  # one unit is one point on the slide: words of 12 px are words of 12 pt
PIXELS = 2664


def height(m: JourneyMap) -> float:
    """Give the height of the picture in points."""
    return river.height(m) + (mood_line.HEIGHT if mood_line.speaks(m) else 0.0)


def svg(m: JourneyMap) -> str:
    """Draw the picture as an SVG on white."""
    frame = Frame(len(m.stages), WIDE, m.small_n, m.unit)
    high = height(m)
    parts: list[Markup] = [
        el("line", x1=frame.left(i), x2=frame.left(i), y1=0, y2=high, class_="rule")
        for i in range(1, frame.stages)
    ]
    parts.append(river.draw(m, frame, Plain(), "r"))
    top = river.height(m)
    if mood_line.speaks(m):
        drawn = emotion.draw(m, frame, Plain(), "e")
        parts += [
            el("line", x1=0, x2=WIDE, y1=top, y2=top, class_="rule"),
            el("g", drawn, transform=f"translate(0,{top:g})"),
        ]
    return document(join(*parts), WIDE, high, PIXELS, "light", alt(m), ground="sheet")


def band(m: JourneyMap) -> str:
    """Draw the band alone as an SVG on white."""
    frame = Frame(len(m.stages), WIDE, m.small_n, m.unit)
    drawn = river.draw(m, frame, Plain(), "r")
    return document(drawn, WIDE, river.HEIGHT, PIXELS, "light", alt(m), ground="sheet")


def band_height() -> float:
    """Give the height of the band in points."""
    return river.HEIGHT


def picture(m: JourneyMap) -> bytes:
    """Draw the picture in pixels: 3 for each point, sharp on a wall."""
    return png(svg(m), PIXELS)


def alt(m: JourneyMap) -> str:
    """Say what the picture shows: how many reached and left each stage."""
    steps = "; ".join(
        f"{plain(stage.name)}: {stage.reached.n:,} reached, {stage.left.n:,} left"
        for stage in m.stages
    )
    mood = " Below it, how people felt at each touchpoint." if mood_line.speaks(m) else ""
    return f"Band of {m.unit} that thins as they leave. {steps}.{mood}"
