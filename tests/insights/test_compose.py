"""The map: it reconciles, its lists are as long as its figures, its bytes never change."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies as random_journeys
from tests.examples import examples
from tests.insights.stories import DAY, ONBOARDING, onboarding, told
from trod.analyses.predicate import parse
from trod.insights.answers import ask
from trod.insights.claims import claim, counted, verify
from trod.insights.compose import journey_map, to_json
from trod.insights.drill import checked, command, counts_of, drill_lists, keys_of
from trod.insights.headline import LONGEST
from trod.insights.journey_map import Count, Piece
from trod.journeys.batch import Vocabulary
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import customers
from trod.journeys.spec import JourneySpec, Stage
from trod.journeys.suggest import suggest

RANDOM = JourneySpec(
    name="Random",
    stages=(
        Stage(name="See", enter_on=("visit", "mail")),
        Stage(name="Talk & more", enter_on=("call",)),
        Stage(name="é>/", enter_on=("é&>/",)),
    ),
    success=("buy",),
)


def reconciles(made):
    for at, stage in enumerate(made.stages):
        assert stage.reached.n == (
            stage.went_on.n + stage.left.n + stage.still_there.n + stage.done.n
        )
        following = made.stages[at + 1].reached.n if at + 1 < len(made.stages) else 0
        assert stage.went_on.n == following
    assert made.population.n == made.entered.n + made.outside.n
    assert made.entered.n == made.stages[0].reached.n
    assert made.outcome.part == sum(stage.done.n for stage in made.stages)
    if made.sankey:
        for step in range(len(made.sankey.steps)):
            column = [n.customers.n for n in made.sankey.nodes if n.step == step]
            assert sum(column) == made.sankey.customers.n
            kinds = [n.kind for n in made.sankey.nodes if n.step == step and n.name == ""]
            assert len(kinds) == len(set(kinds))
            assert set(kinds) <= {"left", "open", "done"}
        for node in made.sankey.nodes:
            if node.name == "":
                assert node.customers.key.endswith(f"=${node.kind}")
                assert node.outcome.part == (node.customers.n if node.kind == "done" else 0)
        assert [m.kind for m in made.first_moves].count("left") <= 1
        assert sum(m.customers.n for m in made.first_moves) == made.sankey.customers.n


def test_G3_map_of_a_story_reconciles_and_every_figure_lists_its_customers():
    journeys = onboarding(1_500)
    made = journey_map(journeys, ONBOARDING)
    reconciles(made)
    lists = drill_lists(journeys, compile_plan(ONBOARDING, journeys), keys_of(made), limit=20)
    checked(made, lists)
    for figure in counts_of(made):
        if figure.key:
            assert lists[figure.key].total == figure.n
            assert len(lists[figure.key].rows) == min(20, figure.n)


@settings(max_examples=examples(40), deadline=None)
@given(parts=st.lists(random_journeys.customers, min_size=1, max_size=3))
def test_G3_any_map_reconciles_and_drills_to_its_own_customers(parts):
    batches = [random_journeys.batch(p, first=100 * i) for i, p in enumerate(parts)]
    journeys = random_journeys.journeys(*batches)
    made = journey_map(journeys, RANDOM)
    reconciles(made)
    checked(made, drill_lists(journeys, compile_plan(RANDOM, journeys), keys_of(made)))
    assert json.loads(to_json(made))["journey"] == "Random"


def test_a_list_that_disagrees_with_its_figure_is_never_shown():
    journeys = onboarding(60)
    made = journey_map(journeys, ONBOARDING)
    lists = drill_lists(journeys, compile_plan(ONBOARDING, journeys), keys_of(made))
    wrong = dataclasses.replace(made, entered=Count(made.entered.n + 1, made.entered.key))
    with pytest.raises(AssertionError, match="61 shown, 60 listed"):
        checked(wrong, lists)


def test_map_is_the_same_bytes_whatever_the_batches():
    made = {to_json(journey_map(onboarding(800, batches=n), ONBOARDING)) for n in (1, 2, 5)}
    assert len(made) == 1
    assert len({suggest(onboarding(800, batches=n)) for n in (1, 3)}) == 1


def test_drill_lists_are_in_order_and_cut_at_the_limit():
    journeys = onboarding(300)
    found = drill_lists(journeys, compile_plan(ONBOARDING, journeys), ["all", ""], limit=7)
    assert list(found) == ["all"]
    assert [row.customer for row in found["all"].rows] == [f"c{i:05d}" for i in range(7)]
    assert found["all"].total == 300
    assert found["all"].rows[0].last_day.startswith("197")


def test_lists_agree_with_the_predicates_themselves():
    journeys = onboarding(400, batches=3)
    plan = compile_plan(ONBOARDING, journeys)
    keys = keys_of(journey_map(journeys, ONBOARDING))
    assert any(">" in key.split("=")[-1] for key in keys if key.startswith("step:"))
    lists = drill_lists(journeys, plan, keys, limit=10_000)
    for key in keys:
        named = customers(parse(key, plan, journeys.vocabulary), journeys)
        assert [row.customer for row in lists[key].rows] == named


def test_headline_is_short_and_its_numbers_are_counted_again():
    journeys = onboarding()
    made = journey_map(journeys, ONBOARDING)
    text = "".join(piece.text for piece in made.headline)
    assert len(text) <= LONGEST
    assert text.startswith(f"{made.frictions[0].lost.n:,} customers left in Connect.")
    assert Piece("Connect", "worse") in made.headline
    asked = ask(journeys, ONBOARDING)
    false = claim("{n} left.", {"n": counted(made.frictions[0].lost.n + 1, "left:Connect")})
    with pytest.raises(AssertionError, match="it lists"):
        verify(false, asked)
    with pytest.raises(ValueError, match="is no figure"):
        claim("7 left.", {})


def test_G3_every_number_in_a_sentence_lists_its_customers():
    journeys = onboarding()
    made = journey_map(journeys, ONBOARDING)
    for piece in made.headline:
        assert (piece.behind is not None) == any(c.isdigit() for c in piece.text)
    assert {f.name for one in made.frictions for f in one.facts if not f.behind} == {"after"}
    assert {kpi.key for kpi in made.kpis} >= {"done", "open"}
    lists = drill_lists(journeys, compile_plan(ONBOARDING, journeys), keys_of(made), limit=1)
    assert lists["open"].total == sum(stage.still_there.n for stage in made.stages)
    for piece in made.headline:
        if piece.behind:
            assert lists[piece.behind.key].total == piece.behind.n
    wrong = Piece("9", "", Count(9, "left"))
    with pytest.raises(AssertionError, match="left: 9 shown"):
        checked(
            dataclasses.replace(made, headline=(wrong,)),
            {**lists, **drill_lists(journeys, compile_plan(ONBOARDING, journeys), ["left"])},
        )


def test_a_map_of_accounts_speaks_of_accounts():
    journeys = dataclasses.replace(onboarding(), unit="account")
    made = journey_map(journeys, ONBOARDING)
    said = [piece.text for piece in made.headline] + list(made.notes)
    said += [text for pair in made.definitions for text in pair]
    said += [text for f in made.frictions for text in (f.title, f.statement, f.cause)]
    said += [f.recovery_formula + f.evidence_note for f in made.frictions]
    said += [v.sentence + v.unit + v.when_not + v.measure for v in made.moves]
    said += [kpi.label + kpi.note for kpi in made.kpis]
    assert made.sankey
    assert "customer" not in " ".join([*said, made.sankey.title]).lower()
    assert made.moves[0].unit == "accounts kept"
    assert command(made, "left:Connect").endswith(f"--unit account --journey '{made.journey}'")


LONG = "Confirmation of the extended warranty for the second household appliance"


@pytest.mark.parametrize("name", ["A", LONG, "東京の店で試着した", "زيارة الموقع", "4 % & <b>"])
def test_headline_fits_whatever_things_are_called(name):
    story = {f"a{i}": [(name, 0), ("next", 1)] for i in range(60)}
    story |= {f"b{i}": [(name, 0)] for i in range(60)} | {"z": [(name, 400 * DAY)]}
    stages = (Stage(name=name, enter_on=(name,)), Stage(name="Next", enter_on=("next",)))
    made = journey_map(told(story), JourneySpec(name="J", stages=stages))
    assert len("".join(piece.text for piece in made.headline)) <= LONGEST
    assert made.frictions[0].lost.n == 60


def test_one_touchpoint_one_stage_one_customer():
    journeys = told({"only": [("visit", 0)]}, batches=1)
    made = journey_map(journeys, suggest(journeys), suggested=True)
    assert made.entered.n == 1
    assert (
        "".join(piece.text for piece in made.headline)
        == "Nobody has left: 1 of 1 customers are done."
    )
    assert made.notes[0].startswith("The stages were suggested from the data.")


def test_nobody_enters():
    vocabulary = Vocabulary(("other", "visit"), ("unknown",))
    journeys = told({"a": [("other", 0)]}, batches=1, vocabulary=vocabulary)
    spec = JourneySpec(name="J", stages=(Stage(name="Visit", enter_on=("visit",)),))
    made = journey_map(journeys, spec)
    assert made.outside.n == 1
    assert "".join(p.text for p in made.headline) == "None of 1 customers entered the journey."
    assert any(
        "nobody reaches Visit" in note.lower() or "Nobody reaches Visit" in note
        for note in made.notes
    )


def test_what_became_of_those_who_did_nothing_more_is_told_apart():
    story = {f"a{i:03}": [("start", 0), ("buy", DAY)] for i in range(50)}
    story |= {f"b{i:03}": [("start", 0)] for i in range(30)}
    story |= {f"c{i:03}": [("start", 395 * DAY)] for i in range(20)}
    stages = (Stage(name="Look", enter_on=("start",)),)
    spec = JourneySpec(name="J", stages=stages, success=("buy",), left_after=timedelta(days=30))
    made = journey_map(told(story | {"z": [("start", 400 * DAY)]}), spec)
    assert made.sankey is not None
    at = {(n.step, n.kind): n.customers.n for n in made.sankey.nodes}
    assert at == {
        (0, "touch"): 101,
        (1, "touch"): 50,
        **{(step, "left"): 30 for step in range(1, 5)},
        **{(step, "open"): 21 for step in range(1, 5)},
        **{(step, "done"): 50 for step in range(2, 5)},
    }
    assert {(m.name, m.kind): m.customers.n for m in made.first_moves} == {
        ("buy", "touch"): 50,
        (None, "left"): 30,
        (None, "open"): 21,
    }
    assert made.sankey.steps == (101, 50, 0, 0, 0)


@pytest.mark.parametrize("long", [False, True])
def test_the_title_of_the_paths_is_what_they_show(long):
    bad, good = (LONG, LONG + " again") if long else ("ticket", "call")
    story = {}
    for i in range(400):
        first = bad if i % 2 else good
        won = i % 10 < (2 if i % 2 else 8)
        story[f"c{i:03}"] = [("start", 0), (first, 1), *([("buy", 2)] if won else [])]
    stages = (Stage(name="Look", enter_on=("start",)),)
    spec = JourneySpec(name="J", stages=stages, success=("buy",))
    made = journey_map(told(story | {"z": [("start", 400 * DAY), ("buy", 400 * DAY)]}), spec)
    assert made.sankey is not None
    title = made.sankey.title
    assert len(title) <= 84
    assert "…" not in title
    if not long:
        assert title == ("After Start, more of those with Call succeed; fewer of those with Ticket")


def test_a_stage_entered_by_succeeding_takes_no_time_and_four_tiles_are_enough():
    stages = (*ONBOARDING.stages, Stage(name="Renewed", enter_on=("renewed",)))
    made = journey_map(onboarding(600), ONBOARDING.model_copy(update={"stages": stages}))
    assert made.stages[-1].done.n > 0
    assert made.stages[-1].dwell is None
    assert [k.label for k in made.kpis] == [
        "Renewed", "Time to Renewed", "Still on the way", "Revenue so far of those who left"
    ]  # fmt: skip
    assert made.kpis[-1].note.startswith("already received from the ")


def test_mood_of_too_few_is_unknown():
    story = {f"c{i}": [("sign_up", 0, -500), ("connect_source", 1)] for i in range(9)}
    made = journey_map(
        told(story | {"z": [("first_report", 2), ("renewed", 3), ("cancelled", 9)]}), ONBOARDING
    )
    mood = made.stages[0].touches[0].mood
    assert (mood.n, mood.mean) == (9, None)


def test_definitions_and_rules_are_in_words():
    made = journey_map(onboarding(200), ONBOARDING)
    words = dict(made.definitions)
    assert re.fullmatch(r"Cancelled, or no touchpoint for \d+ days?", made.left_rule)
    assert "Left" in words
    assert "Observed" in words
    assert made.stages[0].rule == "first Sign up"
    assert made.outcome_name == "Renewed"
