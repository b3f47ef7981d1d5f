"""The cohort grid and the intended path as pictures, and as values read from their answers."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from tests.figures.plates import GRIDS, PATHS, grid, path
from tests.insights.stories import DAY, told
from trod.analyses.conformance import conformance
from trod.analyses.retention import retention
from trod.figures import cohorts_figure, conformance_figure, figure_csv, figure_svg
from trod.figures.tokens import LEGIBLE, SHADES, THEMES, contrast, palette
from trod.insights.cohort_grid import cohort_grid
from trod.insights.conformity import conformity
from trod.insights.drill import counts_of, drill_lists
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec, Stage

FIGURES = {f"cohorts {name}": (cohorts_figure, make) for name, make in GRIDS.items()} | {
    f"path {name}": (conformance_figure, make) for name, make in PATHS.items()
}
SPEC = JourneySpec(
    name="shop",
    stages=(Stage(name="look", enter_on=("visit",)), Stage(name="pay", enter_on=("basket",))),
    success=("buy",),
    left_after=timedelta(days=400),
)


@pytest.mark.parametrize("case", FIGURES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_is_a_sound_picture_inside_its_frame(case, theme):
    make, view = FIGURES[case]
    figure = make(view())
    svg = figure_svg(figure, theme)
    root = ElementTree.fromstring(svg)
    assert root[0].text
    assert "var(" not in svg
    assert not {"nan", "None"} & set(re.findall(r"[A-Za-z]+", "".join(root.itertext())))
    for mark in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(mark.get("x", 0)) >= 0
        assert float(mark.get("x", 0)) + float(mark.get("width")) <= figure.wide + 65


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_every_shade_are_legible(theme):
    colours = palette(theme)
    for i in range(SHADES):
        assert contrast(colours[f"q{i}"], colours[f"qt{i}"]) >= LEGIBLE


def test_what_is_not_over_yet_is_empty_and_few_are_counted():
    svg = figure_svg(cohorts_figure(grid(6)))
    assert len(re.findall(r'class="q\d+"', svg)) == 5 + 4 + 3 + 2 + 1
    few = figure_svg(cohorts_figure(grid(6, size=9)))
    assert 'class="few"' in few
    assert not re.search(r'class="q\d+"', figure_svg(cohorts_figure(grid(3, size=9))))


def test_the_grid_shows_the_latest_cohorts_and_the_table_all():
    figure = cohorts_figure(grid(40))
    assert "28 older cohorts are in the table." in figure.note
    assert len(figure.tables[0].rows) == 40
    assert len(figure_csv(figure).splitlines()) == 1 + 40 * 39 // 2


@pytest.fixture(scope="module")
def shop():
    people = {
        f"c{i:03d}": [
            ("visit", (i % 90) * DAY),
            *([("help", (i % 90) * DAY + 5)] if i % 3 == 0 else []),
            *([("basket", (i % 90 + 40) * DAY)] if i % 4 else []),
            *([("buy", (i % 90 + 70) * DAY)] if i % 4 > i % 3 else []),
        ]
        for i in range(360)
    }
    data = told(people)
    return data, compile_plan(SPEC, data).remembering()


def test_G3_every_cell_of_the_grid_equals_the_list_behind_it(shop):
    data, plan = shop
    view = cohort_grid(retention(data, plan=plan))
    assert [cohort.name for cohort in view.cohorts] == ["Jan 1970", "Feb 1970", "Mar 1970"]
    counts = [count for count in counts_of(view) if count.key]
    lists = drill_lists(data, plan, [count.key for count in counts])
    assert all(lists[count.key].total == count.n for count in counts)
    assert view.title.endswith(
        ("are still active after 1 month", "are still active after 3 months")
    )


def test_P2_the_path_its_groups_and_its_deviations_are_listed_alike(shop):
    data, plan = shop
    view = conformity(conformance(data, plan, path=("visit", "basket", "buy")))
    assert view.follows.n + view.deviates.n + view.on_the_way.n == 360
    counts = list(counts_of(view))
    lists = drill_lists(data, plan, [count.key for count in counts])
    assert [lists[count.key].total for count in counts] == [count.n for count in counts]
    assert "% follow the intended path; " in view.title
    assert [(row.says, row.customers.n) for row in view.deviations] == [("Help in Look", 120)]


def test_a_share_stands_with_how_many_were_compared():
    (table,) = conformance_figure(path()).tables
    row = next(row for row in path().deviations if row.difference)
    shown = next(cells for cells in table.rows if cells[0].text == row.says)
    assert shown[2].text.endswith(f"% of {row.with_it.whole:,}")
    assert shown[3].text.endswith(f"% of {row.without.whole:,}")


def test_a_range_beyond_zero_is_coloured_and_one_across_it_is_grey():
    svg = figure_svg(conformance_figure(path()))
    drawn = re.findall(r'class="iv (\w+)"', svg)
    expected = [
        "pine" if row.difference.low > 0 else "clay" if row.difference.high < 0 else "even"
        for row in path().deviations[:9]
        if row.difference
    ]
    assert drawn == expected
    assert {"clay", "even"} <= set(drawn)
    assert "they left" in svg


def test_P2_names_are_put_into_the_words_and_never_inside_other_words():
    """A touchpoint named a must not turn Trial into TriAl, nor braces into places."""
    walk = [("in", 0), ("a", DAY), ("after {}", 2 * DAY), ("d", 3 * DAY)]
    made = told({"x": walk, "y": [*walk, ("buy", 5 * DAY)], "z": [*walk, ("in", 4 * DAY)]})
    stages = (Stage(name="trial", enter_on=("in",)), Stage(name="pay", enter_on=("after {}",)))
    spec = JourneySpec(name="shop", stages=stages, success=("buy",), left_after=timedelta(days=400))
    plan = compile_plan(spec, made).remembering()
    asked = conformance(made, plan, path=("in", "after {}", "d"))
    assert {"A in Trial", "Repeated In"} <= {row.says for row in conformity(asked).deviations}
    asked = conformance(made, plan, path=("in", "d", "after {}"))
    assert "After {} before D" in {row.says for row in conformity(asked).deviations}
