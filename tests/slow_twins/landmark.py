"""Where a customer is at a landmark, read from the definition."""

from __future__ import annotations

WENT_ON, LEFT, THERE = 0, 1, 2


def place(
    rows: list[tuple[int, int, int]],  # (time, touchpoint, stage) in order
    stage: int,
    touchpoint: int,
    after: int,
    *,
    entered: list[int | None],  # by stage
    success: int | None,
    left: bool,
    failed: bool,  # left by the last touchpoint of the passage
    silence: int,
) -> str:
    """Say "gone", or "active" or "silent", "with" or "without"."""
    start = entered[stage]
    if start is None:
        return "gone"
    mark, inside = start + after, [row for row in rows if row[2] == stage]
    leaving = [moment for moment in entered[stage + 1 :] if moment is not None]
    leaving += [success] if success is not None else []
    if left and failed and not leaving:
        leaving = [max(time for time, _, s in rows if s >= 0)]
    if leaving:
        there = "active" if min(leaving) > mark else "gone"
    elif max([start, *(time for time, k, _ in inside if k != touchpoint)]) >= mark:
        there = "active"
    else:
        last = max([start, *(time for time, _, _ in inside)])
        there = "silent" if last + silence > mark else "gone"
    if there == "gone":
        return there
    had = any(k == touchpoint and time <= mark for time, k, _ in inside)
    return f"{there} {'with' if had else 'without'}"
