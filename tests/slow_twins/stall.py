"""When customers are stuck, written from the definition with exact fractions and exact times."""

from fractions import Fraction

WENT_ON, LOST, THERE = range(3)


def times(walked, success_time, left_time, as_of):
    """Give {stage: (what ended it, time in it)} of one customer."""
    _, entered, furthest, status, _ = walked
    found = {}
    for s in entered:
        later = [t for n, t in entered.items() if n > s]
        if success_time is not None:
            later.append(success_time)
        if s == furthest and status == 1:
            found[s] = LOST, left_time - entered[s]
        elif s == furthest and status == 0:
            found[s] = THERE, max(as_of - entered[s], 0)
        elif later:
            found[s] = WENT_ON, min(later) - entered[s]
    return found


def incidence(ended):
    """Give [(time, gone on by then, neither by then)] by Aalen and Johansen, from (fate, time)."""
    gone_on, kept, listed = Fraction(0), Fraction(1), []
    for time in sorted({t for _, t in ended}):
        at_risk = sum(t >= time for _, t in ended)
        on = sum(fate == WENT_ON and t == time for fate, t in ended)
        lost = sum(fate == LOST and t == time for fate, t in ended)
        gone_on += kept * Fraction(on, at_risk)
        kept *= 1 - Fraction(on + lost, at_risk)
        listed.append((time, gone_on, kept))
    return listed


def threshold(ended, share):
    """Give the first time by which a share of those who ever go on has gone on."""
    listed = incidence(ended)
    ever = listed[-1][1]
    return next(time for time, gone_on, _ in listed if gone_on >= share * ever)
