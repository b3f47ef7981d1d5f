"""Contexts and grams from their definitions."""

from collections import Counter

WEEK_US = 7 * 86_400_000_000
START, END = "start", "end"


def age(us: int) -> int:
    """Which of the ages: under a week, under two, under four, ..."""
    return next((k for k in range(9) if us < 2**k * WEEK_US), 9)


def contexts(names: list[int], most: int) -> list[tuple]:
    """Every context of a customer who did `names`, by length, as far as the journey goes back."""
    known = [START, *names]
    return [tuple(known[len(known) - k :]) for k in range(most + 1) if k <= len(known)]


def lasting(seen: list[tuple[int, int]]) -> tuple:
    """The context of a customer's touchpoints so far that says how long they have lasted."""
    days = (seen[-1][0] - seen[0][0]) // (WEEK_US // 7) + 1
    return "lasting", seen[-1][1], max(k for k in range(64) if 2**k <= days**2)


def grams(customers, order: int, as_of: int, left_after: int) -> Counter:
    """How often what followed which context, by age and by whether it is settled."""
    counts: Counter = Counter()
    for rows in customers:
        seen = [(time, code) for time, code, *_ in rows if time <= as_of]
        for i, (time, _) in enumerate(seen):
            settled = time <= as_of - left_after
            if i + 1 == len(seen) and not settled:
                continue
            following = seen[i + 1][1] if i + 1 < len(seen) else END
            so_far = seen[: i + 1]
            for context in [*contexts([c for _, c in so_far], order), lasting(so_far)]:
                counts[context, following, age(as_of - time), settled] += 1
    return counts


def number(context: tuple, n_names: int, order: int) -> int:
    """The number of a context."""
    if context[:1] == ("lasting",):
        return (n_names + 3) ** order + (context[1] + 1) * 64 + context[2]
    digits = {START: n_names + 1, END: n_names + 2}
    value = 0
    for name in context:
        value = value * (n_names + 3) + digits.get(
            name, name if isinstance(name, str) else name + 1
        )
    return value
