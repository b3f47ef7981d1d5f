"""The obvious way to count what the lost and the others did in each stage."""

from __future__ import annotations

from collections import Counter

LEFT, DONE = 1, 2


def losses(
    customers: list[list[tuple[int, int]]],  # (touchpoint, stage) in order
    furthest: list[int],
    status: list[int],
    failure: set[int],
) -> tuple[Counter[tuple[int, int, int]], Counter[tuple[int, int]]]:
    """Give (stage, touchpoint, side): customers, and (stage, side): customers who circled."""
    had: Counter[tuple[int, int, int]] = Counter()
    rounds: Counter[tuple[int, int]] = Counter()
    for rows, far, how in zip(customers, furthest, status, strict=True):
        for stage in {s for _, s in rows if s >= 0}:
            met = Counter(k for k, s in rows if s == stage and k not in failure)
            if stage < far or how == DONE:
                side = 1
            elif how == LEFT:
                side = 0
            else:
                continue
            for touchpoint in met:
                had[stage, touchpoint, side] += 1
            rounds[stage, side] += any(n >= 3 for n in met.values())
    return had, +rounds
