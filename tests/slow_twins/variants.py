"""Whole paths, by counting lists."""

from collections import Counter

from tests.slow_twins.steps import without_loops


def paths(customers, *, collapse):
    walked = [[code for _, code, *_ in events] for events in customers]
    return Counter(tuple(without_loops(codes) if collapse else codes) for codes in walked)
