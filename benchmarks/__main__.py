"""Run Trod and its peers in turn on the same files, and keep the results.

    python -m benchmarks --peers PYTHON [--millions 1 10] [--engines trod duckdb ...]
    python -m benchmarks --full-path [--millions 1 10]
    python -m benchmarks --scores [--millions 10]
    python -m benchmarks --loop [--seeds 31 32 33]

The second form measures only the way from raw files to a store in order (`full_path.py`), and
what a delivery adds; the third, fitting and scoring (`scores.py`). No peer does that.
The fourth asks whether the queue learns (`closed_loop.py`): twelve months of an invented company,
beside the same contacts by risk and by lot. It takes an hour of two cores.

Every engine runs in a process of its own; no two run at once. Results go to
benchmarks/results/VERSION.json with the facts of the machine, and as a table to the terminal.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.agree import same
from benchmarks.loop_report import REPORTED, campaign, print_loop
from benchmarks.report import print_all, steps
from trod import __version__

ENGINES = ("trod", "duckdb", "polars", "pandas", "retentioneering")
CACHE = Path(".cache/bench")
# What an engine was seen to take at 10 million, so that a smaller machine is not driven to swap.
NEEDS_GB_AT_10M = {"trod": 3, "duckdb": 2, "polars": 3, "pandas": 3, "retentioneering": 6}
PATIENCE_S = 900


def machine() -> dict[str, Any]:
    """What a reader must know to compare; `busy` is the load before the run."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return {
        "date": date.today().isoformat(),
        "processor": models[0] if models else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "busy": round(os.getloadavg()[0], 1),
    }


def free_gb() -> float:
    """Memory that can be had without swapping."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable"):
            return int(line.split()[1]) / 1e6
    return 0.0


def call(python: str, *arguments: str, **environment: str) -> str:
    """Run one module in a process of its own."""
    done = subprocess.run(
        [python, "-m", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        timeout=PATIENCE_S,
        text=True,
        check=True,
    )
    return done.stdout


def data(n_events: int) -> Path:
    """Give the file of this size, written on first use."""
    path = CACHE / f"{n_events}.parquet"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        call(sys.executable, "benchmarks.data", f"{path}.part", str(n_events))
        Path(f"{path}.part").rename(path)
    return path


def measure(python: str, engine: str, n_events: int) -> dict[str, Any]:
    """Measure one engine."""
    path = str(data(n_events))
    result: dict[str, Any] = json.loads(call(python, "benchmarks.measure", f"with_{engine}", path))
    return result


def first_use() -> dict[str, float]:
    """Seconds of the first call of every question, without and with compiled loops on disk."""
    path = str(data(10_000))
    taken = []
    with tempfile.TemporaryDirectory() as cache:
        for _ in range(2):
            text = call(
                sys.executable, "benchmarks.measure", "with_trod", path, NUMBA_CACHE_DIR=cache
            )
            out = json.loads(text)
            firsts = [asked["seconds"][0] for asked in out["questions"].values()]
            taken.append(out["import_s"] + sum(firsts))
    return {"new_installation": taken[0], "later_process": taken[1]}


def full_paths(sizes: Sequence[float], console: Console) -> dict[str, Any]:
    """Measure the way from raw files to a store in order, and print it."""
    found: dict[str, Any] = {"machine": machine(), "sizes": {}}
    for millions in sizes:
        n_events = int(millions * 1_000_000)
        kinds: dict[str, Any] = {}
        for kind in ("parquet", "csv", "jsonl"):
            console.log(f"full path from {kind}, {n_events:,} touchpoints")
            path = str(data(n_events))
            text = call(sys.executable, "benchmarks.full_path", path, kind, str(CACHE))
            kinds[kind] = json.loads(text)
        found["sizes"][str(n_events)] = kinds
        console.print(steps(n_events, kinds))
    return found


def scores(sizes: Sequence[float], console: Console) -> dict[str, Any]:
    """Measure fitting and scoring at the largest size, and print it."""
    n_events = int(max(sizes) * 1_000_000)
    data(200_000)
    console.log(f"scores, {n_events:,} touchpoints")
    taken = json.loads(call(sys.executable, "benchmarks.scores", str(data(n_events))))
    for name, took in taken.items():
        passed = f"{took['seconds']:.3g} s, processor {took['processor_s']:.3g} s"
        console.print(f"{name}: {passed}, peak {took['peak_mb']:,} MB, load {took['busy']}")
    return {"machine": machine(), "sizes": {str(n_events): taken}}


def keep(file: Path, found: dict[str, Any]) -> None:
    """Keep results beside those that were not measured this time."""
    before = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(before | found, indent=1) + "\n")


def check(results: dict[str, dict[str, Any]]) -> None:
    """Stop where two engines disagree, and take the answers out of what is kept."""
    for question in {q for result in results.values() for q in result["questions"]}:
        answers = {
            engine: result["questions"][question].pop("answer")
            for engine, result in results.items()
            if question in result["questions"]
        }
        reference = next(iter(answers.values()))
        if wrong := [e for e, a in answers.items() if not same(question, reference, a)]:
            raise SystemExit(f"{question}: {', '.join(wrong)} and {next(iter(answers))} disagree.")


def main() -> None:
    """Run everything and keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--peers", help="Python that has the peers installed")
    parser.add_argument("--full-path", action="store_true", help="only the way into a store")
    parser.add_argument("--scores", action="store_true", help="only fitting and scoring")
    parser.add_argument("--loop", action="store_true", help="only whether the queue learns")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(REPORTED))
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    asked = parser.parse_args()
    console = Console(width=200)
    kept = Path(__file__).parent / "results" / f"{__version__}.json"
    if asked.full_path:
        keep(kept, {"full_path": full_paths(asked.millions, console)})
        return
    if asked.scores:
        keep(kept, {"scores": scores(asked.millions, console)})
        return
    if asked.loop:
        found = campaign(asked.seeds)
        print_loop(console, found)
        keep(kept, {"loop": {"machine": machine(), "runs": found}})
        return
    if not asked.peers:
        parser.error("--peers names the Python of the peers; --full-path and --scores need none")
    run: dict[str, Any] = {"version": __version__, "machine": machine()}
    run |= {"sizes": {}, "left_out": {}, "first_use_s": first_use()}
    for millions in asked.millions:
        n_events = int(millions * 1_000_000)
        results = run["sizes"][str(n_events)] = {}
        left_out = run["left_out"][str(n_events)] = {}
        for engine in asked.engines:
            need = NEEDS_GB_AT_10M[engine] * millions / 10
            if free_gb() < need:
                left_out[engine] = f"needs about {need:.0f} GB, {free_gb():.0f} GB are free"
                continue
            console.log(f"{engine}, {n_events:,} touchpoints")
            python = sys.executable if engine == "trod" else asked.peers
            results[engine] = measure(python, engine, n_events)
        check(results)
    print_all(console, run)
    if asked.engines == list(ENGINES):
        more = {"full_path": full_paths(asked.millions, console)}
        keep(kept, run | more | {"scores": scores(asked.millions, console)})


if __name__ == "__main__":
    main()
