"""The command line: what it prints where, and how it ends."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from typer.testing import CliRunner, Result

from tests.company import Known, known
from trod.app.cli import app
from trod.errors import DefinitionError
from trod.sample import company
from trod.workspace import Workspace

EVENTS = "user_id,event,timestamp\n" + "".join(
    f"c{c},{event},2026-03-{day:02d}T09:00:00Z\n"
    for c in range(40)
    for event, day in (("visit", 1), ("sign up", 3), ("buy", 9))
    if event != "buy" or c % 3
)
YML = """\
sources:
- name: shop
  files: events.csv
  customer: user_id
  time: timestamp
  touchpoint: event
journeys:
- name: Sale
  stages:
  - {name: Look, enter_on: visit}
  - {name: Join, enter_on: sign up}
  - {name: Buy, enter_on: buy}
"""


def trod(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.fixture(scope="module")
def tallyfern() -> Known:
    return known()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "trod.yml").write_text(YML)
    return tmp_path


# --- the whole way --------------------------------------------------------------------------------


def test_D1_demo_draws_a_map_and_says_in_plain_words_what_is_on_it(tmp_path: Path):
    done = trod("demo", "--out", tmp_path, "--customers", 1000, "--no-open")
    assert done.exit_code == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert "left in" in first
    assert [line[:2] for line in rest if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert f"The map: {tmp_path / 'map.html'}" in done.stdout
    assert done.stdout.count(f"trod -C {tmp_path}") == 3
    assert "why accounts leave" in done.stdout
    assert "left in" in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Reading web.jsonl" in done.stderr


def test_D1_files_as_they_are_become_a_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("events.csv").write_text(EVENTS)
    done = trod("map", "events.csv")
    assert done.exit_code == 0, done.stderr
    guess, account, told = done.stdout.split("\n\n", 2)
    assert "timestamp" in guess
    assert "user_id" in guess
    assert account.split("\n")[0].split() == [
        "source",
        "received",
        "stored",
        "duplicate",
        "quarantined",
        "dropped",
    ]
    assert "The map: map.html" in told
    assert Path("map.html").exists()


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("map.html", b"<!doctype html>"),
        ("map.svg", b"<svg"),
        ("map.png", b"\x89PNG"),
        ("map.json", b"{"),
        ("map.mmd", b""),
    ],
)
def test_G2_the_ending_of_the_file_says_what_is_written(shop: Path, name: str, begins: bytes):
    done = trod("-C", shop, "map", "--out", shop / name)
    assert done.exit_code == 0, done.stderr
    assert (shop / name).read_bytes().lower().startswith(begins.lower())


def test_a_map_can_go_to_stdout(shop: Path):
    trod("-C", shop, "ingest")
    assert trod("-C", shop, "export", "map", "--format", "svg").stdout.startswith("<svg")
    target = shop / "map.svg"
    target.write_text("before")
    (shop / "link.svg").symlink_to(target)
    assert trod("-C", shop, "export", "map", "--out", shop / "link.svg").exit_code == 0
    assert (shop / "link.svg").is_symlink()
    assert target.read_text(encoding="utf-8").startswith("<svg")


def test_a_workspace_is_read_on_the_first_map_and_not_again(shop: Path):
    first = trod("-C", shop, "map", "--out", shop / "map.html")
    again = trod("-C", shop, "map", "--out", shop / "map.html")
    assert "Reading events.csv" in first.stderr
    assert "Reading" not in again.stderr


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


@pytest.mark.parametrize("columns", ["40", "60", "96"])
@pytest.mark.parametrize(
    "asked",
    [["friction"], ["paths", "--after", "connect_data_source"], ["check"]],
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


def test_P1_the_rows_of_paths_add_up_to_all_at_the_touchpoint(tallyfern: Known):
    done = trod("-C", tallyfern.folder, "paths", "--after", "connect_data_source", "--json")
    told = json.loads(done.stdout)
    assert sum(row["customers"] for row in told["rows"]) == told["n"] > 1_000
    *named, others = told["rows"]
    assert all(row["path"][0] == "connect_data_source" for row in named)
    assert others["path"] == []
    assert others["other_paths"] > 1


def test_check_finds_names_that_nobody_has(shop: Path):
    (shop / "trod.yml").write_text(YML.replace("enter_on: buy", "enter_on: bay"))
    assert "not compared with the data" in trod("-C", shop, "check").stdout
    trod("-C", shop, "ingest")
    done = trod("-C", shop, "check")
    assert done.exit_code == 1
    assert "did you mean 'buy'?" in done.stderr


def test_ingest_says_what_became_of_every_row(shop: Path):
    said = trod("-C", shop, "ingest").stdout.splitlines()
    assert said[1].split() == ["shop", "106", "106", "0", "0", "0"]
    again = trod("-C", shop, "ingest").stdout.splitlines()
    assert again[1].split() == ["shop", "106", "0", "106", "0", "0"]


def test_D7_ingest_and_check_say_who_is_who(tallyfern: Known):
    said = " ".join(trod("-C", tallyfern.folder, "check").stdout.split())
    shared = tallyfern.truth.shared_ids["email"][0]
    assert "people from" in said
    assert "refused: what programs write where an id is missing" in said
    assert f"such as email '{shared}'" in said or "seen with several people" in said


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


def test_a_map_goes_to_stdout_and_nothing_else_does(shop: Path):
    for how, begins in (("html", "<!doctype html>"), ("svg", "<svg"), ("mermaid", "journey")):
        from_files = trod("map", shop / "events.csv", "--out", "-", "--format", how)
        of_space = trod("-C", shop, "map", "--out", "-", "--format", how)
        assert from_files.stdout.lower().startswith(begins)
        assert of_space.stdout.lower().startswith(begins)
    assert not (shop / "-").exists()


def test_a_map_is_never_written_over_what_it_was_made_of(shop: Path):
    made = Workspace.open(shop)
    made.ingest()
    drawn = made.map()
    for write_to in (drawn.to_html, drawn.to_svg, drawn.to_png, drawn.to_json):
        with pytest.raises(DefinitionError, match="source 'shop' reads it"):
            write_to(shop / "events.csv")
    assert (shop / "events.csv").read_text() == EVENTS


def test_check_says_which_files_it_could_not_look_at(shop: Path):
    (shop / "events.csv").unlink()
    done = trod("-C", shop, "check")
    assert done.exit_code == 0
    assert "Note: source 'shop': no file" in done.stdout


def test_D7_a_map_says_how_many_rows_name_nobody_and_why(tmp_path: Path):
    lost = [f"{id_},visit,2026-03-0{day}T09:00:00Z\n" for id_, day in LOST]
    for name, rows in (("a.csv", [EVENTS, *lost]), ("b.csv", [EVENTS, *lost[::-1]])):
        done = trod("map", write(tmp_path, name, "".join(rows)), "--json")
        notes = json.loads(done.stdout)["notes"]
        assert "3 rows name nobody: their id was 'undefined' or 'guest'." in notes


LOST = [("guest", 1), ("undefined", 1), ("undefined", 2)]


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


def examples() -> list[str]:
    """Give the commands that stand in the help, but one that ends only at Ctrl-C."""
    docs = [command.callback.__doc__ or "" for command in app.registered_commands]
    lines = [line.strip() for doc in docs for line in doc.splitlines()]
    told = [line.removeprefix("$ trod ") for line in lines if line.startswith("$ trod ")]
    return [line for line in told if "--watch" not in line]


def test_the_examples_of_the_help_can_be_run_on_the_demo(
    tallyfern: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI", "yes")
    company(tmp_path / "there", customers=100)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/events.csv").write_text(EVENTS)
    there = csv.read_csv(tmp_path / "exports/events.csv")
    for name in ("exports/events.parquet", "crm.parquet"):
        pq.write_table(there, name)
    (tmp_path / "events.csv").write_text(EVENTS)
    told = examples()
    assert len(told) >= len(app.registered_commands)
    for at, line in enumerate(told):
        words = shlex.split(line.replace("/*", "/events").replace("5000", "200"))
        if words[0] == "-C":
            words[1] = str(tmp_path / (f"fresh{at}" if words[2] == "init" else "there"))
        if "acme" not in line and "exports" not in line:
            words = ["-C", str(tallyfern.folder), *words]
        done = trod(*words)
        assert done.exit_code == 0, f"{line}: {done.stderr}"


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
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


@pytest.mark.parametrize("what", ["customers", "touchpoints", "journeys"])
def test_exports_are_json_lines_where_json_is_asked_for(shop: Path, what: str):
    trod("-C", shop, "ingest")
    done = trod("-C", shop, "export", what, "--json")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert done.stdout


@pytest.mark.parametrize("arguments", [["demo"], ["ingest"], ["init"], ["friction"]], ids=" ".join)
def test_commands_that_work_speak_json_too(tmp_path: Path, arguments: list[str]):
    table = tmp_path / "table.txt"
    table.write_text("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%")
    more: dict[str, list[object]] = {
        "demo": ["--customers", 100, "--no-open", "--out", tmp_path / "demo"],
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


# --- mistakes -------------------------------------------------------------------------------------


def write(folder: Path, name: str, content: bytes | str) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


STARRED = YML.replace("events.csv", "'*.csv'")


def acme(folder: Path, yml: str = YML) -> Path:
    write(folder, "events.csv", EVENTS)
    return write(folder, "trod.yml", yml).parent


def renamed(folder: Path) -> Path:
    return (folder / "trod.yml").rename(folder / "other.yml")


def linked(file: Path, name: Path) -> Path:
    name.hardlink_to(file)
    return name


def symlinked(file: Path, name: Path) -> Path:
    name.symlink_to(file)
    return name


def journey(folder: Path) -> Path:
    folder.mkdir()
    return write(folder, "more.yml", "name: More\nstages:\n- {name: Look, enter_on: visit}\n")


def store(folder: Path) -> Path:
    Workspace.init(folder)
    return folder / ".trod"


Make = Callable[[Path], list[object]]
MISTAKES: dict[str, tuple[Make, int, str]] = {
    "missing file": (lambda d: ["map", d / "gone.csv"], 1, "gone.csv: no such file."),
    "folder": (lambda d: ["map", d], 1, "is a folder."),
    "pipe": (lambda d: ["map", os.mkfifo(d / "pipe") or d / "pipe"], 1, "is a pipe or a device."),
    "empty file": (lambda d: ["map", write(d, "void.csv", "")], 1, "void.csv is empty."),
    "header only": (lambda d: ["map", write(d, "h.csv", "user_id,event,timestamp\n")], 1, "h.csv"),
    "binary file": (lambda d: ["map", write(d, "b.csv", bytes(range(256)) * 40)], 1, "b.csv"),
    "damaged parquet": (
        lambda d: ["map", write(d, "p.parquet", b"PAR1" + b"x" * 99)],
        1,
        "p.parquet",
    ),
    "no customers": (lambda d: ["map", write(d, "n.csv", "a,b\n1,2\n3,4\n")], 1, "n.csv"),
    "unknown zone": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--zone", "Mars"],
        1,
        "'Mars' is not a time zone.",
    ),
    "no trod.yml": (lambda d: ["-C", d, "map"], 1, "trod.yml: no such file."),
    "no folder": (lambda d: ["-C", d / "gone", "map"], 1, "gone: no such file."),
    "bad YAML": (
        lambda d: ["-C", write(d, "trod.yml", "sources: [").parent, "check"],
        1,
        "trod.yml:1: not YAML",
    ),
    "unknown key": (
        lambda d: ["-C", write(d, "trod.yml", "sauces: []\n").parent, "check"],
        1,
        "trod.yml:1: sauces: no such key. Did you mean 'sources'?",
    ),
    "a second init": (
        lambda d: ["-C", write(d, "trod.yml", YML).parent, "init"],
        1,
        "is there already.",
    ),
    "over the raw data": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", d / "e.csv", "--format", "html"],
        1,
        "e.csv is not written: it is one of the files to read.",
    ),
    "over the raw data, by another name": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", linked(d / "e.csv", d / "m.html")],
        1,
        "m.html is not written: it is one of the files to read.",
    ),
    "over the raw data, by a symbolic link": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", symlinked(d / "e.csv", d / "m.svg")],
        1,
        "m.svg is not written: it is one of the files to read.",
    ),
    "over the raw data of a config": (
        lambda d: (
            ["map", "--config", acme(d) / "trod.yml", "--format", "svg", "--out", d / "events.csv"]
        ),
        1,
        "events.csv is not written: source 'shop' reads it (events.csv).",
    ),
    "over a config": (
        lambda d: (
            [
                "map",
                write(d, "e.csv", EVENTS),
                "--config",
                renamed(acme(d)),
                "--format",
                "json",
                "--out",
                d / "other.yml",
            ]
        ),
        1,
        "other.yml is not written: it is one of the files to read.",
    ),
    "over a source": (
        lambda d: ["-C", acme(d), "export", "touchpoints", "--out", d / "events.csv"],
        1,
        "events.csv is not written: source 'shop' reads it (events.csv).",
    ),
    "into the files of a source": (
        lambda d: (
            [
                "-C",
                acme(d, YML.replace("events.csv", "'*.csv'")),
                "export",
                "customers",
                "--out",
                d / "left.csv",
            ]
        ),
        1,
        "left.csv is not written: source 'shop' reads it (*.csv).",
    ),
    "over trod.yml": (
        lambda d: ["-C", acme(d), "map", "--format", "json", "--out", d / "trod.yml"],
        1,
        "trod.yml is not written: it defines this project.",
    ),
    "over a journey": (
        lambda d: (
            ["-C", acme(d), "export", "map", "--format", "json", "--out", journey(d / "journeys")]
        ),
        1,
        "more.yml is not written: it defines this project.",
    ),
    "into the store": (
        lambda d: ["-C", acme(d), "map", "--format", "json", "--out", store(d) / "MANIFEST"],
        1,
        "MANIFEST is not written: .trod holds what trod has read.",
    ),
    "unknown ending": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", d / "x.docx"],
        2,
        ".docx is not known. Known endings: .html, .svg, .png, .pdf, .pptx, .json, .mmd, .mermaid;",
    ),
    "unknown ending of a table": (
        lambda d: ["-C", acme(d), "export", "customers", "--out", d / "x.docx"],
        2,
        ".docx is not known. Known endings: .csv, .jsonl, .parquet;",
    ),
    "no folder to write to": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", d / "nope/x.html"],
        1,
        "nope. Make it first.",
    ),
    "no folder to export to": (
        lambda d: ["-C", acme(d), "export", "customers", "--out", d / "nope/x.csv"],
        1,
        "nope. Make it first.",
    ),
    "a folder to write to": (
        lambda d: ["map", write(d, "e.csv", EVENTS), "--out", d],
        1,
        "is a folder. Name a file in it",
    ),
    **{
        f"{command} with a column that is not there": (
            lambda d, command=command: [
                "-C",
                acme(d, YML.replace("customer: user_id", "customer: usr")),
                command,
            ],
            1,
            "trod.yml:4: sources.0.customer: no column 'usr' in events.csv. "
            "Columns: user_id, event, timestamp.",
        )
        for command in ("check", "ingest", "map")
    },
    "bad table": (lambda d: ["friction", "--table", write(d, "t.txt", "hello")], 1, ""),
    "missing table": (lambda d: ["friction", "--table", d / "gone"], 1, "gone: no such file."),
    "unknown command": (lambda d: ["mpa"], 2, "No such command 'mpa'."),
    "unknown option": (lambda d: ["map", "--oot", "x"], 2, "--oot"),
    "unknown unit": (lambda d: ["map", "--unit", "team"], 2, "team"),
    "a reading without a table": (lambda d: ["friction", "--reading", "counts"], 2, "--table"),
    "after and before": (lambda d: ["paths", "--after", "a", "--before", "b"], 2, "Keep one"),
    "no steps": (lambda d: ["funnel"], 2, "TOUCHPOINT"),
    "too few customers": (lambda d: ["demo", "--customers", "3"], 2, "100"),
}


def content(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder, without the store, which commands fill."""
    files = [f for f in folder.rglob("*") if f.is_file() and ".trod" not in f.parts]
    return {str(file): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_one_clear_message(tmp_path: Path, name: str):
    make, code, says = MISTAKES[name]
    arguments = make(tmp_path)
    before = content(tmp_path)
    done = trod(*arguments)
    assert content(tmp_path) == before
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert done.stderr.count("Error:") == 1
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


ASKED_WRONGLY: dict[str, tuple[list[str], int, str]] = {
    "unknown touchpoint": (
        ["funnel", "conect_data_source"],
        1,
        "unknown touchpoint 'conect_data_source': did you mean 'connect_data_source'?",
    ),
    "unknown anchor": (["paths", "--after", "nothing"], 1, "unknown touchpoint 'nothing'"),
    "bad window": (
        ["funnel", "first_dashboard", "--within", "soon"],
        2,
        "'soon' is not a duration.",
    ),
    "unknown customer": (["customer", "nobody"], 1, "nobody has the id 'nobody'"),
    "unknown journey": (["map", "--journey", "Sale"], 1, "unknown journey 'Sale'"),
    "bad key": (["export", "customers", "--where", "gone:Onboard"], 1, "gone:Onboard"),
    "unknown stage": (["export", "customers", "--where", "left:Onbord"], 1, "Onboard"),
    "writing SQL": (["sql", "DROP VIEW journeys"], 1, "the workspace is only read."),
    "broken SQL": (["sql", "SELECT FROM WHERE"], 1, "syntax error"),
    "unknown column": (["sql", "SELECT tuchpoint FROM journeys"], 1, "touchpoint"),
    "a table as picture": (["export", "customers", "--format", "png"], 2, "not png"),
    "a map as table": (["export", "map", "--format", "csv"], 2, "not csv"),
}


@pytest.mark.parametrize("name", ASKED_WRONGLY)
def test_a_wrong_question_gets_one_clear_message(tallyfern: Known, name: str):
    arguments, code, says = ASKED_WRONGLY[name]
    done = trod("-C", tallyfern.folder, *arguments)
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert done.stderr.count("Error:") == 1
    assert "Traceback" not in done.output
    assert not done.stdout


# --- the world outside ----------------------------------------------------------------------------


def run(*arguments: object, blocks: int | None = None) -> subprocess.Popen[str]:
    """Run trod in a process of its own, in which no file grows beyond blocks of 512 bytes."""
    limit = "" if blocks is None else f"ulimit -f {blocks}; "
    command = [sys.executable, "-m", "trod", *map(str, arguments)]
    return subprocess.Popen(
        ["sh", "-c", f'{limit}exec "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_reader_who_has_seen_enough_is_no_fault(tallyfern: Known):
    with run("-C", tallyfern.folder, "export", "touchpoints") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("row,source,time")
        process.stdout.close()
        assert "Error" not in process.stderr.read()
        assert process.wait(60) == 0


def test_R3_a_full_disk_leaves_the_workspace_as_it_was(shop: Path):
    trod("-C", shop, "ingest")
    before = trod("-C", shop, "map", "--json").stdout
    more = "".join(f"x{i},visit,2026-03-02T09:00:00Z\n" for i in range(60_000))
    write(shop, "events.csv", EVENTS + more)
    with run("-C", shop, "ingest", blocks=400) as process:
        _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert "Error:" in said
    assert trod("-C", shop, "map", "--json").stdout == before


def test_R3_a_map_that_cannot_be_written_leaves_the_old_one(shop: Path):
    trod("-C", shop, "map", "--out", shop / "map.html")
    before = (shop / "map.html").read_bytes()
    with run("-C", shop, "map", "--out", shop / "map.html", blocks=200) as process:
        _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert (shop / "map.html").read_bytes() == before
    assert [file.name for file in shop.iterdir() if file.name.endswith(".new")] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_named(tmp_path: Path):
    tmp_path.chmod(0o500)
    done = trod("demo", "--out", tmp_path / "x", "--customers", 100, "--no-open")
    tmp_path.chmod(0o700)
    assert done.exit_code == 1
    assert "no permission" in done.stderr


def test_R1_after_ctrl_c_the_same_folder_can_be_used(tmp_path: Path):
    out = tmp_path / "company"
    with run("demo", "--out", out, "--customers", 6000, "--no-open") as process:
        assert process.stderr is not None
        while "Inventing a company" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) == 130
    assert "Stopped." in said
    assert "Traceback" not in said
    done = trod("demo", "--out", out, "--customers", 100, "--no-open", "--json")
    assert done.exit_code == 0, done.stderr
    company(tmp_path / "fresh", customers=100)
    fresh = Workspace.open(tmp_path / "fresh")
    fresh.ingest()
    assert trod("-C", out, "map", "--json").stdout == fresh.map().to_json()


def test_demo_does_not_write_over_a_workspace_of_yours(shop: Path):
    done = trod("demo", "--out", shop, "--customers", 100, "--no-open")
    assert done.exit_code == 1
    assert "is a workspace of yours" in done.stderr
    assert (shop / "trod.yml").read_text() == YML


def test_the_version_is_said():
    assert trod("--version").stdout.startswith("trod 0.")


def test_R8_rows_in_quarantine_are_listed_and_replayed_after_a_fix(shop: Path):
    with (shop / "events.csv").open("a") as file:
        file.write("c1,buy,03.10.2026\n,buy,2026-03-09T09:00:00Z\n")
    trod("-C", shop, "ingest")
    said = trod("-C", shop, "quarantine").stdout
    assert "time_unreadable" in said
    assert "events.csv:108" in said
    assert "c1,buy,03.10.2026" in said
    told = json.loads(trod("-C", shop, "quarantine", "--reason", "no_id", "--json").stdout)
    assert [(each["code"], each["n"], each["line"]) for each in told["reasons"]] == [
        ("no_id", 1, 109)
    ]
    assert told["rows"][0]["original"] == ",buy,2026-03-09T09:00:00Z"
    formats = '{column: timestamp, format: ["%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y"]}'
    (shop / "trod.yml").write_text(YML.replace("time: timestamp", f"time: {formats}"))
    done = trod("-C", shop, "replay")
    assert done.stdout.splitlines()[1].split() == ["shop", "2", "1", "0", "1", "0"]
    assert "Left in quarantine: 1 row." in done.stdout
    chosen = trod("-C", shop, "replay", "--reason", "no_id").stdout
    assert "Left in quarantine: 1 row of those chosen, 1 in all." in chosen
    again = trod("-C", shop, "ingest", "--json")
    (source,) = json.loads(again.stdout)["sources"]
    assert (source["stored"], source["duplicate"], source["quarantined"]) == (0, 107, {"no_id": 1})
    assert source["files"][0]["file"] == "events.csv"
