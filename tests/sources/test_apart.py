"""A reader in a process of its own: whatever becomes of it is told in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from trod.errors import DataError
from trod.sources.apart import asked_apart

NAME = "reader_for_a_test"
HEAD = "import os, signal, sys, time\nfrom trod.errors import DataError\n"
ANSWER = "\nfrom trod.sources.apart import answer\nanswer(reading)\n"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK")

    def ask(body: str, **how: Any) -> object:
        (tmp_path / f"{NAME}.py").write_text(f"{HEAD}def reading(asked):\n    {body}{ANSWER}")
        return asked_apart(NAME, file, {"n": 1}, **how)

    return ask


def test_what_is_printed_is_no_part_of_the_answer(asked):
    assert asked("print('hello'); return [asked['n'], 'ä']") == [1, "ä"]
    assert asked("return None") is None


def test_a_problem_is_told_as_it_was_told_there(asked):
    with pytest.raises(DataError, match=r"^no such sheet\.$"):
        asked("raise DataError('no such sheet.')")


def test_a_reader_that_is_killed_does_not_read_like_one_that_cannot_start(asked):
    with pytest.raises(DataError, match=r"a\.xlsx: .* was ended by SIGKILL\. Save"):
        asked("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(
        DataError, match=r"with code 1 \(ModuleNotFoundError: No module named 'nox'"
    ):
        asked("import nox")


def test_a_reader_that_ends_without_an_answer_is_told_so(asked):
    with pytest.raises(DataError, match=r"a\.xlsx: .* without an answer"):
        asked("sys.exit(0)")


def test_a_reader_that_never_ends_is_ended(asked):
    with pytest.raises(DataError, match=r"a\.xlsx: .* took longer than 2 s and was ended"):
        asked("time.sleep(60)", patience_s=2)


def test_a_workbook_is_read_where_the_machine_gives_less_memory_than_we_would(tmp_path: Path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as out:
        sheet = out.add_worksheet()
        sheet.write_row(0, 0, ["who", "at"])
        sheet.write_row(1, 0, ["ann", "2025-01-01"])
    told = subprocess.run(
        [sys.executable, "-c", SMALL, tmp_path / "a.xlsx", tmp_path / "rows.jsonl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.stdout, told.stderr) == ("('who', 'at')\n", "")


SMALL = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, 400 << 20))
from trod.sources.sheet import sheet_rows
from trod.sources.spec import FileOptions
print(sheet_rows(Path(sys.argv[1]), FileOptions.model_validate({}), Path(sys.argv[2])).names)
"""
