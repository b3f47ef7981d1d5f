"""Time and touchpoints by stage, straight from their definitions."""

from collections.abc import Sequence
from itertools import pairwise

DAY_US = 86_400_000_000
Row = tuple[int, int, int]  # time, code, stage


def spent(rows: Sequence[Row], longest_us: int, n_stages: int) -> tuple[list[int], int]:
    """The time after each touchpoint belongs to its stage; days with one of the passage."""
    total = [0] * n_stages
    for here, after in pairwise(rows):
        if here[2] >= 0:
            total[here[2]] += min(after[0] - here[0], longest_us)
    return total, len({time // DAY_US for time, _, stage in rows if stage >= 0})


def counted(rows: Sequence[Row], columns: Sequence[int]) -> list[int]:
    """How often each column's touchpoint came inside the passage."""
    n = max(columns) + 1
    found = [0] * n
    for _, code, stage in rows:
        if stage >= 0 and columns[code] >= 0:
            found[columns[code]] += 1
    return found


def whole(
    customers: Sequence[Sequence[Row]], columns: Sequence[int], long: Sequence[Sequence[bool]],
    n_stages: int,
) -> list[list[list[int]]]:  # fmt: skip
    """The same of all customers, by stage and by whether they stayed long in it."""
    n = max(columns) + 1
    found = [[[0] * n for _ in range(2)] for _ in range(n_stages)]
    for rows, stayed in zip(customers, long, strict=True):
        for _, code, stage in rows:
            if stage >= 0 and columns[code] >= 0:
                found[stage][int(stayed[stage])][columns[code]] += 1
    return found
