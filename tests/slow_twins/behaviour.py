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


def that_count(
    rows: Sequence[Row], columns: Sequence[int], enters: Sequence[bool]
) -> list[tuple[int, int]]:
    """Column and stage of what counts: inside the passage, and not what brought a new stage."""
    found = []
    for (_, _, before), (_, code, stage) in pairwise([(0, 0, -1), *rows]):
        entered = enters[code] and stage != before
        if stage >= 0 and columns[code] >= 0 and not entered:
            found.append((columns[code], stage))
    return found


def counted(rows: Sequence[Row], columns: Sequence[int], enters: Sequence[bool]) -> list[int]:
    """How often each column's touchpoint counts."""
    found = [0] * (max(columns) + 1)
    for column, _ in that_count(rows, columns, enters):
        found[column] += 1
    return found


def whole(
    customers: Sequence[Sequence[Row]],
    columns: Sequence[int],
    enters: Sequence[bool],
    long: Sequence[Sequence[bool]],
) -> list[list[list[int]]]:
    """The same of all customers, by stage and by whether they stayed long in it."""
    found = [[[0] * (max(columns) + 1) for _ in range(2)] for _ in long[0]]
    for rows, stayed in zip(customers, long, strict=True):
        for column, stage in that_count(rows, columns, enters):
            found[stage][int(stayed[stage])][column] += 1
    return found
