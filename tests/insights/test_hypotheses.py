"""Hypotheses: planted truth comes out right, decoys do not, and a verdict that flips is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests import real_data
from tests.company import Known
from tests.insights.university import University
from trod._store.state.database import State
from trod.errors import DefinitionError
from trod.insights.claims import recounted
from trod.insights.hypotheses.asked import of_shares, of_sign, of_stage
from trod.insights.hypotheses.judged import Judged
from trod.insights.hypotheses.kept import everything, keep
from trod.insights.hypotheses.spec import HypothesisSpec, TestSpec
from trod.workspace.acting.about import About, about
from trod.workspace.acting.hypotheses import judged as judge
from trod.workspace.acting.hypotheses import read

SO = {  # rule of answers.json: words of the statement
    "No colleague invited": "works alone",
    "No single sign-on": "single sign-on",
    "Profile not completed": "profile",
    "Answered the cancellation survey": "cancellation survey",
}


@pytest.fixture(scope="module")
def on(tallyfern: Known) -> About:
    return about(tallyfern.workspace, None, None)


@pytest.fixture(scope="module")
def judged(tallyfern: Known, on: About) -> dict[str, Judged]:
    specs = read(tallyfern.folder / "hypotheses.yml")
    return {each.statement: judge(tallyfern.workspace, on, each.test) for each in specs}


def about_it(judged: dict[str, Judged], words: str) -> Judged:
    (found,) = [each for said, each in judged.items() if words in said]
    return found


def test_J6_planted_rules_are_supported_and_decoys_are_not(
    judged: dict[str, Judged], tallyfern: Known
) -> None:
    for rule in tallyfern.truth.rules:
        if rule.name in SO:
            found = about_it(judged, SO[rule.name])
            assert (found.verdict == "supported") == (rule.kind == "true"), rule.name
    for words in ("weekly digest", "sets a goal", "Alerts before boards"):
        assert about_it(judged, words).verdict == "supported"


def test_J6_a_decoy_is_refuted_and_the_table_that_misleads_is_named(judged) -> None:
    sign_on = about_it(judged, "single sign-on")
    assert sign_on.verdict == "refuted"
    assert sign_on.value is not None
    assert sign_on.value < 1
    assert "of all together it is 2.06 times" in sign_on.remarks[0]
    assert about_it(judged, "profile").verdict == "refuted"
    leaky = about_it(judged, "cancellation survey")
    assert (leaky.verdict, leaky.value) == ("undecidable", None)


def test_J6_every_verdict_has_its_n_and_the_customers_behind_it(judged, on: About) -> None:
    keys = [count.key for each in judged.values() for count in each.counts]
    found = recounted(keys, on.journeys, on.plan)
    for each in judged.values():
        assert each.evidence == "Observed"
        assert each.n > 0 or each.value is None
        for count in each.counts:
            assert found[count.key] == count.n


def asked(on: About, **test) -> Judged:
    spec = TestSpec.model_validate(test)
    return {"shares": of_shares, "stage": of_stage, "sign": of_sign}[spec.form](
        on.journeys, on.plan, spec
    )


def test_J6_stages_and_shares_are_judged_by_their_intervals(on: About) -> None:
    assert asked(on, stage="Onboard", loses_over="10%").verdict == "supported"
    assert asked(on, stage="Onboard", loses_under="10%").verdict == "refuted"
    close = asked(on, stage="Onboard", loses_over="21%")
    assert (close.verdict, close.unit) == ("undecidable", "share")
    assert close.needed is not None
    assert close.needed > 100
    ends = [c.n for c in close.counts]
    still = recounted(["open:Onboard"], on.journeys, on.plan)["open:Onboard"]
    between = 100 * (ends[0] + still / 2) / ends[1]
    waits = asked(on, stage="Onboard", loses_over=f"{between:.3f}%")
    assert (waits.verdict, waits.needed, waits.waits) == ("undecidable", None, True)
    first = "first:1735689600000000..1751320800000000"
    halves = asked(on, **{"if": first, "then": "left:Onboard"}, among="reached:Onboard")
    assert halves.n == recounted(["reached:Onboard"], on.journeys, on.plan)["reached:Onboard"]
    less = asked(on, **{"if": first, "then": "left:Onboard"}, direction="less")
    more = asked(on, **{"if": first, "then": "left:Onboard"})
    assert {less.verdict, more.verdict} != {"supported"}


def test_J6_what_takes_time_is_not_compared_with_leaving_without_a_landmark(on: About) -> None:
    unfair = asked(on, **{"if": "did:Sales demo", "then": "left"})
    assert (unfair.verdict, unfair.value) == ("undecidable", None)
    assert "less time" in unfair.why


def test_J6_a_hypothesis_is_asked_of_some_customers_only(on: About) -> None:
    small = "attribute:Size=small"
    stage = {"stage": "Onboard", "loses_over": "10%"}
    sign = {"without": "invite_team", "stage": "Activate", "within": "14d"}
    for test in (stage, sign):
        some, every = asked(on, **test, among=small), asked(on, **test)
        assert 0 < some.n < every.n
        assert f"among {small}" in some.why
        keys = [each.key for each in some.counts]
        assert all(key.endswith(f"&{small}") for key in keys)
        assert recounted(keys, on.journeys, on.plan) == {c.key: c.n for c in some.counts}
    later = asked(on, **sign, among="done")
    assert (later.verdict, later.value) == ("undecidable", None)
    assert "Name what was known before" in later.why


def test_J6_a_test_that_cannot_be_told_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "ideas.yml"
    file.write_text(
        "hypotheses:\n"
        "- {statement: A, source: Ann, test: {without: a, stage: S, within: 36h}}\n"
        "- {statement: B, source: Ann, test: {with: a, metric: NPS}}\n"
        "- {statement: C, test: {if: left}}\n"
    )
    with pytest.raises(DefinitionError) as told:
        read(file)
    said = "\n".join(told.value.problems)
    assert "ideas.yml:2: hypotheses.0.test: within is in whole days. Write 14d." in said
    assert "ideas.yml:3: hypotheses.1.test: with and metric says how to test it." in said
    assert "ideas.yml:4: hypotheses.2.source: is missing" in said
    test = "source: Ann, test: {stage: S, loses_over: 1%}"
    said_twice = [
        f"- {{statement: {words}, {test}}}\n" for words in ("Many leave.", "many  leave.")
    ]
    file.write_text("hypotheses:\n" + "".join(said_twice))
    with pytest.raises(DefinitionError, match=r"'Many leave\.' stands twice"):
        read(file)
    with pytest.raises(ValidationError, match="does not take among"):
        TestSpec.model_validate({"metric": "NPS", "above": 3, "among": "all"})


def test_J6_tested_again_a_hypothesis_keeps_its_id_and_a_flip_is_told(state: State) -> None:
    told = {"statement": "It is so.", "source": "Ann", "test": {"if": "left", "then": "done"}}
    spec = HypothesisSpec.model_validate(told)
    where = {"journey": "Trial", "unit": "person", "as_of": "2026-01-01", "who": "Ann"}
    ids = set()
    with state.write() as con:
        for at, verdict in enumerate(("undecidable", "supported", "supported", "refuted")):
            judged = Judged(verdict, 100 * at, "So many.", remarks=("r",))
            ids.add(keep(con, spec, judged, **where, now_us=at))
        (it,) = everything(con)
    assert ids == {it.id}
    assert (it.judged.verdict, it.was, it.judged.n) == ("refuted", "supported", 300)
    verdicts = [each.told["verdict"] for each in it.changes if each.what == "verdict"]
    assert verdicts == ["undecidable", "supported", "refuted"]


@real_data.needed
def test_J6_on_real_data_nothing_handed_in_by_day_30_foretells_withdrawing() -> None:
    """1.20 in all, about 2.05 like with like: a paradox of modules with nothing due by then."""
    at = University()
    test = {"without": "Work handed in", "stage": "Studying", "within": "30d"}
    found = of_sign(at.journeys, at.plan, TestSpec.model_validate(test))
    assert found.verdict == "supported"
    assert found.value is not None
    assert 2.0 < found.value < 2.15
    assert "of all together it is 1.20 times" in found.remarks[0]
