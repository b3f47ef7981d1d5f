"""What a file takes is measured, also where another process reads it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.badinput.bad_sheets import sheets
from tests.badinput.outcome import MOST_OF_CHILD, MOST_WRITTEN, Outcome, complaint

ROOT = Path(__file__).parents[2]
TAKES = "import sys; held = b'x' * {0}; sys.stderr.write('x' * 3_000_000)"
MEASURES = """
import json, subprocess, sys
from tests.badinput.outcome import measured
figures = {}
with measured(figures):
    subprocess.run([sys.executable, "-c", sys.argv[1]], stderr=subprocess.DEVNULL, check=True)
print(json.dumps(figures))
"""


def test_memory_and_bytes_of_a_process_that_has_ended_are_measured():
    """In a process of its own: of all that a process began, only the largest is known."""
    much = MOST_OF_CHILD + (64 << 20)
    command = [sys.executable, "-c", MEASURES, TAKES.format(much)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["child"] > much
    assert 3_000_000 <= figures["written"] < 4_000_000


def test_what_takes_too_much_is_no_outcome():
    bad = next(sheets())
    said = f"{bad.name}: damaged."
    assert complaint(bad, Outcome(refused=said)) == ""
    assert "640 MB" in complaint(bad, Outcome(refused=said, child=MOST_OF_CHILD + 1))
    assert "320 MB" in complaint(bad, Outcome(refused=said, written=MOST_WRITTEN + 1))
