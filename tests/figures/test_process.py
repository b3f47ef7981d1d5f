"""The process map as a picture: everything has its place, and pruning moves nothing."""

import csv
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from tests.examples import examples
from tests.figures.plates import PROCESSES, process, processes
from trod.figures import figure_csv, figure_json, figure_svg, png, process_figure
from trod.figures.place import Box
from trod.figures.process import _said
from trod.figures.process_layout import NAME, NUMBER, lay_out
from trod.figures.text import width


def laid_out(made):
    return lay_out(made, [_said(made, node) for node in made.nodes])


def boxes(layout):
    """Where ink of words is: name and numbers of each dot."""
    for dot, words in zip(layout.dots, layout.words, strict=True):
        if words is None:
            continue
        for text, y, face in (
            (words.name, words.name_y, NAME),
            (words.said, words.said_y, NUMBER),
        ):
            half = width(text, face) / 2
            if text:
                yield Box(dot.x - half, y - face.size * 0.9, dot.x + half, y + face.size * 0.25)


@pytest.mark.parametrize("case", PROCESSES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_process_map_is_a_sound_picture_with_a_table(case, theme):
    figure = process_figure(PROCESSES[case]())
    svg = figure_svg(figure, theme)
    root = ElementTree.fromstring(svg)
    assert root[0].text
    assert "var(" not in svg
    assert "nan" not in re.sub(r">[^<]*<|\"[^\"]*[a-z]{4}[^\"]*\"", "", svg)
    assert bool(figure.empty) == (not figure.tables)


@settings(deadline=None, max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(processes())
def test_no_name_touches_another_and_none_leaves_the_picture(made):
    layout = laid_out(made)
    ink = list(boxes(layout))
    for i, one in enumerate(ink):
        assert one.inside(Box(-1, 0, layout.wide + 1, layout.high))
        assert not any(one.overlaps(other) for other in ink[i + 1 :])
    for i, a in enumerate(layout.dots):
        for b in layout.dots[i + 1 :]:
            assert abs(a.x - b.x) + abs(a.y - b.y) > a.r + b.r


@settings(deadline=None, max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow])
@given(processes())
def test_pruning_never_moves_anything(made):
    whole = laid_out(made)
    kept = tuple(link for link in made.links if link.level == 0)
    few = laid_out(replace(made, links=kept))
    assert (few.dots, few.words, few.lanes) == (whole.dots, whole.words, whole.lanes)
    paths = dict(zip(made.links, whole.paths, strict=True))
    assert few.paths == tuple(paths[link] for link in kept)


def test_a_file_draws_the_links_of_its_detail_and_says_how_much_they_cover():
    made = process()
    for detail in range(3):
        figure = process_figure(made, detail=detail)
        svg = figure_svg(figure)
        assert svg.count('class="ed') - svg.count('class="edh"') == made.levels[detail].links
        assert f"{made.levels[detail].links} links · " in svg


def test_busiest_touchpoints_stand_on_one_straight_line_in_order():
    made = process()
    layout = laid_out(made)
    spine = [dot for dot in layout.dots if made.nodes[dot.node].spine]
    assert len({dot.y for dot in spine}) == 1
    for lane in range(len(made.lanes)):
        here = [d for d in spine if made.nodes[d.node].lane == lane]
        at = [made.nodes[d.node].position for d in sorted(here, key=lambda d: d.x)]
        assert at == sorted(at)


def test_the_figure_goes_out_as_table_records_and_data():
    made = process()
    figure = process_figure(made)
    rows = list(csv.DictReader(io.StringIO(figure_csv(figure))))
    assert [int(row["moves"]) for row in rows] == [link.moves for link in made.links]
    assert rows[0]["where"] == made.links[0].customers.key
    assert '"average"' in figure_json(figure)
    assert [len(table.rows) for table in figure.tables] == [len(made.nodes), len(made.links)]
    assert png(figure_svg(figure), 300).startswith(b"\x89PNG")


def test_a_title_of_slowness_and_average_is_stated_under_the_finding():
    said = process_figure(process()).subtitle
    assert "Clay line: half take over 7 days." in said
    assert "against the average of 10%" in said
