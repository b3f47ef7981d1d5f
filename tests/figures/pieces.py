"""Pieces of invented journey maps, each consistent in itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trod.insights.journey_map import (
    Count,
    Fact,
    Friction,
    Mood,
    Quote,
    Rate,
    StageView,
    Time,
    Touch,
)

DAY = 86_400_000_000


class Row(NamedTuple):
    """A row behind a number, with the fields of the real one."""

    customer: str
    last_touchpoint: str
    last_day: str
    value_micros: int | None


class Rows(NamedTuple):
    """A list behind a number, with the fields of the real one."""

    total: int
    rows: tuple[Row, ...]


def rate(part: int, whole: int) -> Rate:
    """Give a rate with a Wilson interval."""
    if not whole:
        return Rate(0, 0, 0.0, 1.0)
    z2, share = 3.8416, part / whole
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = 1.96 * (share * (1 - share) / whole + z2 / (4 * whole**2)) ** 0.5 / (1 + z2 / whole)
    return Rate(part, whole, round(max(middle - half, 0), 6), round(min(middle + half, 1), 6))


def mood(mean: float | None, n: int) -> Mood:
    """Give a mood with a range that shrinks with n."""
    if mean is None:
        return Mood(n, None, None, None)
    half = min(0.9 / max(n, 1) ** 0.5, 0.4)
    return Mood(n, mean, max(mean - half, -1.0), min(mean + half, 1.0))


def touch(
    stage: str,
    name: str,
    channel: str | None,
    n: int,
    reached: int,
    feeling: float | None,
    on: float,
    position: float,
) -> Touch:
    """Give a touchpoint of a stage."""
    return Touch(
        name,
        channel,
        Count(n, f"touch:{stage}/{name}"),
        n / reached if reached else 0.0,
        mood(feeling, n // 6 if feeling is not None else min(n, 4)),
        rate(round(n * on), n),
        position,
    )


def stage(
    name: str,
    asks: str | None,
    reached: int,
    left: int,
    still: int,
    done: int,
    days: float | None,
    touches: Sequence[tuple[str, str | None, int, float | None, float]],
    *,
    others: int = 0,
) -> StageView:
    """Give a stage that conserves its customers."""
    on = reached - left - still - done
    every = tuple(
        touch(name, label, channel, n, reached, feeling, go, (i + 0.5) / len(touches))
        for i, (label, channel, n, feeling, go) in enumerate(touches)
    )
    return StageView(
        name,
        asks,
        f"first {touches[0][0] if touches else name}",
        Count(reached, f"reached:{name}"),
        Count(on, f"went_on:{name}"),
        Count(left, f"left:{name}"),
        Count(still, f"open:{name}"),
        Count(done, f"done:{name}"),
        0,
        rate(on + done, reached),
        Time(on, int(days * DAY), int(days * 3 * DAY), 0.022) if days and on + done else None,
        tuple(sorted(every, key=lambda t: (-t.customers.n, t.name))),
        others,
    )


def friction(
    rank: int,
    at: int,
    where: str | None,
    title: str,
    statement: str,
    facts: Sequence[str],
    lost: int,
    money: int | None,
    quote: str | None,
) -> Friction:
    """Give a friction."""
    return Friction(
        rank,
        at,
        where,
        title,
        statement,
        tuple(Fact(f"fact {i}", f) for i, f in enumerate(facts)),
        Count(lost, f"left:stage{at} & did:{where}"),
        money,
        rate(lost, lost * 4),
        rate(lost // 9, lost),
        "those who got a call",
        "2026-09-14",
        Time(lost, 3 * DAY, 9 * DAY, 0.022),
        mood(-0.4, 80),
        41,
        (("help_docs", rate(336, 781), rate(120, 3000)),),
        (Quote(quote, where or "survey", "2026-10-02"),) if quote else (),
        "The step asks for permissions most people who set it up do not have.",
        "Observed",
        "moderate",
        (290.0, 480.0),
        "lost × (leave rate − leave rate of the rest), if the recovered behave like the rest",
    )
