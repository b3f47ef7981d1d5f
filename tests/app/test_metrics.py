"""`trod metrics` and `trod baseline`: figures, targets, and what they were."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.app import terminal
from trod.errors import DefinitionError, StoreError
from trod.workspace import Workspace, baselines
from trod.workspace.measured import Days

YML = """\
sources:
- {name: shop, files: "e*.csv", customer: user_id, time: timestamp, touchpoint: event}
journeys:
- name: Sale
  stages: [{name: Look, enter_on: visit}]
  success: buy
  left_after: 20d
metrics:
- {name: Sales, kind: conversion, within: 9d, target: 40%, owner: Maya}
- {name: Speed, kind: time_to_value, target: 5d}
"""


def rows(month: int, n: int, buy_every: int) -> str:
    lines = ["user_id,event,timestamp"]
    for c in range(n):
        lines.append(f"c{month}-{c:03d},visit,2026-{month:02d}-01")
        if c % buy_every == 0:
            lines.append(f"c{month}-{c:03d},buy,2026-{month:02d}-04")
    lines.append(f"last,mail,2026-{month:02d}-27")
    return "\n".join(lines) + "\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "trod.yml").write_text(YML)
    (tmp_path / "e1.csv").write_text(rows(1, 200, 4))
    assert trod(tmp_path, "ingest").exit_code == 0
    return tmp_path


def trod(folder: Path, *arguments: str) -> Result:
    return terminal.trod("-C", folder, *arguments)


def said(folder: Path, *arguments: str) -> str:
    done = trod(folder, *arguments)
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


def told(folder: Path, *arguments: str) -> Any:
    return terminal.told("-C", folder, *arguments)


def test_J4_a_metric_says_figure_interval_target_status_owner_and_definition(shop: Path):
    text = said(shop, "metrics", "Sales")
    assert "25.0% 19.5% to 31.4% 200 all at least 40.0% missed Maya" in text
    assert "Share of those who entered Sale that completed Sale within 9 days." in text
    (row,) = told(shop, "metrics", "Sales")["rows"]
    assert (row["value"], row["part"], row["whole"], row["n"]) == (250_000, 50, 200, 200)
    assert row["counted"] == "person"


def test_J5_a_baseline_is_frozen_and_later_figures_say_how_they_differ(shop: Path):
    said(shop, "baseline", "freeze", "winter")
    kept = told(shop, "baseline", "show", "winter")
    assert [stage["reached"] for stage in kept["stages"]] == [200]
    assert [metric["n"] for metric in kept["metrics"]] == [200, 50]
    (shop / "e3.csv").write_text(rows(3, 300, 2))
    assert trod(shop, "ingest").exit_code == 0
    assert told(shop, "baseline", "show", "winter") == kept
    later = ("metrics", "--against", "winter", "--from", "2026-02-01")
    changes = told(shop, *later)["changes"]
    assert changes["Sales"]["word"] == "better"
    assert changes["Sales"]["difference"] == 250_000
    assert 0 < changes["Sales"]["low"] < 250_000 < changes["Sales"]["high"]
    assert changes["Speed"]["word"] == "no difference found"
    assert "+25.0 points" in said(shop, *later)
    assert "include the customers of the baseline" in said(shop, "metrics", "--against", "winter")
    assert "winter" in said(shop, "baseline", "list")


def test_J5_a_metric_whose_meaning_changed_is_not_compared(shop: Path):
    said(shop, "baseline", "freeze", "winter")
    (shop / "trod.yml").write_text(YML.replace("within: 9d, target: 40%", "within: 8d"))
    changes = told(shop, "metrics", "--against", "winter")["changes"]
    assert changes["Sales"] == {
        "word": "definition changed",
        "difference": None,
        "low": None,
        "high": None,
        "parts": ["metric"],
    }
    assert changes["Speed"]["word"] == "no difference found"
    assert "1 metric changed in definition" in said(shop, "metrics", "--against", "winter")
    (shop / "trod.yml").write_text(YML.replace("target: 40%", "target: 10%"))
    assert told(shop, "metrics", "--against", "winter")["changes"]["Sales"]["word"] != (
        "definition changed"
    )


def test_J5_stages_say_how_they_differ_and_the_report_draws_them_as_ticks(shop: Path):
    two = YML.replace("enter_on: visit}]", "enter_on: visit}, {name: Pay, enter_on: buy}]")
    (shop / "trod.yml").write_text(two)
    said(shop, "baseline", "freeze", "winter")
    (shop / "e3.csv").write_text(rows(3, 300, 2))
    assert trod(shop, "ingest").exit_code == 0
    stages = told(shop, "metrics", "--against", "winter")["stages"]
    assert (stages["Pay"]["now"], stages["Pay"]["then"]) == (400_000, 250_000)
    assert stages["Pay"]["word"] == "better"
    text = said(shop, "metrics", "--against", "winter")
    assert "Pay 40.0% 25.0% +15.0 points" in text
    said(shop, "report", "--against", "winter", "--out", str(shop / "r.html"))
    page = (shop / "r.html").read_text()
    assert page.count('class="tk"') >= 2
    assert "In the baseline" in page
    (shop / "trod.yml").write_text(two.replace("left_after: 20d", "left_after: 9d"))
    assert "are not compared: left_after changed" in said(shop, "metrics", "--against", "winter")
    (shop / "trod.yml").write_text(two.replace("name: Sale", "name: Buying", 1))
    assert "are not compared: journey changed" in said(shop, "metrics", "--against", "winter")
    (shop / "trod.yml").write_text(two.replace("left_after: 20d", "left_after: 9d"))
    assert "left_after changed since" in trod(shop, "report", "--against", "winter").stderr


MONEY = "- {name: Money, kind: revenue, touchpoints: buy}\n- {name: Churn, kind: churn}\n"
RULES = {
    "events.names": "events: {names: {same: {mail: [email]}}}\n",
    "events.order": "events: {order: [visit, buy]}\n",
    "events.zone": "events: {zone: Europe/Berlin}\n",
    "identity": "identity: {shared: [info@a.com]}\n",
}


def differing(shop: Path) -> dict[str, list[str]]:
    changes = told(shop, "metrics", "--against", "winter")["changes"]
    return {name: each["parts"] for name, each in changes.items()}


@pytest.mark.parametrize("part", RULES)
def test_J5_a_rule_behind_all_figures_that_changed_is_named(shop: Path, part: str):
    said(shop, "baseline", "freeze", "winter")
    (shop / "trod.yml").write_text(YML + RULES[part])
    assert differing(shop) == {"Sales": [part], "Speed": [part]}
    assert f"Sales ({part}), Speed ({part})" in said(shop, "metrics", "--against", "winter")


def test_J5_what_only_some_figures_rest_on_is_named_for_those(shop: Path):
    (shop / "trod.yml").write_text(YML + MONEY)
    said(shop, "baseline", "freeze", "winter")
    none = {name: [] for name in ("Sales", "Speed", "Money", "Churn")}
    assert differing(shop) == none
    (shop / "trod.yml").write_text(YML + MONEY + "events: {currency: EUR}\n")
    assert differing(shop) == none | {"Money": ["events.currency"]}
    (shop / "trod.yml").write_text((YML + MONEY).replace("left_after: 20d", "left_after: 21d"))
    assert differing(shop) == none | {"Churn": ["left_after"]}
    (shop / "trod.yml").write_text((YML + MONEY).replace("name: Look", "name: See"))
    of_stages = {name: ["journey"] for name in ("Sales", "Speed", "Churn")}
    assert differing(shop) == none | of_stages
    (shop / "trod.yml").write_text(YML + MONEY)
    said(
        shop,
        "identity",
        "merge",
        "c1-000",
        "c1-001",
        "--why",
        "one person",
        "--by",
        "Maya",
        "--yes",
    )
    assert differing(shop) == {name: ["identity statements"] for name in none}


def test_J5_two_who_freeze_one_name_at_once_keep_one_baseline(shop: Path, monkeypatch):
    """The second has looked for the name before the first wrote it."""
    first, second = Workspace.open(shop), Workspace.open(shop)
    counts = baselines._stages

    def meanwhile(*asked):
        monkeypatch.setattr(baselines, "_stages", counts)
        baselines.freeze(first, "winter", journey=None, days=Days())
        return counts(*asked)

    monkeypatch.setattr(baselines, "_stages", meanwhile)
    with pytest.raises(DefinitionError, match="is kept already"):
        baselines.freeze(second, "winter", journey=None, days=Days())
    assert [each.name for each in baselines.read(Workspace.open(shop).store)] == ["winter"]


def test_J5_a_baseline_is_not_frozen_of_data_that_changed_while_it_was_counted(
    shop: Path, monkeypatch
):
    counts = baselines._stages

    def meanwhile(*asked):
        (shop / "e3.csv").write_text(rows(3, 30, 2))
        Workspace.open(shop).ingest()
        return counts(*asked)

    monkeypatch.setattr(baselines, "_stages", meanwhile)
    with pytest.raises(StoreError, match="nothing was frozen"):
        baselines.freeze(Workspace.open(shop), "winter", journey=None, days=Days())
    assert "No baseline is kept" in said(shop, "baseline", "list")


def test_J5_the_last_day_of_a_baseline_is_one_of_the_workspace_not_of_utc(tmp_path: Path):
    """23:30 UTC of the 26th is the 27th in Berlin: --from the 27th still holds that day."""
    (tmp_path / "trod.yml").write_text(YML + "events: {zone: Europe/Berlin}\n")
    late = "user_id,event,timestamp\nann,visit,2026-01-01T10:00Z\nann,buy,2026-01-26T23:30Z\n"
    (tmp_path / "e1.csv").write_text(late)
    assert trod(tmp_path, "ingest").exit_code == 0
    assert told(tmp_path, "baseline", "freeze", "winter")["as_of_day"] == "2026-01-27"
    from_that_day = ("metrics", "--against", "winter", "--from", "2026-01-27")
    assert told(tmp_path, *from_that_day)["overlaps"]
    later = trod(tmp_path, *from_that_day[:-1], "2026-01-28")
    assert "no touchpoint from 2026-01-28 on" in later.stderr


def test_a_baseline_never_changes_and_names_are_found(shop: Path):
    said(shop, "baseline", "freeze", "winter")
    again = trod(shop, "baseline", "freeze", "winter")
    assert again.exit_code == 1
    assert "is kept already" in again.stderr
    assert "did you mean 'winter'" in trod(shop, "baseline", "show", "wintr").stderr
    assert "did you mean 'Sales'" in trod(shop, "metrics", "Sale").stderr
    assert "needs a name" in trod(shop, "baseline", "freeze").stderr
    assert "is not a day" in trod(shop, "metrics", "--from", "yesterday").stderr
    assert (
        "Turn them round"
        in trod(shop, "metrics", "--from", "2026-03-01", "--to", "2026-02-01").stderr
    )


def test_days_beyond_the_record_are_refused_with_the_days_on_record(shop: Path):
    late = " ".join(trod(shop, "metrics", "--from", "2030-01-01").stderr.split())
    assert "no touchpoint from 2030-01-01 on: the record goes from 2026-01-01 to 2026-01-27" in late
    early = " ".join(trod(shop, "metrics", "--to", "2020-01-01").stderr.split())
    assert "no touchpoint up to 2020-01-01" in early


def test_a_wrong_metric_is_reported_with_its_line(shop: Path):
    (shop / "trod.yml").write_text(YML + "- {name: Sales, kind: nps}\n")
    wrong = trod(shop, "check").stderr + trod(shop, "metrics").stderr
    assert "trod.yml:11: metrics.2" in wrong
    assert "nps needs touchpoints" in wrong
    assert "a metric named Sales stands at" in wrong.replace("'", "")


def test_without_metrics_it_says_what_to_write(shop: Path):
    (shop / "trod.yml").write_text(YML.split("metrics:", maxsplit=1)[0])
    assert "Add one under `metrics:`" in trod(shop, "metrics").stderr
    assert "No baseline is kept" in said(shop, "baseline", "list")


def test_the_keys_of_a_metric_list_as_many_customers_as_it_counts(shop: Path):
    (sales, speed) = told(shop, "metrics")["rows"]
    assert (sales["part"], sales["whole"]) == (50, 200)
    for row in (sales, speed):
        for side in ("part", "whole"):
            asked = ["--where", row[f"{side}_key"], "--unit", row["counted"]]
            listed = trod(shop, "export", "customers", *asked, "--journey", row["journey"])
            assert listed.exit_code == 0, listed.stderr
            assert len(listed.stdout.splitlines()) - 1 == row[side]
