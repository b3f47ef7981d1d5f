"""Paths from an anchor, by cutting lists."""


def without_loops(codes):
    return [code for i, code in enumerate(codes) if i == 0 or code != codes[i - 1]]


def path(events, anchor, direction, end, n_steps, n_names, *, collapse):
    """Give the code at each step, anchor first; None without the anchor."""
    codes = [code for _, code, *_ in events]
    if anchor not in codes:
        return None
    at = codes.index(anchor)
    after = n_names
    walked = codes[: at + 1][::-1] if direction == "before" else codes[at:]
    if direction == "between":
        if end not in walked[1:]:
            return None
        walked = walked[: walked.index(end, 1) + 1]
        after = end
    if collapse:
        walked = without_loops(walked)
    return (walked + [after] * (n_steps + 1))[: n_steps + 1]
