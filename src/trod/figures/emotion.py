"""The emotion row: how people felt at each touchpoint, with its 95 % range.

Clay pins are frictions, and a dotted line leads down to their card; pine diamonds are moments
that matter. Where too few customers said anything the row is hatched and the line dashed.
"""

from __future__ import annotations

from trod.figures import curve, lately, meaning, numbers
from trod.figures.frame import Frame
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.mood_labels import PIN, SMALL, labels, leader, legend_box, legend_items, radius
from trod.figures.mood_line import (
    FOOT,
    HEIGHT,
    ZERO,
    Line,
    Loose,
    Spot,
    earlier,
    lay_out,
    on_page,
)
from trod.figures.place import Placed
from trod.figures.text import width
from trod.figures.tokens import step
from trod.insights.journey_map import JourneyMap


def draw(m: JourneyMap, frame: Frame, links: Links, prefix: str) -> Markup:
    """Draw the row, without the surrounding `svg`."""
    line = lay_out(m, frame)
    spot_names, pin_names = labels(line, frame)
    most = max((spot.touch.customers.n for spot in line.spots), default=1)
    return join(
        _definitions(frame, prefix),
        *(_gap(m, frame, prefix, stage, line) for stage in line.unknown),
        el("line", x1=0, x2=frame.wide, y1=ZERO, y2=ZERO, class_="zero"),
        *(_before(piece) for piece in earlier(line)),
        *(_run(line.spots[a:b], prefix) for a, b in line.runs),
        *(_bridge(line, i) for i in range(1, len(line.runs))),
        *(_drop(spot.x, spot.y + PIN + 1) for spot in line.spots if spot.rank),
        *(
            _lead(pin.x, pin.y, where)
            for pin, where in zip(line.spots, spot_names, strict=True)
            if pin.rank and where
        ),
        *(
            _lead(pin.x, FOOT, where)
            for pin, where in zip(line.loose, pin_names, strict=True)
            if where
        ),
        *(_dot(m, links, spot, most) for spot in line.spots),
        *(_loose(m, links, pin) for pin in line.loose),
        *(
            _name(where, "tpl worse" if spot.rank else "tpl better" if spot.matters else "tpl")
            for spot, where in zip(line.spots, spot_names, strict=True)
            if where is not None
        ),
        *(_name(where, "tpl worse") for where in pin_names if where is not None),
        _legend(line, frame) if line.spots else Markup(""),
    )


def _definitions(frame: Frame, prefix: str) -> Markup:
    def area(name: str, colour: str, start: str, end: str) -> Markup:
        return el(
            "linearGradient",
            el("stop", offset="0", stop_color=f"var(--{colour})", stop_opacity=start),
            el("stop", offset="1", stop_color=f"var(--{colour})", stop_opacity=end),
            id=f"{prefix}-{name}",
            gradientUnits="userSpaceOnUse",
            x1=0,
            x2=0,
            y1=22 if name == "up" else ZERO,
            y2=ZERO if name == "up" else 184,
        )

    def half(name: str, y: float) -> Markup:
        shape = el("rect", x=0, y=y, width=frame.wide, height=ZERO)
        return el("clipPath", shape, id=f"{prefix}-{name}")

    stroke = el(
        "linearGradient",
        *(
            el("stop", offset=at, stop_color=f"var(--{colour})")
            for at, colour in (
                ("0", "s12"),
                (".38", "s9"),
                (".5", "s6"),
                (".62", "s3"),
                ("1", "s1"),
            )
        ),
        id=f"{prefix}-line",
        gradientUnits="userSpaceOnUse",
        x1=0,
        x2=0,
        y1=ZERO - 72,
        y2=ZERO + 72,
    )
    hatch = el(
        "pattern",
        el("line", x1=0, x2=0, y1=0, y2=7, stroke="var(--rule2)", stroke_width="1.6"),
        id=f"{prefix}-hatch",
        patternUnits="userSpaceOnUse",
        width=7,
        height=7,
        patternTransform="rotate(45)",
    )
    return el(
        "defs",
        area("up", "pine", ".20", ".02"),
        area("down", "clay", ".02", ".22"),
        half("above", 0.0),
        half("below", ZERO),
        stroke,
        hatch,
    )


def _run(spots: tuple[Spot, ...], prefix: str) -> Markup:
    """Draw one unbroken piece of the line: area, range and stroke."""
    middle = [(spot.x, spot.y) for spot in spots]
    if len(spots) == 1:
        (spot,) = spots
        return el("line", x1=spot.x, x2=spot.x, y1=spot.high, y2=spot.low, class_="whisker")
    first, last, zero = number(middle[0][0]), number(middle[-1][0]), number(ZERO)
    shape = f"{curve.path(middle)}L{last},{zero}L{first},{zero}Z"
    upper = [(spot.x, spot.high) for spot in spots]
    lower = [(spot.x, spot.low) for spot in spots]
    return join(
        el("path", d=shape, fill=f"url(#{prefix}-up)", clip_path=f"url(#{prefix}-above)"),
        el("path", d=shape, fill=f"url(#{prefix}-down)", clip_path=f"url(#{prefix}-below)"),
        el("path", d=curve.ribbon(upper, lower), class_="ci"),
        el("path", d=curve.path(middle), fill="none", stroke=f"url(#{prefix}-line)", class_="mood"),
    )


def _before(piece: list[curve.Point]) -> Markup:
    """Draw a piece of the line as it was: thin and dashed."""
    return el(
        "path",
        d=curve.path(piece),
        fill="none",
        stroke="var(--ink4)",
        stroke_width="1.5",
        stroke_dasharray="4 4",
    )


def _bridge(line: Line, run: int) -> Markup:
    """Join two pieces over unknown stages by a thin dashed line that claims nothing."""
    before, after = line.spots[line.runs[run - 1][1] - 1], line.spots[line.runs[run][0]]
    third = (after.x - before.x) / 2
    n = number
    return el(
        "path",
        d=(
            f"M{n(before.x)},{n(before.y)}C{n(before.x + third)},{n(before.y)}"
            f" {n(after.x - third)},{n(after.y)} {n(after.x)},{n(after.y)}"
        ),
        class_="unknown",
    )


def _gap(m: JourneyMap, frame: Frame, prefix: str, stage: int, line: Line) -> Markup:
    """Hatch a stage without a known mood and say how many spoke."""
    spoke = m.stages[stage].spoke
    x = frame.left(stage)
    if not m.stages[stage].reached.n:
        text = "nobody yet"
    else:
        text = (
            f"{numbers.count(spoke)} said how it felt: too few"
            if spoke
            else "nobody said how it felt"
        )
    if width(text, SMALL) > frame.column - 16:
        text = "too few answers" if spoke else "no answers"
    y = 20.0 if line.loose else 192.0
    return join(
        el(
            "rect",
            x=x + 1,
            y=0,
            width=frame.column - 2,
            height=HEIGHT,
            fill=f"url(#{prefix}-hatch)",
            class_="gap",
        ),
        el("text", text, x=x + frame.column / 2, y=y, class_="lg halo", text_anchor="middle"),
    )


def _drop(x: float, y: float) -> Markup:
    return el("line", x1=x, x2=x, y1=y, y2=HEIGHT, class_="drop")


def _dot(m: JourneyMap, links: Links, spot: Spot, most: int) -> Markup:
    """Draw one touchpoint: a pin, a diamond, or a dot whose size is its reach."""
    stage = m.stages[spot.stage]
    share = (spot.touch.customers.n / most) ** 0.5 if most else 0.0
    x, y = spot.x, spot.y
    target = el("circle", cx=x, cy=y, r=14, class_="hit")
    n = number
    if spot.rank:
        shape = join(
            el("circle", cx=x, cy=y, r=PIN, class_="pin"),
            el("text", str(spot.rank), x=x, y=y + 4.2, class_="pinT", text_anchor="middle"),
        )
    elif spot.matters:
        shape = el("path", d=f"M{n(x)},{n(y - 9)}l9,9l-9,9l-9,-9Z", class_="gem")
    else:
        scaled = max(-1.0, min(1.0, spot.value / 0.8))
        shape = el("circle", cx=x, cy=y, r=radius(spot, share), class_=f"dot f{step(scaled)}")
    return links.mark(
        meaning.touch(stage, spot.touch),
        _tip(m, spot),
        target,
        *_changed(m, spot, share),
        shape,
        class_="spot",
    )


def _changed(m: JourneyMap, spot: Spot, share: float) -> tuple[Markup, ...]:
    """Ring a touchpoint whose mood changed, with an arrow the way it went."""
    found = lately.mark(m, "mood", spot.stage, spot.touch.name)
    if found is None:
        return ()
    r = radius(spot, share) + 4
    colour = {"worse": "clay", "better": "pine"}.get(found.tone, "ink4")
    up = found.text.startswith("↑")
    y = spot.y - r - 3 if up else spot.y + r + 11
    return (
        el(
            "circle",
            cx=spot.x,
            cy=spot.y,
            r=r,
            fill="none",
            stroke=f"var(--{colour})",
            stroke_width="1.75",
        ),
        el("text", found.text[:1], x=spot.x, y=y, class_=f"tpl {found.tone}", text_anchor="middle"),
    )


def _tip(m: JourneyMap, spot: Spot) -> Tip:
    touch = spot.touch
    facts = [("Mood", numbers.mood(spot.value))]
    if touch.mood.low is not None and touch.mood.high is not None:
        facts.append(
            ("95% range", f"{numbers.mood(touch.mood.low)} to {numbers.mood(touch.mood.high)}")
        )
    changed = lately.mark(m, "mood", spot.stage, touch.name)
    if changed:
        facts.append((f"Since {lately.day(m)}", changed.text))
    facts.append((m.unit.capitalize(), numbers.count(touch.customers.n)))
    if touch.went_on.whole:
        facts.append(("Went on", numbers.rate(touch.went_on, m.small_n)))
    said = numbers.plural(touch.mood.n, "signals")
    where = f" over {label(touch.channel)}" if touch.channel else ""
    kind = " Moment that matters." if spot.matters else ""
    return Tip(label(touch.name), tuple(facts), f"{said}{where}.{kind}")


def _loose(m: JourneyMap, links: Links, pin: Loose) -> Markup:
    """Draw a pin at the foot of a stage: a friction where no mood is known."""
    friction = next(f for f in on_page(m) if f.rank == pin.rank)
    drill: Drill = meaning.behind(m, friction)
    said = f"{m.unit.capitalize()} left" if friction.lost.n else m.unit.capitalize()
    x, y = pin.x, FOOT
    return join(
        _drop(x, y + PIN + 1),
        links.mark(
            drill,
            Tip(friction.title, ((said, numbers.count(drill.total)),)),
            el("circle", cx=x, cy=y, r=14, class_="hit"),
            el("circle", cx=x, cy=y, r=PIN, class_="pin"),
            el("text", str(pin.rank), x=x, y=y + 4.2, class_="pinT", text_anchor="middle"),
            class_="spot",
        ),
    )


def _name(where: Placed, kind: str) -> Markup:
    return el("text", where.text, x=where.x, y=where.y, class_=kind, text_anchor=where.anchor)


def _lead(x: float, y: float, where: Placed) -> Markup:
    """Join a pin to a name that had to be put further away."""
    end = leader(x, y, where)
    return el("line", x1=x, y1=y, x2=end[0], y2=end[1], class_="lead") if end else Markup("")


def _legend(line: Line, frame: Frame) -> Markup:
    """Explain the marks at the foot of the row, where there is room."""
    box = legend_box(line, frame)
    if box is None:
        return Markup("")
    x, y = box.left + 6, HEIGHT - 10
    parts = []
    for kind, text in legend_items(line):
        if kind == "range":
            parts.append(el("rect", x=x, y=y - 9, width=18, height=9, class_="ci key"))
        elif kind == "was":
            parts.append(_before([(x, y - 4.2), (x + 18, y - 4.2)]))
        elif kind == "gem":
            gem = f"M{number(x + 10)},{number(y - 9)}l5,5l-5,5l-5,-5Z"
            parts.append(el("path", d=gem, class_="gem key"))
        else:
            parts.append(el("circle", cx=x + 10, cy=y - 4.2, r=5, class_="pin key"))
        parts.append(el("text", text, x=x + 24, y=y, class_="lg"))
        x += 38 + width(text, SMALL)
    return el("g", *parts, class_="legend")
