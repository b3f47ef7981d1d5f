"""`trod metrics` and `trod baseline`: figures, targets, and what they were."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trod.app.cli import app

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
    return CliRunner().invoke(app, ["-C", str(folder), *arguments])


def said(folder: Path, *arguments: str) -> str:
    done = trod(folder, *arguments)
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


def told(folder: Path, *arguments: str):
    done = trod(folder, *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


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
    }
    assert changes["Speed"]["word"] == "no difference found"
    assert "1 metric changed in definition" in said(shop, "metrics", "--against", "winter")
    (shop / "trod.yml").write_text(YML.replace("target: 40%", "target: 10%"))
    assert told(shop, "metrics", "--against", "winter")["changes"]["Sales"]["word"] != (
        "definition changed"
    )


def test_J5_the_last_day_of_a_baseline_is_one_of_the_workspace_not_of_utc(tmp_path: Path):
    """23:30 UTC of the 26th is the 27th in Berlin: --from the 27th still holds that day."""
    (tmp_path / "trod.yml").write_text(YML + "events: {zone: Europe/Berlin}\n")
    late = "user_id,event,timestamp\nann,visit,2026-01-01T10:00Z\nann,buy,2026-01-26T23:30Z\n"
    (tmp_path / "e1.csv").write_text(late)
    assert trod(tmp_path, "ingest").exit_code == 0
    assert told(tmp_path, "baseline", "freeze", "winter")["as_of_day"] == "2026-01-27"
    from_that_day = ("metrics", "--against", "winter", "--from", "2026-01-27")
    assert told(tmp_path, *from_that_day)["overlaps"]
    assert not told(tmp_path, *from_that_day[:-1], "2026-01-28")["overlaps"]


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
