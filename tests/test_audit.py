"""A small company with planted faults: the audit names each of them, with its dates."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.app.terminal import trod
from trod.workspace import Workspace
from trod.workspace.auditing.audit import audit

START = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 220
AT_US = int(datetime(2025, 8, 14, tzinfo=UTC).timestamp()) * 1_000_000
TROD_YML = """\
sources:
  - {name: web, files: ["web*.jsonl", "late/*.jsonl"], customer: userId, message_id: messageId,
     time: timestamp, touchpoint: event, channel: {constant: web}, ids: {device: anonymousId}}
  - {name: calls, files: "calls*.csv", customer: user, time: at, touchpoint: purpose,
     channel: {constant: phone}, text: note}
  - {name: crm, files: crm.csv, customer: user, attributes: [region]}
events: {zone: UTC, currency: EUR%s}
journeys:
  - name: Trial
    stages: [{name: Look, enter_on: visit}, {name: Talk, enter_on: intro call}]
    success: sale
    failure: goodbye
    left_after: 60d
"""


def web_row(n, user, event, when, *, skew_s=0):
    sent = when + timedelta(seconds=skew_s)
    return {
        "messageId": f"m{n}",
        "userId": user,
        "anonymousId": f"d-{user}",
        "event": event,
        "timestamp": when.isoformat(),
        "sentAt": sent.isoformat(),
        "receivedAt": when.isoformat(),
    }


def company(folder):
    """Web visits all day, calls in working hours; 9 days without web, no calls of the south."""
    rng = np.random.default_rng(5)
    users = [f"u{i:03d}" for i in range(300)]
    region = ["south" if i % 4 == 0 else "north" for i in range(300)]
    web, late, calls = [], [], []
    for day in range(DAYS):
        date = START + timedelta(days=day)
        for _ in range(rng.poisson(30)):
            when = date + timedelta(seconds=int(rng.integers(7 * 3600, 22 * 3600)))
            user = users[int(rng.integers(300))]
            skewed = 3_600 if user < "u030" else 1
            row = web_row(len(web) + len(late), user, "visit", when, skew_s=skewed)
            if not 70 <= day < 79:  # the gap: 17 to 25 March
                (late if 30 <= day < 40 else web).append(row)
        for _ in range(rng.poisson(9)):
            i = int(rng.integers(300))
            when = date + timedelta(seconds=int(rng.integers(9 * 3600, 17 * 3600)))
            if region[i] == "north":
                what = ["intro call", "sale", "goodbye"][int(rng.choice(3, p=[0.6, 0.25, 0.15]))]
                calls.append(
                    (users[i], when.isoformat(), what, "ring +49 30 1234567" * (i % 9 == 1))
                )
    web[5]["timestamp"] = "2011-01-01T00:00:00+00:00"  # a device that was never set
    (folder / "late").mkdir()
    write(folder / "web-1.jsonl", web)
    write(folder / "late" / "web-february.jsonl", late)
    write(folder / "web-2 copy.jsonl", web[:900])
    head = "user,at,purpose,note\n"
    lines = [",".join(call) + "\n" for call in calls]
    (folder / "calls-1.csv").write_text(head + "".join(lines[:800]) + "u1,soon,sale,\n")
    (folder / "calls-2.csv").write_text(
        head.replace("note", "note,agent") + "".join(f"{x[:-1]},kim\n" for x in lines[800:])
    )
    people = "".join(f"{u},{r}\n" for u, r in zip(users, region, strict=True))
    (folder / "crm.csv").write_text("user,region\n" + people)
    (folder / "trod.yml").write_text(TROD_YML % "")


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def deliver(workspace, folder, *names):
    """Read some files one after the other, and at last what came late."""
    for name in (*names, "crm.csv", "late/web-february.jsonl"):
        workspace.ingest([folder / name])


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A company that tests look at and do not change."""
    folder = tmp_path_factory.mktemp("audited")
    company(folder)
    workspace = Workspace.open(folder)
    deliver(workspace, folder, "web-1.jsonl", "web-2 copy.jsonl", "calls-1.csv", "calls-2.csv")
    return workspace


@pytest.fixture(scope="module")
def audited(read):
    return audit(read, at_us=AT_US)


def gated(read, to, gates):
    """Give a copy of the company whose audit has gates."""
    folder = shutil.copytree(read.project.root, to / "gated")
    (folder / "trod.yml").write_text(TROD_YML % gates)
    return folder


def of(audited, what):
    return [remark for remark in audited.remarks if remark.what == what]


def test_D3_the_account_of_each_source_adds_up(audited):
    for one in audited.sources:
        assert one.received == one.stored + one.duplicate + one.quarantined + one.dropped
    web, calls = (next(s for s in audited.sources if s.source == n) for n in ("web", "calls"))
    assert web.duplicate == 900
    assert calls.quarantined == 1


def test_D4_days_without_tracking_are_named_with_their_dates(audited):
    (gap,) = of(audited, "gap")
    assert (gap.source, gap.first_day, gap.last_day) == ("web", "2025-03-17", "2025-03-25")
    assert 200 <= gap.rows <= 300


def test_D3_a_file_that_came_late_is_named_with_the_dates_of_its_rows(audited):
    (late,) = of(audited, "late")
    assert (late.source, late.first_day, late.last_day) == ("web", "2025-02-05", "2025-02-14")
    assert "web-february.jsonl" in late.text


def test_D3_a_file_delivered_twice_under_another_name_is_named(audited):
    (repeated,) = of(audited, "repeated")
    assert "web-2 copy.jsonl: 900 of 900 rows" in repeated.text


def test_D3_columns_that_came_since_the_last_file_are_named(audited):
    (drift,) = of(audited, "drift")
    assert drift.text == "calls-2.csv: agent came since calls-1.csv."


def test_D3_device_clocks_that_disagree_with_the_server_are_counted(audited):
    (skew,) = of(audited, "skew")
    assert "29 devices" in skew.text or "30 devices" in skew.text
    assert "at most 60 min" in skew.text or "at most 1 h" in skew.text


def test_D3_a_device_whose_clock_was_never_set_lies_apart(audited):
    (apart,) = of(audited, "apart")
    assert (apart.source, apart.rows, apart.first_day) == ("web", 1, "2011-01-01")


def test_D3_personal_data_is_counted_and_never_shown(audited):
    (found,) = [r for r in of(audited, "personal") if r.source == "calls"]
    assert "phone number" in found.text
    assert "1234567" not in json.dumps([r.text for r in audited.remarks])


def test_D4_a_group_that_a_source_never_shows_is_a_blind_spot_with_its_customers(audited):
    spot = next(spot for spot in audited.blind_spots if spot.group)
    assert (spot.source, spot.group) == ("calls", ("region", "south"))
    assert spot.customers.n == 75
    assert "none ever shows in calls" in spot.evidence


def test_D4_the_customers_behind_a_gap_are_those_its_key_lists(audited, read):
    from trod.analyses.predicate import parse
    from trod.journeys.predicate import customers

    journeys = read.journeys("person")
    (spot,) = [spot for spot in audited.blind_spots if not spot.group]
    listed = customers(parse(spot.customers.key, None, journeys.vocabulary), journeys)
    assert len(listed) == spot.customers.n > 30


def test_D5_silence_before_outcomes_and_the_offline_channel_are_told(audited):
    assert audited.has_offline
    left = next(one for one in audited.silent if one.outcome == "left")
    assert left.unseen is not None
    assert 0 < left.met <= left.customers


def test_D11_stages_are_graded_by_what_is_missing(audited):
    look = audited.grades[0]
    assert (look.stage, look.grade) == ("Look", "B")
    assert look.unseen > 100
    assert look.recorded * 1000 // (look.recorded + look.missing) == look.permille


def test_M6_what_the_data_support_comes_with_its_reasons(audited):
    told = {one.question: one for one in audited.readiness}
    assert told["Seasons"].verdict == "no"
    assert "7 months" in told["Seasons"].why
    assert told["Accounts"].verdict == "no"


def test_J8_a_pilot_is_proposed_with_its_reason(audited):
    assert audited.pilot is not None
    assert audited.pilot.journey == "Trial"


def test_R6_the_audit_is_the_same_whatever_source_was_read_first(audited, tmp_path):
    company(tmp_path)
    workspace = Workspace.open(tmp_path)
    deliver(workspace, tmp_path, "calls-1.csv", "calls-2.csv", "web-1.jsonl", "web-2 copy.jsonl")
    assert audit(workspace, at_us=AT_US) == audited


def test_D3_a_failing_gate_ends_with_1_and_says_what_was_wanted(read, tmp_path):
    gates = ", gates: {quarantined: 0.01%, longest_gap: 3d, fresh_within: 30d, grade: A}"
    run = trod("-C", gated(read, tmp_path, gates), "audit", "--at", "2025-08-14")
    assert run.exit_code == 1
    assert "calls: quarantined: " in run.output
    assert "web: longest_gap: 9 days (2025-03-17 to 2025-03-25)" in run.output
    assert "Look: grade: B; A or better is allowed." in run.output
    assert "fresh_within" not in run.output


def test_gates_that_hold_end_with_0_and_json_is_the_same_value(read, tmp_path):
    folder = gated(read, tmp_path, ", gates: {quarantined: 5%, personal: allow}")
    run = trod("-C", folder, "audit", "--at", "2025-08-14", "--json")
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    assert told["failures"] == []
    assert {one["source"] for one in told["sources"]} == {"web", "calls"}


@pytest.mark.parametrize("written", ["0.5", "101%", "lots"])
def test_a_share_without_a_per_cent_sign_is_refused_with_what_to_write(tmp_path, written):
    (tmp_path / "trod.yml").write_text(TROD_YML % f", gates: {{quarantined: {written}}}")
    run = trod("-C", tmp_path, "audit")
    assert run.exit_code == 1
    assert "trod.yml:" in run.output
    assert "%" in run.output


def small(folder, rows, *, events="zone: UTC", files="x.csv", more=""):
    """One source of a few rows, a touchpoint a row."""
    (folder / "x.csv").write_text("user,at,what\n" + "".join(f"{row}\n" for row in rows))
    (folder / "trod.yml").write_text(
        f"sources:\n  - {{name: x, files: {files}, customer: user, time: at, touchpoint: what}}\n"
        f"{more}events: {{{events}}}\n"
    )
    return Workspace.open(folder)


def at_us(text):
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


GOOD = [f"u{i % 40},2025-03-{1 + i % 28:02d}T06:00:00Z,visit" for i in range(200)]


def test_R8_rows_that_come_again_lie_in_quarantine_once_and_leave_it_by_replay(tmp_path):
    bad = [f"u{i},2025-03-01 at six,visit {i}" for i in range(20)]
    workspace = small(tmp_path, [*GOOD, *bad], events="zone: UTC, gates: {quarantined: 1%}")
    for _ in range(3):
        workspace.ingest()
    found = audit(workspace, at_us=AT_US)
    assert found.sources[0].held == 20
    assert [one.gate for one in found.failures] == ["quarantined"]
    mended = (
        (tmp_path / "trod.yml")
        .read_text()
        .replace(
            "time: at,", "time: {column: at, format: ['%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%d at six']},"
        )
    )
    (tmp_path / "trod.yml").write_text(mended)
    workspace = Workspace.open(tmp_path)
    workspace.replay()
    after = audit(workspace, at_us=AT_US)
    assert after.sources[0].held == 0
    assert after.failures == ()
    assert of(after, "quarantine") == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_D3_freshness_is_the_same_in_every_zone(tmp_path, zone):
    events = f"zone: {zone}, gates: {{fresh_within: 12h}}"
    workspace = small(tmp_path, GOOD, events=events)
    workspace.ingest()
    assert audit(workspace, at_us=at_us("2025-03-28T17:00:00+00:00")).failures == ()
    (late,) = audit(workspace, at_us=at_us("2025-03-29T02:00:00+00:00")).failures
    assert late.found == "the last row is 20 h old"


def test_an_audit_of_touchpoints_that_name_accounts_alone_is_one_of_accounts(tmp_path):
    rows = [
        f"a{i},2025-03-{day:02d}T08:00:00Z,{what}"
        for i in range(40)
        for day, what in enumerate(("signup", "visit", "purchase"), i % 9 + 1)
    ]
    (tmp_path / "x.csv").write_text("\n".join(["account,at,what", *rows, ""]))
    source = "{name: x, files: x.csv, account: account, time: at, touchpoint: what}"
    (tmp_path / "trod.yml").write_text(f"sources: [{source}]\nevents: {{zone: UTC}}\n")
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    assert workspace.map().data.unit == "accounts"
    found = audit(workspace, at_us=AT_US)
    (source,) = found.sources
    assert (found.customers, source.touchpoints, source.nobodys) == (40, 120, 0)
    assert trod("-C", tmp_path, "audit").exit_code == 0
    assert "40 accounts" in trod("-C", tmp_path, "doctor").stdout


def test_a_source_of_which_all_rows_lie_apart_is_audited_too(tmp_path):
    (tmp_path / "old.csv").write_text("user,at,what\nu1,2019-03-01T06:00:00Z,visit\n")
    more = "  - {name: old, files: old.csv, customer: user, time: at, touchpoint: what}\n"
    workspace = small(tmp_path, GOOD, more=more)
    workspace.ingest()
    found = {one.source: one for one in audit(workspace, at_us=AT_US).sources}
    assert found["old"].first_day is None
    assert found["old"].behind_us > 5 * 365 * 86_400_000_000


def test_D3_only_the_source_whose_times_name_no_zone_was_read_in_an_assumed_one(tmp_path):
    naive = [row.replace("Z,", ",") for row in GOOD]
    (tmp_path / "y.csv").write_text("user,at,what\n" + "".join(f"{row}\n" for row in naive))
    more = "  - {name: y, files: y.csv, customer: user, time: at, touchpoint: what}\n"
    workspace = small(tmp_path, GOOD, events="currency: EUR", more=more)
    workspace.ingest()
    found = {one.source: one.zone for one in audit(workspace, at_us=AT_US).sources}
    assert found == {"x": "named in every time", "y": "UTC, assumed"}


def test_D11_a_stage_without_a_touchpoint_is_not_known_and_passes_no_gate(tmp_path):
    workspace = small(tmp_path, GOOD, events="zone: UTC, gates: {grade: B}")
    with (tmp_path / "trod.yml").open("a") as file:
        file.write(
            "journeys:\n  - name: Trial\n    stages:\n"
            "      - {name: Look, enter_on: visit}\n      - {name: Late, days: 200+}\n"
        )
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    found = audit(workspace, at_us=AT_US)
    assert [one.grade for one in found.grades] == ["A", "U"]
    assert [one.source for one in found.failures] == ["Late"]


def test_R7_a_replay_of_some_records_is_no_change_of_the_columns_of_their_file(tmp_path):
    one = '{"user": "u1", "at": "2025-01-05", "purpose": "sale", "region": "north"}\n'
    bad = '{"user": "u2", "at": "soon", "purpose": "sale"}\n'
    (tmp_path / "calls-1.jsonl").write_text(one + bad)
    (tmp_path / "calls-2.jsonl").write_text(one.replace("-01-", "-02-"))
    (tmp_path / "trod.yml").write_text(
        "sources:\n"
        "- {name: calls, files: c*.jsonl, customer: user, time: at, touchpoint: purpose}\n"
    )
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    workspace.replay()
    assert [file.columns for file in workspace.reports()[0].files] == [
        ("user", "at", "purpose", "region")
    ] * 2
    assert not of(audit(workspace, at_us=AT_US), "drift")


def test_D3_reading_a_file_again_is_no_duplicate_of_the_source(tmp_path):
    workspace = small(tmp_path, GOOD, events="zone: UTC, gates: {duplicates: 10%}")
    for _ in range(3):
        workspace.ingest()
    found = audit(workspace, at_us=AT_US)
    assert (found.sources[0].first_read, found.sources[0].doubled) == (200, 0)
    assert found.failures == ()


def test_D3_a_fair_every_june_is_eight_years_of_history_and_no_gap(tmp_path):
    rows = [
        f"u{i % 90},{year}-06-{1 + i % 28:02d}T10:00:00Z,visit"
        for year in range(2018, 2026)
        for i in range(400)
    ]
    workspace = small(tmp_path, rows)
    workspace.ingest()
    found = audit(workspace, at_us=AT_US)
    assert (found.first_day, found.last_day) == ("2018-06-01", "2025-06-28")
    assert of(found, "gap") == of(found, "apart") == []
    assert len(of(found, "paused")) == 7


def test_D4_rows_left_out_on_purpose_are_no_blind_spot(tmp_path):
    rows = [f"u{i % 200},2025-03-{1 + i % 28:02d}T06:00:00Z,visit" for i in range(600)]
    people = "".join(f"u{i},{'gone' if i % 2 else 'here'}\n" for i in range(200))
    (tmp_path / "who.csv").write_text("user,status\n" + people)
    (tmp_path / "y.csv").write_text(
        "user,at,what,status\n"
        + "".join(f"{row},{'gone' if int(row[1:].split(',')[0]) % 2 else 'here'}\n" for row in rows)
    )
    more = (
        "  - {name: y, files: y.csv, customer: user, time: at, touchpoint: what, "
        "where: status <> 'gone'}\n"
        "  - {name: who, files: who.csv, customer: user, attributes: [status]}\n"
    )
    workspace = small(tmp_path, GOOD, more=more)
    workspace.ingest()
    assert [spot for spot in audit(workspace, at_us=AT_US).blind_spots if spot.group] == []
