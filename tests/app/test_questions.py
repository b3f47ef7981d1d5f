"""The commands that answer: for people, for other programs, and into files."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.app.shop import EVENTS, YML
from tests.app.terminal import run, trod
from tests.company import Known, known


@pytest.mark.parametrize("columns", ["40", "60", "96"])
@pytest.mark.parametrize(
    "asked",
    [["friction"], ["paths", "--after", "connect_data_source"]],
    ids=" ".join,
)
def test_what_people_read_fits_into_their_terminal(
    tallyfern: Known, monkeypatch: pytest.MonkeyPatch, asked: list[str], columns: str
):
    monkeypatch.setenv("COLUMNS", columns)
    lines = trod("-C", tallyfern.folder, *asked).stdout.splitlines()
    # A command stays in one piece, to be copied.
    told = [line for line in lines if " export customers --where" not in line]
    assert max(map(len, told)) <= int(columns)


@pytest.mark.parametrize("columns", ["40", "60", "96"])
def test_what_is_checked_fits_into_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str):
    monkeypatch.setenv("COLUMNS", columns)
    told = trod("-C", known(100).folder, "check").stdout.splitlines()
    assert max(map(len, told)) <= int(columns)


@pytest.mark.parametrize("columns", ["60", "96"])
def test_warnings_and_answers_fit_into_their_terminal(
    tallyfern: Known, monkeypatch: pytest.MonkeyPatch, columns: str
):
    monkeypatch.setenv("COLUMNS", columns)
    for asked in (["signals", "--set-aside"], ["answers"], ["sentiment"]):
        lines = trod("-C", tallyfern.folder, *asked).stdout.splitlines()
        told = [line for line in lines if " export customers --where" not in line]
        assert max(map(len, told)) <= int(columns)


def test_P1_the_rows_of_paths_add_up_to_all_at_the_touchpoint(tallyfern: Known):
    done = trod("-C", tallyfern.folder, "paths", "--after", "connect_data_source", "--json")
    told = json.loads(done.stdout)
    assert sum(row["customers"] for row in told["rows"]) == told["n"] > 1_000
    *named, others = told["rows"]
    assert all(row["path"][0] == "connect_data_source" for row in named)
    assert others["path"] == []
    assert others["other_paths"] > 1


def test_friction_reads_a_pasted_table():
    table = "1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%"
    done = trod("friction", "--table", "-", given=table)
    assert done.exit_code == 0
    assert done.stdout.startswith("Fix First use first")


def test_touchpoints_may_be_named_as_maps_show_them(tallyfern: Known):
    done = trod(
        "-C", tallyfern.folder, "funnel", "Workspace set up", "first_dashboard", "--unit", "person"
    )
    assert done.exit_code == 0, done.stderr
    assert f"{tallyfern.truth.stages[2].reached:,}" in done.stdout


def test_a_funnel_of_few_is_told_in_counts(shop: Path):
    rows = "user_id,event,timestamp\na,visit,2026-03-01\nb,visit,2026-03-01\na,buy,2026-03-02\n"
    (shop / "events.csv").write_text(rows)
    (shop / "trod.yml").write_text(YML.split("journeys:", maxsplit=1)[0])
    trod("-C", shop, "ingest")
    said = trod("-C", shop, "funnel", "visit", "buy").stdout
    assert "1 of 2 customers did all of it, in 1 day (median)." in said
    assert "%" not in said
    one = trod("-C", shop, "funnel", "buy").stdout
    assert "1 of 1 customer did all of it." in one


def test_a_customer_is_found_by_any_id(tallyfern: Known):
    person = next(p for p in tallyfern.truth.people if p.furthest == "Expand" and "phone" in p.ids)
    shown = {trod("-C", tallyfern.folder, "customer", ids[0]).stdout for ids in person.ids.values()}
    assert len(shown) == 1
    assert "Website visit" in shown.pop()


def test_the_list_behind_a_figure_is_as_long_as_the_figure(tallyfern: Known):
    done = trod(
        "-C", tallyfern.folder, "export", "customers", "--where", "left:Onboard", "--unit", "person"
    )
    assert len(done.stdout.splitlines()) - 1 == tallyfern.truth.stages[1].left


@pytest.mark.parametrize(
    "arguments",
    [
        ["map"],
        ["map", "--unit", "account"],
        ["paths"],
        ["paths", "--after", "connect_data_source"],
        ["funnel", "workspace_set_up", "first_dashboard"],
        ["friction"],
        ["customer", "ACC-00001", "--unit", "account"],
        ["sql", "SELECT count(*) AS n, max(time) AS last FROM journeys"],
    ],
    ids=" ".join,
)
def test_json_is_all_that_stands_on_stdout(tallyfern: Known, arguments: Sequence[str]):
    first = trod("-C", tallyfern.folder, *arguments, "--json")
    assert first.exit_code == 0, first.stderr
    assert json.loads(first.stdout)
    assert trod("-C", tallyfern.folder, *arguments, "--json").stdout == first.stdout


def test_json_is_all_that_stands_on_stdout_of_a_check():
    first, again = (trod("-C", known(100).folder, "check", "--json") for _ in range(2))
    assert first.exit_code == 0, first.stderr
    assert json.loads(first.stdout)
    assert again.stdout == first.stdout


@pytest.mark.parametrize("what", ["customers", "touchpoints", "journeys"])
def test_exports_are_json_lines_where_json_is_asked_for(shop: Path, what: str):
    trod("-C", shop, "ingest")
    done = trod("-C", shop, "export", what, "--json")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert done.stdout


@pytest.mark.parametrize("arguments", [["ingest"], ["init"], ["friction"]], ids=" ".join)
def test_commands_that_work_speak_json_too(tmp_path: Path, arguments: list[str]):
    table = tmp_path / "table.txt"
    table.write_text("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%")
    more: dict[str, list[object]] = {
        "friction": ["--table", table],
    }
    folder = tmp_path / arguments[0]
    folder.mkdir()
    if arguments == ["ingest"]:
        (folder / "events.csv").write_text(EVENTS)
        (folder / "trod.yml").write_text(YML)
    done = trod("-C", folder, *arguments, *more.get(arguments[0], []), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)
    assert not done.stderr


def test_a_reader_who_has_seen_enough_is_no_fault():
    with run("-C", known(100).folder, "export", "touchpoints") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("row,source,time")
        process.stdout.close()
        assert "Error" not in process.stderr.read()
        assert process.wait(60) == 0
