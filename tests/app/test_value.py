"""The commands about money: what they print, and what they refuse."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from tests.company import Known, copied
from trod.analyses.attribution.credit import USUAL


def test_A1_attribution_of_the_sample_company_adds_up_in_every_method(tallyfern: Known):
    found = told("-C", tallyfern.folder, "attribution", "--to", "Subscription started")
    assert found["evidence"] == "observed (association)"
    for model in USUAL:
        rows = [row for row in found["rows"] if row["model"] == model]
        assert round(sum(row["credit"] for row in rows) * 1e6) == found["conversions"] * 1_000_000
        assert round(sum(row["value"] for row in rows) * 1e6) == round(found["value"] * 1e6)


def test_A1_attribution_is_told_with_its_label_and_drawn(tallyfern: Known, tmp_path: Path):
    arguments = ["-C", tallyfern.folder, "attribution", "--by", "touchpoint", "--model", "first"]
    done = trod(*arguments)
    assert done.exit_code == 0, done.output
    assert "observed (association)" in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 96
    for ending in ("svg", "csv"):
        drawn = trod(*arguments, "--model", "markov-1", "--out", tmp_path / f"a.{ending}")
        assert drawn.exit_code == 0, drawn.output
        assert "Methods disagree most on" in drawn.stderr
    assert "(association)" in (tmp_path / "a.svg").read_text()
    with (tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(float(row["first"]) for row in rows) == pytest.approx(1, abs=1e-4)


def test_A2_spend_without_measurable_credit_is_listed(tmp_path: Path):
    (tmp_path / "paths.csv").write_text(
        "path,conversions,nulls,value\nmail > shop,40,60,800\nshop,20,10,400\nmail,30,90,600\n"
    )
    (tmp_path / "costs.csv").write_text("channel,cost\nmail,100\nshop,5000\nfax,70\n")
    arguments = ["attribution", "--table", tmp_path / "paths.csv"]
    arguments += ["--costs", tmp_path / "costs.csv", "--model", "first", "--model", "last"]
    done = trod(*arguments)
    assert done.exit_code == 0, done.output
    assert "Spend without measurable credit:" in done.stdout
    waste = {row["name"]: row["why"] for row in told(*arguments)["costs"]["waste"]}
    assert waste == {
        "shop": "credited with less money than it cost by every method",
        "fax": "no touchpoint on record under this name",
    }


def test_A1_what_trod_yml_says_of_attribution_holds_for_command_and_review(tallyfern: Known):
    found = told("-C", tallyfern.folder, "attribution", "--model", "markov-1")
    marketing = {"web", "email", "sales", "phone", "in person", "community"}
    assert {row["name"] for row in found["rows"]} <= marketing
    assert "Conversions: Subscription started." in found["method"]
    assert [row["name"] for row in found["costs"]["waste"]] == ["podcast"]
    review = told("-C", tallyfern.folder, "review", "weekly")
    credit = next(one for one in review["sections"] if one["name"] == "credit")
    assert f"Share of {found['conversions']:,} conversions" in credit["lead"]
    assert (
        "podcast" in str(next(one for one in review["sections"] if one["name"] == "spend")).lower()
    )
    everything = told("-C", tallyfern.folder, "attribution", "--to", "success", "--channel", "App")
    assert {row["name"] for row in everything["rows"]} == {"app"}
    assert "Conversions: success of New customer to renewal." in everything["method"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--channel", "telepathy"], "unknown channel 'telepathy'"),
        (["--to", "Subscribed"], "unknown touchpoint 'Subscribed'"),
        (["--model", "markov"], "unknown model 'markov'"),
        (["--costs", "none.csv"], "none.csv: no such file"),
        (["--table", "none.csv"], "none.csv: no such file"),
        (["--lookback", "soon"], "'soon' is not a duration"),
        (["--to", "Website visit", "--value"], "no conversion has money on record"),
    ],
)
def test_A1_mistakes_are_said_without_a_trace(tallyfern: Known, arguments, said):
    done = trod("-C", tallyfern.folder, "attribution", *arguments)
    assert done.exit_code != 0
    assert said in " ".join(done.stderr.split())


def test_M5_value_needs_a_fit_and_then_tells_total_customers_and_backtest(tmp_path: Path):
    workspace = copied(tmp_path / "company", customers=2000)
    folder = workspace.project.root
    before = trod("-C", folder, "value")
    assert before.exit_code == 1
    assert "Run `trod" in before.stderr
    assert trod("-C", folder, "fit", "value").exit_code == 0
    done = trod("-C", folder, "value", "--top", 3)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines())) <= 96
    assert "Estimated (model)" in done.stdout
    other = trod("-C", folder, "value", "--unit", "person")
    assert other.exit_code == 1
    assert "fit value --unit person" in other.stderr
    found = told("-C", folder, "value", "--top", 3)
    assert (found["kind"], len(found["rows"])) == ("contract", 3)
    assert found["total_low"] < found["total"] < found["total_high"]
    money = next(m for m in found["card"]["measures"] if m["name"] == "mean error in money")
    assert money["value"] < money["baseline_value"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cost,channel\n5\n", "costs.csv:2: no channel"),
        (b"channel,cost\nmail\n", "costs.csv:2: cost '' is not a number"),
        (b"channel,cost\n\nmail,1e999999\n", "costs.csv:3: cost '1e999999' is beyond"),
        (b"channel,cost\nmail,-1\n", "costs.csv:2: cost '-1' is not spend"),
        (b"channel,cost\n\xff\xfe\x00,1\n", "costs.csv: not a CSV in UTF-8"),
        (b"", "costs.csv:1: no column 'channel' and no column 'cost'"),
    ],
)
def test_A2_a_cost_file_that_is_none_is_said_with_its_line(tmp_path: Path, content, said):
    (tmp_path / "paths.csv").write_text("path,conversions,nulls\nmail > shop,40,60\n")
    (tmp_path / "costs.csv").write_bytes(content)
    arguments = ["attribution", "--table", tmp_path / "paths.csv", "--model", "first"]
    done = trod(*arguments, "--costs", tmp_path / "costs.csv", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize("line", ["mail > shop", "mail,1e30", "mail,1.5", "mail,one"])
def test_A1_a_table_of_paths_that_is_none_is_said_without_a_trace(tmp_path: Path, line):
    (tmp_path / "paths.csv").write_text(f"nulls,path,conversions\n7,{line}\n3\n")
    done = trod("attribution", "--table", tmp_path / "paths.csv", "--model", "first", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")


def test_A2_a_channel_of_the_cost_file_may_be_written_with_other_capitals(tmp_path: Path):
    (tmp_path / "paths.csv").write_text("path,conversions,nulls\nmail > shop,40,60\n")
    (tmp_path / "costs.csv").write_text("channel,cost\nMail,10\nmail,20\n")
    arguments = ["attribution", "--table", tmp_path / "paths.csv", "--model", "first"]
    costs = told(*arguments, "--costs", tmp_path / "costs.csv")["costs"]
    assert [(row["name"], row["cost"]) for row in costs["returns"]] == [("mail", 30.0)]
    assert costs["waste"] == []
