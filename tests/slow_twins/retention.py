"""Cohorts, written from their definition: lists of touchpoints, one customer at a time."""

from collections import Counter


def cohorts(customers, entries, starts, active_codes):
    """Give sizes, {(cohort, since): active in the period}, the same for in it or later."""

    def period(moment):
        return max([i for i, start in enumerate(starts) if start <= moment], default=-1)

    size, within, later = Counter(), Counter(), Counter()
    for events, entry in zip(customers, entries, strict=True):
        if entry is None:
            continue
        cohort = period(entry)
        if cohort < 0:
            continue
        size[cohort] += 1
        seen = {
            period(time)
            for time, code, *_ in events
            if code in active_codes and time >= starts[cohort]
        }
        for p in range(cohort, len(starts)):
            within[cohort, p - cohort] += p in seen
            later[cohort, p - cohort] += any(q >= p for q in seen)
    return size, within, later
