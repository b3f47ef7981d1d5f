"""What is known of one customer at a moment, read from the definitions."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400_000_000


class Touch(NamedTuple):
    time: int
    name: str
    channel: str
    value: int | None
    score: int | None
    person: int
    position: int  # stage as it looked then, -1 outside
    outcome: int  # -1 without
    enters: int | None  # stage that the touchpoint enters


def within(rows: list[Touch], moment: int, days: int) -> list[Touch]:
    return [row for row in rows if moment - row.time < days * DAY]


def since(rows: list[Touch], moment: int) -> float | None:
    return (moment - rows[-1].time) / DAY if rows else None


def windows(rows: list[Touch], moment: int, key: str) -> dict[str, float | None]:
    found: dict[str, float | None] = {f"{key}@ever": len(rows)}
    return found | {f"{key}@{d}d": len(within(rows, moment, d)) for d in (90, 30, 7)}


def tempo(rows: list[Touch], moment: int, zone: str) -> dict[str, float | None]:
    def day(row: Touch) -> int:
        local = datetime.fromtimestamp(row.time / 1e6, UTC).astimezone(ZoneInfo(zone))
        return local.date().toordinal()

    def days(some: list[Touch]) -> list[int]:
        return sorted({day(row) for row in some})

    now = len(within(rows, moment, 30))
    before = len(within(rows, moment, 60)) - now
    active = days(rows)
    gaps = [b - a for a, b in pairwise(active)]
    typical = median(gaps[-5:]) if gaps else None
    weekdays = [(day(row) - 1) % 7 for row in rows]
    last = since(rows, moment)
    return windows(rows, moment, "tempo:touchpoints") | {
        "tempo:change": (now - before) / (now + before) if now + before else None,
        "tempo:days@30d": len(days(within(rows, moment, 30))),
        "tempo:days@90d": len(days(within(rows, moment, 90))),
        "tempo:days@ever": len(active),
        "tempo:per_week": len(rows) / len({(d - 1) // 7 for d in active}) if rows else None,
        "tempo:since_first": since(rows[:1], moment),
        "gap:since_last": last,
        "gap:longest": max(gaps) if gaps else None,
        "gap:typical": typical,
        "gap:last": gaps[-1] if gaps else None,
        "gap:overdue": last / typical if typical and last is not None else None,
        "rhythm:weekday": max(map(weekdays.count, range(7))) / len(rows) if rows else None,
        "rhythm:weekend": sum(d >= 5 for d in weekdays) / len(rows) if rows else None,
    }


def distinct(rows: list[Touch], moment: int, key: str, of: str) -> dict[str, float | None]:
    def n(some: list[Touch]) -> int:
        return len({getattr(row, of) for row in some} - {-1})

    told = {f"{key}@{d}d": n(within(rows, moment, d)) for d in (90, 30)}
    return {f"{key}@ever": n(rows), **told}


def mood(rows: list[Touch], moment: int) -> dict[str, float | None]:
    told = [row for row in rows if row.score is not None]
    scores = [(row.score or 0) / 1000 for row in told]
    late, early = scores[-3:], scores[:-3]
    return {
        "mood:scores": len(told),
        "mood:since": since(told, moment),
        "mood:last": scores[-1] if scores else None,
        "mood:late": mean(late) if late else None,
        "mood:lowest": min(scores, default=None),
        "mood:mean": mean(scores) if scores else None,
        "mood:change": mean(late) - mean(early) if early else None,
    }


def money(rows: list[Touch], moment: int) -> dict[str, float | None]:
    paid = [row for row in rows if row.value is not None]

    def amounts(some: list[Touch]) -> list[float]:
        return [row.value / 1e6 for row in some if row.value is not None]

    every = amounts(paid)
    return {
        "money:times": len(paid),
        "money:sum": sum(every),
        "money:sum@90d": sum(amounts(within(paid, moment, 90))),
        "money:last": every[-1] if every else None,
        "money:change": every[-1] - every[-2] if len(every) > 1 else None,
        "money:mean": mean(every) if every else None,
        "money:since": since(paid, moment),
    }


def support(rows: list[Touch], moment: int, asks: list[bool]) -> dict[str, float | None]:
    calls = [row for row, ask in zip(rows, asks, strict=True) if ask]
    waits, waiting = [], None
    for i, row in enumerate(rows):
        if asks[i] and (i == 0 or not asks[i - 1]):
            after = [other.time for other, ask in list(zip(rows, asks, strict=True))[i:] if not ask]
            if after:
                waits.append((after[0] - row.time) / DAY)
            else:
                waiting = (moment - row.time) / DAY
    return windows(calls, moment, "support:count") | {
        "support:since": since(calls, moment),
        "support:to_go_on": mean(waits) if waits else None,
        "support:waiting": waiting,
    }


def stage(rows: list[Touch], moment: int, needed: list[bool]) -> dict[str, float | None]:
    names = ("days", "since_entry", "skipped", "followed", "returns")
    if not rows or rows[-1].position < 0:
        return {"stage:number": 0, **{f"stage:{name}": None for name in names}}
    begin = 0
    for i, row in enumerate(rows):
        again = i > 0 and rows[i - 1].outcome >= 0 and row.outcome < 0
        if row.position >= 0 and (i == 0 or rows[i - 1].position < 0 or again):
            begin = i
    passage = rows[begin:]
    here = passage[-1].position
    came = max(
        i for i, row in enumerate(passage) if i == 0 or row.position != passage[i - 1].position
    )
    path = [s for s in range(here + 1) if needed[s]]
    stood = {row.position for row in passage}
    skipped = [s for s in path if s not in stood]
    returns = [
        row
        for before, row in pairwise(passage)
        if row.position == before.position
        and before.outcome < 0
        and row.enters is not None
        and row.enters < row.position
    ]
    return {
        "stage:number": here + 1,
        "stage:days": (moment - passage[came].time) / DAY,
        "stage:since_entry": (moment - passage[0].time) / DAY,
        "stage:skipped": len(skipped),
        "stage:followed": 1 - len(skipped) / len(path) if path else None,
        "stage:returns": len(returns),
    }


def named(
    rows: list[Touch], moment: int, names: list[str], channels: list[str]
) -> dict[str, float | None]:
    """Every touchpoint, channel and pair of touchpoints."""
    found: dict[str, float | None] = {}
    for name in names:
        mine = [row for row in rows if row.name == name]
        found |= windows(mine, moment, f"count:{name}") | {f"since:{name}": since(mine, moment)}
    for channel in channels:
        mine = [row for row in rows if row.channel == channel]
        found |= windows(mine, moment, f"channel_count:{channel}")
        found[f"channel_since:{channel}"] = since(mine, moment)
    for a in names:
        for b in names:
            pairs = pairwise(rows)
            key = f"motif:{a.replace('%', '%25').replace('>', '%3E')}>"
            key += b.replace("%", "%25").replace(">", "%3E")
            found[key] = sum((x.name, y.name) == (a, b) for x, y in pairs)
    return found


def still_in_stage(
    rows: list[Touch], stage: int, after: int, until: int, left_after: int
) -> list[int]:
    """Give the moments so long after each entering of a stage at which the customer is in it."""
    found = []
    for i, row in enumerate(rows):
        if row.position != stage or row.outcome >= 0:
            continue
        if i and rows[i - 1].position == stage and rows[i - 1].outcome < 0:
            continue
        mark = row.time + after
        known = [each for each in rows[i:] if each.time <= mark]
        stays = all(each.position == stage and each.outcome < 0 for each in known)
        if stays and mark <= until and mark - known[-1].time < left_after:
            found.append(mark)
    return found
