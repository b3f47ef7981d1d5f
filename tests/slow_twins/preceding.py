"""What came before, second by second, from the definition."""


def preceding(customers, window_s, end_s):
    """`customers` are lists of (second, name, label or -1); give time and cases, by name."""
    after_s, active_s, after, near = {}, 0, {}, {}
    for events in customers:
        for second in range(end_s):
            names = {name for at, name, _ in events if at <= second < at + window_s}
            active_s += bool(names)
            for name in names:
                after_s[name] = after_s.get(name, 0) + 1
        for i, (at, _, label) in enumerate(events):
            before = {name for t, name, _ in events[:i] if at - t <= window_s}
            if label >= 0 and before:
                near[label] = near.get(label, 0) + 1
                for name in before:
                    after[label, name] = after.get((label, name), 0) + 1
    return after_s, active_s, after, near
