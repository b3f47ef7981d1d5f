"""The obvious, slow need: look at every touchpoint of one customer in turn."""

from __future__ import annotations


def state(
    events: list[tuple[int, bool, bool]],  # time, shows a need in the stage, is with a person
    stuck_us: int | None,
    within_us: int,
    as_of_us: int,
    off: list[tuple[int, int]],
) -> str:
    begins = [time for time, need, _ in events if need]
    if stuck_us is not None:
        begins.append(stuck_us)
    if not begins:
        return "none"
    since = min(begins)
    for time, _, person in events:
        if person and since <= time <= since + within_us:
            return "met"
    if since + within_us > as_of_us:
        return "waiting"
    if any(since < end and since + within_us > first for first, end in off):
        return "not recorded"
    return "unmet"
