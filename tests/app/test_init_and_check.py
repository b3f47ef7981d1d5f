"""`trod init` writes a definition, `trod check` says what is wrong with one."""

import json
from pathlib import Path

import pytest

from tests.app.shop import EVENTS, YML
from tests.app.terminal import trod
from tests.company import Known


def test_init_writes_a_trod_yml_that_reads_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("events.csv").write_text(EVENTS)
    done = trod("init", "events.csv")
    assert done.exit_code == 0, done.stderr
    assert trod("check").exit_code == 0
    made = trod("map", "--json")
    assert made.exit_code == 0, made.stderr
    assert not json.loads(made.stdout)["suggested"]


def test_init_without_files_writes_one_to_fill_in(tmp_path: Path):
    assert trod("-C", tmp_path, "init").exit_code == 0
    assert trod("-C", tmp_path, "check").exit_code == 0


def test_D1_init_starts_what_it_cannot_guess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/enrolled.csv").write_text(
        "id_student,date_registration\n11391,-159\n28400,-53\n30268,-92\n11391,12\n"
    )
    (tmp_path / "acme").mkdir()
    monkeypatch.chdir(tmp_path)
    done = trod("-C", "acme", "init", "raw/enrolled.csv")
    assert done.exit_code == 0, done.stderr
    assert "trod -C acme check" in done.stdout
    text = Path("acme/trod.yml").read_text()
    assert "#   files: ../raw/enrolled.csv" in text
    assert "#   time: {column: date_registration, unit: d, since: 2024-01-01}" in text
    assert trod("-C", "acme", "check").exit_code == 0
    assert "no source is declared" in trod("-C", "acme", "map").stderr


def test_J1_init_names_files_from_the_folder_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/events.csv").write_text(EVENTS)
    (tmp_path / "acme").mkdir()
    monkeypatch.chdir(tmp_path)
    assert trod("-C", "acme", "init", tmp_path / "raw/events.csv").exit_code == 0
    assert "files: ../raw/events.csv" in Path("acme/trod.yml").read_text()
    assert trod("-C", "acme", "map", "--json").exit_code == 0


SUCCESS = """\
journeys:
- name: Customer success
  stages:
  - {name: Onboarding, days: 0-30}
  - {name: Activation, days: 31-90}
  - {name: Adoption, days: 91-180}
  - {name: Expansion, days: 180+}
"""


def test_J3_check_finds_day_180_twice_without_any_data(tmp_path: Path):
    (tmp_path / "trod.yml").write_text(SUCCESS)
    done = trod("-C", tmp_path, "check")
    said = " ".join(done.stdout.split())
    assert done.exit_code == 0
    assert "trod.yml:7: stages.3.days: overlap at day 180: Adoption and Expansion." in said
    assert "write Expansion as 181+" in said


def test_J3_check_finds_a_gap_in_a_file_of_its_own(tmp_path: Path):
    (tmp_path / "trod.yml").write_text("events: {zone: UTC}\n")
    (tmp_path / "journeys").mkdir()
    inside = SUCCESS.removeprefix("journeys:\n").replace("180+", "200+")
    (tmp_path / "journeys/success.yml").write_text(inside)
    said = " ".join(trod("-C", tmp_path, "check").stdout.split())
    assert "journeys/success.yml:6: stages.3.days: gap at days 181 to 199" in said


def test_J2_check_names_touchpoints_that_enter_no_stage(shop: Path):
    (shop / "trod.yml").write_text(YML.replace("  - {name: Join, enter_on: sign up}\n", ""))
    trod("-C", shop, "ingest")
    said = " ".join(trod("-C", shop, "check").stdout.split())
    assert "trod.yml:9: stages: 1 touchpoint enters no stage: Sign up." in said


def test_check_finds_names_that_nobody_has(shop: Path):
    (shop / "trod.yml").write_text(YML.replace("enter_on: buy", "enter_on: bay"))
    assert "not compared with the data" in trod("-C", shop, "check").stdout
    trod("-C", shop, "ingest")
    done = trod("-C", shop, "check")
    assert done.exit_code == 1
    assert "did you mean 'buy'?" in done.stderr


def test_check_says_which_files_it_could_not_look_at(shop: Path):
    (shop / "events.csv").unlink()
    done = trod("-C", shop, "check")
    assert done.exit_code == 0
    assert "Note: source 'shop': no file" in done.stdout


def test_D7_ingest_and_check_say_who_is_who(tallyfern: Known):
    said = " ".join(trod("-C", tallyfern.folder, "check").stdout.split())
    shared = tallyfern.truth.shared_ids["email"][0]
    assert "people from" in said
    assert "refused: what programs write where an id is missing" in said
    assert f"such as email '{shared}'" in said or "seen with several people" in said


def test_J1_check_says_where_nothing_completes_a_journey(shop: Path):
    said = " ".join(trod("-C", shop, "check").stdout.split())
    assert "success: no touchpoint completes the journey: whoever enters Buy counts as done" in said
    with (shop / "trod.yml").open("a") as file:
        file.write("  success: buy\n")
    assert "completes the journey" not in trod("-C", shop, "check").stdout


def test_M2_check_finds_names_of_outcomes_that_nobody_has(shop: Path):
    with (shop / "trod.yml").open("a") as file:
        file.write(
            "models:\n  outcomes:\n"
            "  - {name: Buys, reaches: Buy, stages: [Look, Joyn]}\n"
            "  - {name: Signs, touchpoints: [sign upp], allow: [vizit]}\n"
        )
    assert trod("-C", shop, "check").exit_code == 0  # nothing is read yet
    trod("-C", shop, "ingest")
    checked = trod("-C", shop, "check")
    assert checked.exit_code == 1
    said = checked.stderr
    assert "trod.yml:15: models.outcomes.0: Buys: unknown stage 'Joyn': did you mean 'Join'" in said
    assert "trod.yml:16: models.outcomes.1: Signs: unknown touchpoint 'sign upp'" in said
    assert "unknown touchpoint 'vizit'" in said
