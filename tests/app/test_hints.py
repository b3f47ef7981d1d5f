"""Commands that are told to be typed next."""

import shlex
from pathlib import Path

import pytest

from tests.app.terminal import trod

YML = """\
sources:
- {name: shop, files: events.csv, customer: user_id, time: timestamp, touchpoint: event}
journeys:
- name: Sale
  stages: [{name: Look, enter_on: visit}, {name: Join, enter_on: join}, {name: Buy, enter_on: buy}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Make a workspace whose name has a space, with a customer who left and a row nobody did."""
    home = tmp_path / "our shop"
    home.mkdir()
    (home / "trod.yml").write_text(YML)
    lines = ["user_id,event,timestamp", ",visit,2026-01-02"]
    for c in range(80):
        lines.append(f"c{c:02d},visit,2026-01-{1 + c % 28:02d}")
        lines += [f"c{c:02d},join,2026-02-{1 + c % 28:02d}"] * (c % 3 > 0)
        lines += [f"c{c:02d},buy,2026-06-{1 + c % 28:02d}"] * (c % 3 > 1)
    (home / "events.csv").write_text("\n".join(lines) + "\n")
    return home


def test_commands_that_are_told_name_the_folder_that_was_given(shop: Path):
    named = f"trod -C {shlex.quote(str(shop))}"
    assert f"Run `{named} ingest`." in trod("-C", shop, "paths").stderr
    assert trod("-C", shop, "ingest").exit_code == 0
    audit = " ".join(trod("-C", shop, "audit").stdout.split())
    assert f"See `{named} quarantine`, mend, then `{named} replay`." in audit
    assert f"`{named} baseline freeze NAME`" in trod("-C", shop, "baseline", "list").stdout
    assert f"Who: {named} export customers --where" in trod("-C", shop, "friction").stdout


def test_a_command_that_is_told_does_what_it_says_when_it_is_typed(shop: Path):
    trod("-C", shop, "ingest")
    told = trod("-C", shop, "friction").stdout
    who = next(line.strip() for line in told.splitlines() if "Who: " in line)
    _, *arguments = shlex.split(who.removeprefix("Who: "))
    listed = trod(*arguments)
    assert listed.exit_code == 0, listed.stderr
    assert listed.stdout.startswith("customer,last_touchpoint,")
    assert len(listed.stdout.splitlines()) > 1


def test_a_command_is_never_broken_over_two_lines(shop: Path, monkeypatch: pytest.MonkeyPatch):
    trod("-C", shop, "ingest")
    for columns in range(40, 97, 4):
        monkeypatch.setenv("COLUMNS", str(columns))
        said = trod("-C", shop, "audit").stdout
        assert f"`trod -C {shlex.quote(str(shop))} quarantine`" in said


def test_without_a_folder_commands_are_told_as_they_are(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(shop)
    assert "Run `trod ingest`." in trod("paths").stderr


def test_what_to_run_after_a_journey_was_added_can_be_typed_as_it_stands(shop: Path):
    trod("-C", shop, "ingest")
    said = trod("-C", shop, "journey", "add", "ecommerce").stdout
    assert said.endswith(f"then run: trod -C {shlex.quote(str(shop))} check\n")
