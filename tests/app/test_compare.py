"""`trod compare` and `trod coverage` as people and programs meet them."""

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


def test_X10_a_change_is_told_with_size_parts_and_certainty(tallyfern: Known) -> None:
    text = said(tallyfern, "compare", "2025-06", "2025-07")
    assert text.startswith("One thing changed in July 2025, beside June.")
    assert "1 More have Connection error in Onboard: 27.9% to 72.8%" in text
    assert "Very likely real: 1 in" in text
    assert "All that is told holds together at 95% (Holm). Observed" in text


def test_X10_whom_a_change_is_about_can_be_listed(tallyfern: Known) -> None:
    told = terminal.told("-C", tallyfern.folder, "compare", "2025-06", "2025-07")
    (one,) = told["changes"]
    where = ("--where", one["population"]["key"], "--unit", "account")
    listed = trod(tallyfern, "export", "customers", *where, "--out", "-")
    assert listed.exit_code == 0, listed.stderr
    assert len(list(csv.DictReader(io.StringIO(listed.stdout)))) == one["population"]["n"] > 0


def test_X10_everything_compared_and_what_the_data_did_can_be_seen(tallyfern: Known) -> None:
    text = said(tallyfern, "compare", "2025-02", "2025-03", "--all")
    assert text.startswith("Nothing changed in March 2025 beyond normal month-to-month movement")
    assert "Set aside: it looks like a change, and customers did not make it" in text
    assert "of web were not recorded" in text
    assert "Compared, the least likely by chance first" in text


def test_X10_the_panel_is_drawn(tallyfern: Known, tmp_path: Path) -> None:
    out = tmp_path / "changes.svg"
    done = trod(tallyfern, "compare", "2025-06", "2025-07", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert "One thing changed" in out.read_text(encoding="utf-8")


def test_X10_a_mistake_is_told_with_what_to_write(tallyfern: Known) -> None:
    done = trod(tallyfern, "compare", "2025-06")
    assert done.exit_code == 1
    assert "Write 2026-09, 2026-W40, 2026-Q3 or 2026-09-01..2026-09-15, twice." in done.stderr


def test_X11_need_and_contact_are_told_by_stage_and_kind(tallyfern: Known) -> None:
    text = said(tallyfern, "coverage", "--by", "MailingCountry")
    assert "in need met nobody within 7 days: the largest gap." in text
    assert "whose MailingCountry is PL are not recorded" in text
    assert "By MailingCountry, the largest gap first" in text
    told = terminal.told("-C", tallyfern.folder, "coverage")
    assert [row["stage"] for row in told["stages"]][:2] == ["Evaluate", "Onboard"]
    assert told["evidence"] == "Observed"
