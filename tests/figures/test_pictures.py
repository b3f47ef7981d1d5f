"""The map without a browser: SVG, PNG, and the shipped fonts they are set in."""

import re
import struct
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from tests.figures.edges import LONG, empty, gloomy, named, of_stages, small, without_mood
from tests.figures.fixtures import usual
from trod.figures import journey_map_svg, paths_svg, png
from trod.figures.png import FONTS
from trod.figures.prose import rich
from trod.figures.text import ASSETS, Face, width

CASES = {
    "usual": usual,
    "empty": empty,
    "gloomy": gloomy,
    "small": small,
    "silent": without_mood,
    "one": lambda: of_stages(1),
    "twelve": lambda: of_stages(12),
    "long": lambda: named(LONG),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_map_is_a_sound_picture_of_the_width_asked_for(case, theme):
    root = ElementTree.fromstring(journey_map_svg(CASES[case](), theme, 1000))
    assert root.get("width") == "1000"
    assert root[0].text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_a_picture_is_drawn_in_pixels_of_the_width_asked_for():
    data = png(journey_map_svg(usual()), 600)
    assert data.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", data[16:24])
    assert wide == 600
    assert 300 < high < 700
    assert len(data) > 20_000


def test_light_and_dark_differ_only_in_colour():
    light, dark = (
        re.sub("#[0-9A-F]{6}", "#", journey_map_svg(usual(), t)) for t in ("light", "dark")
    )
    assert light == dark


def test_a_theme_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="'sepia'"):
        journey_map_svg(usual(), "sepia")


def test_a_map_without_paths_has_no_picture_of_them():
    assert paths_svg(small()) is None


@pytest.mark.parametrize("name", FONTS)
def test_the_shipped_fonts_hold_european_scripts_and_arrows(name):
    with TTFont(ASSETS / name) as font:
        known = font.getBestCmap()
    missing = [char for char in "azÄßçĀžƒſΩωЖяЇő€–—“”…↑↓→−·×≥" if ord(char) not in known]
    assert set(missing) <= set("ƒſ×≥↑↓→Ї")
    assert ord("−") in known


def test_the_reserved_font_name_is_not_used():
    for name in FONTS[1:]:
        with TTFont(ASSETS / name) as font:
            families = {str(row) for row in font["name"].names if row.nameID in (1, 4, 6, 16)}
        assert not any("Source" in family for family in families)


def test_web_fonts_are_light_and_every_font_ships_its_licence():
    for name in FONTS:
        assert (ASSETS / name.replace(".ttf", ".woff2")).stat().st_size <= 48_000
    licences = {path.name for path in ASSETS.glob("LICENSE-*.txt")}
    assert licences == {"LICENSE-inter.txt", "LICENSE-source-serif.txt", "LICENSE-lucide.txt"}


def test_heavier_text_is_wider_and_other_scripts_have_a_width():
    assert width("Customers", Face(12, 600)) > width("Customers", Face(12))
    assert width("初回", Face(12)) == pytest.approx(24)
    assert width("é", Face(12)) == pytest.approx(width("e\u0301", Face(12)), rel=0.05)


def test_a_line_never_begins_with_the_comma_or_the_full_stop_after_a_styled_word():
    runs = [("40 left in ", ""), ("Onboard", "worse"), (". After ", ""), ("a call", ""), (", ", "")]
    runs += [("34%", "worse"), (" leave; without it ", ""), ("17%", "better"), (".", "")]
    for limit in range(60, 400):
        drawn, _ = rich(runs, 0, 0, Face(12), limit, class_="h", leading=10)
        lines = re.findall(r"<text[^>]*>(.*?)</text>", str(drawn))
        starts = [re.sub(r"<[^>]*>", "", line)[:1] for line in lines]
        assert not set(starts) & set(",.;"), (limit, lines)
