"""The funnel as a picture, of stages and of steps."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from tests.figures.edges import EVIL, LONG, empty, named, of_stages, small
from tests.figures.fixtures import usual
from tests.insights.stories import DAY, told
from trod.analyses.funnel import Funnel, funnel
from trod.figures import figure_csv, figure_svg, funnel_figure
from trod.insights.drill import counts_of, drill_lists
from trod.insights.funnel_steps import of_funnel
from trod.insights.funnel_steps import of_stages as funnel_of_stages

CASES = {
    "usual": usual,
    "empty": empty,
    "small": small,
    "one": lambda: of_stages(1),
    "eight": lambda: of_stages(8),
    "evil": lambda: named(EVIL),
    "long": lambda: named(LONG),
}


def words(figure):
    svg = ElementTree.fromstring(figure_svg(figure))
    return [text.strip() for text in svg.itertext() if text.strip()]


@pytest.mark.parametrize("case", CASES)
def test_every_map_has_a_sound_funnel(case):
    view = funnel_of_stages(CASES[case]())
    said = words(funnel_figure(view))
    assert said[0]
    assert not {"nan", "None"} & set(said)
    assert bool(funnel_figure(view).empty) == (not view.steps)


def test_the_funnel_of_stages_tells_those_who_left_from_those_still_there():
    view = funnel_of_stages(usual())
    assert [step.customers.n for step in view.steps] == [8412, 5861, 4416, 3404, 2850, 2461]
    assert view.steps[1].time == usual().stages[0].dwell
    assert view.title == "Most are lost at Evaluate: 28% leave"
    said = words(funnel_figure(view))
    assert "1,445 left · 25%" in said
    assert "211 still there" in said
    assert "69–71%" in said


def test_the_black_tick_is_the_last_period_and_only_where_there_is_one():
    view = funnel_of_stages(usual())
    assert 'class="tk"' not in figure_svg(funnel_figure(view))
    ticked = replace(view, steps=tuple(replace(s, before=s.share.share) for s in view.steps))
    assert figure_svg(funnel_figure(ticked)).count('class="tk"') == 6


@pytest.fixture(scope="module")
def asked():
    people = {
        f"c{i:03d}": [
            ("visit", 0),
            *([("basket", 3 * DAY)] if i < 60 else []),
            *([("buy", 4 * DAY)] if i < 30 else []),
        ]
        for i in range(100)
    }
    data = told(people)
    question = Funnel(("visit", "basket", "buy"), timedelta(days=30))
    return data, question, funnel(data, question.steps, within=question.within)


def test_the_answer_to_a_funnel_question_is_drawn_with_dropped_and_times(asked):
    _, question, found = asked
    view = of_funnel(question, found)
    assert view.title == "Each step loses over a fifth"
    said = words(funnel_figure(view))
    assert {"40 dropped · 40%", "30 dropped · 50%", "about 3 days", "60%", "50–69%"} <= set(said)
    assert figure_csv(funnel_figure(view)).splitlines()[2].startswith("basket,60,0.6,")


def test_G3_whoever_dropped_is_listed(asked):
    data, question, found = asked
    shown = [count for count in counts_of(of_funnel(question, found)) if count.key]
    lists = drill_lists(data, None, [count.key for count in shown])
    assert [lists[count.key].total for count in shown] == [count.n for count in shown]
    assert [count.n for count in shown] == [100, 40, 60, 30, 30]
