"""`trod map` on a bad file ends with a map or with words, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.badinput.badfile import BadFile
from tests.badinput.corpus import corpus

EVERY = 400
SECONDS = 60


def mapped(bad: BadFile, folder: Path) -> str:
    """Have a file mapped; say what is wrong with how that ended."""
    (folder / bad.name).write_bytes(bad.bytes())
    command = [sys.executable, "-m", "trod", "map", bad.name, "--out", "map.html"]
    told = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if "Traceback" in told.stderr + told.stdout:
        return told.stderr[-1500:]
    if told.returncode == 0:
        return "" if (folder / "map.html").exists() else "it wrote no map"
    if told.returncode not in (1, 2):
        return f"it ended with {told.returncode}: {told.stderr[-300:]}"
    return "" if told.stderr.strip() else "it failed without a word"


def complaints(files: Sequence[BadFile], folder: Path) -> list[str]:
    found = []
    for i, bad in enumerate(files):
        own = folder / str(i)
        own.mkdir()
        if said := mapped(bad, own):
            found.append(f"{bad.name} ({bad.wrong}): {said}")
    return found


def test_R14_a_map_of_a_bad_file_is_a_map_or_words(tmp_path):
    some = corpus()[::EVERY]

    assert complaints(some, tmp_path) == []
    assert len(some) >= 3


@pytest.mark.slow
def test_R14_a_map_of_every_bad_file_is_a_map_or_words(tmp_path):
    assert complaints(corpus(), tmp_path) == []
