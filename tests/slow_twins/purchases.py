"""Purchases of one customer, by filtering lists."""


def purchases(rows, cut, end):
    """Give the eight sums of one customer; rows are (kind, day, money) in order."""
    known = [row for row in rows if row[1] <= cut]
    later = [(day, m) for kind, day, m in rows if kind == 1 and cut < day <= end]
    bought = [day for kind, day, m in known if kind == 1 and m >= 0]
    if not bought:
        spent = sum(m for kind, _, m in known if kind == 1)
        return [0, -1, -1, spent, 0, -1, len({d for d, m in later if m >= 0}), sum_of(later)]
    first, last = bought[0], bought[-1]
    at = max(i for i, (kind, _, m) in enumerate(known) if kind == 1 and m >= 0)
    ended = [day for kind, day, _ in known[at + 1 :] if kind == 2]
    start = min(i for i, (kind, _, m) in enumerate(known) if kind == 1 and m >= 0)
    on_first = sum(m for kind, day, m in known[start:] if kind == 1 and day == first)
    return [
        len(set(bought)),
        first,
        last,
        sum(m for kind, _, m in known if kind == 1),
        on_first,
        ended[-1] if ended else -1,
        len({d for d, m in later if m >= 0}),
        sum_of(later),
    ]


def sum_of(later):
    return sum(m for _, m in later)
