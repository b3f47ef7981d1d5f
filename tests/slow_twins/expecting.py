"""What a series should have been, worked out again from the whole past for every period.

Weights are powers here, not running sums, and nothing is remembered but what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

CLIP, FAR, MOST_RHO, GAIN = 3.5, 1.5, 0.95, 0.1
COUNT, SHARE = 0, 1


class Foretold(NamedTuple):
    mean: float
    usual: float
    spread: float


class Step(NamedTuple):
    """One period that was judged."""

    learned: float
    weight: float
    factor: float
    residual: float
    off: float


def foretold(
    kind: int, value: Sequence[float], weight: Sequence[float], fade: float, patience: int
) -> list[Foretold | None]:
    """Foretell counts or shares without a season, period by period; None where none is judged."""
    found: list[Foretold | None] = []
    level: list[Step] = []  # all that was judged
    spread: list[float] = []  # residuals
    season: list[tuple[float, float]] = []  # what was learned, and what the level made of it
    waiting: list[Step] = []
    before = 0.0
    for w, seen in zip(weight, value, strict=True):
        if w <= 0:
            found.append(None)
            continue
        factor = (_sum([a for a, _ in season], 1 - GAIN) + 0.5) / (
            _sum([b for _, b in season], 1 - GAIN) + 0.5
        )
        held = _sum([s.weight for s in level], fade)
        at = _sum([s.learned for s in level], fade) / held if level else 0.0
        plain = at * w * factor
        plain = min(plain, w) if kind == SHARE else plain
        unit = _unit(kind, w, plain)
        slow = fade ** (1 / 3)
        squares = _sum([r * r for r in spread], slow)
        ones = _sum([1.0] * len(spread), slow)
        lagged = _lagged(spread, slow)
        rho = min(max(lagged / squares, 0.0), MOST_RHO) if squares > 0 else 0.0
        phi = max(squares / ones, 1.0) if spread else 1.0
        known = held**2 / _sum([s.weight**2 for s in level], fade * fade) if level else 1.0
        mean = plain + rho * before * sqrt(unit)
        mean = min(max(mean, 0.1 * plain), w if kind == SHARE else float("inf"))
        found.append(Foretold(mean, plain, phi * (1 - rho**2) * (1 + 1 / known)))
        sd = sqrt(max(phi * (1 + 1 / known) * unit, 1e-300))
        learned = seen
        if ones >= 14:
            learned = min(max(seen, plain - CLIP * sd - 1), plain + CLIP * sd + 1)
        residual = (learned - plain) / sqrt(unit * (1 + 1 / known))
        step = Step(learned / max(factor, 0.05), w, factor, residual, (seen - plain) / sd)
        if level and _sum([b for _, b in season], 1 - GAIN) > 0:
            spread.append(residual)
            before = residual
            waiting.append(step)
        level.append(step)
        now = _sum([s.learned for s in level], fade) / _sum([s.weight for s in level], fade)
        season.append((learned, max(at, now) * w))
        last = [min(max(s.off, -CLIP), CLIP) for s in waiting[-patience:]]
        if len(waiting) >= max(patience, 8) and _moved(last):
            raise MovedError(found)
    return found


class MovedError(Exception):
    """The level moved: from here on another rule holds."""

    def __init__(self, found: list[Foretold | None]) -> None:
        self.found = found


def _sum(xs: Sequence[float], fade: float) -> float:
    return sum(x * fade ** (len(xs) - 1 - i) for i, x in enumerate(xs))


def _lagged(spread: Sequence[float], slow: float) -> float:
    before = 0.0
    pairs = []
    for r in spread:
        pairs.append(r * before)
        before = r
    return _sum(pairs, slow)


def _unit(kind: int, weight: float, mean: float) -> float:
    if kind == COUNT:
        return max(mean, 0.02)
    share = min(max(mean / weight, 0.002), 0.998)
    return weight * share * (1 - share)


def _moved(last: Sequence[float]) -> bool:
    one_side = all(x > 0 for x in last) or all(x < 0 for x in last)
    return one_side and abs(sum(last)) > FAR * len(last)
