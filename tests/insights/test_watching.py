"""Watching: expectations, tails, false alerts, changes; and what it says of known companies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import nab
from tests.examples import examples
from tests.slow_twins import expecting as slow_expecting
from tests.slow_twins import tails as slow_tails
from tests.strategies import DATA
from trod._kernels.arrays import given as given_array
from trod._kernels.expecting import MEAN, N_COLUMNS, SPREAD, USUAL, expect
from trod._kernels.tails import beta_binomial
from trod.insights.watching.building import Built, series_of
from trod.insights.watching.cause import Days, _of_attribute, of_source
from trod.insights.watching.change import changes
from trod.insights.watching.expectation import expected
from trod.insights.watching.false_alarms import MEMORY, SAVED, Budget, discoveries
from trod.insights.watching.judging import judged
from trod.insights.watching.material import Seen
from trod.insights.watching.series import COUNT, NUMBER, SHARE, Calendar, Series, Thing
from trod.insights.watching.sight import Subject
from trod.insights.watching.stream import news, stream
from trod.insights.watching.tails import two_sided
from trod.insights.watching.walking import walk
from trod.insights.watching.words import title

rates = st.integers(0, 40)


@given(
    kind=st.sampled_from([COUNT, SHARE]),
    rows=st.lists(st.tuples(rates, st.integers(0, 30)), min_size=1, max_size=40),
)
@settings(max_examples=examples(60), deadline=None)
def test_N1_what_is_foretold_agrees_with_slow_twin(kind, rows):
    weight = [float(w > 2) if kind == COUNT else float(w) for _, w in rows]
    value = [float(v if kind == COUNT else min(v, w)) for v, w in rows]
    out = np.zeros((1, len(rows), N_COLUMNS))
    every = [given_array(x, np.float64) for x in ([value], [weight])]
    slots = given_array(np.zeros(len(rows)), np.int64)
    expect(*every, slots, kind, 0.9, 0.1, 6, out)
    try:
        slow = slow_expecting.foretold(kind, value, weight, 0.9, 6)
    except slow_expecting.MovedError as moved:
        slow = moved.found
    for t, told in enumerate(slow):
        if told is not None:
            np.testing.assert_allclose(out[0, t, [MEAN, USUAL, SPREAD]], told, rtol=1e-9)


@given(whole=st.integers(1, 60), at=st.floats(0, 1), a=st.floats(0.1, 50), b=st.floats(0.1, 50))
@settings(max_examples=examples(60), deadline=None)
def test_N1_tails_of_shares_agree_with_slow_twin(whole, at, a, b):
    part, low, high = round(at * whole), np.empty(1), np.empty(1)
    beta_binomial(np.array([part]), np.array([whole]), np.array([a]), np.array([b]), low, high)
    np.testing.assert_allclose(
        (low[0], high[0]), slow_tails.beta_binomial(part, whole, a, b), atol=1e-9
    )


def test_N1_few_counts_are_judged_by_poisson_not_by_standard_deviations():
    one = np.array([1.0])
    p = two_sided(COUNT, np.array([6.0]), one, np.array([1.0]), one, np.array([1e9]))
    assert p[0] == pytest.approx(2 * 0.000594, rel=0.01)  # three times what a normal tail says


def test_N1_the_week_is_no_news_and_a_day_that_breaks_it_is():
    week = np.tile([30.0, 30, 30, 30, 30, 3, 3], 12)
    week[-1] = 30.0  # a Sunday like a Monday
    visits = Series(Thing("volume", "visit"), "", "", COUNT, "day", week, np.ones(84))
    found = expected([visits], "day")
    p = two_sided(
        COUNT,
        week[-7:],
        np.ones(7),
        found.mean[0, -7:],
        found.spread[0, -7:],
        found.freedom[0, -7:],
    )
    assert p[-1] < 1e-7
    assert p[:-1].min() > 0.3


def test_N1_one_day_far_off_teaches_little():
    daily = np.full(80, 40.0)
    daily[60] = 400.0
    visits = Series(Thing("volume", "visit"), "", "", COUNT, "day", daily, np.ones(80))
    assert expected([visits], "day").usual[0, 61:].max() < 45


def test_N1_a_new_level_is_learned_after_two_weeks():
    daily = np.concatenate([np.full(60, 40.0), np.full(30, 15.0)])
    visits = Series(Thing("volume", "visit"), "", "", COUNT, "day", daily, np.ones(90))
    found = expected([visits], "day")
    assert found.anew[0].nonzero()[0].tolist() == [73]
    assert found.usual[0, 80] == pytest.approx(15, abs=1)


def test_N1_a_group_of_few_carries_no_change_that_chance_shares_out_so():
    def carried(before: int, now: int) -> list[str]:
        value = np.zeros((2, 70), np.int64)
        value[:, 7:63:8] = [[before], [2]]  # by group: once in eight days, then a week of more
        value[:, 65] = now, 16
        found = _of_attribute(
            "age", ("old", "young"), value, None, Days(63, 69),
            Subject(Thing("entries", "Redeemed"), "rose"),
        )  # fmt: skip
        return [each.group for _, each in found]

    assert carried(1, 17) == []  # 17 of 33 where 7 of 21 were: Fisher says one in seven
    assert carried(1, 80) == ["old"]


@pytest.mark.parametrize(
    ("kind", "value", "weight", "spread"),
    [
        (COUNT, [20] * 30 + [9] * 12, [1] * 42, 1.0),
        (SHARE, [14] * 30 + [6] * 12, [20] * 42, 1.0),
        (NUMBER, [5.0] * 30 + [3.0] * 12, [1] * 42, 0.3),
    ],
)
def test_N1_a_change_is_dated(kind, value, weight, spread):
    (found,) = changes(kind, np.array(value, float), np.array(weight, float), spread)
    assert (found.at, found.first, found.last) == (30, 30, 30)


def test_N1_a_series_that_does_not_change_has_no_change():
    rng = np.random.default_rng(3)
    assert changes(COUNT, rng.poisson(20, 100).astype(float), np.ones(100), 1.0) == ()


def test_N1_the_rule_of_benjamini_and_yekutieli_is_kept():
    p = np.array([0.0001, 0.003, 0.02, 0.9])
    level = 0.05
    bars = [level * k / (4 * (1 + 1 / 2 + 1 / 3 + 1 / 4)) for k in (1, 2, 3, 4)]
    assert discoveries(p, level).tolist() == [p[0] <= bars[0], p[1] <= bars[1], False, False]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=120))
@settings(max_examples=examples(60))
def test_N1_in_any_four_weeks_no_more_is_spent_than_alerts_allow(days):
    budget, spent = Budget(0.1), []
    for tested, opened in days:
        level = budget.level() if tested else 0.0
        spent.append((level, opened if tested else 0))
        budget.spend(*spent[-1])
        alerts = sum(opened for _, opened in spent[-2 * MEMORY : -1])
        saved = SAVED / MEMORY  # days without tests before the window
        told = sum(level for level, _ in spent[-MEMORY:])
        assert told <= 0.1 * (1 + saved + max(1, alerts)) + 1e-12


def test_N1_after_a_month_of_many_alerts_the_watch_still_sees():
    budget = Budget(0.1)
    for day in range(120):
        level = budget.level()
        assert level >= 0.1 / MEMORY
        budget.spend(level, opened=5 if day == 0 else 0)


def clean(rng: np.random.Generator, n: int, days: int) -> list[Series]:
    """Draw counts with a week, that vary more than chance gives and remember the day before."""
    noise = rng.standard_normal((n, days))
    for t in range(1, days):
        noise[:, t] = 0.5 * noise[:, t - 1] + np.sqrt(0.75) * noise[:, t]
    week = np.array([1.2, 1.1, 1, 1, 0.9, 0.4, 0.4])[np.arange(days) % 7]
    rate = np.exp(rng.uniform(0, 5, n))[:, None] * week * np.exp(0.2 * noise - 0.02)
    return [
        Series(Thing("volume", f"t{i}"), "", "", COUNT, "day", row, np.ones(days))
        for i, row in enumerate(rng.poisson(rate).astype(float))
    ]


def false_alerts(seed: int, n: int, days: int) -> int:
    """Count the alerts of a company to which nothing happens."""
    rng = np.random.default_rng(seed)
    material = nothing_but_days(days)
    built = Built(tuple(clean(rng, n, days)), 0, {})
    walked = walk(material, built, judged(material, built))
    return sum(event.what == "opened" for event in walked.events)


def nothing_but_days(days: int):
    from datetime import date, timedelta

    from trod.analyses.over_time import OverTimeResult
    from trod.insights.watching.material import Material

    first = date(2024, 1, 1)
    label = tuple((first + timedelta(days=i)).isoformat() for i in range(days))
    empty = OverTimeResult(label, ("all",), *(np.zeros((1, days, 0), np.int64) for _ in range(9)))
    calendar = Calendar(label, tuple(range(days)), days)
    return Material(calendar, empty, (), (), (), (), (), (), 7, {}, {})


def test_N1_a_company_to_which_nothing_happens_has_hardly_an_alert():
    assert false_alerts(1, n=120, days=200) <= 1


def test_N1_alerts_that_last_do_not_carry_a_doubtful_one_with_them():
    values = np.random.default_rng(2).poisson(40, (31, 80)).astype(float)
    values[:30, 60:], values[30, 60:], values[30, 62] = 5.0, 40.0, 20.0
    things = [*(f"gone{i}" for i in range(30)), "doubtful"]
    series = [
        Series(Thing("volume", name), "", "", COUNT, "day", value, np.ones(80))
        for name, value in zip(things, values, strict=True)
    ]
    built = Built(tuple(series), 0, {})
    material = nothing_but_days(80)
    opened = [e for e in walk(material, built, judged(material, built)).events if e.day < 65]
    assert {event.day for event in opened} == {60}
    assert "doubtful" not in {event.subject.thing.name for event in opened}


@pytest.mark.slow
def test_N1_false_alerts_stay_within_their_share_over_hundreds_of_series():
    """Where nothing happens every alert is false: at most one month in ten may have one."""
    months = alarms = 0
    for seed in range(20):
        alarms += false_alerts(seed, n=300, days=393)
        months += (393 - 29) / 28
    print(f"{alarms} false alerts in {months:.0f} months of 300 series.")
    assert alarms / months <= 0.1


def test_N1_the_benchmark_knows_perfection_and_silence():
    one = nab.Series("a", np.arange(100) * 60, np.zeros(100), ((50 * 60, 59 * 60),))
    early = np.zeros(100)
    early[50] = 1.0
    assert nab.score([one], {"a": early}) == pytest.approx(100)
    assert nab.score([one], {"a": np.zeros(100)}) == pytest.approx(0)


@pytest.mark.slow
def test_N1_the_score_on_all_of_nab():
    if not (DATA / "nab").exists():
        pytest.skip("the anomaly benchmark is not at ../shared/data/nab")
    corpus = nab.load(DATA / "nab")
    ours = nab.score(corpus, {s.name: stream(s.seconds, s.value) for s in corpus})
    rival = {s.name: nab.windowed_gaussian(s.value) for s in corpus}
    theirs = nab.score(corpus, rival)
    once = nab.score(corpus, {name: news(scores) for name, scores in rival.items()})
    print(f"Windowed Gaussian that speaks once, as ours does: {once:.1f}.")
    print(f"Standard profile, {len(corpus)} series: {ours:.1f}; windowed Gaussian {theirs:.1f}.")
    assert len(corpus) == 24
    assert theirs == pytest.approx(51.3, abs=0.1)
    assert ours > max(theirs, once) + 10


@pytest.mark.slow
def test_N1_the_score_on_series_that_the_settings_were_not_chosen_on():
    """Half-life and quiet are chosen on twelve series and scored on the others, both ways."""
    if not (DATA / "nab").exists():
        pytest.skip("the anomaly benchmark is not at ../shared/data/nab")
    corpus = nab.load(DATA / "nab")
    rival = {s.name: nab.windowed_gaussian(s.value) for s in corpus}
    tried = {
        (half_life, lasts): {
            s.name: stream(s.seconds, s.value, half_life=half_life, lasts=lasts) for s in corpus
        }
        for half_life in (250, 500, 1000, 2000, 4000)
        for lasts in (1, 50, 100, 200, 400)
    }
    ours, theirs = [], []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(corpus))
        halves = [[corpus[i] for i in part] for part in (order[:12], order[12:])]
        for chosen_on, scored_on in (halves, halves[::-1]):
            best = max(tried.values(), key=lambda scores, half=chosen_on: nab.score(half, scores))
            ours.append(nab.score(scored_on, best))
            theirs.append(nab.score(scored_on, rival))
    above = sum(a > b for a, b in zip(ours, theirs, strict=True))
    print(f"Ours {np.mean(ours):.1f}, windowed Gaussian {np.mean(theirs):.1f}; above in {above}.")
    assert np.mean(ours) > np.mean(theirs) + 5
    assert above >= 14


def test_N1_a_stream_is_scored_by_its_past_alone():
    rng = np.random.default_rng(5)
    value = rng.normal(size=400)
    whole = stream(np.arange(400) * 3600, value)
    part = stream(np.arange(300) * 3600, value[:300])
    np.testing.assert_array_equal(whole[:300], part)


@pytest.fixture(scope="module")
def watched(tallyfern):
    from trod.workspace.acting.watched import watch

    return watch(tallyfern.workspace)


def opened(watched, sort: str) -> dict[str, list]:
    found: dict[str, list] = {}
    for each in watched.happened:
        if each.what == "opened" and each.anomaly.thing.sort == sort:
            found.setdefault(each.anomaly.thing.name, []).append(each)
    return found


def test_N1_gaps_of_the_sample_company_are_told_as_tracking(watched, tallyfern):
    sources = opened(watched, "source")
    for gap in tallyfern.truth.gaps[:2]:
        told = [
            (e.anomaly.way, e.anomaly.nature)
            for name in gap.sources
            for e in sources.get(name, [])
            if gap.first_day <= e.day <= gap.last_day
        ]
        assert told
        assert set(told) == {("silent", "tracking")}
    gone = tallyfern.truth.gaps[2]
    (event,) = [e for e in opened(watched, "volume")[gone.touchpoint] if e.day == gone.first_day]
    assert event.anomaly.nature == "tracking"
    assert event.anomaly.since == gone.first_day


def test_N1_where_no_leads_come_in_any_more_it_is_not_called_tracking(watched):
    """The sample company takes in nobody in its last months: what only newcomers do ends."""
    silent = [
        each.anomaly
        for name in ("crm history", "survey")
        for each in opened(watched, "source").get(name, [])
        if each.day >= "2026-01-01"
    ]
    assert silent
    assert {each.nature for each in silent} == {"not told"}
    assert all("Tracking or no demand" in each.evidence[-1] for each in silent)
    assert all(title(each).endswith(": tracking or no demand") for each in silent)


SILENT, BEFORE = 10, 70
FULL = np.full(BEFORE, 10)
FADING = np.concatenate([FULL[:-10], [8, 7, 5, 4, 3, 2, 2, 1, 1, 1]])


@pytest.mark.parametrize(
    ("rows", "met", "others", "came", "nature"),
    [
        # Newcomers only, and none comes: the data cannot tell.
        (FULL, 0, 1.0, 1.0, "not told"),
        # Customers of other sources used to be in it, and go on in those.
        (FULL, 3, 1.0, 1.0, "tracking"),
        # They do not go on either: the shop is closed.
        (FULL, 3, 0.2, 1.0, "not told"),
        # It became less and less before it ended: demand.
        (FADING, 3, 1.0, 1.0, "not told"),
        # Newcomers come in by other sources instead.
        (FULL, 0, 1.0, 4.0, "tracking"),
    ],
)
def test_N1_a_silent_source_is_tracking_only_where_its_customers_go_on(
    rows, met, others, came, nature
):
    """Ten rows a day of a source end; `met` of them were of customers known from elsewhere."""
    n = BEFORE + SILENT

    def level(before: float, now: float) -> np.ndarray:
        return np.concatenate([np.full(BEFORE, before), np.full(SILENT, now)]).astype(np.int64)

    ends = np.concatenate([rows, np.zeros(SILENT, np.int64)])
    material = replace(
        nothing_but_days(n),
        rows={"leads": {"lead": ends}, "app": {"use": level(40, 40 * others)}},
        seen={"leads": Seen(level(met, 0), level(40, 40 * others), level(3, 3 * came))},
    )
    told = of_source(material, "leads", "silent", Days(BEFORE, n - 1))
    assert told.nature == nature
    unsure = "Tracking or no demand: nothing in the data tells them apart."
    assert (unsure in told.evidence) == (nature == "not told")


def test_N1_the_release_that_made_connecting_harder_is_found(watched):
    event = opened(watched, "volume")["connection_error"][0]
    assert event.anomaly.way == "rose"
    assert event.anomaly.nature == "behaviour"
    assert event.anomaly.since_first <= "2025-07-07"
    assert event.day < "2025-08-10"


def test_N1_an_anomaly_is_traced_to_the_one_connector_that_carries_it(watched, tallyfern):
    planted = tallyfern.truth.anomaly
    (event,) = [
        each
        for each in opened(watched, "volume").get(planted.touchpoint, [])
        if planted.first_day <= each.day <= "2026-03-01"
    ]
    found = event.anomaly
    assert (found.way, found.nature, found.direction) == ("rose", "behaviour", "worse")
    assert f"{found.carriers[0].by} {found.carriers[0].group}" == planted.where
    assert found.carriers[0].part > 0.9
    assert not found.low <= found.value <= found.high


def test_N2_replaying_the_days_tells_the_same(tallyfern, watched):
    """What is told up to a day does not depend on the days after it."""
    material = watched.looked.material
    built = series_of(material)
    cut = 400
    rows = {s: {n: c[:cut] for n, c in brings.items()} for s, brings in material.rows.items()}
    short = replace(material, calendar=_cut(material.calendar, cut), rows=rows)
    few = [
        replace(s, value=s.value[:n], weight=s.weight[:n])
        for s in built.series
        for n in [cut if s.grain == "day" else short.calendar.n_weeks]
    ]
    silence = {k: type(v)(*(a[:cut] for a in v)) for k, v in built.silence.items()}
    part = Built(tuple(few), 0, silence)
    before = walk(short, part, judged(short, part))
    whole = walk(material, built, judged(material, built))
    last = short.last_whole_day
    told = [(e.day, e.what, e.subject) for e in whole.events if e.day <= last]
    assert [(e.day, e.what, e.subject) for e in before.events] == told


def _cut(calendar: Calendar, n: int) -> Calendar:
    return Calendar(calendar.label[:n], calendar.start_us[:n], calendar.start_us[n])


@pytest.mark.slow
def test_N1_a_planted_drop_is_alerted_in_its_first_settled_week(tmp_path):
    from trod.sample import company
    from trod.workspace import Workspace
    from trod.workspace.acting.watched import watch

    company(tmp_path, customers=6_000, drop="2025-06-02")
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    (event,) = [
        e for e in opened(watch(workspace), "conversion")["Onboard"] if e.day < "2025-07-01"
    ]
    assert event.anomaly.window.first == "2025-06-02"
    assert event.day == "2025-06-15"  # the week of the drop, and the seven days it has to go on
