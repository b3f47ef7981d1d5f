"""What the policies of `closed_loop` brought over seeds, each beside doing nothing.

The interval is Student's, over seeds: accounts of one company share their months.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

POLICIES: Final = ("random", "risk", "trod", "best")
REPORTED: Final = tuple(range(31, 41))
"""Nothing was set on these: 1 to 4 were for trying, 11 to 15 and 21 to 25 are earlier reports."""
Runs = Mapping[str, Sequence[Mapping[str, Any]]]  # of each policy, one for each seed


class Range(NamedTuple):
    """A mean over seeds with its 95 % interval."""

    mean: float
    low: float
    high: float

    def told(self, digits: int = 1) -> str:
        """Write it."""
        return f"{self.mean:,.{digits}f} ({self.low:,.{digits}f} to {self.high:,.{digits}f})"


def over_seeds(values: Sequence[float]) -> Range:
    """Give the mean with Student's interval.

    Examples
    --------
    >>> over_seeds([1.0, 2.0, 3.0]).told()
    '2.0 (-0.5 to 4.5)'
    """
    from scipy.stats import t

    half = float(t.ppf(0.975, len(values) - 1)) * stdev(values) / sqrt(len(values))
    return Range(mean(values), mean(values) - half, mean(values) + half)


def per_contact(runs: Runs, policy: str, what: str, each: int = 1) -> list[float]:
    """Give what a policy brought beside doing nothing, per `each` contacts, seed by seed."""
    pairs = zip(runs[policy], runs["nothing"], strict=True)
    return [each * (a[what] - b[what]) / max(1, a["contacts"]) for a, b in pairs]


def of_best(runs: Runs, policy: str) -> list[float]:
    """Give the part of the money of the best policy that a policy brought, seed by seed."""
    three = zip(runs[policy], runs["nothing"], runs["best"], strict=True)
    return [(a["revenue"] - b["revenue"]) / (c["revenue"] - b["revenue"]) for a, b, c in three]


def first_month(verdicts: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Give the month after which a verdict was there and stayed; None where it did not."""
    there = [said in wanted for said in verdicts]
    if not there or not there[-1]:
        return None
    return len(there) - next((i for i, x in enumerate(reversed(there)) if not x), len(there))


def policies(runs: Runs) -> Table:
    """Make the table of policies."""
    made = Table("policy", "contacts", "kept per 100 contacts", "revenue per contact",
                 "of the best")  # fmt: skip
    for name in POLICIES:
        made.add_row(
            name,
            f"{mean(one['contacts'] for one in runs[name]):,.0f}",
            over_seeds(per_contact(runs, name, "kept", 100)).told(),
            over_seeds(per_contact(runs, name, "revenue")).told(0),
            over_seeds([100 * x for x in of_best(runs, name)]).told(0) + " %",
        )
    for other in ("risk", "random"):
        kept, money = (
            [
                a - b
                for a, b in zip(
                    per_contact(runs, "trod", what, each),
                    per_contact(runs, other, what, each),
                    strict=True,
                )
            ]
            for what, each in (("kept", 100), ("revenue", 1))
        )
        made.add_row(f"trod less {other}", "", over_seeds(kept).told(), over_seeds(money).told(0))
    return made


def verdicts(runs: Runs) -> Table:
    """Make the table of plays: what is true of them, and what was found, seed by seed."""
    made = Table("play", "true effect", "contacts", "found at the end", "settled in month",
                 "on the stop-list")  # fmt: skip
    some = runs["trod"]
    for name in some[0]["to_plays"]:
        made.add_row(
            name,
            ", ".join(f"{100 * one['truth'][name]:+.1f}" if name in one["truth"] else "-"
                      for one in some),
            ", ".join(str(one["to_plays"][name]) for one in some),
            ", ".join(_found(one, name) for one in some),
            ", ".join(_settled(one, name) for one in some),
            f"{sum(name in one['stops'][-1] for one in some)} of {len(some)}",
        )  # fmt: skip
    return made


def covered(runs: Runs) -> tuple[int, int]:
    """Count plays whose true effect lies in the interval at the end, and all that have one."""
    hit, n = 0, 0
    for one in runs["trod"]:
        for name, (_, low, high, _, _) in one["estimates"].items():
            truth = one["truth"][name] * (1 if name == "Seats offer" else -1)
            hit, n = hit + (low <= truth <= high), n + 1
    return hit, n


def _found(one: Mapping[str, Any], name: str) -> str:
    return str(one["verdicts"][name][-1] or "not tried")


def _settled(one: Mapping[str, Any], name: str) -> str:
    said = one["verdicts"][name]
    settled = first_month(said, ("works", "harms", "no effect found"))
    return "-" if settled is None else str(settled)


def campaign(
    seeds: Sequence[int] = REPORTED, extra: Sequence[str] = (), *, at_once: int = 2
) -> dict[str, list[dict[str, Any]]]:
    """Run all policies on all seeds, each in a process of its own."""
    jobs = [(p, s) for s in seeds for p in ("trod", "risk", "nothing", "random", "best")]
    with ThreadPoolExecutor(at_once) as pool:
        lines = list(pool.map(lambda job: _one(*job, extra), jobs))
    found: dict[str, list[dict[str, Any]]] = {}
    for told in lines:
        found.setdefault(told["policy"], []).append(told)
    return found


def _one(policy: str, seed: int, extra: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.closed_loop", policy, str(seed), *extra],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def read(files: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    """Read runs that were kept, one line of JSON each; by policy, then by seed."""
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    found: dict[str, list[dict[str, Any]]] = {}
    for told in sorted(lines, key=lambda told: told["seed"]):
        found.setdefault(told["policy"], []).append(told)
    return found


def print_loop(console: Console, runs: Runs) -> None:
    """Print both tables and what holding back cost."""
    console.print(policies(runs))
    console.print(verdicts(runs))
    some = runs["trod"]
    lost = over_seeds([one["given_up"] / one["contacts"] for one in some])
    console.print(
        f"Held back: {mean(one['held_back'] for one in some):,.0f}. Had the plays been done to "
        f"them as well, that would have brought {lost.told(0)} more for each contact made."
    )
    hit, n = covered(runs)
    console.print(f"The true effect lies in {hit} of {n} intervals at the end.")
