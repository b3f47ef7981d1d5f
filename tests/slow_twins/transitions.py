"""Transitions by listing every step of every customer."""

from collections import Counter, defaultdict
from itertools import pairwise


def steps_of(events, n_names):
    """Give (from, to, time between or None) of one customer; n_names is START and END."""
    if not events:
        return []
    codes = [n_names, *(code for _, code, *_ in events), n_names]
    times = [time for time, *_ in events]
    between = [None, *(b - a for a, b in pairwise(times)), None]
    return list(zip(codes[:-1], codes[1:], between, strict=True))


def transitions(customers, n_names):
    """Give {pair: (how often, customers)} and {pair: sorted times}."""
    often, who, times = Counter(), defaultdict(set), defaultdict(list)
    for c, events in enumerate(customers):
        for a, b, between in steps_of(events, n_names):
            often[a, b] += 1
            who[a, b].add(c)
            if between is not None:
                times[a, b].append(between)
    return (
        {pair: (n, len(who[pair])) for pair, n in often.items()},
        {pair: sorted(spans) for pair, spans in times.items()},
    )
