"""Do the engines give the same answer? Times may differ by the width of a histogram bin."""

from __future__ import annotations

from typing import Any

BIN = 2 ** (1 / 32) - 1  # 32 bins an octave: a time is known to 2.2 percent


def same(question: str, one: Any, other: Any) -> bool:
    """Compare two answers; None is an answer that cannot be compared."""
    if one is None or other is None:
        return True
    if question == "variants":
        return top(one) == top(other)
    if question != "edge times":
        return bool(one == other)
    return [row[:3] for row in one] == [row[:3] for row in other] and all(
        close(a[3], b[3]) for a, b in zip(one, other, strict=True)
    )


def top(rows: list[Any]) -> tuple[list[int], list[Any]]:
    """How many customers each place has, and the paths above the last place, where ties are cut."""
    counts = sorted(n for _, n in rows)
    return counts, [row for row in rows if row[1] > counts[0]]


def close(one_us: int, other_us: int) -> bool:
    """Whether two times may stand for the same one, read from a histogram or from the rows."""
    return abs(one_us - other_us) <= max(2.0, 2 * BIN * max(one_us, other_us))
