"""A mistake gets one clear message, and changes nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.shop import EVENTS, YML, write
from tests.app.terminal import trod
from tests.company import Known
from trod.workspace import Workspace


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


def playbook(folder: Path) -> Path:
    folder.mkdir()
    play = "name: Call\ntrigger: {stage: Look}\nsteps: [{do: Call}]\nminutes: 5\n"
    return write(folder, "call.yml", f"{play}success: {{reaches: Buy, within: 9d}}\n")


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
    "over a playbook": (
        lambda d: (["-C", acme(d), "map", "--format", "json", "--out", playbook(d / "playbooks")]),
        1,
        "call.yml is not written: it defines this project.",
    ),
    "over the spend": (
        lambda d: [
            *("-C", acme(d, YML + "insights: {attribution: {costs: spend.csv}}\n"), "map"),
            *("--format", "json", "--out", write(d, "spend.csv", "channel,cost\nweb,1\n")),
        ],
        1,
        "spend.csv is not written: attribution reads it (spend.csv).",
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_named(tmp_path: Path):
    tmp_path.chmod(0o500)
    done = trod("demo", "--out", tmp_path / "x", "--customers", 100, "--no-open")
    tmp_path.chmod(0o700)
    assert done.exit_code == 1
    assert "no permission" in done.stderr
