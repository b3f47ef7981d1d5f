"""Early warnings as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trod.app.say import folded, strong
from trod.events.counted import count
from trod.insights.early_warnings.warning import REASONS
from trod.insights.early_warnings.words import aside_of, line
from trod.insights.wording import day, in_words
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.insights.early_warnings.warning import EarlyWarnings, SetAside, Signal

_NAMED = 12


def warnings(
    found: EarlyWarnings, *, bad: bool, good: bool, all_aside: bool, who: str | None
) -> str:
    """Tell the signals, a line each; what was set aside in a line, or all of it with the reasons.

    `who` is the command that lists the customers with the first signal now.
    """
    unit = units(found.unit)
    parts = []
    if bad:
        parts += _part(f"Signs before {unit} leave", found.bad, unit)
    if good:
        parts += _part(f"Signs before {unit} grow", found.good, unit)
    if all_aside:
        parts += ["", strong("Looked at and set aside"), *_asides(found.set_aside)]
    parts += ["", folded(_method(found), more="")]
    if not all_aside and found.set_aside:
        parts.append(folded(_set_aside_in_short(found.set_aside), more=""))
    if who is not None:
        parts.append(folded(f"Who shows the first one now: `{who}`", more=""))
    return "\n".join(parts).lstrip("\n")


def one(told: Signal, unit: str, who: str | None) -> str:
    """Tell one sign that was asked about."""
    parts = _signal(told, unit)
    if told.not_eligible or told.levels:
        parts += _levels(told)
    note = "Asked about, not searched for: counted on all customers, corrected for nothing."
    parts += ["", folded(f"{note} {_OBSERVED}", more="")]
    if who is not None:
        parts.append(folded(f"Who shows it now: `{who}`", more=""))
    return "\n".join(parts)


_OBSERVED = (
    "Observed: an association. It says who to look at, not what would happen if you changed it."
)


def _part(title: str, signals: Sequence[Signal], unit: str) -> list[str]:
    lines = ["", strong(title)]
    if not signals:
        return [*lines, folded("None holds. What was looked at: `trod signals --set-aside`.")]
    for told in signals:
        lines += _signal(told, unit)
    return lines


def _signal(told: Signal, unit: str) -> list[str]:
    lines = [folded(f"{line(told, unit)} [{told.lever}]", indent="  ", more="    ")]
    if told.why:
        lines.append(folded(told.why, indent="    ", more="    "))
    return lines


def _levels(told: Signal) -> list[str]:
    kinds = in_words(list(told.adjusted_for), last="and")
    lines = [folded(f"Like with like: {kinds}.", indent="    ", more="    ")]
    closed = {level.name for _, levels in told.not_eligible for level in levels}
    for level in told.levels:
        if level.name in closed:
            said = f"not eligible, {level.n:,}"
        elif level.ratio is None:
            said = f"cannot be told, {level.n:,}"
        else:
            r = level.ratio
            said = f"{r.value:.2f} (95% {r.low:.2f} to {r.high:.2f}), {level.n:,}"
        lines.append(f"      {level.name}: {said}")
    for name, era in zip(("earlier", "later"), told.eras, strict=True):
        within = "cannot be told" if era.ratio is None else f"{era.ratio.value:.2f} like with like"
        plain = "" if era.naive is None else f", {era.naive.value:.2f} in all"
        lines.append(f"      came {name}: {within}{plain}, {era.n:,}")
    return lines


def _asides(gone: Sequence[SetAside]) -> list[str]:
    lines = []
    for reason, words in REASONS.items():
        some = [each for each in gone if each.reason == reason]
        if not some:
            continue
        lines.append(f"  {words[:1].upper()}{words[1:]}: {len(some):,}")
        if reason in ("chance", "too few"):
            names = in_words(_once(some), most=_NAMED, last="and")
            lines.append(folded(names, indent="    ", more="    "))
            continue
        told = dict.fromkeys(
            f"{aside_of(each)}: {each.why}" if each.why else aside_of(each) for each in some
        )
        lines += [folded(each, indent="    ", more="      ") for each in told]
    return lines


def _once(some: Sequence[SetAside]) -> list[str]:
    return list(dict.fromkeys(aside_of(each) for each in some))


def _set_aside_in_short(gone: Sequence[SetAside]) -> str:
    counts = [
        f"{words} {n:,}"
        for reason, words in REASONS.items()
        if (n := sum(each.reason == reason for each in gone))
    ]
    return f"Set aside, named with `--set-aside`: {'; '.join(counts)}."


def _method(found: EarlyWarnings) -> str:
    said = [
        f"As of {day(found.as_of_us, found.zone)}. {count(found.tested, 'sign')} tested, corrected"
        " for that many. Days were chosen on one half of the customers; the figures are those of"
        " the other half, like with like.",
        _OBSERVED,
    ]
    if found.refused:
        named = in_words(list(found.refused), last="and")
        said.append(f"Not compared by {named}: known only after the outcome.")
    return " ".join(said)
