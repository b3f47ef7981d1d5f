"""A process that reads bombs, so that one of them takes down nothing but this process.

It takes a folder with a trod.yml on each line of its input, and gives the outcome as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.badinput.badfile import WARMING
from tests.badinput.outcome import ingested, memory, outcome

MOST_ADDRESSES = 4 << 30
"""Bytes of address space beyond those of a process that has read good files."""


def main() -> None:
    """Read bombs until the input ends."""
    for good in WARMING:  # what is compiled and loaded once is no growth
        with tempfile.TemporaryDirectory() as folder:
            outcome(good, Path(folder))
    limit = memory("VmSize") + MOST_ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for line in sys.stdin:
        print(json.dumps(asdict(ingested(Path(line.rstrip("\n"))))), flush=True)


if __name__ == "__main__":
    main()
