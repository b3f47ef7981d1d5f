"""What reviews say of decisions: due, followed up, and kept as they were shown."""

from dataclasses import replace
from datetime import date

import pytest

from tests.actions.test_register import HELD, ONE
from trod.errors import DefinitionError, NotEnoughDataError
from trod.insights.findings.finding import Finding
from trod.insights.findings.registered import Registered
from trod.insights.journey_map import Count
from trod.outcomes.effect import Effect
from trod.outcomes.judged import TooFew
from trod.outcomes.reviews import kept
from trod.outcomes.reviews.period import period
from trod.outcomes.reviews.review import (
    Decision,
    Item,
    Reported,
    Review,
    Row,
    Section,
    stated,
)
from trod.outcomes.reviews.told_decisions import Decided, due, last_time, so_far, standing

FOUND = Finding(
    "friction", "Onboard", "Trial", "account", "Connection error", "", (), Count(40, ""),
    "Observed", "weak", "", "", "", "", None, as_of="2026-06-30",
)  # fmt: skip
OWNED = Registered(
    FOUND, 0, 0, 1, "accepted", "Ann", "2026-07-01", None, None, None, None, None, None
)
THEN = Decision(FOUND.id, "finding", FOUND.title, "Ann", "2026-07-01", "2026-06-20", 50)
CALLED = replace(ONE, status="done", finding=FOUND.id)
EFFECT = Effect(
    "Call", "Left within 60 days", "share", "down", "randomised", 200, 190, 0, 0.10, 0.21, -0.11,
    -0.2, -0.02, -0.18, -0.04, "works", None, 0.08, 0, "Difference",
)  # fmt: skip
REVIEW = Review(
    "monthly", "Monthly product review", "Trial", "accounts", "2026-06", "June 2026", "May 2026",
    "2025-01-01", "2026-06-30", "2026-07-02", "UTC", "EUR", "All is well.", (), (), (), (), (THEN,),
    "",
)  # fmt: skip


def now(today="2026-06-25", *, found=OWNED, acts=(), effects=None) -> Decided:
    known = {} if found is None else {FOUND.id: found}
    when = dict.fromkeys(known, "2026-06-20")
    return Decided(known, when, acts, effects or {}, date.fromisoformat(today), "UTC")


def came(of: Decided, one: Decision = THEN) -> Item:
    (item,) = last_time([one], "2026-06-21", "rv-1", of).items
    return item


@pytest.mark.parametrize(
    ("pack", "last", "text", "before"),
    [
        ("weekly", date(2026, 6, 28), "2026-W26", "2026-W25"),
        ("weekly", date(2026, 6, 27), "2026-W25", "2026-W24"),
        ("monthly", date(2026, 6, 30), "2026-06", "2026-05"),
        ("executive", date(2026, 1, 30), "2025-12", "2025-11"),
        ("quarterly", date(2026, 6, 29), "2026-Q1", "2025-Q4"),
        ("quarterly", date(2026, 6, 30), "2026-Q2", "2026-Q1"),
    ],
)
def test_X9_a_review_is_of_the_last_complete_period_on_record(pack, last, text, before):
    chosen = period(None, pack, date(2025, 1, 6), last)
    assert (chosen[0].text, chosen[1].text) == (text, before)
    assert chosen[1].after == chosen[0].first


def test_X9_a_period_that_is_none_or_not_on_record_is_said_so():
    first, last = date(2026, 1, 6), date(2026, 2, 10)
    for wrong in ("2026-W60", "2026-13", "2026-Q5", "June", "2026-1-1", "9999-12"):
        with pytest.raises(DefinitionError, match="is no period of a review"):
            period(wrong, "weekly", first, last)
    with pytest.raises(DefinitionError, match="nothing is on record in 2027-01"):
        period("2027-01", "weekly", first, last)
    with pytest.raises(NotEnoughDataError, match="no complete quarter is on record"):
        period(None, "quarterly", first, last)


def test_X9_what_is_due_says_whose_it_is_and_how_late():
    (item,) = due(now("2026-07-03")).items
    assert (item.tag, item.tone) == ("Overdue", "worse")
    assert item.lines == ("Ann. Due 2026-07-01, 2 days overdue. Decided 2026-06-20.",)
    waiting = due(now(found=None, acts=(ONE, HELD))).items
    assert [each.lines[1] for each in waiting] == ["1 of 1 still to be seen to."]
    assert due(now(found=None)).none.startswith("Nothing is due")


@pytest.mark.parametrize(
    ("of", "tag", "says"),
    [
        (now(), "Not done yet", "its date is not over"),
        (now("2026-07-03"), "Nothing was done", "its date is over"),
        (now(found=replace(OWNED, status="dismissed", why="known")), "Put aside", "known"),
        (now(found=replace(OWNED, status="done", why="mended")), "Done, not measured", "mended"),
        (now(found=None), "Not known", "no longer in the register"),
        (now(acts=(replace(CALLED, status="planned"),)), "Not done yet", "0 of 1 done"),
        (now(acts=(CALLED, HELD)), "Too early", "nothing is judged yet"),
        (
            now(acts=(CALLED,), effects={"Call": TooFew("Call", "Left", 1, 0, 3, "too few")}),
            "Too early",
            "1 treated and 0 held back with a known outcome, 3 waiting",
        ),
        (now(acts=(CALLED,), effects={"Call": EFFECT}), "Works", "10.0% of 200 treated, 21.0% of"),
        (
            now(acts=(CALLED,), effects={"Call": replace(EFFECT, design="observed")}),
            "Seems to work",
            "190 not treated",
        ),
    ],
)  # fmt: skip
def test_X9_what_came_of_a_decision_is_told(of, tag, says):
    item = came(of)
    assert item.tag == tag
    assert says in " ".join(item.lines)


@pytest.mark.parametrize("status", ["dismissed", "done"])
def test_X9_what_people_wrote_leaves_without_addresses_and_numbers(status):
    wrote = "ann@mail.example says so, ring +49 30 1234567"
    told = " ".join(came(now(found=replace(OWNED, status=status, why=wrote))).lines)
    assert "[e-mail] says so, ring [number]" in told
    assert "ann@" not in told


def test_X9_how_large_a_finding_was_when_it_was_decided_stands_beside_how_large_it_is():
    assert "Concerned 50 accounts then, 40 as of 2026-06-30. Observed." in came(now()).lines
    gone = now(found=replace(OWNED, gone_us=86_400_000_000))
    assert "No longer found since 1970-01-02. Observed." in came(gone).lines


def test_X9_without_anything_decided_a_review_says_so():
    nobody = now(found=None)
    assert so_far(nobody) == standing(nobody) == ()
    assert last_time((), "", "", nobody).none.startswith("Nothing was decided yet")
    assert "in the review of 2026-06-21" in last_time((), "2026-06-21", "rv-1", nobody).none


def test_a_review_does_not_state_the_same_in_two_ways():
    one = Reported("left", "Left", "3", "", "of 9")
    said = Section("a", "A", "", rows=(Row("r", (one,)), Row("s", (replace(one, value="4"),))))
    with pytest.raises(AssertionError, match="left is stated in two ways"):
        stated(replace(REVIEW, sections=(said,)))


def test_X9_a_review_is_kept_once_as_it_was_with_comments_added(state):
    with state.write() as con:
        first = kept.keep(con, REVIEW, who="Ann", now_us=10)
        assert kept.keep(con, REVIEW, who="Bram", now_us=20) == first
        later = kept.keep(con, replace(REVIEW, period="2026-07"), who="Ann", now_us=30)
        kept.comment(con, first[:7], "  Why  not sooner? ", who="Bram", now_us=40)
        kept.sent(con, first, "slack", who="Ann", now_us=50)
        for wrong, said in ((first, " "), ("rv-zz", "a"), ("rv-", "a")):
            with pytest.raises(DefinitionError):
                kept.comment(con, wrong, said, who="Bram", now_us=60)
    with state.read() as con:
        it = kept.one(con, first)
        assert [(e.who, e.what) for e in it.events] == [
            ("Ann", "kept"), ("Bram", "comment"), ("Ann", "sent"),
        ]  # fmt: skip
        assert it.events[1].told == {"text": "Why not sooner?"}
        assert it.decisions == (THEN,)
        assert it.told["headline"] == "All is well."
        assert [each.id for each in kept.listed(con)] == [later, first]
        assert kept.last(con, "monthly", "Trial", before_us=30).id == first
        assert kept.last(con, "monthly", "Trial", before_us=31).id == later
        assert kept.last(con, "weekly", "Trial", before_us=99) is None
