"""Measure one engine on one file, in a process of its own, and print JSON.

    python -m benchmarks.measure ENGINE FILE [QUESTION...]

The first call of each question is kept apart from the rest: it may compile, import or fill a cache.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPEATS = 5
BUDGET_S = 12.0


def peak_mb() -> int:
    """Most memory this process ever held, as the kernel counts it (mapped files included)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def timed(ask: Callable[[], Any]) -> tuple[Any, list[float]]:
    """Call a few times, fewer where it is slow; give the last answer and the seconds of each."""
    seconds: list[float] = []
    answer: Any = None
    while len(seconds) <= REPEATS and (len(seconds) < 2 or sum(seconds) < BUDGET_S):
        answer = None
        gc.collect()
        before = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - before)
    return answer, seconds


def main(engine_name: str, file: str, *only: str) -> None:
    """Load, ask every question, and print what was found."""
    before = time.perf_counter()
    engine = importlib.import_module(f"benchmarks.peers.{engine_name}")
    imported = time.perf_counter() - before
    path = Path(file)
    if hasattr(engine, "prepare"):
        engine.prepare(path)
    data, load_seconds = timed(lambda: engine.load(path))
    out: dict[str, Any] = {
        "engine": engine.TITLE,
        "import_s": imported,
        "questions": {"load and sort": {"seconds": load_seconds, "answer": engine.size(data)}},
        "load_peak_mb": peak_mb(),
    }
    for question, (ask, show) in engine.QUESTIONS.items():
        if only and question not in only:
            continue
        answer, seconds = timed(lambda ask=ask: ask(data))
        out["questions"][question] = {"seconds": seconds, "answer": show(answer)}
    out["peak_mb"] = peak_mb()
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
