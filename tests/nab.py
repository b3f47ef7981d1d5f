"""The scoring of the Numenta Anomaly Benchmark, as its authors define it, and their simplest rival.

Lavin & Ahmad (2015), "Evaluating real-time anomaly detection algorithms: the Numenta Anomaly
Benchmark". Standard profile; thresholds are chosen on the corpus, for every detector alike.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from math import erfc, exp, floor, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

HIT, MISS, FALSE = 1.0, 1.0, 0.11
PROBATION, LONGEST_PROBATION = 0.15, 0.15 * 5_000


class Series(NamedTuple):
    name: str
    seconds: np.ndarray
    value: np.ndarray
    windows: tuple[tuple[int, int], ...]  # first and last moment of each anomaly


def load(folder: Path) -> list[Series]:
    labels = json.loads((folder / "labels" / "combined_windows.json").read_text())
    made = []
    for path in sorted((folder / "data").glob("*/*.csv.gz")):
        name = f"{path.parent.name}/{path.name.removesuffix('.gz')}"
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()[1:]
        rows = [line.split(",") for line in lines if line]
        windows = tuple((_seconds(a), _seconds(b)) for a, b in labels[name])
        value = np.array([float(row[1]) for row in rows])
        made.append(Series(name, np.array([_seconds(row[0]) for row in rows]), value, windows))
    return made


def _seconds(text: str) -> int:
    return int(np.datetime64(text[:19].replace(" ", "T"), "s").astype(np.int64))


def sigmoid(position: float) -> float:
    """Score a place in a window: near 1 at its left edge, 0 at its right, -1 far behind it."""
    return -1.0 if position > 3 else 2 / (1 + exp(5 * position)) - 1


def score(corpus: list[Series], scores: Mapping[str, np.ndarray]) -> float:
    """Give the score of a detector: 0 for one that never speaks, 100 for one that is perfect."""
    points = [p for each in corpus for p in _points(each, scores[each.name])]
    n = sum(len(each.windows) for each in corpus)
    best = {name: -MISS for _, _, name in points if name}
    null = total = highest = -MISS * len(best)
    points.sort(key=lambda p: -p[0])
    last = None
    for spoke, worth, name in points:
        if spoke != last:
            highest, last = max(highest, total), spoke
        if not name:
            total += worth
        elif worth > best[name]:
            total, best[name] = total + worth - best[name], worth
    return 100 * (max(highest, total) - null) / (n * HIT - null)


def _points(each: Series, scores: np.ndarray) -> list[tuple[float, float, str]]:
    """Give score, worth and window of every point after the time of probation."""
    n = each.seconds.size
    skipped = min(floor(PROBATION * n), LONGEST_PROBATION)
    at = each.seconds.tolist()
    edges = [(at.index(a), at.index(b)) for a, b in each.windows]
    points = []
    for i in range(n):
        if i < skipped:
            continue
        inside = next(((a, b) for a, b in edges if a <= i <= b), None)
        behind = [(a, b) for a, b in edges if b < i]
        if inside:
            a, b = inside
            worth = HIT * sigmoid(-(b - i + 1) / (b - a + 1)) / sigmoid(-1.0)
            points.append((float(scores[i]), worth, f"{each.name}|{a}"))
        elif behind:
            a, b = behind[-1]
            points.append((float(scores[i]), FALSE * sigmoid((i - b) / (b - a)), ""))
        else:
            points.append((float(scores[i]), -FALSE, ""))
    return points


def windowed_gaussian(value: np.ndarray, window: int = 6_400, step: int = 100) -> np.ndarray:
    """Score by the tail of a normal distribution over a window, as the benchmark's own detector."""
    held: list[float] = []
    waiting: list[float] = []
    mean, spread = 0.0, 1.0
    found = np.zeros(value.size)
    for i, x in enumerate(value.tolist()):
        if held:
            found[i] = 1 - 0.5 * erfc(abs(x - mean) / spread / sqrt(2))
        if len(held) < window:
            held.append(x)
        else:
            waiting.append(x)
            if len(waiting) < step:
                continue
            held, waiting = held[step:] + waiting, []
        mean, spread = float(np.mean(held)), float(np.std(held)) or 1e-6
    return found
