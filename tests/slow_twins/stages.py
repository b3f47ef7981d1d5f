"""Stages and touchpoints inside them, from walks done by `tests.slow_twins.passage`."""

from collections import Counter, defaultdict

DONE = 2


def dwell(walked, success_time, n_stages):
    """Give {stage: [time in it]} and {stage: skipped} of one customer."""
    _, entered, furthest, _, _ = walked
    times, skipped = defaultdict(list), Counter()
    for s in range(n_stages):
        if s > furthest:
            continue
        if s not in entered:
            skipped[s] += 1
            continue
        later = [entered[n] for n in range(s + 1, furthest + 1) if n in entered]
        if success_time is not None:
            later.append(success_time)
        if later:
            times[s].append(later[0] - entered[s])
    return times, skipped


def touches(customers, walks):
    """Give {(stage, code): [events, customers, went on, position in thousandths]}."""
    cells = defaultdict(lambda: [0, 0, 0, 0])
    for events, (stages, _, furthest, status, _) in zip(customers, walks, strict=True):
        for s in sorted({s for s in stages if s >= 0}):
            inside = [row[1] for row, at in zip(events, stages, strict=True) if at == s]
            for code in inside:
                cells[s, code][0] += 1
            for code in set(inside):
                cells[s, code][1] += 1
                cells[s, code][2] += furthest > s or status == DONE
                last = len(inside) - 1
                cells[s, code][3] += 1000 * inside.index(code) // last if last else 500
    return dict(cells)
