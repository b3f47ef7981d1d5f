"""What the help says is true."""

import shlex
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from tests.app.shop import EVENTS, YML
from tests.app.terminal import run, trod
from tests.company import copied
from trod.app.cli import app

ELSEWHERE = "doctor events.csv crm.parquet"  # takes seconds: tests/test_doctor.py runs it


def examples() -> list[str]:
    """Give the commands that stand in the help, as a terminal would run them in a workspace."""
    docs = [command.callback.__doc__ or "" for command in app.registered_commands]
    lines = [line.strip() for doc in docs for line in doc.splitlines()]
    return [line.removeprefix("$ trod ") for line in lines if line.startswith("$ trod ")]


@pytest.mark.parametrize("named", [True, False], ids=["of acme", "of the demo"])
def test_the_examples_of_the_help_can_be_run_on_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI", "yes")
    if named:
        shop(tmp_path / "there")
    else:
        copied(tmp_path / "there", 400)
    (tmp_path / "exports").mkdir()
    for name in ("events", "exports/events"):
        Path(f"{name}.csv").write_text(EVENTS)
        pq.write_table(csv.read_csv(f"{name}.csv"), f"{name}.parquet")
    told = examples()
    assert len(told) >= len(app.registered_commands)
    assert ELSEWHERE in told
    for at, line in enumerate(told):
        if ("acme" in line) != named or line == ELSEWHERE:
            continue
        words = shlex.split(
            line.replace("/*", "/events").replace("crm", "events").replace("5000", "100")
        )
        if words[0] == "-C":
            words[1] = str(tmp_path / (f"fresh{at}" if words[2] == "init" else "there"))
        if "acme" not in line and "events." not in " ".join(words):
            words = ["-C", "there", *words]
        code, said = followed(words) if "--watch" in words else ended(words)
        assert code == 0, f"{line}: {said}"


def shop(folder: Path) -> None:
    """Make a workspace in which a row has no time."""
    folder.mkdir()
    (folder / "events.csv").write_text(EVENTS + "c1,buy,soon\n")
    (folder / "trod.yml").write_text(YML)
    assert trod("-C", folder, "ingest").exit_code == 0


def ended(words: list[str]) -> tuple[int, str]:
    done = trod(*words)
    return done.exit_code, done.stderr


def followed(words: list[str]) -> tuple[int, str]:
    """Let a command that goes on until Ctrl-C begin, and end it."""
    with run(*words) as process:
        assert process.stderr is not None
        began = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    return process.returncode, began + said


def test_the_version_is_said():
    assert trod("--version").stdout.startswith("trod 0.")
