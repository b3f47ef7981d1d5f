"""The queue as a panel."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.actions.test_planned import WEEK, candidates
from tests.figures.edges import EVIL, LONG
from trod.actions.queue.planned import planned
from trod.figures import figure_csv, figure_json, figure_svg
from trod.figures.links import Linked
from trod.figures.queue import MOST, queue_figure


def named(names):
    some = candidates(3)
    return [
        replace(c, why=names[i % len(names)], stage=names[i % len(names)])
        for i, c in enumerate(some)
    ]


CASES = {
    "usual": lambda: planned(WEEK, candidates(3)),
    "empty": lambda: planned(WEEK, []),
    "one": lambda: planned(WEEK, candidates(3)[:1]),
    "customers": lambda: planned(replace(WEEK, currency=None, unit="person"), candidates(3)),
    "evil": lambda: planned(WEEK, named(EVIL)),
    "long": lambda: planned(WEEK, named(LONG)),
    "no chance": lambda: planned(WEEK, [replace(c, chance=None) for c in candidates(3)]),
}


def words(figure):
    svg = ElementTree.fromstring(figure_svg(figure))
    return [text.strip() for text in svg.itertext() if text.strip()]


@pytest.mark.parametrize("case", CASES)
def test_every_week_has_a_sound_panel(case):
    plan = CASES[case]()
    figure = queue_figure(plan)
    said = words(figure)
    assert said[0]
    assert not {"nan", "None"} & {word for text in said for word in text.split()}
    assert bool(figure.empty) == (not plan.treated)
    assert figure_csv(figure).count("\n") >= len(plan.rows)
    assert json.loads(figure_json(figure))["id"] == plan.id


def test_X3_the_panel_shows_who_is_above_the_line_and_what_lies_below():
    plan = CASES["usual"]()
    said = words(queue_figure(plan))
    shown = plan.treated[:MOST]
    assert [text for text in said if text in {r.candidate.customer for r in plan.rows}] == [
        row.candidate.customer for row in shown
    ]
    assert any("Below the line" in text and f"{len(plan.under)} accounts" in text for text in said)
    held = {row.candidate.customer for row in plan.held_back}
    assert not held & set(said)


def test_X3_the_table_has_everybody_and_says_who_is_held_back():
    plan = CASES["usual"]()
    (table,) = queue_figure(plan).tables
    assert len(table.rows) == len(plan.rows)
    assert sum(row[1].text == "held back" for row in table.rows) == len(plan.held_back)


def test_X3_every_row_can_be_reached_by_keyboard():
    links = Linked()
    drawn = str(queue_figure(CASES["usual"]()).draw(links))
    assert drawn.count('tabindex="0"') == len(CASES["usual"]().treated[:MOST])


@pytest.mark.parametrize(
    ("do", "shown"),
    [
        ("Call", ["Call"]),
        (
            "Review the year with the admin, and agree on what comes",
            ["Review the year with the admin, and", "agree on what comes"],
        ),
        (
            "Review the year with the admin, and agree on what the coming one must bring to them",
            ["Review the year with the admin, and", "agree on what the coming one must…"],
        ),
    ],
)
def test_X3_what_to_do_ends_at_a_word_on_its_second_line(do, shown):
    plan = planned(WEEK, candidates(3))
    rows = tuple(replace(row, do=do) for row in plan.rows)
    said = words(queue_figure(replace(plan, rows=rows)))
    at = said.index(shown[0])
    assert said[at : at + len(shown)] == shown


@pytest.mark.parametrize(("unit", "head"), [("account", "Account"), ("person", "Customer")])
def test_X3_the_head_of_the_panel_says_whom_it_lists(unit, head):
    said = words(queue_figure(planned(replace(WEEK, unit=unit), candidates(3))))
    assert head in said
    assert {"Account", "Customer"} & set(said) == {head}
