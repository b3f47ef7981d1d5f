"""Attribution from its definitions: lists, fractions, every coalition, every order."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations


def paths(customers, converts, steps, lookback, *, every, collapse):
    """Give Counter of (path, won) over customers; a customer is a list of (time, code)."""
    found = Counter()
    for events in customers:
        begun = []
        ended = False
        for time, code, *_ in events:
            if code in converts:
                found[_kept(begun, time, lookback), True] += 1
                begun = []
                if not every:
                    ended = True
                    break
            elif code in steps:
                if collapse and begun and begun[-1][1] == code:
                    begun.pop()
                begun.append((time, code))
        if begun and not ended:
            found[_kept(begun, begun[-1][0], lookback), False] += 1
    return found


def _kept(begun, at, lookback):
    return tuple(code for time, code in begun if at - time <= lookback)


def chain_of(paths, order, *, nulls):
    """Give {state: Counter of next states} with "won" and "lost" as ends; states are tuples."""
    moves = {}
    for steps, won, lost in paths:
        n = won + (lost if nulls else 0)
        states = [(), *(tuple(steps[max(0, i - order + 1) : i + 1]) for i in range(len(steps)))]
        for a, b in pairwise(states):
            moves.setdefault(a, Counter())[b] += n
        moves.setdefault(states[-1], Counter())["won"] += won
        moves[states[-1]]["lost"] += lost if nulls else 0
    return moves


def chance_to_win(moves, without=None):
    """Solve the absorbing chain by fractions: Gauss-Jordan on (I - Q) x = r."""
    states = list(moves)
    index = {state: i for i, state in enumerate(states)}
    n = len(states)
    rows = []
    for state in states:
        total = sum(moves[state].values())
        row = [Fraction(0)] * (n + 1)
        row[index[state]] += 1
        for after, k in moves[state].items():
            if total == 0 or after == "lost":
                continue
            if after == "won":
                row[n] += Fraction(k, total)
            elif after[-1] != without:
                row[index[after]] -= Fraction(k, total)
        rows.append(row)
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(n):
            if r != i and rows[r][i]:
                rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i], strict=True)]
    return rows[index[()]][n]


def removal(paths, names, order, *, nulls):
    """Give what is lost without each name, as a share of all."""
    moves = chain_of(paths, order, nulls=nulls)
    whole = chance_to_win(moves)
    return {name: 1 - chance_to_win(moves, name) / whole for name in names}


def shapley(worth, names):
    """Average what each name adds over all orders of joining."""
    found = dict.fromkeys(names, Fraction(0))
    orders = list(permutations(names))
    for order in orders:
        for i, name in enumerate(order):
            found[name] += worth(frozenset(order[: i + 1])) - worth(frozenset(order[:i]))
    return {name: total / len(orders) for name, total in found.items()}


def rate_worth(paths):
    """Give the worth of a coalition: what is left of each path, at the rate of such paths."""
    won, gone = Counter(), Counter()
    for steps, n, lost in paths:
        won[frozenset(steps)] += n
        gone[frozenset(steps)] += n + lost

    def worth(some):
        parts = ((n, those & some) for those, n in gone.items())
        return sum(
            (n * Fraction(won[left], gone[left]) for n, left in parts if left and gone[left]),
            Fraction(0),
        )

    return worth


def conversions_within(paths):
    """Give the worth of a coalition: conversions of paths that hold nothing else."""

    def worth(some):
        return sum((Fraction(n) for steps, n, _ in paths if set(steps) <= some), Fraction(0))

    return worth
