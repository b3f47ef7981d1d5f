"""Stays in stages from their definition: one list of steps for each customer."""

from collections import Counter

from trod.analyses.histogram import bin_index

DONE, LEFT, OPEN, ENTRY = "done", "left", "open", "entry"


def stays(customers, as_of: int) -> Counter:
    """Count (from, to, bin of the time) of customers given as (entered by stage, fate, moment).

    `entered` maps stages to moments; `moment` is when the fate came, or None.
    """
    counts: Counter = Counter()
    for entered, fate, moment in customers:
        steps = [(stage, entered[stage]) for stage in sorted(entered)]
        if not steps:
            continue
        ends = [*steps[1:], (fate, as_of if fate == OPEN else moment)]
        counts[ENTRY, steps[0][0], bin_index(max(0, as_of - steps[0][1]))] += 1
        for (stage, start), (to, end) in zip(steps, ends, strict=True):
            counts[stage, to, bin_index(max(0, 0 if end is None else end - start))] += 1
    return counts
