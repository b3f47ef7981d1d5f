"""The map as slides: words that can be edited, pictures that are described, the same bytes."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from tests.figures.anywhere import digests
from tests.figures.edges import EVIL, LONG, empty, named, of_stages, without_mood
from tests.figures.fixtures import usual
from trod.figures.slides import HIGH, WIDE, pptx

CASES = {
    "usual": usual,
    "empty": empty,
    "silent": without_mood,
    "eight": lambda: of_stages(8),
    "evil": lambda: named(EVIL),
    "long": lambda: named(LONG),
}
LEAST_PT = 11


def opened(m):
    return Presentation(BytesIO(pptx(m)))


def runs(shape):
    frames = (
        [cell.text_frame for row in shape.table.rows for cell in row.cells]
        if shape.has_table
        else [shape.text_frame]
        if shape.has_text_frame
        else []
    )
    return [r for frame in frames for p in frame.paragraphs for r in p.runs]


@pytest.mark.parametrize("case", CASES)
def test_G2_every_map_makes_slides_of_16_to_9_whose_parts_lie_on_them(case):
    deck = opened(CASES[case]())
    assert deck.slide_width * 9 == deck.slide_height * 16
    assert 1 <= len(deck.slides) <= 2
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text.strip()
        for shape in slide.shapes:
            assert shape.left.pt >= 0
            assert shape.left.pt + shape.width.pt <= WIDE
            assert shape.top.pt >= 0
            assert shape.top.pt + shape.height.pt <= HIGH
            for run in runs(shape):
                assert run.font.size.pt >= LEAST_PT
                assert "nan" not in run.text.split()


def test_headline_tiles_and_stages_are_words_and_the_picture_says_what_it_shows():
    first, second = opened(usual()).slides
    words = [shape.text_frame.text for shape in first.shapes if shape.has_text_frame]
    assert (
        words[0]
        == "1,301 customers left at Connect data source. Of those who got a call, 94% stayed."
    )
    assert any(text.startswith("Sign-ups that renew\n42%") for text in words)
    assert any(text.startswith("Onboard\n") for text in words)
    (picture,) = [s for s in first.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE]
    alt = picture._element.xpath(".//p:cNvPr")[0].get("descr")
    assert "Onboard: 5,861 reached, 1,445 left" in alt or "onboard: 5,861 reached" in alt
    (table,) = [s.table for s in second.shapes if s.has_table]
    rows = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in rows] == ["", "1", "2", "3"]
    assert rows[1][1].startswith("Connecting a data source\n23% leave here.")
    assert rows[1][2].startswith("1,301\ncustomers")
    assert "+290 to +480 customers kept" in rows[1][3]


def test_notes_hold_headline_filters_date_definitions_and_source():
    notes = opened(usual()).slides[0].notes_slide.notes_text_frame.text
    for said in (
        "1,301 customers left at Connect data source.",
        "No other filter.",
        "1 Nov 2024 to 21 Nov 2026",
        "Left: no touchpoint for 30 days.",
        "214 of 71,418 rows were rejected",
        "Source: New customer to renewal",
    ):
        assert said in notes


def test_the_same_map_gives_the_same_slides_in_any_process_and_zone():
    imports = "from tests.figures.fixtures import usual; from trod.figures.slides import pptx"
    assert len(digests(imports, "pptx(usual())")) == 1


def test_nothing_in_the_file_tells_when_or_where_it_was_made():
    file = ZipFile(BytesIO(pptx(usual())))
    assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = Presentation(BytesIO(pptx(usual()))).core_properties
    assert core.created.date().isoformat() == "2026-11-21"
    assert core.author == core.last_modified_by == "Trod"
