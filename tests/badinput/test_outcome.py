"""What a file takes is measured, also where another process reads it."""

import subprocess
import sys

from tests.badinput.bad_sheets import sheets
from tests.badinput.outcome import MOST_OF_CHILD, MOST_WRITTEN, Outcome, complaint, measured

TAKES = "import sys; held = b'x' * {0}; sys.stderr.write('x' * 3_000_000)"


def test_memory_and_bytes_of_a_process_that_has_ended_are_measured():
    figures: dict[str, float] = {}
    much = MOST_OF_CHILD + (64 << 20)
    with measured(figures):
        subprocess.run(
            [sys.executable, "-c", TAKES.format(much)], stderr=subprocess.DEVNULL, check=True
        )
    assert figures["child"] > much
    assert 3_000_000 <= figures["written"] < 4_000_000


def test_what_takes_too_much_is_no_outcome():
    bad = next(sheets())
    said = f"{bad.name}: damaged."
    assert complaint(bad, Outcome(refused=said)) == ""
    assert "640 MB" in complaint(bad, Outcome(refused=said, child=MOST_OF_CHILD + 1))
    assert "320 MB" in complaint(bad, Outcome(refused=said, written=MOST_WRITTEN + 1))
