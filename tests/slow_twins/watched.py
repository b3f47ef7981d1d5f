"""The obvious, slow way to say what came before and after a moment of one customer."""

from typing import NamedTuple

from trod._kernels.passage import DONE, LEFT


class Row(NamedTuple):
    time: int
    position: int  # -1 outside
    outcome: int  # LEFT, DONE, or -1
    hit: bool  # a touchpoint that is the outcome
    value: int | None


def _leaves(rows: list[Row], i: int, silence: int, as_of: int) -> bool:
    """Say whether customers leave with a touchpoint, or with the silence after it."""
    row, before = rows[i], rows[i - 1].outcome if i else -1
    if row.outcome == LEFT:
        return before != LEFT
    until = rows[i + 1].time if i + 1 < len(rows) else as_of
    return row.outcome != DONE and row.position >= 0 and until - row.time >= silence


def happened(
    rows: list[Row], now: int, *, kind: str, stage: int, silence: int, as_of: int, within: int
) -> bool:
    past = [i for i, row in enumerate(rows) if row.time <= now]
    later = [i for i, row in enumerate(rows) if now < row.time <= now + within]
    if kind == "touched":
        return any(rows[i].hit for i in later)
    if kind == "reached":
        return any(rows[i].position >= stage > (rows[i - 1].position if i else -1) for i in later)
    if kind == "succeeds":
        return any(
            rows[i].outcome == DONE and (rows[i - 1].outcome if i else -1) != DONE for i in later
        )
    if past and rows[past[-1]].outcome == DONE:
        return False
    if past and rows[past[-1]].outcome != LEFT and _leaves(rows, past[-1], silence, as_of):
        return True
    for i in later:
        if rows[i].outcome == DONE:
            return False
        if _leaves(rows, i, silence, as_of):
            return True
    return False


def already(rows: list[Row], now: int, *, kind: str, stage: int, silence: int) -> bool:
    past = [row for row in rows if row.time <= now]
    if not past:
        return False
    here = past[-1]
    if kind == "reached":
        return here.position >= stage
    if kind == "succeeds":
        return here.outcome == DONE
    if kind == "leaves":
        return here.outcome in {LEFT, DONE} or now - here.time >= silence
    return False


def money(rows: list[Row], after: int, until: int) -> int:
    """Sum the money later than one moment, up to another."""
    return sum(row.value or 0 for row in rows if after < row.time <= until)
