"""The obvious, slow funnels: try every start, walk forward, choose by the written rule."""


def walk_forward(events, start, steps, window):
    """Give (time, row) of each step completed by the attempt that starts at row `start`."""
    done = [(events[start][0], start)]
    for i in range(start + 1, len(events)):
        time, code, *_ = events[i]
        in_time = window is None or time - done[0][0] <= window
        if len(done) < len(steps) and code == steps[len(done)] and in_time:
            done.append((time, i))
    return done


def walk_strictly(events, start, steps, window):
    """The same where every step must follow the one before directly."""
    done = []
    for k, step in enumerate(steps):
        if start + k >= len(events) or events[start + k][1] != step:
            break
        if window is not None and events[start + k][0] - events[start][0] > window:
            break
        done.append((events[start + k][0], start + k))
    return done


def furthest_step(events, steps, window, *, attempt="best", strict=False):
    """Give the times of the steps completed by the attempt that counts."""
    starts = [i for i, (_, code, *_) in enumerate(events) if code == steps[0]]
    if attempt == "first":
        starts = starts[:1]
    walk = walk_strictly if strict else walk_forward
    attempts = [walk(events, start, steps, window) for start in starts]
    if not attempts:
        return []
    if strict:
        best = min(attempts, key=lambda done: (-len(done), done[0][1]))
    else:
        best = min(attempts, key=lambda done: (-len(done), done[-1][1], -done[0][1]))
    return [time for time, _ in best]
