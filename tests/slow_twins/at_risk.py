"""The obvious, slow way to say who is at risk at a moment, and when the outcome comes."""

from typing import NamedTuple

from trod._kernels.passage import DONE, LEFT


class Row(NamedTuple):
    time: int
    position: int  # -1 outside
    outcome: int  # LEFT, DONE, or -1
    hit: bool  # a touchpoint that is the outcome


def _moments(rows: list[Row], kind: str, stage: int, silence: int, as_of: int) -> list[int]:
    """Give the index of every row with which the outcome comes."""
    found = []
    for i, row in enumerate(rows):
        before = rows[i - 1] if i else Row(0, -1, -1, hit=False)
        if kind == "touched":
            comes = row.hit
        elif kind == "reached":
            comes = row.position >= stage > before.position
        elif kind == "succeeds":
            comes = row.outcome == DONE and before.outcome != DONE
        elif row.outcome == LEFT:
            comes = before.outcome != LEFT
        else:
            until = rows[i + 1].time if i + 1 < len(rows) else as_of
            comes = row.outcome != DONE and row.position >= 0 and until - row.time >= silence
        if comes:
            found.append(i)
    return found


def at_risk(
    rows: list[Row],
    mark: int,
    *,
    kind: str,
    stage: int,
    stages: set[int],
    silence: int,
    as_of: int,
    done_too: bool,
) -> int | str:
    """Give the moment of the outcome of a customer at risk at the mark, or why there is none."""
    past = [i for i, row in enumerate(rows) if row.time <= mark]
    if not past:
        return "not at risk"
    here = rows[past[-1]]
    gone = here.outcome == LEFT or (here.outcome == DONE and not done_too)
    if gone or here.position not in stages or mark - here.time >= silence:
        return "not at risk"
    if kind == "touched" and any(rows[i].hit for i in past):
        return "not at risk"
    for i in range(past[-1], len(rows)):
        if kind == "leaves" and rows[i].outcome == DONE:
            return "not yet"
        comes = i in _moments(rows, kind, stage, silence, as_of)
        by_silence = kind == "leaves" and rows[i].outcome != LEFT
        if comes and (i > past[-1] or by_silence):
            return rows[i].time
    return "not yet"
