"""Laws of the band and the paths: heights are customers, and nobody is lost between columns."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from tests.examples import examples
from tests.figures.edges import of_stages, small
from tests.figures.fixtures import usual
from tests.figures.paths import sankey, three_ends
from tests.figures.pieces import rate
from tests.figures.random_maps import maps
from trod.figures import mermaid, river
from trod.figures.first_moves import bars
from trod.figures.frame import frame
from trod.figures.notebook import journey_map_repr
from trod.figures.page import journey_map_html
from trod.figures.sankey_layout import ENDS, FLOOR, TOP, is_end, lay_out, shown
from trod.figures.svg import paths_svg
from trod.insights.journey_map import Count, FirstMove

PX = 1e-6


@settings(deadline=None, max_examples=examples(60))
@given(maps())
def test_the_band_conserves_customers(m):
    parts = river.slices(m, frame(m))
    for part in parts:
        inside = part.went_on + part.done + part.still_there + part.left
        assert inside == pytest.approx(part.reached)
        assert part.reached <= river.THICKEST + PX
    for one, two in pairwise(parts):
        assert two.reached == pytest.approx(one.went_on)


def test_only_the_stage_of_the_first_friction_is_clay():
    assert river.material(usual()) == 1
    assert river.material(small()) is None


def test_columns_of_the_paths_sum_to_the_anchor():
    layout = lay_out(sankey(), 30)
    heights = defaultdict(float)
    for box in layout.nodes:
        heights[box.node.step] += box.height
    assert len(heights) == 5
    assert all(height == pytest.approx(heights[0]) for height in heights.values())


def test_ribbons_fill_the_nodes_they_join():
    paths = sankey()
    layout = lay_out(paths, 30)
    out, into = defaultdict(float), defaultdict(float)
    for ribbon in layout.ribbons:
        out[ribbon.link.source] += ribbon.height
        into[ribbon.link.target] += ribbon.height
    for i, box in enumerate(layout.nodes):
        if box.node.step > 0:
            assert into[i] == pytest.approx(box.height)
        if box.node.step < 4:
            assert out[i] == pytest.approx(box.height)


def test_nodes_of_a_column_do_not_overlap_and_stay_inside():
    layout = lay_out(sankey(), 30)
    for step in range(5):
        column = sorted((b.y, b.y + b.height) for b in layout.nodes if b.node.step == step)
        assert column[0][0] >= TOP - PX
        assert column[-1][1] <= FLOOR + PX
        assert all(low <= high + PX for (_, low), (high, _) in pairwise(column))


def test_who_left_lies_on_the_floor():
    for box in lay_out(sankey(), 30).nodes:
        if is_end(box.node):
            assert box.y + box.height == pytest.approx(FLOOR)


def test_ends_stand_on_the_floor_apart_and_in_order():
    column = [box for box in lay_out(three_ends(), 30).nodes if box.node.step == 1]
    left, still, done = sorted(column, key=lambda box: -box.y)
    assert [box.node.kind for box in (left, still, done)] == ["left", "open", "done"]
    assert left.y + left.height == pytest.approx(FLOOR)
    assert left.y - (still.y + still.height) >= 15
    assert still.y - (done.y + done.height) >= 15


def test_steps_in_which_nobody_moves_are_drawn_once():
    drawn = shown(three_ends())
    assert {node.step for node in drawn.nodes} == {0, 1}
    assert [link.target for link in drawn.links] == [1, 2, 3]
    assert shown(sankey()) == sankey()


def test_every_face_of_the_paths_names_the_three_ends():
    m = replace(usual(), sankey=three_ends())
    faces = journey_map_html(m, {}), paths_svg(m), mermaid.sankey(m), journey_map_repr(m)
    for face in faces:
        assert all(name in face for name in ("Left", "Still there", "Done"))
        assert "Nothing more" not in face


def test_who_is_still_there_has_no_outcome_yet():
    ends = {kind: FirstMove(None, Count(5, kind), rate(0, 5), kind) for kind in ENDS}
    moves = (*ends.values(), FirstMove("pay", Count(40, "pay"), rate(20, 40)))
    found = bars(replace(usual(), first_moves=moves))
    assert [bar.name for bar in found] == ["Pay", "Done", "Still there", "Nothing more", "Left"]
    assert [bar.end for bar in found] == [False, True, True, True, True]


def test_a_colour_compares_with_others_at_the_same_step():
    layout = lay_out(sankey(), 30)
    first = {box.node.name: box.tone for box in layout.nodes if box.node.step == 1}
    assert first["first_dashboard"] > 0 > first["help_docs"]
    (anchor,) = (box.tone for box in layout.nodes if box.node.step == 0)
    assert anchor == 0


@pytest.mark.parametrize("n", [1, 2, 8, 12])
def test_columns_are_never_too_narrow_to_read(n):
    assert frame(of_stages(n)).column >= 156
