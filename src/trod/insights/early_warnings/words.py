"""Signals as sentences: what a person reads first, on every surface."""

from __future__ import annotations

from trod.insights.early_warnings.warning import SetAside, Signal
from trod.insights.journey_map import Rate
from trod.insights.wording import duration, share
from trod.journeys.label import readable


def sign_of(told: Signal) -> str:
    """Name the sign: what was done, or not, by when.

    Names that could be taken for plain words stand as people read them.
    """
    name = readable(told.touchpoint)
    when = (
        f"within {told.days} days of entering {told.stage}"
        if told.days != 1
        else _one_day(told.stage)
    )
    if told.before is not None:
        first, second = name, readable(told.before)
        if not told.had:
            first, second = second, first
        return f"{first} before {second}, both {when}"
    return f"{name} {when}" if told.had else f"No {_lower(name)} {when}"


def _one_day(stage: str) -> str:
    return f"within a day of entering {stage}"


def _lower(name: str) -> str:
    """Give a name as it stands inside a sentence: acronyms stay as they are."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def outcome_of(told: Signal | SetAside) -> str:
    """Say what became of customers later."""
    if told.outcome is None:
        return "leave" if told.end == told.stage else f"leave in {told.end}"
    return f"go on to {readable(told.outcome)}"


def headline(told: Signal) -> str:
    """Say the sign, and how often the outcome came with it and without it."""
    with_it, without = (_share(rate) for rate in (told.with_sign, told.without))
    return f"{sign_of(told)}: {with_it} {outcome_of(told)} against {without}"


def figures(told: Signal, unit: str) -> str:
    """Say ratio, interval, customers, days of warning, and how many have the sign now."""
    r = told.ratio
    said = [f"ratio {r.value:.1f}, 95% {r.low:.1f} to {r.high:.1f}, n {told.n:,}"]
    if told.lead is not None:
        said.append(f"{duration(told.lead.median_us)}' warning".replace("day'", "day's"))
    said.append(f"{told.now.n:,} {unit if told.now.n != 1 else unit.removesuffix('s')} now")
    return "; ".join(said)


def line(told: Signal, unit: str) -> str:
    """Say a signal in one line."""
    return f"{headline(told)} ({figures(told, unit)})"


def aside_of(told: SetAside) -> str:
    """Name something that was set aside."""
    name = readable(told.touchpoint)
    if told.before is not None:
        name = f"{name} or {readable(told.before)} first"
    where = told.stage if told.end == told.stage else f"{told.stage}, leaving in {told.end}"
    return f"{name} ({where})" if told.outcome is None else f"{name} ({where}, {outcome_of(told)})"


def _share(rate: Rate) -> str:
    return share(rate.part, rate.whole)
