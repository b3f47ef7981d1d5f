"""What is planted in the sample company stands in its files where the answers say."""

import csv
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from trod.sample import Answers, company

CUSTOMERS = 1200


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planted")


@pytest.fixture(scope="module")
def truth(home: Path) -> Answers:
    return company(home, customers=CUSTOMERS, seed=3)


def rows(home: Path, name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (home / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def web(home: Path, truth: Answers) -> list[dict[str, Any]]:
    lines = (home / "data/web.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith('Z"}')]


@pytest.fixture(scope="module")
def app(home: Path, truth: Answers) -> list[dict[str, Any]]:
    lines = (home / "data/app.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def between(first: str, last: str) -> set[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return {str(begin + timedelta(days=n)) for n in range((end - begin).days + 1)}


def test_D4_nothing_was_recorded_in_the_gaps(home: Path, truth: Answers, web, app):
    nothing_web, offline, no_export, poland = truth.gaps
    assert len(between(nothing_web.first_day, nothing_web.last_day)) == 9
    days = Counter(message["timestamp"][:10] for message in web)
    assert not days.keys() & between(nothing_web.first_day, nothing_web.last_day)
    assert days.keys() & between("2025-03-03", "2025-03-09")
    exported = {e["timestamp"][:10] for e in app if e["event"] == "report_exported"}
    assert not exported & between(no_export.first_day, no_export.last_day)
    assert exported & between("2025-11-26", "2025-11-30")
    called = rows(home, "data/calls_2025.csv")
    assert not [row for row in called if row["started_at"].startswith("2025-08")]
    sold = rows(home, "data/till.csv", ";")
    assert not [row for row in sold if row["sold_at"].startswith("2025-08")]
    assert poland.country == "PL"
    assert offline.sources == ("calls", "visits", "till")
    for gap in truth.gaps:
        assert gap.touchpoints >= gap.customers > 0
        assert gap.money > 0


def test_the_anomaly_is_as_large_as_the_answers_say(truth: Answers, app):
    seen = truth.anomaly
    days = between(seen.first_day, seen.last_day)
    errors = [
        e
        for e in app
        if e["event"] == seen.touchpoint
        and f"connector {e['properties']['connector']}" == seen.where
        and e["timestamp"][:10] in days
    ]
    assert len({e["uuid"] for e in errors}) == seen.errors
    assert seen.errors == pytest.approx(seen.times * seen.usual, rel=0.35)


def share(counts: tuple[int, int]) -> float:
    return counts[0] / counts[1]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return company(tmp_path_factory.mktemp("large"), customers=6000)


def test_M9_rules_with_a_day_of_their_own_hold(large: Answers):
    signs = {rule.name: rule for rule in large.rules if rule.kind == "true"}
    assert len(signs) == 4
    for name in ("No weekly digest", "Usage goal set", "Alerts before boards"):
        assert share(signs[name].with_sign) > 2 * share(signs[name].without)


def test_M9_the_true_rule_holds_in_every_size_and_the_confounded_one_in_none(large: Answers):
    rules = {rule.kind: rule for rule in reversed(large.rules)}  # the first of each kind
    for met, other in rules["true"].by_size.values():
        assert share(met) > 2.5 * share(other)
    crude = rules["confounded"]
    assert share(crude.with_sign) > 1.6 * share(crude.without)
    for met, other in crude.by_size.values():
        assert share(met) == pytest.approx(share(other), abs=0.04)
    assert share(rules["null"].with_sign) == pytest.approx(share(rules["null"].without), abs=0.03)
    leaky = rules["leaky"]
    assert share(leaky.with_sign) == 1.0
    assert leaky.hazard_ratio is None


def test_plays_did_what_they_truly_do(large: Answers):
    for play in large.plays:
        found = 100 * (share(play.treated) - share(play.holdout))
        assert found == pytest.approx(play.effect_points, abs=7), play.name


def test_each_play_is_assigned_by_chance_and_has_a_holdout(truth: Answers, app):
    arms = Counter(
        (e["properties"]["play"], e["properties"]["arm"])
        for e in {e["uuid"]: e for e in app if e["event"] == "play_assigned"}.values()
    )
    for play in truth.plays:
        assert arms[play.name, "treated"] == play.treated[1] > 0
        assert arms[play.name, "holdout"] == play.holdout[1] > 0


def test_segments_cover_the_leads_and_one_is_new(truth: Answers):
    members = Counter(person.segment for person in truth.people if person.lead)
    assert members == {segment.name: segment.leads for segment in truth.segments}
    (new,) = (segment for segment in truth.segments if segment.emerging_since)
    assert new.emerging_since == "2026-05"
    assert new.leads >= CUSTOMERS // 40 - 1


def test_power_users_never_write_to_support(home: Path, truth: Answers):
    tickets = json.loads((home / "data/support_tickets.json").read_text(encoding="utf-8"))
    wrote = {ticket["requester"]["external_id"] for ticket in tickets["tickets"]}
    quiet = {
        one
        for person in truth.people
        if person.lead and person.segment == "Power users"
        for one in person.ids.get("customer", ())
    }
    assert quiet
    assert not wrote & quiet


def test_template_starters_skip_the_connection(truth: Answers, app):
    new = {
        one
        for person in truth.people
        if person.lead and person.segment == "Template starters"
        for one in person.ids.get("customer", ())
    }
    did = {e["event"] for e in app if e["distinct_id"] in new}
    assert "first_dashboard" in did
    assert "connect_data_source" not in did


def test_D2_the_showcase_runs_through_six_channels_and_more(truth: Answers):
    assert len(truth.showcase.channels) >= 9
    assert {"calls", "visits", "till"} & set(truth.showcase.channels)
    assert any(truth.showcase.customer in p.ids.get("customer", ()) for p in truth.people)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_D3_devices_with_a_wrong_clock_are_the_ones_listed(truth: Answers, web):
    off = {one.anonymous: one.seconds for one in truth.skewed_devices}
    for message in web:
        shown = seconds(message["originalTimestamp"]) - seconds(message["timestamp"])
        assert shown == off.get(message["anonymousId"], 0)
    assert min(off.values()) < -5 * 365 * 86_400
    assert sum(abs(s) < 3_600 for s in off.values()) > len(off) / 2


def test_what_was_delivered_twice_stands_in_both_files(home: Path, truth: Answers):
    assert {twice.how for twice in truth.delivered_twice} == {"whole file", "overlap"}
    for twice in truth.delivered_twice:
        one, other = (
            set((home / "data" / name).read_text(encoding="utf-8").splitlines())
            for name in (twice.file, twice.also_in)
        )
        assert len(one & other) == twice.rows > 0


def test_late_files_hold_the_days_that_the_others_lack(home: Path, truth: Answers):
    for late in truth.late_files:
        assert late.delivered > late.last_day
        delimiter = ";" if late.source == "till" else ","
        told = rows(home, late.file, delimiter)
        assert len(told) == late.rows
        if late.source == "logins":
            continue
        column, first = (
            ("sold_at", "till.csv") if delimiter == ";" else ("started_at", "calls_2025.csv")
        )
        month = late.first_day[:7]
        assert all(row[column].startswith(month) for row in told)
        others = rows(home, f"data/{first}", delimiter)
        assert not [row for row in others if row[column].startswith(month)]


def test_the_clock_of_calls_shows_hours_that_are_there_twice_and_not_at_all(
    home: Path, truth: Answers
):
    for change in truth.clock_changes:
        folder = "late" if change.kind == "fold" else "data"
        night = [
            row
            for row in rows(home, f"{folder}/{change.file}")
            if row["started_at"].startswith(f"{change.day} 02:")
        ]
        assert len(night) == change.rows > 0


def test_columns_of_the_call_log_change_on_the_day(home: Path, truth: Answers):
    (drift,) = truth.drift
    old, new = (list(rows(home, f"data/calls_{year}.csv")[0]) for year in (2025, 2026))
    for was, now in drift.renamed:
        assert [was in old, was in new, now in old, now in new] == [True, False, False, True]
    assert set(drift.added) == set(new) - set(old) - {now for _, now in drift.renamed}


def luhn(number: str) -> bool:
    digits = [int(d) for d in number if d.isdigit()][::-1]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def mod_97(account: str) -> bool:
    whole = account.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in whole[4:] + whole[:4])) % 97 == 1


def test_D3_personal_data_stands_in_the_tickets_and_its_checksums_are_right(
    home: Path, truth: Answers
):
    tickets = json.loads((home / "data/support_tickets.json").read_text(encoding="utf-8"))
    text = {str(ticket["id"]): ticket["description"] for ticket in tickets["tickets"]}
    found = Counter(one.kind for one in truth.personal_data)
    assert found.keys() <= {"email", "phone", "card", "iban"}
    for one in truth.personal_data:
        assert one.value in text[one.row]
        if one.kind == "card":
            assert luhn(one.value)
        if one.kind == "iban":
            assert mod_97(one.value)
            assert re.fullmatch(r"NL\d\d TFLY [\d ]{12}", one.value)


def test_D6_shared_ids_are_used_by_those_named(truth: Answers, app):
    used: dict[str, set[str]] = {}
    for event in app:
        used.setdefault(event["properties"]["$device_id"], set()).add(event["distinct_id"])
    kinds = Counter(one.how for one in truth.sharing)
    assert kinds.keys() == {"office device", "household", "handed over", "kiosk", "shared mailbox"}
    for one in truth.sharing:
        assert len(one.people) > 1
        if one.kind == "anonymous":
            assert used.get(one.id, set()) <= set(one.people)
        assert (one.since is not None) == (one.how == "handed over")
    by_kind = {kind: set(ids) for kind, ids in truth.shared_ids.items()}
    assert {one.id for one in truth.sharing} == set(chain(*by_kind.values()))


def test_a_device_that_changed_hands_was_never_used_by_both_at_once(truth: Answers, app):
    handed = {one.id: one.since for one in truth.sharing if one.how == "handed over"}
    before, after = {}, {}
    for event in app:
        device, day = event["properties"]["$device_id"], event["timestamp"][:10]
        if device in handed:
            side = before if day < handed[device] else after
            side.setdefault(device, set()).add(event["distinct_id"])
    assert before.keys() | after.keys()
    assert all(len(people) == 1 for people in (*before.values(),))


def test_test_accounts_are_nobody_in_the_list_of_people(truth: Answers, app):
    tests = {one.customer for one in truth.test_accounts}
    assert tests <= {event["distinct_id"] for event in app}
    assert not tests & {i for p in truth.people for i in p.ids.get("customer", ())}
