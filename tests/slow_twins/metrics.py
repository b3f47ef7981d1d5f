"""Money by period, and who is on the way, written from the definitions with Python's integers."""

from collections import defaultdict


def period_of(starts, end, moment):
    if moment >= end:
        return -1
    return max([i for i, start in enumerate(starts) if start <= moment], default=-1)


def money(customers, starts, end, covers, over):
    """Give {period: sums} from lists of (time, amount or None), one list a customer."""
    found = [defaultdict(int) for _ in starts]
    for payments in customers:
        paid, recurring = {}, defaultdict(int)
        for time, amount in payments:
            p = period_of(starts, end, time)
            if p < 0:
                continue
            if amount is None:
                found[p]["unvalued"] += 1
                continue
            paid[p] = paid.get(p, 0) + amount
            parts = [amount // covers] * covers
            for k in range(amount - sum(parts)):
                parts[k] += 1
            for k, part in enumerate(parts):
                recurring[p + k] += part
        for p, amount in paid.items():
            found[p]["revenue"] += amount
            found[p]["payers"] += 1
            found[p]["squares"] += amount * amount
        for p in range(over, len(starts)):
            start, later = recurring[p - over], max(recurring[p], 0)
            if start > 0:
                found[p]["started"] += 1
                found[p]["start"] += start
                found[p]["end"] += later
                found[p]["capped"] += min(start, later)
                found[p]["gone"] += later == 0
    return found


def leaving(walks, starts, end):
    """Give [on the way at the start, of them left in it] by period from (entered, left, done)."""
    cells = []
    for p, start in enumerate(starts):
        after = starts[p + 1] if p + 1 < len(starts) else end
        there = [
            (entered, left, done)
            for entered, left, done in walks
            if entered is not None
            and entered < start
            and (left is None or left >= start)
            and (left is not None or done is None or done >= start)
        ]
        cells.append([len(there), sum(left is not None and left < after for _, left, _ in there)])
    return cells
