"""Bad files end as rows and quarantined rows, or as one refusal in words; never otherwise."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.badinput.badfile import WARMING, BadFile
from tests.badinput.bombs import bombs
from tests.badinput.corpus import corpus
from tests.badinput.outcome import Outcome, complaint, outcome, write
from tests.badinput.table import table

ROOT = Path(__file__).parents[2]
EVERY = 13  # of the corpus is read each time; all of it by `make slow`
QUICK_BOMBS = (
    "bomb-columns-10000.csv",
    "bomb-lists-100000.jsonl",
    "bomb-objects-100000.jsonl",
    "bomb-footer.parquet",
    "bomb-page.parquet",
)
SECONDS = 60


class Child:
    """A process that reads bombs one after the other; a new one where one has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def read(self, bomb: BadFile) -> Outcome:
        """Have a bomb read; a process that dies or hangs is told as a crash."""
        if self._process is None:
            command = [sys.executable, "-X", "faulthandler", "-m", "tests.badinput.worker"]
            self._process = subprocess.Popen(
                command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin
        assert process.stdout
        with tempfile.TemporaryDirectory() as folder:
            write(bomb, Path(folder))
            process.stdin.write(folder + "\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], SECONDS)
            line = process.stdout.readline() if ready else ""
        if line:
            return Outcome(**json.loads(line))
        why = f"nothing said within {SECONDS} s" if not ready else f"ended: {process.wait()}"
        self.close()
        return Outcome(crashed=why)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child()
    yield one
    one.close()


def read_all(files: Sequence[BadFile], folder: Path) -> list[tuple[BadFile, Outcome]]:
    found = []
    for i, bad in enumerate(files):
        own = folder / str(i)
        own.mkdir()
        found.append((bad, outcome(bad, own)))
    return found


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory):
    """Read good files first: what is compiled and loaded once is no growth."""
    for good in WARMING:
        told = outcome(good, tmp_path_factory.mktemp("good"))
        assert (told.crashed, told.refused, told.stored) == ("", "", 20)


def complaints(found: Sequence[tuple[BadFile, Outcome]]) -> list[str]:
    said = ((bad, complaint(bad, told)) for bad, told in found)
    return [f"{bad.family}, {bad.name} ({bad.wrong}): {why}" for bad, why in said if why]


def test_R14_every_row_of_a_bad_file_is_accounted_for_or_the_file_refused_in_words(tmp_path):
    some = [bad for bad in corpus()[::EVERY] if not callable(bad.content)]

    assert complaints(read_all(some, tmp_path)) == []
    assert len(some) > 80


def test_R15_files_that_ask_for_too_much_are_refused_in_words(child):
    chosen = [bomb for bomb in bombs() if bomb.name in QUICK_BOMBS]

    assert complaints([(bomb, child.read(bomb)) for bomb in chosen]) == []
    assert len(chosen) == len(QUICK_BOMBS)


@pytest.mark.slow
def test_R14_R15_all_bad_files_and_bombs_with_the_table_of_outcomes(tmp_path, child, capsys):
    files = corpus()
    found = read_all(files, tmp_path)
    found += [(bomb, child.read(bomb)) for bomb in bombs()]
    with capsys.disabled():
        print("\n" + table(found))

    assert complaints(found) == []
    assert len({bad.name for bad, _ in found}) == len(found) >= 500


def test_the_corpus_is_the_same_each_time_and_has_no_name_twice():
    once, again = corpus(), corpus()

    assert [(b.name, b.bytes()) for b in once[::40]] == [(b.name, b.bytes()) for b in again[::40]]
    assert len({bad.name for bad in once}) == len(once) >= 500
