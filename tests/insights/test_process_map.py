"""The process map as numbers: hand-worked, conserved, and equal to the lists behind them."""

from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings

from tests.examples import examples
from tests.insights.stories import DAY, told
from tests.strategies import NAMES, batch, customers, journeys
from trod.insights.drill import counts_of, drill_lists
from trod.insights.process_map import process_map
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec, Stage

SHOP = JourneySpec(
    name="shop",
    stages=(Stage(name="look", enter_on=("visit",)), Stage(name="pay", enter_on=("basket",))),
    success=("buy",),
    failure=("cancel",),
    left_after=timedelta(days=5),
)


@pytest.fixture(scope="module")
def shop():
    people = {
        "ann": [("visit", 0), ("basket", DAY), ("buy", 2 * DAY)],
        "bob": [("visit", 0), ("visit", 1), ("help", 2), ("visit", 3), ("basket", 3 * DAY)],
        "cyd": [("visit", 0), ("help", DAY), ("cancel", 2 * DAY)],
        "dee": [("visit", 20 * DAY)],
    }
    return process_map(told(people), SHOP)


def test_nodes_count_who_had_them_and_who_left_straight_after(shop):
    nodes = {node.name: node for node in shop.nodes}
    assert {name: node.customers.n for name, node in nodes.items()} == {
        "visit": 4, "basket": 2, "buy": 1, "help": 2, "cancel": 1,
    }  # fmt: skip
    assert {name: node.left.n for name, node in nodes.items()} == {
        "visit": 0, "basket": 1, "buy": 0, "help": 1, "cancel": 0,
    }  # fmt: skip
    assert {name: node.kind for name, node in nodes.items()} == {
        "visit": "touch", "basket": "touch", "buy": "success", "help": "touch", "cancel": "failure",
    }  # fmt: skip
    assert [shop.lanes[nodes[name].lane] for name in ("visit", "help", "basket", "buy")] == [
        "look", "look", "pay", "pay",
    ]  # fmt: skip
    assert (shop.average.part, shop.average.whole) == (2, 8)


def test_the_same_touchpoint_again_is_no_move(shop):
    links = {
        (shop.nodes[link.source].name, shop.nodes[link.target].name): (link.customers.n, link.moves)
        for link in shop.links
    }
    assert links == {
        ("visit", "basket"): (2, 2), ("visit", "help"): (2, 2), ("help", "visit"): (1, 1),
        ("basket", "buy"): (1, 1), ("help", "cancel"): (1, 1),
    }  # fmt: skip
    assert shop.moves == 7
    assert shop.levels[-1].coverage == 1.0


def test_too_few_say_nothing_about_more_or_less_than_average(shop):
    assert {node.tone for node in shop.nodes} == {0.0}
    assert shop.title == "How customers move from touchpoint to touchpoint"


def test_a_planted_exit_is_named_and_a_slow_link_is_marked():
    people = {
        f"c{i:03d}": [
            ("visit", 0),
            ("tour", 3_600_000_000),
            *([("help", 2 * 3_600_000_000)] if i % 3 == 0 else []),
            *([("basket", 30 * DAY)] if i % 3 or i % 2 else []),
        ]
        for i in range(240)
    } | {"last": [("visit", 90 * DAY)]}
    spec = SHOP.model_copy(update={"success": (), "failure": (), "left_after": timedelta(days=40)})
    made = process_map(told(people), spec)
    node = {each.name: each for each in made.nodes}
    assert node["help"].left.n == 40
    assert node["help"].tone < -0.2
    assert "Help" in made.title
    slow = {made.nodes[link.source].name for link in made.links if link.slow}
    assert slow <= {"tour", "help"}


@settings(deadline=None, max_examples=examples(25))
@given(people=customers)
def test_G3_every_count_equals_the_list_behind_it_and_moves_add_up(people):
    spec = JourneySpec(
        name="any",
        stages=(Stage(name="s", enter_on=("visit",)), Stage(name="t", enter_on=("call",))),
        success=("buy",),
        left_after=timedelta(microseconds=3),
    )
    data = journeys(batch(people))
    made = process_map(data, spec)
    shown = list(counts_of(made))
    lists = drill_lists(data, compile_plan(spec, data), [count.key for count in shown])
    assert all(lists[count.key].total == count.n for count in shown)
    names = [[NAMES[row[1]] for row in person] for person in people]
    assert made.moves == sum(a != b for one in names for a, b in pairwise(one))
    levels = [level.moves for level in made.levels]
    assert levels == sorted(levels)
    assert levels[-1] <= made.moves
    assert all(link.source != link.target for link in made.links)


@settings(deadline=None, max_examples=examples(10))
@given(people=customers)
def test_batches_do_not_matter(people):
    spec = JourneySpec(name="any", stages=(Stage(name="s", enter_on=("visit",)),))
    half = len(people) // 2
    one = journeys(batch(people))
    two = journeys(batch(people[:half]), batch(people[half:], first=half))
    assert asdict(process_map(one, spec)) == asdict(process_map(two, spec))
