"""Early warnings as findings: who shows a sign now, and what is at stake."""

from __future__ import annotations

from typing import Final

from trod.analyses.signals.sign import of_others
from trod.insights.claims import Figure, claim, counted, shared
from trod.insights.early_warnings.warning import EarlyWarnings, Signal
from trod.insights.early_warnings.words import outcome_of, sign_of
from trod.insights.findings.finding import Finding, Impact
from trod.insights.journey_map import Fact
from trod.insights.wording import day, share
from trod.journeys.label import readable, units

_LEVEL: Final = 95
_MODERATE: Final = 300
_DO: Final = {
    "yours to do": "Do it for those who lack it now",
    "you can ask for it": "Ask those who lack it now for it, and find out what keeps them",
    "watch only": "Speak with those who show it now; it says whom to ask, not what to change",
}
_GROWING: Final = "Speak with those who show it now about what they want to do next"
_CAUSE: Final = "It may be a reason, or only a mark of those who {outcome} anyway."


def of_early_warnings(found: EarlyWarnings) -> tuple[Finding, ...]:
    """Make findings of signals; a signal is about its sign and its outcome, not about its day.

    The day is chosen anew by every search, so it is a figure and no part of the id.
    """
    return tuple(_finding(found, each) for each in (*found.bad, *found.good))


def _finding(found: EarlyWarnings, told: Signal) -> Finding:
    unit = units(found.unit)
    said, keys = _statement(told, unit)
    growing = told.outcome is not None
    return Finding(
        kind="early warning",
        about=_about(told),
        journey=found.journey,
        unit=found.unit,
        title=_title(told),
        statement=said[0],
        facts=said[1],
        population=told.now,
        evidence="Observed",
        grade="moderate" if told.n >= _MODERATE else "weak",
        cause=_CAUSE.format(outcome=outcome_of(told)),
        recommendation=f"{_GROWING if growing else _DO[told.lever]}.",
        lever="",
        measure=f"Share who {outcome_of(told)}, of those asked and of some left alone by chance.",
        impact=None if growing else _impact(told, unit),
        stage=told.stage,
        as_of=day(found.as_of_us, found.zone),
        serves="expanded" if growing else "",
        ends=told.end,
        touchpoint=told.touchpoint,
        wholes=keys,
        contrast=of_others(told.now.key),
    )


def _about(told: Signal) -> str:
    parts = (told.stage, told.end, told.outcome or "", told.touchpoint, told.before or "")
    return "\x1e".join((*parts, "with" if told.had else "without"))


def _title(told: Signal) -> str:
    name = readable(told.touchpoint)
    if told.before is not None:
        names = (name, readable(told.before))
        first, second = names if told.had else names[::-1]
        return f"{first} before {second} ({told.stage})"
    return f"{name} ({told.stage})" if told.had else f"Without {name} ({told.stage})"


def _statement(told: Signal, unit: str) -> tuple[tuple[str, tuple[Fact, ...]], tuple[str, ...]]:
    """Say the sign, how often the outcome came with it and without it, and who shows it now."""
    all_with, later_with = told.with_count, told.with_later
    all_without, later_without = of_others(all_with.key), of_others(later_with.key)
    with_it, without = told.with_sign, told.without
    figures: dict[str, Figure] = {
        "with_sign": shared(with_it.part, with_it.whole, later_with.key, all_with.key),
        "without": shared(without.part, without.whole, later_without, all_without),
        "now": counted(told.now.n, told.now.key),
    }
    now = f"{unit} show" if told.now.n != 1 else f"{unit.removesuffix('s')} shows"
    made = claim(
        "{sign}: {with_sign} {outcome} against {without}. {now} {whom} it now.",
        figures,
        sign=sign_of(told),
        outcome=outcome_of(told),
        whom=now,
    )
    days = Fact("days", f"{told.days} days" if told.days != 1 else "a day")
    return (made.text, (days, *made.facts)), ("", all_with.key, all_without, "")


def _impact(told: Signal, unit: str) -> Impact | None:
    """Reckon how many of those who show the sign now would leave in excess of the others.

    The share of those with the sign who had the outcome, times the part of it that goes with the
    sign: 1 - 1/ratio, like with like, at both ends of the interval of the ratio.
    """
    at_risk = told.now.n * told.with_sign.share
    low, high = (max(0.0, at_risk * (1 - 1 / r)) for r in (told.ratio.low, told.ratio.high))
    if round(high, 1) <= 0:
        return None
    leaving = share(told.with_sign.part, told.with_sign.whole)
    formula = (
        f"{told.now.n:,} now × {leaving} leaving × (1 − 1/ratio), ratio {told.ratio.low:.1f} to "
        f"{told.ratio.high:.1f}: upper bound if the sign is the reason"
    )
    return Impact(round(low, 6), round(high, 6), f"{unit} kept", _LEVEL, formula)
