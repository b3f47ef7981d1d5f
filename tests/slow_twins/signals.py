"""Who is at risk at the mark of a sign, and what they had, read from the definition."""

from __future__ import annotations

from typing import NamedTuple


class Customer(NamedTuple):
    """One customer, walked through the stages."""

    rows: list[tuple[int, int, int, bool]]  # time, touchpoint, stage (-1 outside), own
    entered: list[int | None]
    furthest: int
    status: str  # open, left, done
    failed: bool  # left by the last touchpoint of the passage
    success: int | None
    last: int  # row of the last touchpoint of the passage


class Question(NamedTuple):
    """A sign and an outcome."""

    stage: int
    code: int
    other: int | None
    after: int
    end: int
    outcome: int | None  # touchpoint, or None for leaving
    need: int
    as_of: int
    silence: int


def place(who: Customer, asked: Question) -> tuple[int, int]:
    """Give 2 * group + outcome of those at risk, and the group of those at risk now; else -1."""
    start = who.entered[asked.stage] if who.furthest >= 0 else None
    if start is None:
        return -1, -1
    mark, group = start + asked.after, _group(who, asked, start)
    if group is None or mark > asked.as_of:
        return -1, -1
    entry = who.entered[asked.end] if who.furthest >= asked.end else None
    end, hit, did = _fate(who, asked, entry)
    return _at(asked, start, mark, entry, end, hit, did, group), (
        group if _now(who, asked, entry, end, did) else -1
    )


def _group(who: Customer, asked: Question, start: int) -> int | None:
    def first(code: int) -> int | None:
        return next((t for t, k, s, _ in who.rows if s >= 0 and t >= start and k == code), None)

    mark, one = start + asked.after, first(asked.code)
    if asked.other is None:
        return 0 if one is None else 2 if one <= mark else 1
    two = first(asked.other)
    if one is None or two is None or one > mark or two > mark or one == two:
        return None
    return 2 if one < two else 0


def _fate(
    who: Customer, asked: Question, entry: int | None
) -> tuple[int | None, int | None, list[tuple[int, int]]]:
    """Give the moments of the end and of the outcome, and what was done that shows presence."""
    if entry is None:
        return None, None, []
    gone = None
    if who.status == "left":
        inside = [t for t, _, s, own in who.rows[: who.last + 1] if s >= 0 and own]
        gone = who.rows[who.last][0] if who.failed or not inside else inside[-1]
    if asked.outcome is None:
        onward = [t for t in who.entered[asked.end + 1 :] if t is not None]
        onward += [who.success] if who.success is not None else []
        if who.failed and who.furthest == asked.end:
            onward = [who.rows[who.last][0]]
        did = [(t, k) for t, k, s, own in who.rows if s == asked.end and own]
        hit = gone if who.furthest == asked.end else None
        return (onward[0] if onward else None), hit, did
    since = [(t, k, own) for t, k, s, own in who.rows if s >= 0 and t >= entry]
    hit = next((t for t, k, _ in since if k == asked.outcome), None)
    end = hit if hit is not None else gone if who.failed else who.success
    return end, hit, [(t, k) for t, k, own in since if own]


def _at(
    asked: Question,
    start: int,
    mark: int,
    entry: int | None,
    end: int | None,
    hit: int | None,
    did: list[tuple[int, int]],
    group: int,
) -> int:
    if entry is None or entry + asked.need > asked.as_of or mark >= entry + asked.need:
        return -1
    if entry != start and mark > entry:
        return -1
    seen = [t for t, k in did if asked.other is not None or k != asked.code]
    there = end > mark if end is not None else max([entry, *seen]) >= mark
    if not there:
        return -1
    came = hit is not None and (asked.outcome is None or hit <= entry + asked.need)
    return 2 * group + came


def _now(
    who: Customer,
    asked: Question,
    entry: int | None,
    end: int | None,
    did: list[tuple[int, int]],
) -> bool:
    if asked.outcome is None:
        return who.status == "open" and asked.stage <= who.furthest <= asked.end
    if entry is None or end is not None:
        return False
    quiet = asked.as_of - max([entry, *(t for t, _ in did)])
    return quiet < asked.silence and asked.as_of < entry + asked.need
