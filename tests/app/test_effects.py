"""`trod effects` and `trod roi` as people and programs meet them."""

from pathlib import Path

import pytest

from tests.app import terminal
from tests.company import Known
from tests.strategies import DATA


def said(*words: str | Path) -> str:
    done = terminal.trod(*map(str, words))
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


def test_X7_plays_are_told_with_verdict_sides_interval_and_what_is_missing(tallyfern: Known):
    text = said("-C", tallyfern.folder, "effects")
    assert "Onboarding call offer Too early. Tested. Reached Activate within 60 days: 67" in text
    assert "customers more would find one of 3.0 points, the least worth having" in text
    assert "3 plays looked at; none works or harms for sure." in text
    told = terminal.told("-C", tallyfern.folder, "effects", "Win-back mail")
    (play,) = told["plays"]
    assert (play["verdict"], play["evidence"], play["design"]) == (
        "too early",
        "Tested",
        "randomised",
    )
    assert play["low"] < play["fixed_low"] < play["estimate"] < play["fixed_high"] < play["high"]


def test_X8_the_ledger_says_what_was_spent_and_that_it_cannot_tell(tallyfern: Known):
    text = said("-C", tallyfern.folder, "roi")
    assert "back for each 1 spent: cannot tell (" in text
    assert "What one more costs: cannot tell, the effect may be none." in text
    assert "May stop Nothing yet" in text
    told = terminal.told("-C", tallyfern.folder, "roi")
    lines = {line["playbook"]: line for line in told["lines"]}
    offer = lines["Onboarding call offer"]
    assert offer["cost"] == offer["spent"]["customers"] * 20
    assert offer["value"]["value"] == pytest.approx(900 * offer["won"]["value"])
    assert lines["Win-back mail"]["value"] is None
    assert told["value"]["low"] < 0 < told["value"]["high"]


def test_X7_the_scoreboard_is_drawn_and_a_play_nobody_knows_is_said_so(tallyfern, tmp_path):
    drawn = tmp_path / "effects.svg"
    done = terminal.trod("-C", str(tallyfern.folder), "effects", "--out", str(drawn))
    assert "Three plays need more time. Wrote" in done.stderr
    assert "Early renewal reminder" in drawn.read_text()
    done = terminal.trod("-C", str(tallyfern.folder), "effects", "Win-bak mail")
    assert "unknown play 'Win-bak mail': did you mean 'Win-back mail'?" in done.stderr


@pytest.mark.skipif(not DATA.exists(), reason="the real data lie beside the project")
def test_X7_an_experiment_run_elsewhere_is_judged_from_its_table():
    table = ("effects", "--table", DATA / "lalonde_nsw" / "nsw_mixtape.parquet", "--arm", "treat")
    text = said(*table, "--outcome", "re78")
    assert "treat 1 Works. Tested." in text
    assert "Effect +1,794, 95% +474 to +3,115; -242 to +3,831 if you looked more than" in text
    text = said(*table, "--outcome", "re78", "--covariates", "re74,re75,age", "--chosen")
    assert "Seems to work. Estimated." in text
    assert "Comparable: as weighted, as good as 1" in text
    told = terminal.told(*map(str, table), "--outcome", "re78", "--covariates", "re74", "--chosen")
    assert [each["name"] for each in told["plays"][0]["overlap"]["balance"]] == ["re74"]
    done = terminal.trod(*map(str, table))
    assert "--table needs --arm and --outcome" in done.stderr
