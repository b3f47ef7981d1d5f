"""`trod ingest` killed at random moments, started again: every row is there once."""

import os
import sys
from pathlib import Path

import pytest

from tests._store.kill import Told, run

SLOW = pytest.mark.slow


def held(told: Told) -> None:
    assert (told.lost, told.doubled, told.damaged) == (0, 0, 0)
    assert told.same_map


def test_R1_R2_three_kills_lose_and_double_no_row(tmp_path):
    told = run(tmp_path, cycles=3, rows=40, seed=3)
    held(told)
    assert told.killed >= 1


@SLOW
def test_R1_R2_two_hundred_kills_lose_and_double_no_row(tmp_path):
    told = run(tmp_path, cycles=200, rows=2000, seed=int.from_bytes(os.urandom(2), "big"))
    sys.stdout.write(f"{told}\n")
    held(told)
    assert told.killed >= 80
    assert told.told_kept > told.rows // 2
    assert Path(tmp_path / "killed" / ".trod" / "MANIFEST").exists()
