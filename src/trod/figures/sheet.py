"""The map as one drawing: the rows of the page set as SVG, with no browser to lay them out."""

from __future__ import annotations

from collections.abc import Callable

from trod.events.counted import one_of
from trod.figures import cells, emotion, icons, lately, mood_line, numbers, river
from trod.figures.frame import Frame
from trod.figures.labels import label, plain
from trod.figures.links import Plain
from trod.figures.markup import Markup, el, join
from trod.figures.prose import block, rich
from trod.figures.text import Face, fit, width
from trod.insights.journey_map import JourneyMap

LABEL = 112.0
_PAD, _RIGHT = 14.0, 13.0
_SMALL, _BODY, _HEAD = Face(11), Face(12.5), Face(13.5, 600)
_VOICE = Face(13.5, 400, "italic")

Row = tuple[Markup, float]  # what is drawn, and how high it is


def draw(m: JourneyMap, frame: Frame) -> tuple[Markup, float]:
    """Draw all rows from (0, 0); gives the drawing and its height."""
    if not m.stages:
        return _words("No stages yet. Write at least one under journeys: in trod.yml.")
    caption = f"what the {one_of(m.unit)} asks; median time"
    if not any(stage.asks for stage in m.stages):
        caption = "how it is entered; median time"
    rows: list[tuple[str, str, Row]] = [
        ("Stage", caption, _columns(m, frame, _stage)),
        (
            m.unit.capitalize(),
            "band thins as people leave",
            _figure(frame, river.draw(m, frame, Plain(), "r"), river.height(m)),
        ),
        ("Emotion", _felt(m), _emotion(m, frame)),
        ("Touchpoints", f"share of {m.unit} reached", _columns(m, frame, _touches)),
        *(
            [("Pointed out", cells.POINTED, _columns(m, frame, _pointed))]
            if cells.points_out(m)
            else ()
        ),
        ("Friction", f"ranked by {m.unit} at stake", _columns(m, frame, _frictions)),
        ("Next move", cells.moves_caption(m), _columns(m, frame, _moves)),
    ]
    parts, y = [], 0.0
    for i, (name, note, (drawing, least)) in enumerate(rows):
        wide = LABEL + frame.wide
        heading, last = _heading(name, note, 34.0 if name == "Emotion" else 0.0)
        height = max(least, last + 12)
        parts.append(
            el(
                "g",
                el("line", x1=0, x2=wide, y1=0, y2=0, class_="rule") if i else "",
                heading,
                el("g", *_grid(frame, height), drawing, transform=f"translate({LABEL:g},0)"),
                transform=f"translate(0,{y:.1f})",
            )
        )
        y += height
    return join(*parts), y


def _felt(m: JourneyMap) -> str:
    """Caption the emotion row."""
    return f"how they feel; dashed: before {lately.day(m)}" if m.since else "how they feel"


def _heading(name: str, note: str, kept: float) -> tuple[Markup, float]:
    """Set the label column of a row."""
    small, last = block(
        note, 18, 39, _SMALL, LABEL - 28 - kept, class_="s11", leading=14.5, lines=5
    )
    return join(el("text", name, x=18, y=24, class_="lab"), small), last


def _grid(frame: Frame, height: float) -> list[Markup]:
    """Rule the columns of a row."""
    return [
        el("line", x1=frame.left(i), x2=frame.left(i), y1=0, y2=height, class_="rule")
        for i in range(frame.stages)
    ]


def _columns(
    m: JourneyMap, frame: Frame, cell: Callable[[JourneyMap, Frame, int, float], Row]
) -> Row:
    """Set one row of cells, as high as its highest."""
    room = min(frame.column - _PAD - _RIGHT, 544.0)
    drawn = [cell(m, frame, i, room) for i in range(frame.stages)]
    height = max((h for _, h in drawn), default=40.0)
    parts = []
    for i, (drawing, _) in enumerate(drawn):
        hot = cell is _frictions and bool(cells.cards(m, i))
        ground = (
            el("rect", x=0.5, y=0.5, width=frame.column - 1, height=height - 1, class_="hotcell")
            if hot
            else ""
        )
        inner = el("g", drawing, transform=f"translate({_PAD:g},0)")
        parts.append(el("g", ground, inner, transform=f"translate({frame.left(i):.1f},0)"))
    return join(*parts), height


def _figure(frame: Frame, drawing: Markup, height: float) -> Row:
    del frame
    return el("g", drawing), height


def _emotion(m: JourneyMap, frame: Frame) -> Row:
    """Draw the emotion row with its faces, or say what is missing."""
    if not mood_line.speaks(m):
        return _words(
            "Mood is unknown here. Name a survey score or a column of text under sources: in"
            " trod.yml (score: or text:) and this row draws how people felt."
        )
    faces = [
        el(
            "g",
            el("circle", r=8, class_="face"),
            el("circle", cx=-2.8, cy=-2.0, r=1, class_="eye"),
            el("circle", cx=2.8, cy=-2.0, r=1, class_="eye"),
            el("path", d=mouth, class_="face"),
            transform=f"translate(-20,{y:g})",
        )
        for y, mouth in (
            (31, "M-3.6,1.7Q0,5.2 3.6,1.7"),
            (mood_line.ZERO, "M-3.6,2.6H3.6"),
            (175, "M-3.6,3.5Q0,0 3.6,3.5"),
        )
    ]
    return join(*faces, emotion.draw(m, frame, Plain(), "e")), mood_line.HEIGHT


def _words(text: str) -> Row:
    return el("text", text, x=_PAD, y=28, class_="s12"), 48.0


def _stage(m: JourneyMap, frame: Frame, i: int, room: float) -> Row:
    """Name, median time, and the question or the rule."""
    stage = m.stages[i]
    time = numbers.duration(stage.dwell.median_us) if stage.dwell else ""
    wide = frame.column - _PAD - _RIGHT
    name, y = block(
        label(stage.name),
        0,
        25,
        Face(15, 650),
        wide - width(time, _SMALL) - 10,
        class_="stage",
        leading=19,
        lines=3,
    )
    parts = [name]
    if time:
        parts.append(el("text", time, x=wide, y=25, class_="s11", text_anchor="end"))
    words = f"“{plain(stage.asks)}”" if stage.asks else plain(stage.rule)
    face, class_ = (_VOICE, "voice") if stage.asks else (Face(12), "s12")
    under, y = block(words, 0, y + 19.5, face, room, class_=class_, leading=18, lines=4)
    if took := lately.mark(m, "took", i):
        drawn, y = lately.wrapped(took, 0, y + 4, room)
        under = join(under, drawn)
    return join(*parts, under), y + 14


def _touches(m: JourneyMap, frame: Frame, i: int, room: float) -> Row:
    """Icon, name and share of each touchpoint."""
    del frame
    cell = cells.touch_cell(m, m.stages[i])
    parts, y = [], 27.0
    for row in cell.shown:
        name = fit(row.name, Face(12.25), room - 28 - width(row.share, Face(11.5)))
        parts.append(
            join(
                el(
                    "g",
                    icons.shape(row.icon),
                    class_="ic",
                    transform=f"translate(0,{y - 11:g}) scale(.5625)",
                ),
                el("text", name, x=22, y=y, class_="tp"),
                el("text", row.share, x=room, y=y, class_="pc", text_anchor="end"),
            )
        )
        for found in row.marks:
            drawn, y = lately.wrapped(found, 22, y, room - 22)
            parts.append(drawn)
        y += 24
    if not cell.shown:
        parts.append(el("text", "No touchpoints", x=0, y=y, class_="s12"))
        y += 24
    if cell.folded or cell.unlisted:
        parts.append(el("text", cell.fold, x=22, y=y, class_="s11"))
        y += 24
    return join(*parts), y - 8


def _pointed(m: JourneyMap, frame: Frame, i: int, room: float) -> Row:
    """Name the scores that point customers out, and how many."""
    del frame
    parts, y = [], 25.0
    for row in cells.pointed(m, m.stages[i]):
        name = fit(row.name, Face(12.25, 600), room - 10 - width(row.said, Face(11.5)))
        parts += [
            el("text", name, x=0, y=y, class_=f"tp {row.tone}"),
            el("text", row.said, x=room, y=y, class_="pc", text_anchor="end"),
        ]
        y += 22
    return join(*parts) if parts else el("text", "—", x=0, y=y, class_="s12"), max(y - 2, 40.0)


def _frictions(m: JourneyMap, frame: Frame, i: int, room: float) -> Row:
    """Set the friction cards of a stage one under the other."""
    del frame
    parts, y = [], 25.0
    found = cells.cards(m, i)
    if not found:
        said = cells.quiet(m, i)
        text, last = block(
            f"{said.words} {said.link}", 0, 25, Face(12), room, class_="s12", leading=17, lines=3
        )
        return text, last + 19
    for card in found:
        badge = join(
            el("circle", cx=9.6, cy=y - 4.5, r=9.6, class_="badge"),
            el("text", str(card.rank), x=9.6, y=y - 0.5, class_="badgeT", text_anchor="middle"),
        )
        title, y = block(card.title, 27, y, _HEAD, room - 27, class_="h13", leading=17.5, lines=3)
        runs = [(text, "strong" if strong else "") for text, strong, _ in card.statement]
        body, y = rich(runs, 0, y + 21.5, Face(12.5, 500), room, class_="b125", leading=18, lines=8)
        parts += [badge, title, body]
        if card.quote:
            voice, y = block(
                card.quote, 0, y + 24, _VOICE, room, class_="voice", leading=18, lines=4
            )
            parts.append(voice)
        y += 25 if card.link else 5
        parts.append(el("text", card.link, x=0, y=y, class_="l12"))
        parts.append(_tag(card.grade, 0, y + 10))
        y += 58
    return join(*parts), y - 20


def _moves(m: JourneyMap, frame: Frame, i: int, room: float) -> Row:
    """Set the next moves of a stage, each with its range on the shared scale."""
    del frame
    parts, y = [], 25.0
    found = cells.moves(m, i)
    if not found:
        return el("text", "—", x=0, y=25, class_="s12"), 44.0
    for move in found:
        head, y = block(move.sentence, 0, y, _HEAD, room, class_="h13", leading=17.5, lines=5)
        runs = [(move.effect, "better" if move.unit else ""), (f" {move.unit}", "")]
        body, y = rich(runs, 0, y + 22, Face(12.5, 600), room, class_="b125", leading=17, lines=2)
        y += 11
        parts += [head, body]
        if move.length:
            parts += [
                el("rect", y=y, width=room, height=6, rx=3, class_="track"),
                el(
                    "rect",
                    x=room * move.start / 100,
                    y=y,
                    width=room * move.length / 100,
                    height=6,
                    rx=3,
                    class_="range",
                ),
            ]
            y += 14
        parts.append(_tag(move.evidence, 0, y))
        y += 48
    return join(*parts), y - 14


def _tag(text: str, x: float, y: float) -> Markup:
    """Set a small outlined word."""
    wide = width(text, Face(10.5, 550)) + 12
    box = el("rect", x=x + 0.5, y=y + 0.5, width=wide, height=17, rx=4, class_="tagbox")
    return join(box, el("text", text, x=x + 6.5, y=y + 12.6, class_="tag"))
