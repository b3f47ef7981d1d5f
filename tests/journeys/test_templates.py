"""J1, J3: templates fill themselves by words; every touchpoint has a place or is listed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.examples import examples
from tests.journeys.test_passage import on, spec
from tests.strategies import NAMES, batch, customers, journeys, walk_of
from trod.errors import DefinitionError, NotEnoughDataError
from trod.journeys.batch import Vocabulary
from trod.journeys.check import check, unmapped
from trod.journeys.filled import fill
from trod.journeys.mapped import mapped
from trod.journeys.passage import compile_plan, passages
from trod.journeys.spec import JourneySpec
from trod.journeys.template import template, templates

WORDS = sorted({word for t in templates() for stage in t.stages for word in stage.words})


def having(*names):
    known = Vocabulary(tuple(sorted(names)), ("unknown",))
    codes = {str(code): code for code in range(len(names))}
    walk = walk_of(" ".join(codes), codes=codes)
    return journeys(batch([walk], vocabulary=known))


def places(filled):
    return {(m.touchpoint, m.place): m.confidence for m in filled.matches}


def test_J1_there_is_a_template_for_each_kind_of_business_and_each_asks_in_every_stage():
    names = {each.name for each in templates()}
    assert names == {"saas", "ecommerce", "subscription", "b2b_customer_success", "support"}
    for each in templates():
        assert 5 <= len(each.stages) <= 12
        assert all(stage.asks.endswith("?") for stage in each.stages)
        assert not each.stages[0].optional


def test_J1_a_template_nobody_knows_is_named_with_the_nearest():
    with pytest.raises(DefinitionError, match="did you mean 'support'"):
        template("suport")


def test_J1_names_are_matched_by_their_words_whatever_their_form():
    data = having(
        "account_created", "WorkspaceConfigured", "subscription.renewed", "Renewal notice"
    )
    filled = fill(template("saas"), data)
    assert places(filled) == {
        ("account_created", "Sign up"): 1.0,
        ("WorkspaceConfigured", "Set up"): 1.0,
        ("subscription.renewed", "Renew"): 0.5,
        ("subscription.renewed", "success"): 1.0,
    }
    assert filled.unmatched == ("Renewal notice",)


def test_J1_stages_nothing_fits_are_left_out_and_said():
    filled = fill(template("support"), having("Ticket opened", "Ticket closed", "Lunch"))
    assert [stage.name for stage in filled.spec.stages] == ["Asked", "Closed"]
    assert filled.left_out == ("Answered", "Worked on", "Solved")
    text = filled.to_yaml()
    assert "# No touchpoint fits, so left out: Answered, Worked on, Solved." in text
    assert "#   - Lunch\n" in text


def test_J1_failure_is_told_by_its_own_words_and_enters_no_stage():
    filled = fill(template("subscription"), having("Registered", "Watched a film", "Unregistered"))
    assert filled.spec.failure == ("Unregistered",)
    assert [stage.names for stage in filled.spec.stages] == [("Registered",), ("Watched a film",)]


def test_J1_a_survey_about_an_outcome_is_not_that_outcome():
    names = "Renewal survey", "Cancellation survey", "Contract signed", "Logged in"
    spec = fill(template("b2b_customer_success"), having(*names)).spec
    assert (spec.success, spec.failure) == ((), ())


def test_J1_data_a_template_does_not_fit_are_refused_with_a_way_on():
    with pytest.raises(NotEnoughDataError, match=r"fits 0 of its 5 stages.*Try another template"):
        fill(template("support"), having("Blood drawn", "Lung scanned"))


@pytest.mark.parametrize("name", [each.name for each in templates()])
@given(words=st.lists(st.sampled_from(WORDS), min_size=12, unique=True))
@settings(max_examples=examples(15))
def test_J1_whatever_is_filled_is_read_back_and_has_nothing_wrong(name, words):
    data = having(*(f"{word} of #{i}" for i, word in enumerate(words)))
    try:
        filled = fill(template(name), data)
    except NotEnoughDataError:
        return
    read = YAML(typ="safe").load(filled.to_yaml())["journeys"]
    assert JourneySpec.model_validate(read[0]) == filled.spec
    assert [f for f in check(filled.spec, data) if f.level == "error"] == []
    known = {m.touchpoint for m in filled.matches} | set(filled.unmatched)
    assert known == set(data.vocabulary.touchpoints)
    assert all(0 < m.confidence <= 1 for m in filled.matches)


def test_a_name_of_several_lines_stays_a_comment():
    filled = fill(template("support"), having("Ticket opened", "Ticket closed", "a\nb: c"))
    assert "#   - a b: c\n" in filled.to_yaml()


JOURNEY = spec(
    {**on("look", "visit"), "holds": "mail"},
    {"name": "talk", "enter_on": {"all_of": ["call", "visit"]}},
    success="buy",
)


def test_J3_every_touchpoint_has_one_place_with_customers_and_rows():
    data = journeys(batch([walk_of("visit mail visit é&>/"), walk_of("é&>/ visit buy")]))
    found = {m.touchpoint: m for m in mapped(JOURNEY, data)}
    assert tuple(found) == NAMES
    uses = {name: (m.use, m.stage) for name, m in found.items()}
    assert uses == {
        "buy": ("success", None),
        "call": ("steps", "talk"),
        "mail": ("held", "look"),
        "visit": ("enters", "look"),
        "é&>/": ("unmapped", None),
    }
    assert (found["visit"].customers, found["visit"].rows) == (2, 3)
    assert (found["é&>/"].suggested, found["é&>/"].confidence) == ("look", 0.5)


@given(people=customers)
@settings(max_examples=examples(60))
def test_J3_the_suggested_stage_is_where_most_customers_have_it(people):
    data = journeys(batch(people))
    walked = passages(data.batches[0], compile_plan(JOURNEY, data))
    for one in mapped(JOURNEY, data):
        rows = [
            (c, walked.stage[data.batches[0].offsets[c] + i])
            for c, events in enumerate(people)
            for i, (_, code, *_) in enumerate(events)
            if NAMES[code] == one.touchpoint
        ]
        assert (one.customers, one.rows) == (len({c for c, _ in rows}), len(rows))
        if one.use == "unmapped" and one.suggested:
            by_stage = [len({c for c, at in rows if at == s}) for s in range(2)]
            assert one.suggested == ("look", "talk")[by_stage.index(max(by_stage))]
            assert one.confidence == round(max(by_stage) / one.customers, 4)
    assert {m.touchpoint for m in mapped(JOURNEY, data) if m.use == "unmapped"} == set(
        unmapped(JOURNEY, data)
    )
