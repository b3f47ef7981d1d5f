"""Marks of what changed, on maps of every shape."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.figures.edges import EVIL, named, of_stages, small, without_mood
from tests.figures.fixtures import usual
from tests.figures.random_maps import maps
from trod.figures import journey_map_html, journey_map_svg, lately, mermaid
from trod.figures.frame import Frame
from trod.figures.mood_line import HEIGHT, earlier, lay_out
from trod.figures.notebook import journey_map_repr
from trod.insights.journey_map import Count, JourneyMap, Lately, MoodThen, Seen, Since

DAY = 86_400_000_000


def all_changed(m: JourneyMap, mood: float = 0.4) -> JourneyMap:
    """Give a map on which every figure changed."""
    marks = []
    for s, stage in enumerate(m.stages):
        cells = [("went on", None), ("took", None), ("left", None)]
        cells += [(figure, t.name) for t in stage.touches for figure in ("had", "mood")]
        for i, (figure, name) in enumerate(cells):
            up = bool(i % 2)
            texts = ("+0.41", "−0.12") if figure == "mood" else ("61%", "52%")
            if figure == "took":
                texts = "4.2 days", "6.1 days"
            before, now = (
                Seen(text, 0.5, Count(400, f"k{s}.{i}.{text}"), Count(90, f"p{s}.{i}.{text}"))
                for text in texts
            )
            tone = ("worse", "better", "")[i % 3]
            marks.append(Lately(figure, s, name, before, now, 14 * DAY, 0.001, True, up, tone))
    moods = [
        MoodThen(s, t.name, mood)
        for s, stage in enumerate(m.stages)
        for t in stage.touches
        if t.mood.mean is not None
    ]
    said = "Compared are customers."
    days = "2026-06-01", "2026-04-01", "2026-07-31"
    since = Since(*days, said, "trod compare a b", tuple(marks), (), tuple(moods))
    return replace(m, since=since)


CASES = {
    "usual": usual,
    "small": small,
    "silent": without_mood,
    "one": lambda: of_stages(1),
    "twelve": lambda: of_stages(12),
    "evil": lambda: named(EVIL),
}


@pytest.mark.parametrize("case", CASES)
def test_G1_every_change_is_drawn_with_way_tone_and_words(case: str) -> None:
    m = all_changed(CASES[case]())
    svg, page = journey_map_svg(m), journey_map_html(m, {})
    ElementTree.fromstring(svg)
    assert "of " in lately.summary(m)
    for form in (svg, page):
        assert "Compared are customers." in form
    if len(m.stages) > 1:
        assert "↓ 52%, was 61%" in svg
        assert "↓ 52%, was 61%" in page
        assert ", since 1 Jun 2026 ↓ 52%, was 61%" in mermaid.flowchart(m)
    assert "Changed since 1 Jun 2026" in journey_map_repr(m)
    assert "<script>alert" not in page


def test_G1_what_did_not_change_stays_quiet() -> None:
    m = all_changed(usual())
    assert m.since is not None
    calm = replace(m.since, figures=tuple(replace(one, changed=False) for one in m.since.figures))
    drawn = journey_map_svg(replace(m, since=calm))
    assert "was 61%" not in drawn
    n = len(calm.figures)
    assert f"None of {n} figures changed beyond chance since 1 Jun 2026." in drawn
    assert not re.search(r"[↑↓]", drawn)


@settings(max_examples=examples(20))
@given(m=maps(), mood=st.floats(-1, 1))
def test_G1_the_line_as_it_was_keeps_inside_its_row(m: JourneyMap, mood: float) -> None:
    line = lay_out(all_changed(m, mood), Frame(len(m.stages), 1262.0, 30, "customers"))
    for piece in earlier(line):
        assert all(0 <= y <= HEIGHT for _, y in piece)
        assert [x for x, _ in piece] == sorted(x for x, _ in piece)
