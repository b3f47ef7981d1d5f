"""The commands watch and alerts."""

import json

import pytest

from tests.app.terminal import trod
from tests.company import copied


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("watched") / "there"
    copied(folder, 400)
    return str(folder)


def test_N1_a_replay_is_told_and_told_the_same_again(home: str) -> None:
    first = json.loads(trod("-C", home, "watch", "--since", "2025-01-01", "--json").stdout)
    again = json.loads(trod("-C", home, "watch", "--since", "2025-01-01", "--json").stdout)
    assert first["happened"] == again["happened"]
    assert first["opened"] > 0
    assert again["opened"] == 0
    assert any(each["about"] == "source/web/silent" for each in first["happened"])


def test_N2_every_alert_has_an_owner_where_an_objective_has_one(home: str) -> None:
    every = json.loads(trod("-C", home, "alerts", "--all", "--json").stdout)
    assert {each["anomaly"]["thing"]["sort"] for each in every} >= {"source", "beginning"}
    assert all(each["owner"] for each in every)


def test_N1_what_was_looked_at_is_said(home: str) -> None:
    said = " ".join(trod("-C", home, "watch").stdout.split())
    assert "judged up to 29 June 2026" in said
    assert "not watched: fewer than 3 a week" in said
    # Nothing new is not the same as nothing out of the ordinary.
    lasting = json.loads(trod("-C", home, "alerts", "--json").stdout)
    assert lasting
    assert "Nothing new." in said
    assert f"{len(lasting)} alert" in said


def test_N2_an_alert_is_shown_acknowledged_and_closed(home: str) -> None:
    every = json.loads(trod("-C", home, "alerts", "--all", "--json").stdout)
    one = next(each["id"] for each in every if each["status"] == "closed")
    assert "closed" in trod("-C", home, "alerts", one).stdout
    refused = trod("-C", home, "alerts", one, "--ack")
    assert refused.exit_code == 1
    assert "is closed" in refused.stderr


def test_N2_closing_asks_for_a_reason(home: str) -> None:
    refused = trod("-C", home, "alerts", "al-1", "--close")
    assert refused.exit_code == 2
    assert "--close needs a reason" in refused.stderr
    assert trod("-C", home, "alerts", "al-1", "--close", "--why", " ").exit_code == 2


@pytest.mark.parametrize(
    ("time", "words"),
    [("0d", "Write 3d or 12h"), ("0min", "Write 3d or 12h"), ("9" * 30 + "d", "Write 365d or so")],
)
def test_N2_an_alert_rests_for_some_time_or_not_at_all(home: str, time: str, words: str) -> None:
    refused = trod("-C", home, "alerts", "al-1", "--snooze", time)
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_N2_figures_are_drawn(home: str, tmp_path) -> None:
    out = tmp_path / "alerts.svg"
    assert trod("-C", home, "alerts", "--out", str(out)).exit_code == 0
    assert "open" in out.read_text()
    every = json.loads(trod("-C", home, "alerts", "--all", "--json").stdout)
    for each in every[:2]:
        page = tmp_path / f"{each['id']}.html"
        assert trod("-C", home, "alerts", each["id"], "--out", str(page)).exit_code == 0


def test_N1_a_day_that_is_none_is_refused(home: str) -> None:
    refused = trod("-C", home, "watch", "--since", "soon")
    assert refused.exit_code == 1
    assert "'soon' is not a day" in refused.stderr
    refused = trod("-C", home, "watch", "--since", "2030-01-01")
    assert refused.exit_code == 1
    assert "the last whole day on record is 2026-06-29" in refused.stderr


def test_X5_alerts_that_last_are_findings(home: str) -> None:
    from trod.workspace import Workspace
    from trod.workspace.acting.watched import findings

    lasting = json.loads(trod("-C", home, "alerts", "--json").stdout)
    found = findings(Workspace.open(home))
    assert {each.title for each in found} == {each["title"] for each in lasting}
    assert {each.kind for each in found} <= {"anomaly"}
    do = {each.about.partition("/")[0]: each.recommendation for each in found}
    assert do["beginning"].startswith("Find out where they come from")
    assert do["source"].startswith("Ask whoever sends these rows")
