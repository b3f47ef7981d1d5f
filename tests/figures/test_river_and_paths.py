"""Laws of the band and the paths: heights are customers, and nobody is lost between columns."""

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings

from tests.figures.edges import of_stages, small
from tests.figures.fixtures import usual
from tests.figures.paths import sankey
from tests.figures.random_maps import maps
from trod.figures import river
from trod.figures.frame import frame
from trod.figures.sankey_layout import FLOOR, TOP, is_left, lay_out

PX = 1e-6


@settings(deadline=None, max_examples=60)
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


def test_who_did_nothing_more_lies_on_the_floor():
    for box in lay_out(sankey(), 30).nodes:
        if is_left(box.node):
            assert box.y + box.height == pytest.approx(FLOOR)


def test_a_colour_compares_with_others_at_the_same_step():
    layout = lay_out(sankey(), 30)
    first = {box.node.name: box.tone for box in layout.nodes if box.node.step == 1}
    assert first["first_dashboard"] > 0 > first["help_docs"]
    (anchor,) = (box.tone for box in layout.nodes if box.node.step == 0)
    assert anchor == 0


@pytest.mark.parametrize("n", [1, 2, 8, 12])
def test_columns_are_never_too_narrow_to_read(n):
    assert frame(of_stages(n)).column >= 156
