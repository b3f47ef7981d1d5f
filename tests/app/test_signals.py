"""`trod signals` as people and programs meet it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from typer.testing import Result

from tests.app import terminal
from tests.company import Known


def trod(company: Known, *arguments: str | Path) -> Result:
    return terminal.trod("-C", company.folder, *map(str, arguments))


def said(company: Known, *arguments: str) -> str:
    done = trod(company, *arguments)
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


def test_M9_signals_are_told_a_line_each_with_what_was_set_aside(tallyfern: Known) -> None:
    text = said(tallyfern, "signals")
    leave, grow = text.split("Signs before accounts grow")
    assert leave.startswith("Signs before accounts leave No report opened within 21 days")
    assert "No invite team within 14 days of entering Activate" in leave
    assert grow.startswith(" Usage goal set within 7 days of entering Expand")
    assert "Observed: an association." in text
    assert "Not compared by Churn_Reason__c" in text
    assert "known only after the outcome 1;" in text


def test_M9_the_customers_who_show_a_sign_now_can_be_listed(tallyfern: Known) -> None:
    told = terminal.told("-C", tallyfern.folder, "signals", "--bad", "--stage", "Activate")
    (first,) = [each for each in told["bad"] if each["touchpoint"] == "invite_team"]
    where = ("--where", first["now"]["key"], "--unit", "account")
    listed = trod(tallyfern, "export", "customers", *where, "--out", "-")
    assert listed.exit_code == 0, listed.stderr
    assert len(list(csv.DictReader(io.StringIO(listed.stdout)))) == first["now"]["n"] > 0


def test_M9_reasons_are_told_for_what_was_set_aside(tallyfern: Known) -> None:
    text = said(tallyfern, "signals", "--set-aside", "--bad")
    assert "Signs before accounts grow" not in text
    assert "Gone when like is compared with like: 1 Sso configured (Activate, leaving in" in text
    assert "within each Size" in text
    assert "Cancellation survey (Evaluate): 144 of the 144 who had it had left before it" in text


def test_M9_one_sign_can_be_asked_about(tallyfern: Known) -> None:
    asked = ("signals", "--stage", "Activate", "--sign", "invite_team", "--within", "14d")
    text = said(tallyfern, *asked)
    assert "Asked about, not searched for: counted on all customers" in text
    told = terminal.told("-C", tallyfern.folder, *asked)
    assert (told["days"], told["had"], told["outcome"]) == (14, False, None)
    assert told["ratio"]["low"] > 2
    order = ("--sign", "alert_rule_made", "--before", "kpi_board_made", "--within", "21d")
    text = said(tallyfern, "signals", "--stage", "Adopt", *order, "--leaving", "Renew")
    assert "Alert rule made before Kpi board made, both within 21 days of entering Adopt" in text
    assert "leave in Renew against" in text


def test_M9_a_sign_without_stage_or_time_says_what_to_give(tallyfern: Known) -> None:
    for arguments, problem in (
        (["--sign", "invite_team"], "Give --stage and --within 30d."),
        (["--within", "14d"], "Give --sign, too."),
        (["--stage", "Activate", "--sign", "invite_team", "--within", "5h"], "whole days"),
        (["--sign", "Chat", "--stage", "Renew", "--within", "3d", "--leaving", "Adopt"], "after"),
        (["--stage", "Activat"], "unknown stage 'Activat'"),
        (["--sign", "Chat", "--stage", "Renew", "--within", "3d", "--out", "x.svg"], "by itself"),
        (["--toward", "Seats aded"], "unknown touchpoint 'Seats aded'"),
    ):
        done = trod(tallyfern, "signals", *arguments)
        assert done.exit_code != 0
        assert problem in " ".join(done.stderr.replace("│", " ").split())


def test_M9_signals_are_drawn_as_dots_and_ranges(tallyfern: Known, tmp_path: Path) -> None:
    out = tmp_path / "signals.svg"
    assert trod(tallyfern, "signals", "--good", "--out", out).exit_code == 0
    drawn = out.read_text()
    assert "Usage goal set within 7 days of entering Expand" in drawn
    assert drawn.count("<circle") == 1
    page = tmp_path / "signals.html"
    assert trod(tallyfern, "signals", "--out", page).exit_code == 0
    assert "signal:Activate/invite_team" in page.read_text().replace("%2F", "/")


def test_M9_json_holds_the_side_that_was_asked_for(tallyfern: Known) -> None:
    told = terminal.told("-C", tallyfern.folder, "signals", "--good", "--stage", "Expand")
    assert told["bad"] == []
    assert told["good"]


def test_M9_where_nothing_was_looked_for_that_is_said_and_not_that_none_holds(
    tmp_path: Path,
) -> None:
    lines = ["customer,event,time"]
    for c in range(120):
        day = f"2025-{1 + c % 3:02}"
        lines += [f"c{c},start,{day}-01", f"c{c},{'ab'[c % 2]},{day}-{3 + c % 5:02}"]
        lines.append(f"c{c},{'quit' if c % 3 else 'buy'},{day}-{10 + c % 15:02}")
    (tmp_path / "e.csv").write_text("\n".join(lines))
    (tmp_path / "trod.yml").write_text(
        "sources: [{name: e, files: e.csv, customer: customer, touchpoint: event, time: time}]\n"
        "journeys: [{name: j, unit: person, failure: quit, success: buy, stages: "
        "[{name: Use, enter_on: start}]}]\n"
    )
    assert terminal.trod("-C", tmp_path, "ingest").exit_code == 0
    done = terminal.trod("-C", tmp_path, "signals", "--set-aside")
    text = " ".join(done.stdout.split())
    assert "leave None holds. Signs" in text
    assert "grow Nothing was looked for: no touchpoint of the last stage carries money" in text
