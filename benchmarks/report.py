"""The table `make bench` prints: seconds, ratios, memory, and the targets."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

TARGETS_10M_S = {
    "load and sort": 3.0,
    "transitions": 0.015,
    "edge times": 0.1,
    "step matrix": 0.015,
    "funnel": 0.015,
    "funnel in 7 days": 0.015,
    "variants": 0.1,
    "features": 0.05,
    "whole map": 1.5,
}
FULL_PATH_10M_S = {"parquet": 12.0, "csv": 20.0, "jsonl": 20.0}
ALLOWED = 1.5


def steady(measured: dict[str, Any]) -> list[float]:
    """Seconds of the calls after the first, which may have compiled or filled a cache."""
    seconds: list[float] = measured["seconds"]
    return sorted(seconds[1:] or seconds)


def shown(seconds: float) -> str:
    """Three figures, in the unit that suits."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def table(size: int, results: dict[str, dict[str, Any]]) -> Table:
    """Questions down, engines across: min and median, and how many times Trod's minimum."""
    out = Table(title=f"{size:,} touchpoints: fastest call (median), times Trod's fastest")
    out.add_column("question")
    out.add_column("target")
    for result in results.values():
        out.add_column(result["engine"], justify="right")
    ours = results.get("trod", {"questions": {}})["questions"]
    names = list(dict.fromkeys(q for r in results.values() for q in r["questions"]))
    for name in names:
        target = TARGETS_10M_S.get(name) if size == 10_000_000 else None
        row = [name, shown(target) if target else ""]
        for engine, result in results.items():
            measured = result["questions"].get(name)
            if measured is None:
                row.append("")
                continue
            times = steady(measured)
            text = f"{shown(times[0])} ({shown(times[len(times) // 2])})"
            if engine == "trod":
                late = target is not None and times[0] > ALLOWED * target
                text = f"[red]{text}[/red]" if late else f"[green]{text}[/green]"
            elif name in ours:
                text += f" ×{times[0] / steady(ours[name])[0]:.3g}"
            row.append(text)
        out.add_row(*row)
    out.add_row("peak memory", "", *(f"{result['peak_mb']:,} MB" for result in results.values()))
    return out


def steps(size: int, kinds: dict[str, dict[str, Any]]) -> Table:
    """The steps of the full path: seconds that passed, and of the processor."""
    out = Table(title=f"{size:,} touchpoints: raw file to a store in order, and deliveries to it")
    for name in ("step", "passed", "processor", "peak memory", "load"):
        out.add_column(name, justify="left" if name == "step" else "right")
    for kind, found in kinds.items():
        for name, took in found["steps"].items():
            times = shown(took["seconds"]), shown(took["processor_s"])
            out.add_row(name, *times, f"{took['peak_mb']:,} MB", str(took["busy"]))
        whole = [took for name, took in found["steps"].items() if name.startswith(f"{kind}: ")]
        target = f", target {FULL_PATH_10M_S[kind]:g} s" if size == 10_000_000 else ""
        sums = [shown(sum(took[key] for took in whole)) for key in ("seconds", "processor_s")]
        out.add_row(f"{kind}: whole path{target}", *sums, "", "", style="bold")
    return out


def missed(size: int, results: dict[str, dict[str, Any]]) -> list[str]:
    """Questions on which Trod takes more than 1.5 times its target."""
    if size != 10_000_000 or "trod" not in results:
        return []
    asked = results["trod"]["questions"]
    return [
        f"{name}: {shown(steady(asked[name])[0])}, target {shown(target)}"
        for name, target in TARGETS_10M_S.items()
        if name in asked and steady(asked[name])[0] > ALLOWED * target
    ]


def print_all(console: Console, run: dict[str, Any]) -> None:
    """Print a run as it is kept in the results."""
    for size, results in run["sizes"].items():
        console.print(table(int(size), results))
        for engine, why in run["left_out"].get(size, {}).items():
            console.print(f"{engine} left out at {int(size):,}: {why}")
        for line in missed(int(size), results):
            console.print(f"[red]misses its target by more than {ALLOWED} times:[/red] {line}")
    first = run["first_use_s"]
    console.print(
        f"First use in a new installation, compiling every loop these questions need: "
        f"{shown(first['new_installation'])}; in a later process, from the cache: "
        f"{shown(first['later_process'])} (the answers themselves included, 10,000 touchpoints)."
    )
    console.print(
        "Answers agree (Retentioneering's median is interpolated and not compared). "
        "Memory is the most a process held, mapped files included."
    )
    if run["machine"]["busy"] > 1:
        console.print(f"[red]The machine was busy (load {run['machine']['busy']}).[/red]")
