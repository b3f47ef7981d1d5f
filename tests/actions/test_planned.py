"""A week as it is planned: hours, the line, who is held back and what it costs."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.queue.best import Options, best
from trod.actions.queue.plan import Candidate, plan_of
from trod.actions.queue.planned import planned
from trod.actions.queue.week import Week


def playbook(name, minutes, holdout):
    told = {
        "name": name, "success": {"ends": "left"}, "minutes": minutes, "holdout": holdout,
        "steps": [{"do": f"Do {name}"}],
    }  # fmt: skip
    return PlaybookSpec.model_validate_json(json.dumps(told))


BOOKS = {
    "Call": playbook("Call", 30, "edge"),
    "Review": playbook("Review", 45, 0.3),
    "Notice": playbook("Notice", 20, {"none": "the law asks for it"}),
}
WEEK = Week(
    "2026-W27", date(2026, 6, 29), "2026-06-30", "Renewal", "account", "EUR",
    {"Ann": 240, "Bob": 300}, BOOKS, not_drawn=frozenset({"c003", "c004"}),
)  # fmt: skip


def candidates(seed, n=40):
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        for name, spec in BOOKS.items():
            if rng.random() < 0.6:
                value = float(rng.gamma(2.0, 50.0)) - 20.0
                owners = ("Ann", "Bob") if i % 3 else ("Ann",)
                found.append(
                    Candidate(
                        f"c{i:03d}",
                        name,
                        "Renew",
                        owners,
                        spec.minutes,
                        value,
                        0.5 * value,
                        1.5 * value,
                        0.3,
                        "a score",
                        0.05,
                        "Renew, higher chance",
                        "why",
                    )
                )

    return found


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_X3_X7_a_week_keeps_its_laws(seed):
    plan = planned(WEEK, candidates(seed))
    names = [row.candidate.customer for row in plan.rows]
    assert len(names) == len(set(names)), "a customer is in two plays"
    for hours in plan.hours:
        assert hours.used <= hours.minutes
        assert hours.another_hour >= 0
    for row in plan.rows:
        assert row.owner in (*row.candidate.owners, "")
        if row.fate == "held back":
            assert 0 < row.propensity < 1
        if row.drawn:
            assert row.candidate.customer not in WEEK.not_drawn
            assert row.candidate.playbook != "Notice"
            assert row.stratum
        if row.design == "chosen" and row.fate == "treated":
            assert row.propensity == 1.0
    drawn = [row for row in plan.rows if row.drawn]
    treated = sum(row.fate == "treated" for row in drawn)
    assert sum(row.propensity for row in drawn) == pytest.approx(treated)
    assert plan.given_up >= 0
    assert plan.best <= plan.bound


@settings(max_examples=3)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_X3_the_same_week_is_planned_whatever_the_order_of_arrival(seed, random):
    some = candidates(seed, 20)
    again = list(some)
    random.shuffle(again)
    assert planned(WEEK, some) == planned(WEEK, again)


def test_X3_without_chance_the_plan_is_the_best_one():
    books = {"Notice": BOOKS["Notice"]}
    some = [c for c in candidates(1) if c.playbook == "Notice"]
    plan = planned(replace(WEEK, playbooks=books), some)
    names = sorted({c.customer for c in some})
    rows = [
        (names.index(c.customer), 0, ("Ann", "Bob").index(o), c.minutes, c.value)
        for c in some
        for o in c.owners
    ]
    columns = list(zip(*rows, strict=True))
    whole = [np.array(column, np.int64) for column in columns[:4]]
    found = best(Options(*whole, np.array(columns[4])), np.array([240, 300]))
    assert plan.value == pytest.approx(found.value)
    assert plan.given_up == 0
    assert not plan.held_back


def test_X3_who_falls_below_the_line_is_worth_less_than_another_hour_would_bring():
    books = {"Notice": BOOKS["Notice"]}
    some = [c for c in candidates(4) if c.playbook == "Notice"]
    plan = planned(replace(WEEK, playbooks=books, hours={"Ann": 100, "Bob": 100}), some)
    assert plan.under
    worst = min(row.candidate.value for row in plan.treated)
    assert all(
        row.candidate.value <= worst
        for row in plan.under
        if set(row.candidate.owners) == {"Ann", "Bob"}
    )
    more = planned(replace(WEEK, playbooks=books, hours={"Ann": 160, "Bob": 100}), some)
    ann = next(each for each in plan.hours if each.name == "Ann")
    assert more.best - plan.best == pytest.approx(ann.another_hour)


def test_X7_what_the_holdout_costs_is_what_is_lost_on_average_over_draws():
    some = [replace(c, playbook="Call", minutes=30) for c in candidates(7) if c.playbook == "Call"]
    week = replace(WEEK, playbooks={"Call": BOOKS["Call"]})
    plan = planned(week, some)
    assert plan.held_back
    # Another week is another plan, and another draw among the same customers.
    values = [planned(replace(week, week=f"2027-W{i:02d}"), some).value for i in range(1, 26)]
    lost = plan.best - np.mean(values)
    error = np.std(values) / np.sqrt(len(values))
    assert abs(lost - plan.given_up) < 4 * error
    assert sum(each.given_up for each in plan.learning) == pytest.approx(plan.given_up)


def test_M10_whoever_is_best_met_later_waits():
    some = candidates(2)
    later = [replace(c, wait_days=7) if c.customer < "c020" else c for c in some]
    plan = planned(WEEK, later)
    assert {c.customer for c in plan.waiting} == {c.customer for c in later if c.wait_days}
    assert all(row.candidate.customer >= "c020" for row in plan.rows)


def test_X3_a_plan_is_read_as_it_was_written():
    plan = planned(WEEK, candidates(3))
    assert plan_of(json.loads(json.dumps(plan.told()))) == plan


def test_X3_a_week_without_anybody_is_planned_too():
    plan = planned(WEEK, [])
    assert (plan.rows, plan.value, plan.gap) == ((), 0.0, 0.0)


def test_X7_a_play_of_which_nothing_is_known_gets_no_more_than_its_share_of_the_hours():
    def minutes(week):
        rows = planned(week, candidates(3)).treated
        return {
            name: sum(row.candidate.minutes for row in rows if row.candidate.playbook == name)
            for name in BOOKS
        }

    free, limited = minutes(replace(WEEK, untried=1.0)), minutes(replace(WEEK, untried=0.25))
    most = 0.25 * sum(WEEK.hours.values())
    assert max(free.values()) > most
    # A share that is held back is put on top: what is limited are hours.
    assert all(taken <= most for taken in limited.values())
    known = minutes(replace(WEEK, untried=0.25, known=frozenset(BOOKS)))
    assert known == free


def test_X7_what_was_limited_is_said_and_does_not_leave_hours_idle():
    plan = planned(replace(WEEK, untried=0.3, known=frozenset({"Notice"})), candidates(3))
    assert any("as no effect of it was measured yet" in remark for remark in plan.remarks)
    used = sum(hours.used for hours in plan.hours)
    assert used > 0.85 * sum(WEEK.hours.values())


def test_X7_once_a_play_works_few_are_held_back_with_the_chance_that_was_true_of_them():
    share = {name: spec.model_copy(update={"holdout": 0.3}) for name, spec in BOOKS.items()}
    week = replace(WEEK, hours={"Ann": 3000, "Bob": 3000}, playbooks=share, untried=1.0)
    some = candidates(5, 120)
    before, after = planned(week, some), planned(replace(week, settled=frozenset({"Call"})), some)

    def held(plan, name):
        mine = [r for r in plan.rows if r.candidate.playbook == name and r.fate != "below"]
        kept = [r for r in mine if r.fate == "held back"]
        for row in kept:
            drawn = [r for r in mine if r.stratum == row.stratum]
            won = sum(r.fate == "treated" for r in drawn)
            assert row.propensity == won / len(drawn)
        return len(kept) / len(mine)

    assert held(after, "Call") < 0.12
    assert len(before.held_back) > len(after.held_back)
    assert any("Call is known to work: 6% are held back instead of 30%" in r for r in after.remarks)
    tiny = {name: spec.model_copy(update={"holdout": 0.02}) for name, spec in BOOKS.items()}
    assert replace(week, playbooks=tiny, settled=frozenset({"Call"})).held_back("Call") == 0.02


def test_X7_an_untried_play_gets_a_quarter_where_others_help_and_all_alone():
    def share(plan, name):
        mine = [r for r in plan.treated if r.candidate.playbook == name]
        return sum(r.candidate.minutes for r in mine) / sum(WEEK.hours.values())

    some = candidates(3, 200)
    others = frozenset(BOOKS) - {"Call"}
    limited = planned(replace(WEEK, known=others, helps=others), some)
    assert 0 < share(limited, "Call") <= 0.26
    alone = planned(WEEK, [c for c in some if c.playbook == "Call"])
    assert share(alone, "Call") > 0.8
    assert not any("untried" in remark for remark in alone.remarks)


def test_X7_an_effect_is_carried_over_by_its_step_of_log_odds():
    from trod.actions.queue.uplift import Measured, moved, uplift

    seen = Measured(0.15, 0.05, 0.25, "Tested", 400, at=0.4)
    assert moved(seen, 0.4, bad=True) == pytest.approx(seen)
    there = moved(seen, 0.1, bad=True)
    assert there.low < there.estimate < there.high < 0.1
    # Of each customer it promises the same, whoever else it fits.
    assert uplift([0.3], there.estimate, bad=True, at=0.1) == pytest.approx(
        uplift([0.3], seen.estimate, bad=True, at=0.4)
    )
    harm = moved(seen._replace(estimate=-0.1, low=-0.2, high=0.0), 0.1, bad=True)
    assert harm.estimate < 0 == harm.high


def test_X7_a_play_whose_worthwhile_effect_is_ruled_out_is_stopped_and_one_that_works_is_not():
    from trod.outcomes.effect import Effect
    from trod.workspace.acting.busy import stopped

    def effect(low, high, verdict):
        return Effect(
            "Call", "Left within 60 days", "share", "down", "randomised", 300, 300, 0, 0.2, 0.2,
            (low + high) / 2, low, high, low, high, verdict, None, 0.05, 0, "", worth_having=0.05,
        )  # fmt: skip

    assert "ruled out" in stopped(BOOKS["Call"], effect(-0.04, 0.09, "too early"))
    assert "harms" in stopped(BOOKS["Call"], effect(0.01, 0.09, "harms"))
    assert stopped(BOOKS["Call"], effect(-0.06, 0.09, "too early")) == ""
    assert stopped(BOOKS["Call"], effect(-0.04, -0.01, "works")) == ""
