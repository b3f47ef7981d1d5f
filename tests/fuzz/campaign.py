"""`make fuzz`: each reader fuzzed by atheris for a while, and how often it was run.

    python -m tests.fuzz.campaign SECONDS           all readers, each in a process of its own
    python -m tests.fuzz.campaign READER FOLDER ... one of them, as libFuzzer is asked

What was found interesting is kept in `.cache/fuzz/`, and so is what a reader failed on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

KEPT = Path(".cache/fuzz")
SEED_BYTES = 3_000
MEMORY_MB = 4_096
FAMILIES = {
    "dialect": ("csv",),
    "cutting": ("csv",),
    "elements": ("json",),
    "xes": ("xes",),
    "times": ("times",),
    "file": ("csv", "json", "xes", "parquet", "compressed", "encodings"),
}


def fuzz(reader: str) -> None:
    """Run one reader for as long as libFuzzer is told to."""
    import atheris

    import trod._kernels.cut
    import trod._kernels.elements  # noqa: F401  what is compiled cannot be followed

    with atheris.instrument_imports(include=["trod"]):
        from tests.fuzz.readers import READERS
    atheris.Setup([sys.argv[0], *sys.argv[2:]], READERS[reader])
    atheris.Fuzz()


def seed(reader: str, folder: Path) -> None:
    """Put small files of the corpus of bad files where a campaign begins."""
    from tests.badinput.corpus import corpus

    folder.mkdir(parents=True, exist_ok=True)
    lead = {"cutting": b"\0\x20\x02\xff", "file": b"\0"}.get(reader, b"")
    for bad in corpus():
        mine = bad.family.startswith(FAMILIES[reader]) and not callable(bad.content)
        if mine and len(content := bad.bytes()) <= SEED_BYTES:
            (folder / bad.name).write_bytes(lead + content)


def campaign(seconds: int) -> int:
    """Run all readers one after the other; print how often, and whether one failed."""
    failed = False
    print("| reader | executions | outcome |\n|---|---|---|", flush=True)
    for reader in FAMILIES:
        folder = KEPT / reader
        seed(reader, folder)
        command = [sys.executable, "-m", "tests.fuzz.campaign", reader, str(folder)]
        command += [f"-max_total_time={seconds}", "-print_final_stats=1", "-max_len=4096"]
        command += [
            f"-rss_limit_mb={MEMORY_MB}",
            "-timeout=20",
            f"-artifact_prefix={KEPT}/{reader}-",
        ]
        told = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        )
        counted = re.search(r"number_of_executed_units: (\d+)", told.stderr)
        n = f"{int(counted[1]):,}" if counted else "?"
        print(f"| {reader} | {n} | {'failed' if told.returncode else 'held'} |", flush=True)
        if told.returncode:
            failed = True
            print(
                told.stderr.partition("=== Uncaught")[2][:3_000] or told.stderr[-3_000:], flush=True
            )
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1].isdecimal():
        sys.exit(campaign(int(sys.argv[1])))
    fuzz(sys.argv[1])
