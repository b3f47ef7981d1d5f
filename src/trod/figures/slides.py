"""The map as two slides: where customers are lost, and what to do about it.

Words are words of the presentation, so that they can be edited and read aloud; only the band and
the line of mood are a picture. Notes hold everything a listener may ask for. The same map gives
the same bytes: times inside the file are those of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from trod.figures import cells, lately, numbers, slide_picture, tokens
from trod.figures.labels import join_words, label, plain
from trod.figures.mood_line import on_page, speaks
from trod.figures.text import Face, fit, wrap
from trod.insights.journey_map import Friction, JourneyMap, StageView

WIDE, HIGH, EDGE = 960.0, 540.0, 36.0  # points: 16 to 9
INSIDE: Final = WIDE - 2 * EDGE
SERIF, SANS = "Georgia", "Arial"  # on every machine that shows slides
TILES: Final = 4
TOUCHES: Final = 6
CHANGES: Final = 11
_USUAL: Final = 324.0  # height of the picture without marks
_TITLE_ONLY: Final = 5  # place in the template's list of layouts
_COLUMNS: Final = (34.0, 404.0, 110.0, 340.0)
_LEAST: Final = datetime(2000, 1, 1)


def pptx(m: JourneyMap) -> bytes:
    """Write the map as a presentation of one slide, and a second where there are frictions."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDE), Pt(HIGH)
    _map_slide(deck, m)
    if on_page(m):
        _friction_slide(deck, m)
    if m.since is not None and m.since.changed:
        _change_slide(deck, m)
    stamp(deck, m, f"{_name(m)}: journey map")
    raw = BytesIO()
    deck.save(raw)
    return same_bytes(raw.getvalue())


def _map_slide(deck: Any, m: JourneyMap) -> None:
    """Set the headline, tiles, stages, the picture, and the source."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    set_title(slide, _headline(m))
    high = slide_picture.height(m)
    up = max(high - _USUAL, 0.0)  # what a higher picture takes from the space above it
    _tiles(slide, m, 88.0 - up / 2)
    y = 188.0 - up
    if m.stages:
        _stages(slide, m, 152.0 - up * 3 / 4)
        drawn = slide.shapes.add_picture(
            BytesIO(slide_picture.picture(m)), Pt(EDGE), Pt(y), Pt(INSIDE), Pt(high)
        )
        drawn.name = "Journey map"
        describe(drawn, slide_picture.alt(m))
        if not speaks(m):
            _touches(slide, m, y + high + 8)
    else:
        words_at(slide, "No stages yet.", EDGE, y, INSIDE, 30, size=18)
    pins = "Numbered pins: see the next slide. " if on_page(m) else ""
    if m.since is not None:
        pins += f"{lately.summary(m)} Dashed: mood before {lately.day(m)}. "
    words_at(slide, f"{pins}{_source(m)}", EDGE, HIGH - 24, INSIDE, 18, size=11, colour="ink3")
    slide.notes_slide.notes_text_frame.text = notes(m)


def _headline(m: JourneyMap) -> list[tuple[str, str]]:
    """Give the headline in pieces that keep the spaces between them."""
    pieces = [(piece.text, plain(piece.text), piece.role) for piece in m.headline]
    said = [
        (" " * raw.startswith(" ") + text + " " * (raw.endswith(" ") and len(raw) > 1), role)
        for raw, text, role in pieces
    ]
    return said or [(_name(m), "")]


def _friction_slide(deck: Any, m: JourneyMap) -> None:
    """Set the frictions and their next moves as a table."""
    shown = on_page(m)
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    set_title(slide, [(_losses(m, shown), "")])
    frame = slide.shapes.add_table(
        len(shown) + 1, 4, Pt(EDGE), Pt(92), Pt(INSIDE), Pt(30 + 128 * len(shown))
    )
    frame.name = "Frictions and next moves"
    describe(frame, "Where customers are lost, how many, and what to do about it.")
    table = frame.table
    plain_table(frame)
    for i, wide in enumerate(_COLUMNS):
        table.columns[i].width = Pt(wide)
    for i, head in enumerate(("", "Where", "Lost", "Next move")):
        set_cell(table.cell(0, i), [[(head, 14.0, False, "ink3")]])
    table.rows[0].height = Pt(30)
    for row, friction in enumerate(shown, 1):
        table.rows[row].height = Pt(128)
        for i, lines in enumerate(_row(m, friction)):
            set_cell(table.cell(row, i), lines, tint="clay-tint" if i == 1 else None)
    words_at(slide, _source(m), EDGE, HIGH - 24, INSIDE, 18, size=11, colour="ink3")
    slide.notes_slide.notes_text_frame.text = notes(m)


def _change_slide(deck: Any, m: JourneyMap) -> None:
    """Set what changed as a table: figure, before, since."""
    assert m.since is not None
    shown = m.since.changed[:CHANGES]
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    set_title(slide, [(lately.summary(m), "")])
    frame = slide.shapes.add_table(
        len(shown) + 1, 4, Pt(EDGE), Pt(92), Pt(INSIDE), Pt(28 + 32 * len(shown))
    )
    frame.name = "Changes"
    describe(frame, "Figures that changed, before and since.")
    table = frame.table
    plain_table(frame)
    for i, wide in enumerate((150.0, 378.0, 180.0, 180.0)):
        table.columns[i].width = Pt(wide)
    day = lately.day(m)
    for i, head in enumerate(("Stage", "Figure", f"Before {day}", f"Since {day}")):
        set_cell(table.cell(0, i), [[(head, 14.0, False, "ink3")]])
    for row, one in enumerate(shown, 1):
        table.rows[row].height = Pt(32)
        stage, _, does = lately.what(m, one).partition(": ")
        before, now = (f" of {numbers.count(each.n.n)}" for each in (one.before, one.now))
        colour = _ROLES.get(one.tone, "ink")
        cells_: list[_Line] = [
            [(fit(stage, Face(16), 132), 16, True, "ink")],
            [(fit(does, Face(16), 360), 16, False, "ink2")],
            [(one.before.text, 16, True, "ink"), (before, 14, False, "ink3")],
            [(f"{lately.arrow(one)} {one.now.text}", 16, True, colour), (now, 14, False, "ink3")],
        ]
        for i, line in enumerate(cells_):
            set_cell(table.cell(row, i), [line])
    more = len(m.since.changed) - len(shown)
    said = f"{more} more in the notes. {_source(m)}" if more else _source(m)
    words_at(slide, said, EDGE, HIGH - 24, INSIDE, 18, size=11, colour="ink3")
    slide.notes_slide.notes_text_frame.text = notes(m)


_Line = list[tuple[str, float, bool, str]]  # (words, size, bold, colour)


def _row(m: JourneyMap, friction: Friction) -> list[list[_Line]]:
    """Give the cells of one friction, each a list of lines."""
    room = _COLUMNS[1] - 20
    said = wrap(plain(friction.statement), Face(16), room, lines=4)
    where: list[_Line] = [[(fit(plain(friction.title), Face(18, 600), room), 18, True, "ink")]]
    where.append([(" ".join(said), 16, False, "ink2")])
    lost: list[_Line] = []
    if friction.lost.n:
        lost.append([(numbers.count(friction.lost.n), 24, True, "clay")])
        lost.append([(m.unit, 14, False, "ink2")])
        if friction.money_lost_micros:
            lost.append([(numbers.money(friction.money_lost_micros, m.currency), 14, True, "ink2")])
    else:
        lost.append([("slow, nobody lost", 14, False, "ink2")])
    rank: list[_Line] = [[(str(friction.rank), 24, True, "clay")]]
    return [rank, where, lost, _move(m, friction)]


def _move(m: JourneyMap, friction: Friction) -> list[_Line]:
    """Give the lines of the next move of a friction."""
    move = next((move for move in m.moves if move.friction == friction.rank), None)
    if move is None:
        return [[("No move of the library fits.", 16, False, "ink3")]]
    room = _COLUMNS[3] - 20
    sentence = " ".join(wrap(plain(move.sentence), Face(17, 600), room, lines=3))
    lines: list[_Line] = [[(sentence, 17, True, "ink")]]
    if move.high > 0:
        effect = cells.effect(move.low, move.high)
        lines.append([(f"{effect} ", 16, True, "pine"), (plain(move.unit), 16, False, "ink2")])
    lines.append([(move.evidence, 14, False, "ink3")])
    return lines


def _losses(m: JourneyMap, shown: Sequence[Friction]) -> str:
    """Say in which stages the frictions are."""
    stages = [m.stages[f.stage].name for f in shown if 0 <= f.stage < len(m.stages)]
    names = join_words([label(name) for name in dict.fromkeys(stages)])
    return f"Act first in {names}" if names else "Act here first"


def set_title(slide: Any, runs: list[tuple[str, str]]) -> None:
    """Fill the title of a slide."""
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = (Pt(x) for x in (EDGE, 16, INSIDE, 68))
    frame = title.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    size = 28 if sum(len(text) for text, _ in runs) <= 90 else 24
    for text, role in runs:
        _run(paragraph, text, size, bold=False, colour=_ROLES.get(role, "ink"), font=SERIF)


_ROLES: Final = {"worse": "clay", "better": "pine"}


def _tiles(slide: Any, m: JourneyMap, y: float) -> None:
    """Set the key figures in one row."""
    shown = m.kpis[:TILES]
    for i, kpi in enumerate(shown):
        wide = INSIDE / len(shown)
        tile = box(slide, EDGE + i * wide, y, wide - 12, 56)
        lines: list[_Line] = [
            [(fit(plain(kpi.label), Face(12), wide - 16), 12, False, "ink3")],
            [(plain(kpi.value), 22, True, "ink")],
        ]
        if kpi.note:
            lines.append([(fit(plain(kpi.note), Face(12), wide - 16), 12, False, "ink3")])
        fill(tile.text_frame, lines)


def _stages(slide: Any, m: JourneyMap, y: float) -> None:
    """Head each column with its stage and the median time in it."""
    wide = INSIDE / len(m.stages)
    for i, stage in enumerate(m.stages):
        time = numbers.duration(stage.dwell.median_us) if stage.dwell else ""
        tile = box(slide, EDGE + i * wide, y, wide - 4, 34)
        size = 14 if len(m.stages) <= 7 else 12
        name = fit(label(stage.name), Face(size, 600), wide - 10)
        fill(tile.text_frame, [[(name, size, True, "ink")], [(time, 12, False, "ink3")]])


def _touches(slide: Any, m: JourneyMap, y: float) -> None:
    """List the touchpoints of each stage where no mood fills the space."""
    wide = INSIDE / len(m.stages)
    for i, stage in enumerate(m.stages):
        tile = box(slide, EDGE + i * wide, y, wide - 6, HIGH - 40 - y)
        fill(tile.text_frame, [_touch(m, stage, j, wide) for j in range(_listed(stage))])


def _listed(stage: StageView) -> int:
    return min(TOUCHES, len(stage.touches))


def _touch(m: JourneyMap, stage: StageView, j: int, wide: float) -> _Line:
    touch = stage.touches[j]
    share = numbers.share(touch.customers.n, stage.reached.n, m.small_n)
    name = fit(label(touch.name), Face(13), wide - 56)
    return [(f"{name} ", 13, False, "ink"), (share, 13, False, "ink3")]


def notes(m: JourneyMap) -> str:
    """Write what a speaker may be asked: filters, dates, frictions, definitions, source."""
    lines = [plain("".join(piece.text for piece in m.headline)), ""]
    lines.append(
        f"Journey: {label(m.journey)}. Counted: {m.unit}. {m.entered.n:,} of {m.population.n:,}"
        " entered. No other filter."
    )
    lines.append(f"Data: {numbers.day(m.first_day)} to {numbers.day(m.last_day)}, {m.zone}.")
    if m.until:
        lines.append(f"As it stood on {numbers.day(m.until)}.")
    if m.since is not None:
        lines += ["", *lately.lines(m), m.since.sentence]
    lines += ["", *(f"{f.rank}. {plain(f.title)}: {plain(f.statement)}" for f in on_page(m))]
    lines += ["", "What the words mean"]
    lines += [f"{plain(word)}: {plain(meaning)}" for word, meaning in m.definitions]
    if m.notes:
        lines += ["", "What to know", *(plain(note).replace("`", "") for note in m.notes)]
    return "\n".join([*lines, "", f"Source: {_source(m)}"])


def _source(m: JourneyMap) -> str:
    return (
        f"{_name(m)}, {numbers.plural(m.entered.n, m.unit)}, data to {numbers.day(m.as_of)}. "
        "Made with Trod."
    )


def _name(m: JourneyMap) -> str:
    return label(m.journey)


def words_at(
    slide: Any,
    text: str,
    x: float,
    y: float,
    wide: float,
    high: float,
    *,
    size: float,
    colour: str = "ink",
) -> None:
    """Set words on a slide."""
    fill(box(slide, x, y, wide, high).text_frame, [[(text, size, False, colour)]])


def box(slide: Any, x: float, y: float, wide: float, high: float) -> Any:
    """Add an empty box of words without margins."""
    made = slide.shapes.add_textbox(Pt(x), Pt(y), Pt(wide), Pt(high))
    frame = made.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    return made


def fill(frame: Any, lines: list[_Line]) -> None:
    """Write lines into a frame, each a paragraph."""
    for i, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        for text, size, bold, colour in line:
            _run(paragraph, text, size, bold=bold, colour=colour)


def _run(
    paragraph: Any, text: str, size: float, *, bold: bool, colour: str, font: str = SANS
) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run.font.color.rgb = _rgb(colour)


def set_cell(cell: Any, lines: list[_Line], tint: str | None = None) -> None:
    """Fill a cell of a table."""
    cell.margin_left = cell.margin_right = Pt(8)
    cell.margin_top = cell.margin_bottom = Pt(6)
    if tint:
        cell.fill.solid()
        cell.fill.fore_color.rgb = _rgb(tint)
    else:
        cell.fill.background()
    fill(cell.text_frame, lines)


def _rgb(name: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(tokens.palette("light")[name].removeprefix("#")))  # type: ignore[no-untyped-call]


def plain_table(frame: Any) -> None:
    """Take the bands of colour of the template's table away; leave thin lines."""
    table = frame.table
    table.horz_banding, table.first_row = False, True
    style = frame._element.graphic.graphicData.tbl.tblPr.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    )
    if style is not None:
        style.text = "{9D7B030F-B1BA-407E-A5F6-1E2A9F1F0C4A}"  # "Light Style 1"


def describe(shape: Any, words: str) -> None:
    """Say what a picture shows to people who listen."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", words)


def stamp(deck: Any, m: JourneyMap, title: str) -> None:
    """Fill the properties of the file with facts of the data, not of this machine."""
    try:
        when = datetime.fromisoformat(m.as_of[:10])
    except ValueError:
        when = _LEAST
    core = deck.core_properties
    core.title, core.author, core.last_modified_by = title, "Trod", "Trod"
    core.subject, core.keywords, core.comments = "Customer journey map", "", ""
    core.created = core.modified = core.last_printed = when
    core.revision = 1


def same_bytes(raw: bytes) -> bytes:
    """Pack a presentation again without the time of packing, and without the template's picture."""
    packed = BytesIO()
    with ZipFile(BytesIO(raw)) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return packed.getvalue()
