"""Need against contact: who is left alone, and what is only not recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.company import Known
from tests.insights.stories import DAY, told
from trod.analyses.coverage.need import InNeed, Rule
from trod.analyses.predicate import And, parse
from trod.insights.coverage.found import of_coverage
from trod.insights.coverage.human import shows_need, shows_trouble
from trod.insights.coverage.view import CoverageView, coverage
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import count
from trod.journeys.spec import JourneySpec
from trod.workspace.acting.covered import covered

SPEC = JourneySpec(
    name="trial",
    left_after="30d",
    stages=[{"name": "Try", "enter_on": "sign up"}, {"name": "Pay", "enter_on": "buy"}],
)


def seen() -> CoverageView:
    """Forty ask and meet nobody, of whom thirty leave; forty are called the next day and pay."""
    people = {
        f"a{i:02d}": [("sign up", 0), ("support ticket", DAY), *([("buy", 50 * DAY)] * (i < 10))]
        for i in range(40)
    }
    people |= {
        f"b{i:02d}": [
            ("sign up", 0), ("support ticket", DAY), ("call", 2 * DAY), ("buy", 50 * DAY),
        ]
        for i in range(40)
    }  # fmt: skip
    people |= {f"c{i}": [("sign up", 0), ("buy", 2 * DAY), ("buy", 50 * DAY)] for i in range(9)}
    people["last"] = [("sign up", 49 * DAY), ("support ticket", 49 * DAY), ("sign up", 50 * DAY)]
    made = told(people)
    plan = compile_plan(SPEC, made)
    rule = Rule(("support ticket",), ("call",), 7 * DAY)
    return coverage(made, plan, (rule, rule))


def test_X11_those_in_need_are_met_or_not_or_cannot_be_told_yet() -> None:
    row = seen().stages[0]
    assert (row.entered, row.needed.n, row.met.n, row.unmet.n, row.waiting) == (90, 81, 40, 40, 1)
    assert row.wait is not None
    assert row.wait.median_us == pytest.approx(DAY, rel=1 / 32)
    assert (row.unmet_left.part, row.unmet_left.whole) == (30, 40)
    assert (row.met_left.part, row.met_left.whole) == (0, 40)


def test_X11_who_has_arrived_is_stuck_no_longer() -> None:
    """Incidents are closed on day 5, and the record goes on: only the open one is stuck."""
    people = {
        f"c{i}": [("sign up", 0), ("buy", DAY), *([("paid", 5 * DAY)] * (i > 0))] for i in range(9)
    }
    made = told({**people, "last": [("visit", 60 * DAY)]})
    plan = compile_plan(
        SPEC.model_copy(update={"success": ("paid",), "left_after": timedelta(days=90)}), made
    )
    rule = Rule((), ("visit",), 7 * DAY, stuck_us=9 * DAY)
    assert count(InNeed("needed", "Pay", rule, plan), made) == 1


def test_X11_a_gap_is_a_finding_that_is_observed_and_says_nothing_of_causes() -> None:
    (finding,) = of_coverage(seen(), "person")
    assert (finding.kind, finding.about, finding.grade) == ("coverage gap", "Try", "weak")
    assert finding.statement.startswith("40 customers who showed in Try that they need somebody")
    assert finding.evidence == "Observed"
    assert not {"because", "caused", "due to"} & set(finding.statement.split())


def test_X11_on_the_sample_company_calls_that_are_never_recorded_are_no_gap(
    tallyfern: Known,
) -> None:
    found = covered(tallyfern.workspace, by="MailingCountry")
    assert any("MailingCountry is PL are not recorded" in words for words in found.dark)
    assert all(bool(row.dark) == (row.value == "PL") for row in found.rows)
    assert all(row.gap_micros == 0 for row in found.rows if row.value == "PL")
    assert all(one.value != "PL" for one in found.apart)


def test_X11_need_is_of_the_fewer_in_every_stage_of_the_sample_company(tallyfern: Known) -> None:
    found = covered(tallyfern.workspace)
    assert all(0 < row.needed.n < row.entered / 2 for row in found.stages)


@pytest.mark.parametrize(
    ("name", "need", "trouble"),
    [
        ("Support ticket", True, True),
        ("Complaint", True, True),
        ("Case opened", True, True),
        ("Bug reported", True, True),
        ("Chat", False, True),
        ("sync_error", False, True),
        ("Payment failed", False, True),
        ("docs_searched", False, False),
        ("FAQ", False, False),
        ("Knowledge base article", False, False),
    ],
)
def test_X11_an_issue_is_a_need_and_serving_oneself_is_none(
    name: str, need: bool, trouble: bool
) -> None:
    assert (shows_need(name), shows_trouble(name)) == (need, trouble)


def test_X11_every_count_is_the_length_of_the_list_behind_it(tallyfern: Known) -> None:
    found = covered(tallyfern.workspace, by="Size")
    journeys = tallyfern.workspace.journeys("account")
    plan = compile_plan(tallyfern.workspace.project.journeys[0], journeys).remembering()
    for row in (*found.stages, *found.rows):
        for one in (row.needed, row.met, row.unmet):
            again = parse(one.key, plan, journeys.vocabulary, journeys.named)
            assert isinstance(again, And if row.kind else InNeed)
            assert count(again, journeys) == one.n
        known = row.met.n + row.unmet.n + row.waiting + row.not_recorded
        assert known == row.needed.n <= row.entered + row.needed.n
