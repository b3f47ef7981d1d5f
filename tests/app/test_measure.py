"""The commands that measure: what they print, and that every count opens its list."""

import csv
import io
import json
from pathlib import Path

from typer.testing import Result

from tests.app.terminal import trod
from tests.company import Known


def at(company: Known, *arguments: object) -> Result:
    done = trod("-C", company.folder, *arguments)
    assert done.exit_code == 0, done.stderr
    return done


def exported(company: Known, key: str) -> list[str]:
    done = at(company, "export", "customers", "--where", key)
    return [row["customer"] for row in csv.DictReader(io.StringIO(done.stdout))]


def test_P2_conform_names_the_planted_detour_and_its_customers(tallyfern: Known):
    steps = ("workspace_set_up", "connect_data_source", "first_dashboard")
    path = [each for step in steps for each in ("--path", step)]
    told = json.loads(at(tallyfern, "conform", *path, "--json").stdout)
    rows = {row["what"]: row for row in told["rows"]}
    groups = [rows[name]["customers"] for name in ("follows", "deviates", "on the way")]
    assert sum(groups) == told["n"]
    straight, detour = tallyfern.truth.paths
    assert told["follows"]["part"] <= straight.customers
    error = rows["connection_error in Onboard"]
    assert error["customers"] >= detour.customers
    assert error["high"] < 0  # those who meet it get done less often, beyond chance
    for row in (rows["follows"], error, rows["Stopped after connect_data_source"]):
        assert len(exported(tallyfern, row["key"])) == row["customers"]


def test_P2_conform_tells_it_in_words(tallyfern: Known):
    said = " ".join(at(tallyfern, "conform").stdout.split())
    assert said.startswith("Intended: Evaluate > Onboard > Activate > Adopt > Renew > Expand")
    assert "follow it" in said
    assert "Stopped after Onboard" in said
    assert "observed, not caused" in said


def test_P4_stuck_lists_as_many_as_it_counts(tallyfern: Known):
    told = json.loads(at(tallyfern, "stuck", "--all", "--json").stdout)
    for row in told["rows"]:
        here = [each for each in told["customers"] if each["stage"] == row["stage"]]
        assert len(here) == row["there"]
        for name in ("on track", "behind", "stuck", "cannot tell"):
            listed = [each for each in here if each["standing"] == name]
            assert len(listed) == row[name.replace(" ", "_")]
    assert (
        sum(row["there"] for row in told["rows"]) == told["n"] == len(exported(tallyfern, "open"))
    )
    onboard = next(row for row in told["rows"] if row["stage"] == "Onboard")
    assert len(exported(tallyfern, "stuck:Onboard")) == onboard["stuck"]
    assert 7 < onboard["stuck_us"] / 86_400_000_000 < 12


def test_P4_stuck_tells_thresholds_in_words_and_writes_csv(tallyfern: Known):
    said = " ".join(at(tallyfern, "stuck").stdout.split())
    assert "Stuck after" in said
    rows = list(csv.DictReader(io.StringIO(at(tallyfern, "stuck", "--all", "--csv").stdout)))
    days = [int(float(row["days"])) for row in rows]
    assert days == sorted(days, reverse=True)
    by_value = at(tallyfern, "stuck", "--all", "--csv", "--first", "value").stdout
    money = [float(row["value"] or 0) for row in csv.DictReader(io.StringIO(by_value))]
    assert money == sorted(money, reverse=True)


def test_a_stage_that_is_not_there_is_named(tallyfern: Known):
    done = trod("-C", tallyfern.folder, "stuck", "--stage", "Onbaord")
    assert done.exit_code == 1
    assert "did you mean 'Onboard'" in done.stderr


def test_retention_tells_the_triangle_and_its_keys_open(tallyfern: Known):
    said = " ".join(at(tallyfern, "retention").stdout.split())
    assert "·" in said
    assert "not yet known" in said
    told = json.loads(at(tallyfern, "retention", "--json").stdout)
    row = next(row for row in told["rows"] if row["months_since"] == 3 and row["known"])
    assert len(exported(tallyfern, row["key"])) == row["active"]
    named = at(tallyfern, "retention", "--by", "week", "--touchpoint", "dashboard viewed").stdout
    assert "the touchpoint dashboard_viewed" in " ".join(named.split())


def test_intended_touchpoints_stand_in_the_journey(tmp_path: Path):
    (tmp_path / "e.csv").write_text(
        "user_id,event,timestamp\n"
        + "".join(
            f"c{c},{what},2026-03-0{day}\n" for c in range(9) for what, day in (("a", 1), ("b", 2))
        )
    )
    (tmp_path / "trod.yml").write_text(
        "sources:\n- {name: s, files: e.csv, customer: user_id, time: timestamp,"
        " touchpoint: event}\n"
        "journeys:\n- name: J\n  intended: [b, a]\n  stages: [{name: S, enter_on: a}]\n"
    )
    assert trod("-C", tmp_path, "ingest").exit_code == 0
    told = json.loads(trod("-C", tmp_path, "conform", "--json").stdout)
    assert [row["what"] for row in told["rows"]][3:] == ["a before b"]
