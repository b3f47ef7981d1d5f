"""A company that answers to what is done to it, and Trod's queue upon it."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import loop_report
from benchmarks.closed_loop import Setting, run
from trod.sample import responding as r
from trod.sample.responding import NOTHING, PLAYS, Responding
from trod.sample.responding_rows import rows

SMALL = Setting(customers=300, before=8, months=2, after=1, hours=15, untried=0.25)


def stepped(company: Responding, *plays: int):
    return [company.step(np.full(company.n, play)) for play in plays]


def test_X7_the_same_seed_gives_the_same_company_and_another_seed_another():
    one, same, other = (Responding(100, months=3, seed=s) for s in (1, 1, 2))
    tables = [rows(company, company.step()) for company in (one, same, other)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_X7_policies_meet_the_same_luck_so_that_a_call_only_ever_keeps_and_a_reminder_loses():
    quiet, called, reminded = (Responding(2000, months=3, seed=1) for _ in range(3))
    left = quiet.step().left
    with_call = called.step(np.full(called.n, r.CALL)).left
    with_reminder = reminded.step(np.full(reminded.n, r.REMINDER)).left
    assert not (with_call & ~left).any()
    assert (left & ~with_call).sum() > 20
    assert not (left & ~with_reminder).any()
    assert set(reminded.kind[with_reminder & ~left]) >= {r.SLEEPING}


def test_X7_nothing_helps_those_who_are_lost_and_a_gift_helps_nobody():
    quiet, called, cake = (Responding(2000, months=3, seed=1) for _ in range(3))
    left = quiet.step().left
    lost = quiet.kind == r.LOST
    assert (called.step(np.full(called.n, r.CALL)).left == left)[lost].all()
    assert (cake.step(np.full(cake.n, r.GIFT)).left == left).all()


@pytest.mark.parametrize("play", range(len(PLAYS)))
def test_X7_the_true_effect_is_what_becomes_of_many(play):
    quiet, acted = (Responding(60_000, months=3, seed=3) for _ in range(2))
    told, here = acted.changes(play), acted.here.copy()
    without, with_play = stepped(quiet, NOTHING, NOTHING), stepped(acted, play, NOTHING)
    what = "added" if play == r.OFFER else "left"
    a, b = (
        np.logical_or(getattr(x[0], what), getattr(x[1], what))[here] for x in (without, with_play)
    )
    found = b.mean() - a.mean() if play == r.OFFER else a.mean() - b.mean()
    assert found == pytest.approx(told[here].mean(), abs=0.006)


def test_X7_the_loop_runs_from_the_data_to_the_next_plan(tmp_path: Path):
    found = run("trod", 1, SMALL, tmp_path)
    assert 0 < found.contacts <= 2 * SMALL.contacts
    assert found.held_back > 0
    assert len(found.verdicts["Set-up call"]) == 3  # before each plan, and at the end
    assert found.stops[-1] == []  # three months tell nobody what may stop


def test_X7_who_sees_everything_does_better_than_lot_on_the_same_luck(tmp_path: Path):
    setting = Setting(customers=1000)
    best, lot, none = (run(p, 1, setting, tmp_path) for p in ("best", "random", "nothing"))
    assert best.contacts == lot.contacts
    assert best.revenue > max(lot.revenue, none.revenue)


@pytest.mark.slow
def test_X7_the_queue_brings_more_than_lot_and_stops_nothing_that_works():
    found = loop_report.campaign(loop_report.REPORTED)
    gain = [
        a - b
        for a, b in zip(
            loop_report.per_contact(found, "trod", "revenue"),
            loop_report.per_contact(found, "random", "revenue"),
            strict=True,
        )
    ]
    assert loop_report.over_seeds(gain).low > 0
    for one in found["trod"]:
        assert not {name for name, helps in r.HELPS.items() if helps} & set(one["stops"][-1])


def test_X7_the_month_of_a_verdict_is_that_from_which_it_stayed():
    said = ["", "too early", "works", "too early", "works", "works"]
    assert loop_report.first_month(said, ["works"]) == 4
    assert loop_report.first_month(said[:4], ["works"]) is None
