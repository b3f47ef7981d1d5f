"""A review as slides: the headline over the band, then a slide for each part, as text to edit.

Words are words of the presentation; only the band, the plays and the channels are pictures. Every
slide's notes hold the headline, the filters, the date of the data and what the words mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

from pptx import Presentation
from pptx.util import Pt

from trod.figures import slide_picture, slides
from trod.figures.figure import Figure, figure_svg
from trod.figures.labels import label, plain
from trod.figures.numbers import day
from trod.figures.png import png
from trod.figures.review_page import figures
from trod.figures.slides import EDGE, HIGH, INSIDE, WIDE
from trod.figures.text import Face, width, wrap
from trod.insights.credit import CreditView
from trod.insights.journey_map import JourneyMap
from trod.outcomes.board import Board
from trod.outcomes.reviews.review import Item, Review, Section, figure_line, words

_TITLE_ONLY: Final = 5
_TOP, _BOTTOM = 92.0, HIGH - 32.0
_SIZES: Final = (17.0, 16.0, 15.0, 14.0, 13.0)
"""Of words, in points: as large as takes no more slides than the smallest."""
_CELLS: Final = (15.0, 14.0, 13.0, 12.0)
_FIRST: Final = 3
"""Changes on the first slide."""
_Line = list[tuple[str, float, bool, str]]


def review_pptx(
    review: Review,
    m: JourneyMap,
    *,
    board: Board | None = None,
    credit: CreditView | None = None,
) -> bytes:
    """Write a review as a presentation, 16 to 9; the same bytes for the same review.

    Parameters
    ----------
    review
        What to show.
    m
        The map whose band stands on the first slide.
    board, credit
        Plays and channels to draw before their tables.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDE), Pt(HIGH)
    _first(deck, review, m)
    drawn = figures(board, credit)
    for section in review.sections:
        if section.name in drawn:
            _drawn(deck, review, section, drawn[section.name])
        _items(deck, review, section)
        _tables(deck, review, section)
    _nothing(deck, review)
    slides.stamp(deck, m, f"{label(review.journey)}: {review.title}, {review.period_words}")
    raw = BytesIO()
    deck.save(raw)
    return slides.same_bytes(raw.getvalue())


def _first(deck: Any, review: Review, m: JourneyMap) -> None:
    """Set the headline, the titles of the changes, and the band."""
    slide = _slide(deck, review, plain(review.headline))
    slides.words_at(
        slide,
        f"{review.title} · {review.period_words}",
        EDGE,
        90,
        INSIDE,
        18,
        size=14,
        colour="ink3",
    )
    slides.words_at(slide, ". ".join(review.context) + ".", EDGE, 110, INSIDE, 18, size=12)
    y = 140.0
    if m.stages:
        wide = INSIDE / len(m.stages)
        for i, stage in enumerate(m.stages):
            slides.words_at(slide, label(stage.name), EDGE + i * wide, y, wide - 4, 18, size=13)
        high = slide_picture.band_height()
        made = BytesIO(png(slide_picture.band(m), slide_picture.PIXELS))
        picture = slide.shapes.add_picture(made, Pt(EDGE), Pt(y + 20), Pt(INSIDE), Pt(high))
        picture.name = "The journey"
        slides.describe(picture, slide_picture.alt(m))
        y += 20 + high + 14
    changes = next((s for s in review.sections if s.name == "changes"), None)
    if changes is None:
        return
    lines: list[_Line] = [[(plain(changes.title), 16, True, "ink")]]
    for i, item in enumerate(changes.items[:_FIRST], 1):
        lines.append([(f"{i}. {plain(item.title)}", 14, False, _tone(item))])
    if changes.empty:
        lines.append([(plain(changes.none), 14, False, "ink2")])
    slides.fill(slides.box(slide, EDGE, y, INSIDE, _BOTTOM - y).text_frame, lines)


def _drawn(deck: Any, review: Review, section: Section, figure: Figure) -> None:
    """Set a figure on a slide of its own, as large as it fits."""
    slide = _slide(deck, review, plain(section.title))
    scale = min(INSIDE / figure.wide, (_BOTTOM - _TOP) / (figure.high + 110))
    wide = figure.wide * scale
    made = BytesIO(png(figure_svg(figure, "light"), 2000))
    picture = slide.shapes.add_picture(made, Pt(EDGE), Pt(_TOP), Pt(wide))
    if picture.height > Pt(_BOTTOM - _TOP):
        picture.width = round(picture.width * Pt(_BOTTOM - _TOP) / picture.height)
        picture.height = Pt(_BOTTOM - _TOP)
    picture.name = plain(figure.title)
    slides.describe(picture, plain(figure.alt))


def _nothing(deck: Any, review: Review) -> None:
    """Say on one slide of which parts there is nothing to tell; changes stand on the first."""
    lines: list[_Line] = []
    for section in review.sections:
        if section.empty and section.name != "changes":
            lines.append([(plain(section.title), 16, True, "ink")])
            lines.append([(_plain(section.none), 14, False, "ink2")])
    if lines:
        slide = _slide(deck, review, "Looked at, and nothing to tell")
        frame = slides.box(slide, EDGE, _TOP, INSIDE, _BOTTOM - _TOP).text_frame
        _apart(frame, lines)


def _items(deck: Any, review: Review, section: Section) -> None:
    """Set items one below the other, on as many slides as they need."""
    pages, size = _fitting(section.items)
    for some in pages:
        slide = _slide(deck, review, plain(section.title))
        y = _lead(slide, section)
        lines: list[_Line] = []
        for item in some:
            lines += _item(section.items.index(item) + 1, item, size)
        _apart(slides.box(slide, EDGE, y, INSIDE, _BOTTOM - y).text_frame, lines)
        _note(slide, section)


def _apart(frame: Any, lines: list[_Line]) -> None:
    """Write lines, with air above each heading."""
    slides.fill(frame, lines)
    for paragraph, line in zip(frame.paragraphs, lines, strict=True):
        if line[0][2]:
            paragraph.space_before = Pt(6)


def _fitting(items: Sequence[Item]) -> tuple[list[list[Item]], float]:
    """Divide items over as few slides as they need, and give the largest size that fits so."""
    fewest = len(list(_pages(items, _SIZES[-1])))
    for size in _SIZES:
        pages = list(_pages(items, size))
        if len(pages) == fewest:
            break
    return pages, size


def _pages(items: Sequence[Item], size: float) -> Iterator[list[Item]]:
    """Divide items over slides by the lines they take."""
    room = _BOTTOM - _TOP - 40
    page: list[Item] = []
    used = 0.0
    for item in items:
        takes = 2 * size + 1.2 * size * sum(_lines(text, size) for text in _texts(item))
        if page and used + takes > room:
            yield page
            page, used = [], 0.0
        page.append(item)
        used += takes
    if page:
        yield page


def _lines(text: str, size: float) -> int:
    return len(wrap(text, Face(size), INSIDE - 8, lines=9))


def _texts(item: Item) -> list[str]:
    return [*map(_plain, item.lines), *(_plain(figure_line(each)) for each in item.figures)]


def _item(i: int, item: Item, size: float) -> list[_Line]:
    tag = f"  ({item.tag})" if item.tag else ""
    head: _Line = [(f"{i}. {plain(item.title)}", size + 2, True, _tone(item))]
    if tag:
        head.append((tag, size, False, "ink3"))
    return [head, *([(text, size, False, "ink2")] for text in _texts(item))]


def _tone(item: Item) -> str:
    return {"worse": "clay", "better": "pine"}.get(item.tone, "ink")


def _lead(slide: Any, section: Section) -> float:
    """Set what the part is about; gives where the rest begins."""
    if not section.lead:
        return _TOP
    n = len(wrap(_plain(section.lead), Face(13), INSIDE, lines=3))
    slides.words_at(
        slide, _plain(section.lead), EDGE, _TOP - 8, INSIDE, 18 * n, size=13, colour="ink3"
    )
    return _TOP + 18 * n


def _note(slide: Any, section: Section) -> None:
    if section.note:
        notes = slide.notes_slide.notes_text_frame
        notes.text = f"{_plain(section.note)}\n\n{notes.text}"


def _widths(section: Section) -> list[float]:
    """Give each column the room that its words ask for."""
    cells = [section.head, *([_plain(words(cell)) for cell in row.cells] for row in section.rows)]
    weights = [min(max(len(row[i]) for row in cells), 44) + 8 for i in range(len(section.head))]
    return [INSIDE * weight / sum(weights) for weight in weights]


def _whole(section: Section, widths: Sequence[float], size: float) -> bool:
    """Say whether no word of the head is broken, also in a wider face than ours."""
    return all(
        1.15 * width(word, Face(size)) <= wide - 14
        for head, wide in zip(section.head, widths, strict=True)
        for word in head.split()
    )


def _heights(section: Section, widths: Sequence[float], size: float) -> list[float]:
    """Say how high each row becomes, its words wrapped."""
    return [
        12
        + 1.25
        * size
        * max(
            len(wrap(_plain(words(cell)), Face(size), wide - 18, lines=9)) or 1
            for cell, wide in zip(row.cells, widths, strict=True)
        )
        for row in section.rows
    ]


def _spread(section: Section, heights: Sequence[float], room: float) -> Iterator[slice]:
    """Divide rows over slides by their heights."""
    start, used = 0, 27.0
    for i, high in enumerate(heights):
        if i > start and used + high > room:
            yield slice(start, i)
            start, used = i, 27.0
        used += high
    if section.rows:
        yield slice(start, len(section.rows))


def _tables(deck: Any, review: Review, section: Section) -> None:
    """Set rows as tables that can be edited, as many slides as they need."""
    widths = _widths(section)
    room = _BOTTOM - _TOP - 54
    fewest = len(list(_spread(section, _heights(section, widths, _CELLS[-1]), room)))
    for size in _CELLS:
        heights = _heights(section, widths, size)
        pages = list(_spread(section, heights, room))
        if len(pages) == fewest and _whole(section, widths, size):
            break
    for some in pages:
        slide = _slide(deck, review, plain(section.title))
        y = _lead(slide, section) + 4
        rows = section.rows[some]
        cells = [list(section.head), *([_plain(words(cell)) for cell in r.cells] for r in rows)]
        tall = [27.0, *heights[some]]
        frame = slide.shapes.add_table(
            len(cells), len(widths), Pt(EDGE), Pt(y), Pt(INSIDE), Pt(sum(tall))
        )
        frame.name = plain(section.title)
        slides.describe(frame, plain(section.title))
        slides.plain_table(frame)
        for i, wide in enumerate(widths):
            frame.table.columns[i].width = Pt(wide)
        for r, row in enumerate(cells):
            frame.table.rows[r].height = Pt(tall[r])
            for i, text in enumerate(row):
                line = [(text, size, False, "ink" if r else "ink3")]
                slides.set_cell(frame.table.cell(r, i), [line])
        _note(slide, section)


def _slide(deck: Any, review: Review, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    slides.set_title(slide, [(title, "")])
    source = f"{label(review.journey)}, {review.period_words}, data to {day(review.as_of)}."
    slides.words_at(
        slide, f"{source} Made with Trod.", EDGE, HIGH - 24, INSIDE, 18, size=11, colour="ink3"
    )
    slide.notes_slide.notes_text_frame.text = notes(review)
    return slide


def notes(review: Review) -> str:
    """Write what a speaker may be asked: headline, filters, dates, definitions, caveats."""
    lines = [plain(review.headline), "", f"{review.title}, {review.period_words}."]
    lines.append(f"Journey: {label(review.journey)}. Counted: {review.unit}. No other filter.")
    span = f"{day(review.first_day)} to {day(review.as_of)}, {review.zone}"
    lines += [f"Data: {span}. Decisions as of {day(review.today)}.", "", "What the words mean"]
    lines += [f"{plain(word)}: {plain(meaning)}" for word, meaning in review.definitions]
    if review.caveats:
        lines += ["", "What to know about the data", *map(_plain, review.caveats)]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return plain(text).replace("`", "")
