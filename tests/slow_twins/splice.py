"""The obvious way to put rows between others: say of each where it belongs, and sort."""

from collections.abc import Sequence

Key = tuple[int, int]  # time_us, code


def splice(
    old: Sequence[int], gone: Sequence[int], new: Sequence[int], before: Sequence[int]
) -> list[int]:
    """Old rows that are not gone and new rows in one order."""
    lost = set(gone)
    placed = [(at, 1, 0, row) for at, row in enumerate(old) if at not in lost]
    placed += [(at, 0, k, row) for k, (at, row) in enumerate(zip(before, new, strict=True))]
    return [row for *_, row in sorted(placed)]


def between(
    start: Sequence[int], end: Sequence[int], old: Sequence[Key], new: Sequence[Key]
) -> tuple[list[int], list[int]]:
    """The first old row of its customer that is not before each new one, and that is after it."""
    own = [range(a, b) for a, b in zip(start, end, strict=True)]
    low = [
        next((at for at in rows if old[at] >= key), rows.stop)
        for rows, key in zip(own, new, strict=True)
    ]
    high = [
        next((at for at in rows if old[at] > key), rows.stop)
        for rows, key in zip(own, new, strict=True)
    ]
    return low, high
