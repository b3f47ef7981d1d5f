"""Findings: one kind of object, every figure counted again, nothing accepted without an owner."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from tests.company import Known
from tests.insights.stories import DAY, ONBOARDING, onboarding
from trod._store.state.database import State
from trod.errors import DefinitionError
from trod.insights.answers import ask
from trod.insights.claims import recounted
from trod.insights.findings import decisions
from trod.insights.findings.finding import Finding, Impact
from trod.insights.findings.of_friction import of_frictions
from trod.insights.findings.of_segment import of_emerging
from trod.insights.findings.past import Past
from trod.insights.findings.plain import of_plain, plain
from trod.insights.findings.ranking import rank
from trod.insights.findings.recount import differing, keys_of
from trod.insights.findings.register import Looked, record
from trod.insights.findings.registered import everything, history, one
from trod.insights.findings.spec import ObjectiveSpec
from trod.insights.findings.tables import FINDING
from trod.insights.friction import frictions
from trod.insights.journey_map import Count, Fact
from trod.models.segments.segmentation import Rising
from trod.outcomes.effect import Effect
from trod.workspace.acting.about import About, about
from trod.workspace.acting.gathered import Gathered, gathered
from trod.workspace.acting.past import past

NOW = 1_800_000_000_000_000  # 2027-01-15
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="module")
def found(tallyfern: Known) -> tuple[About, Gathered]:
    on = about(tallyfern.workspace, None, None)
    return on, gathered(tallyfern.workspace, on)


def made(**changes) -> Finding:
    base = Finding(
        "friction",
        "Onboard",
        "Trial",
        "account",
        "Slow",
        "40 left.",
        (Fact("lost", "40", Count(40, "left:Onboard")),),
        Count(40, "left:Onboard"),
        "Observed",
        "moderate",
        "",
        "",
        "",
        "",
        Impact(10.0, 20.0, "accounts kept", 80, "", 365),
        stage="Onboard",
    )
    return replace(base, **changes)


def sized(n: int, **changes) -> Finding:
    fact = Fact("lost", f"{n}", Count(n, "left:Onboard"))
    return made(statement=f"{n} left.", facts=(fact,), population=fact.behind, **changes)


LOOKED = {Looked("friction", "Trial", "account")}


def effect(playbook: str) -> Effect:
    """Eight points more, of 400 drawn by chance."""
    shares = 0.5, 0.42, 0.08
    ends = -0.05, 0.21, -0.018, 0.178
    return Effect(
        playbook, "it", "share", "up", "randomised", 200, 200, 0, *shares, *ends,
        "works", None, 0.1, 0, "by hand", se=0.05,
    )  # fmt: skip


def test_J6_every_figure_of_every_finding_is_what_its_key_lists(found, tallyfern: Known) -> None:
    on, all_ = found
    kinds = {each.kind for each in all_.found}
    assert kinds == {"friction", "early warning", "blind spot", "coverage gap"}
    people = about(tallyfern.workspace, None, "person")
    for ground in (on, people):
        mine = [each for each in all_.found if each.unit == ground.unit]
        keys = [key for each in mine for key in keys_of(each)]
        counts = recounted(keys, ground.journeys, ground.plan)
        assert keys
        for each in mine:
            assert differing(each, counts) == []


def test_J6_no_number_stands_in_a_statement_that_is_no_fact(found) -> None:
    """Names and days of the data may hold digits; everything else is a fact."""
    for each in found[1].found:
        said = each.statement
        for fact in sorted(each.facts, key=lambda f: -len(f.text)):
            assert fact.text in said
            said = said.replace(fact.text, "")
        assert NUMBER.findall(said) == [], each.statement


def test_J6_what_cannot_be_looked_for_is_named_with_the_reason(found) -> None:
    # The company is shared: whether somebody has watched it depends on the order of the tests.
    assert dict(found[1].not_looked).keys() - {"alerts"} == {"new segments"}
    assert "Run `trod fit segments`" in dict(found[1].not_looked)["new segments"]


def test_J6_a_finding_has_the_same_id_whatever_its_figures(found) -> None:
    ids = [each.id for each in found[1].found]
    assert len(set(ids)) == len(ids)
    for each in found[1].found:
        assert of_plain(plain(each)) == each
        assert replace(each, statement="", population=Count(1, ""), grade="weak").id == each.id


def test_J6_what_is_new_among_newcomers_is_counted_as_the_data_are_today() -> None:
    one_ = Rising("n1", "begin with Gallery", "2026-05", 17, 19, 3, 900, 1e-9, True, 35)
    past = one_._replace(words="begin with Fair", now=False)
    counts = {"segment:n1": 36, "segment:n1&first:1..2": 18, "first:1..2": 40}
    (found,) = of_emerging(
        [one_, past],
        journey="Trial",
        unit="account",
        as_of="2026-06-30",
        month=lambda label: {"2026-05": "first:1..2"}[label],
        counted_by=counts.__getitem__,
    )
    assert differing(found, counts) == []
    assert found.statement == (
        "45% of the newcomers of 2026-05 begin with Gallery; under 1% of all who came before. "
        "36 accounts by now."
    )
    assert found.about == one_.words  # refits may give ids anew


def months() -> list[tuple[Finding, ...]]:
    """Give what is found after 500 days and after 720."""
    later = onboarding(1500)
    told = []
    for upto in (500 * DAY, 800 * DAY):
        asked = ask(replace(later, batches=tuple(cut(b, upto) for b in later)), ONBOARDING)
        told.append(of_frictions(asked, frictions(asked)))
    return told


def cut(batch, upto: int):
    """Give a batch as it was at a moment."""
    keep = batch.time_us < upto
    sizes = np.add.reduceat(keep, batch.offsets[:-1]) * (np.diff(batch.offsets) > 0)
    rows = {
        name: getattr(batch, name)[keep]
        for name in ("code", "time_us", "channel", "value", "score", "row")
    }
    return replace(batch, offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), **rows)


def test_J6_what_is_found_again_next_month_keeps_id_owner_and_history(state: State) -> None:
    first, second = months()
    (connect,) = [each for each in first if each.stage == "Connect"]
    looked = {Looked("friction", "Onboarding", "person")}
    with state.write() as con:
        record(con, first, looked, NOW)
        decisions.accept(con, connect.id, owner="Ann", due="2027-02-01", who="Bea", now_us=NOW + 1)
        told = record(con, second, looked, NOW + 30 * DAY)
        again = record(con, second, looked, NOW + 60 * DAY)
    assert connect.id in told.again
    assert again.new == again.gone == ()
    with state.read() as con:
        it, events = one(con, connect.id), history(con, connect.id)
    assert (it.status, it.owner, it.due, it.times) == ("accepted", "Ann", "2027-02-01", 3)
    assert it.finding.statement != connect.statement
    # The third look said the same, so nothing happened.
    assert [each.what for each in events] == ["found", "accepted", "found"]
    assert (it.first_us, it.last_us) == (NOW, NOW + 60 * DAY)


def test_J6_dismissed_gone_grown_and_found_again_are_told_apart(state: State) -> None:
    with state.write() as con:
        record(con, [sized(40), sized(9, about="Adopt")], LOOKED, NOW)
        small = made().id
        decisions.dismiss(con, small, why="Known.", who="Ann", now_us=NOW + 1)
        assert record(con, [sized(60)], LOOKED, NOW + 2).grown == ()
        grown = record(con, [sized(80)], LOOKED, NOW + 3)
        assert record(con, [], set(), NOW + 4).gone == ()  # not looked for
        back = record(con, [sized(80), sized(9, about="Adopt")], LOOKED, NOW + 5)
        it = one(con, small)
        events = [each.what for each in history(con, small)]
        other = history(con, made(about="Adopt").id)
    assert grown.grown == (small,)
    assert (it.status, it.grown_us) == ("dismissed", NOW + 3)
    assert events == ["found", "dismissed", "found", "found", "grown"]
    assert back.back == (made(about="Adopt").id,)
    assert [each.what for each in other] == ["found", "not found", "found again"]


def test_X5_nothing_is_accepted_without_owner_and_date(state: State) -> None:
    id_ = made().id
    with state.write() as con:
        record(con, [made()], LOOKED, NOW)
    for owner, due, said in (
        ("", "2027-02-01", "no owner"),
        ("Ann", "", "no due date"),
        (" ", " ", "no owner.*\n.*no due date"),
        ("Ann", "2027-01-14", "is over: today is 2027-01-15"),
        ("Ann", "soon", "is not a day"),
        ("Bram", "2027-02-01", "did you mean 'Bram Visser'"),
    ):
        people = ["Bram Visser"] if owner == "Bram" else []
        with state.write() as con, pytest.raises(DefinitionError, match=f"(?s){said}"):
            decisions.accept(con, id_, owner=owner, due=due, who="B", now_us=NOW, people=people)
    for values in ({"status": "accepted"}, {"status": "done", "owner": "Ann"}):

        def by_hand(values=values) -> None:
            with state.write() as con:
                con.execute(sa.update(FINDING).values(**values))

        with pytest.raises(sa.exc.IntegrityError):
            by_hand()
    with state.read() as con:
        assert [each.status for each in everything(con)] == ["open"]


def test_M8_the_life_of_a_finding_is_kept_word_for_word(state: State) -> None:
    by = {"who": "Bea", "now_us": NOW}
    with state.write() as con:
        record(con, [made()], LOOKED, NOW)
        id_ = made().id[:6]
        with pytest.raises(DefinitionError, match="is open, not accepted"):
            decisions.done(con, id_, **by)
        with pytest.raises(DefinitionError, match="without a reason"):
            decisions.dismiss(con, id_, why=" ", **by)
        decisions.accept(con, id_, owner="Ann", due="2027-01-15", why="Large.", **by)
        decisions.hand_over(con, id_, owner="Cem", **by)
        decisions.comment(con, id_, text="Seen twice.", **by)
        with pytest.raises(DefinitionError, match="is no verdict"):
            decisions.verdict(con, id_, said="true", why="So.", **by)
        it = decisions.verdict(con, id_, said="refuted", why="Nobody said so.", n=12, **by)
        assert it.late(date(2027, 1, 16))
        decisions.done(con, id_, **by)
        it = decisions.reopen(con, id_, why="It came back.", **by)
        events = history(con, it.finding.id)
    assert (it.status, it.owner, it.verdict, it.verdict_n) == ("open", "Cem", "refuted", 12)
    assert [(e.who, e.what) for e in events] == [
        ("trod", "found"),
        ("Bea", "accepted"),
        ("Bea", "handed over"),
        ("Bea", "comment"),
        ("Bea", "verdict"),
        ("Bea", "done"),
        ("Bea", "reopened"),
    ]
    assert events[2].told["due"] == "2027-01-15"
    with state.read() as con, pytest.raises(DefinitionError, match="no finding 'fr-zz'"):
        one(con, "fr-zz")


WIN = ObjectiveSpec(name="Win", serves="converted", reaches="Pay", worth=100)
KEEP = ObjectiveSpec(name="Keep", serves="kept", worth=900)
GROW = ObjectiveSpec(name="Grow", serves="expanded")
STAGES = {"Trial": ("Onboard", "Pay", "Use")}


def of_value(about: str, middle: float, **changes) -> Finding:
    impact = Impact(middle - 1, middle + 1, "accounts kept", 80, "", 365)
    return made(**{"about": about, "impact": impact, **changes})


ALL = [
    of_value("a", 50, stage="Onboard"),  # 50 won, 5,000
    of_value("b", 20, stage="Onboard", ends="Pay"),  # 20 kept, 18,000
    of_value("c", 10, stage="Use"),  # 10 kept, 9,000
    of_value("d", 99, serves="expanded"),  # 99, no worth
    made(about="e", stage="Use", impact=None, population=Count(30, ""), grade="weak"),
    made(about="f", stage="Use", impact=None, population=Count(20, ""), grade="moderate"),
    of_value("g", 900, stage="Use", data_grade="D"),
    of_value("h", 80, stage=""),  # serves nothing
]


def order(objectives, findings=ALL, **more) -> str:
    return "".join(p.finding.about for p in rank(findings, objectives, stages=STAGES, **more))


def test_J7_the_order_is_that_of_the_declared_objective() -> None:
    """Worked by hand: the first objective first, then money, then customers, then not priced."""
    # Not priced: 40 customers moderate (g), 20 moderate before 30 weak.
    assert order([KEEP, WIN, GROW]) == "bcadhgfe"
    assert order([WIN, KEEP, GROW]) == "abcdhgfe"
    assert order([GROW, WIN, KEEP]) == "dbcahgfe"
    # Without objectives all are customers, and the larger one is first.
    assert order([]) == "dhabcgfe"


def test_J7_the_order_does_not_depend_on_the_order_of_arrival() -> None:
    chance = random.Random(1)
    for _ in range(20):
        mixed = chance.sample(ALL, len(ALL))
        assert order([KEEP, WIN], mixed) == order([KEEP, WIN])


def test_J7_why_a_finding_stands_where_it_stands_is_said() -> None:
    places = {p.finding.about: p for p in rank(ALL, [KEEP, WIN], stages=STAGES, currency="EUR")}
    assert places["b"].why == (
        "Serves Keep, the first objective: 19 to 21 accounts a year, €17.1k to €18.9k at €900 each."
    )
    assert places["f"].why.endswith("Not priced: by 20 accounts and moderate evidence.")
    assert "graded D" in places["g"].why
    assert places["g"].worth is None
    assert places["h"].why.startswith("Serves no declared objective")


def test_J7_the_past_effect_of_a_play_takes_the_place_of_what_is_supposed() -> None:
    two = [of_value("a", 30), of_value("b", 20)]
    assert order([KEEP], two) == "ab"
    call = Past("Call", -0.1, 0.05, 240, "Tested", 365)
    assert order([KEEP], two, priors={two[0].id: call}) == "ba"
    place = rank(two, [KEEP], priors={two[0].id: call})[1]
    assert place.impact is not None
    # Harm is not cut off: 40 customers concerned.
    assert (place.impact.low, place.impact.high) == (-4.0, 2.0)
    assert place.why.endswith(
        "−4 to 2 accounts a year, -3,600 to 1,800 at 900 each, "
        "by the effect of Call, tested on 240."
    )


def test_J7_plays_that_were_tried_say_what_acting_on_a_finding_may_bring(
    found, tallyfern: Known
) -> None:
    on, all_ = found
    workspace = tallyfern.workspace
    assert past(workspace, on, all_.found, {}) == {}

    effects = {name: effect(name) for name in ("Onboarding call offer", "Early renewal reminder")}
    effects["Win-back mail"] = effect("Win-back mail")  # judged by touchpoints, of no stage
    early = {name: replace(one, verdict="too early") for name, one in effects.items()}
    assert past(workspace, on, all_.found, early) == {}
    known = past(workspace, on, all_.found, effects)
    by_id = {each.id: each for each in all_.found}
    assert {(by_id[i].stage, one.play) for i, one in known.items()} == {
        ("Onboard", "Onboarding call offer"),
        ("Renew", "Early renewal reminder"),
    }
    assert {by_id[i].kind for i in known} <= {"friction", "coverage gap"}
    days = (on.journeys.span_us()[1] - on.journeys.span_us()[0]) // DAY
    for each in known.values():
        assert (each.n, each.evidence, each.over_days) == (400, "Tested", days)
        assert each.low < 0.08 < each.high


def test_J7_what_is_counted_over_two_years_is_ranked_by_the_year() -> None:
    over = Impact(30, 30, "accounts kept", 80, "", 730)
    now = Impact(20, 20, "accounts kept", 95, "")
    assert order([KEEP], [made(about="a", impact=over), made(about="b", impact=now)]) == "ba"
