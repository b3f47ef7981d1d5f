"""The obvious, slow sums: a dictionary of lists."""

from collections import defaultdict


def add_up(
    values: list[tuple[int, int, int, int]], cells: list[list[int]]
) -> dict[tuple[int, int, int], tuple[int, int, int]]:
    """`values` are row, customer, period, value; cells are those of each customer."""
    held: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row, customer, period, value in values:
        for cell in cells[customer]:
            held[row, period, cell].append(value)
    return {at: (len(v), sum(v), sum(x * x for x in v)) for at, v in held.items()}
