"""How a customer walks an intended path, written from the definitions, one customer at a time.

`walked` is that of `tests.slow_twins.passage`.
"""

LEFT, DONE = 1, 2
FOLLOWS, DEVIATES, ON_THE_WAY = range(3)


def marks(events, walked, step_of, by_rule):
    """List (row, step) of the passage in order; stages by rule come before the touchpoint."""
    stages, entered, *_ = walked
    listed, at = [], -1
    for row, (event, stage) in enumerate(zip(events, stages, strict=True)):
        if stage < 0:
            continue
        listed += [(row, s) for s in range(at + 1, stage + 1) if s in by_rule and s in entered]
        at = max(at, stage)
        if event[1] in step_of:
            listed.append((row, step_of[event[1]]))
    return listed


def visits(listed, loops):
    """Drop marks of a step that follow one of the same step, where loops are no repeats."""
    return [
        mark
        for place, mark in enumerate(listed)
        if loops or place == 0 or listed[place - 1][1] != mark[1]
    ]


def between(events, listed, n_steps):
    """List the rows after the first step done of any, before the last step of the path."""
    if not listed:
        return range(0)
    last = [row for row, step in listed if step == n_steps - 1]
    return range(listed[0][0], last[0] if last else len(events))


def read(events, walked, n_steps, step_of, by_rule, strange, loops):
    """Give the group of one customer and {deviation: times}; a deviation is (kind, a, b)."""
    stages, _, _, status, _ = walked
    listed = visits(marks(events, walked, step_of, by_rule), loops)
    steps = [step for _, step in listed]
    furthest = max(steps, default=-1)
    found = {}
    for x in range(n_steps if status == DONE else max(furthest, 0)):
        if x not in steps:
            found["skipped", x, -1] = 1
    for x in set(steps):
        before = steps[: steps.index(x)]
        if before and max(before) > x:
            found["late", x, max(before)] = 1
        if steps.count(x) > 1:
            found["repeated", x, -1] = steps.count(x) - 1
    for i in between(events, listed, n_steps):
        code, stage = events[i][1], stages[i]
        if stage >= 0 and code in strange:
            found["inserted", stage, code] = found.get(("inserted", stage, code), 0) + 1
    if status == LEFT and furthest < n_steps - 1:
        found["stopped", furthest + 1, -1] = 1
    if found:
        return DEVIATES, found
    return (FOLLOWS if furthest == n_steps - 1 else ON_THE_WAY), found


def moments(events, stages, listed, deviation, step_of, n_steps):
    """Give the row compared from, the row of deviating, and what shows the deviation itself."""
    kind, a, b = deviation
    first = {}
    for row, step in listed:
        first.setdefault(step, row)
    if kind == "skipped":
        start = min((row for step, row in first.items() if step > a), default=None)
        missing = start is not None and first.get(a, start + 1) > start
        return start, start if missing else None, set()
    if kind == "late":
        if a not in first or b not in first:
            return None, None, set()
        steps = [step for _, step in listed]
        if max(steps[: steps.index(a)], default=-1) == b:
            return first[a], first[a], set()
        return (first[b] if first[a] <= first[b] else None), None, set()
    if kind == "repeated":
        rows = [row for row, step in listed if step == a] + [None, None]
        return rows[0], rows[1], {code for code, step in step_of.items() if step == a}
    rows = [i for i in between(events, listed, n_steps) if stages[i] == a] + [None]
    hits = [i for i in rows[:-1] if events[i][1] == b] + [None]
    return rows[0], hits[0], {b}


def compared(events, walked, listed, deviation, after, done_at, failure, step_of, n_steps):
    """Give (deviated by the landmark, done) of one customer, or None where not to be compared."""
    stages, _, _, status, last = walked
    start, dev, own = moments(events, stages, listed, deviation, step_of, n_steps)
    if start is None:
        return None
    mark = events[start][0] + after
    if done_at is not None:
        here = done_at > mark
    elif status == LEFT and events[last][1] in failure:
        here = events[last][0] > mark
    else:
        rows = [i for i in range(start, last + 1) if i == start or events[i][1] not in own]
        here = events[rows[-1]][0] >= mark
    return (dev is not None and events[dev][0] <= mark, status == DONE) if here else None
