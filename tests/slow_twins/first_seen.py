"""The obvious way to count which touchpoint customers meet before which."""

from __future__ import annotations

from collections import Counter


def before(customers: list[list[int]]) -> Counter[tuple[int, int]]:
    """Give (a, b): customers who met a first, then b."""
    found: Counter[tuple[int, int]] = Counter()
    for codes in customers:
        met = list(dict.fromkeys(codes))
        found.update((a, b) for i, a in enumerate(met) for b in met[i + 1 :])
    return found


def places(customers: list[list[int]], code: int, bins: int) -> Counter[int]:
    """Give the bin of the first `code` in each journey that has one."""
    return Counter(
        min(bins - 1, codes.index(code) * bins // (len(codes) - 1)) if len(codes) > 1 else 0
        for codes in customers
        if code in codes
    )
