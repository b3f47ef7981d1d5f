"""What follows from a table's figures: losses, rates, worth, three rankings."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from trod.analyses.interval import wilson
from trod.insights.table.friction import Ranking, TableStep
from trod.insights.table.pasted import Line
from trod.insights.wording import SMALL_N

_RECOVERED: Final = 0.1
_NEARLY: Final = 0.005
_LONG_US: Final = 86_400_000_000


def steps_of(lines: tuple[Line, ...], entered: int, reached: list[int]) -> tuple[TableStep, ...]:
    """Work out what each step loses and what keeping a tenth of it would be worth."""
    made = []
    last = reached[-1]
    befores = [entered, *reached[:-1]]
    worst = max(b - n for b, n in zip(befores, reached, strict=True))
    for i, (line, before, now) in enumerate(zip(lines, befores, reached, strict=True)):
        low, high = wilson(now, before)
        lost = before - now
        made.append(
            TableStep(
                name=line.name,
                written=f"{line.count:,}" if line.percent is None else f"{line.percent:g}%",
                before=before,
                reached=now,
                lost=lost,
                rate=round(now / before, 6) if before else 0.0,
                low=round(low, 6),
                high=round(high, 6),
                time_us=line.time_us,
                time_from=line.time_from,
                goes_on=round(last / now, 6) if now else 0.0,
                recovered=math.floor(lost * _RECOVERED + 0.5),
                value=_value(lost, now, last),
                signals=_signals(line, i, len(lines), biggest=lost == worst),
            )
        )
    return tuple(made)


def _value(lost: int, reached: int, last: int) -> int:
    """Round 0.1 * lost * last / reached half up, in integers."""
    return (2 * lost * last + 10 * reached) // (20 * reached) if reached else 0


_WORDS: Final = {
    "account_step": ("account", "sign up", "signup", "sign-up", "register", "registration"),
    "setup_step": (
        "setup",
        "set up",
        "set-up",
        "profile",
        "configure",
        "form",
        "import",
        "connect",
    ),
    "first_value_step": ("first", "activation", "aha", "feature"),
    "return_step": ("return", "second", "again", "repeat", "week", "day", "retention", "active"),
    "payment_step": ("pay", "checkout", "purchase", "billing", "card", "invoice", "order"),
    "invite_step": ("invite", "team", "colleague", "member"),
}


def _signals(line: Line, i: int, n: int, *, biggest: bool) -> tuple[str, ...]:
    name = f" {line.name.lower()}"
    found = [
        s for s, words in _WORDS.items() if any(f" {w}" in name or f"({w}" in name for w in words)
    ]
    if line.time_us is not None and line.time_us >= _LONG_US:
        found.append("long_delay")
    if biggest:
        found.append("largest_loss")
    if i == n - 1:
        found.append("last_step")
    return tuple(found)


def missing_times(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Name the ways from step to step whose time is not given."""
    if any(line.time_from for line in lines):
        names = ["entered", *(line.name for line in lines)]
        return tuple(
            f"{a} to {b.name}" for a, b in zip(names, lines, strict=False) if b.time_us is None
        )
    return tuple(line.name for line in lines if line.time_us is None)


def rankings_of(steps: tuple[TableStep, ...]) -> tuple[Ranking, ...]:
    """Rank the steps by people lost, by step rate, and by value of recovering a tenth."""
    at = range(len(steps))
    by_lost = sorted(at, key=lambda i: (-steps[i].lost, i))
    by_rate = sorted(at, key=lambda i: (steps[i].rate, i))
    exact = [s.lost * steps[-1].reached / s.reached if s.reached else 0.0 for s in steps]
    by_value = sorted(at, key=lambda i: (-exact[i], i))
    last = steps[-1].name
    tied = tuple(
        (steps[a].name, steps[b].name)
        for a, b in pairwise(by_rate)
        if steps[b].rate - steps[a].rate < _NEARLY and steps[b].low <= steps[a].high
    )
    return (
        Ranking(
            "people lost",
            tuple(steps[i].name for i in by_lost),
            tuple(f"{steps[i].lost:,}" for i in by_lost),
            (),
        ),
        Ranking(
            "step rate, lowest first",
            tuple(steps[i].name for i in by_rate),
            tuple(_rate(steps[i]) for i in by_rate),
            tied,
        ),
        Ranking(
            f"value of recovering 10% of the lost, in people at {last}",
            tuple(steps[i].name for i in by_value),
            tuple(f"+{steps[i].value:,}" for i in by_value),
            (),
        ),
    )


def _rate(step: TableStep) -> str:
    if step.before < SMALL_N:
        return f"{step.reached} of {step.before}"
    return f"{step.rate * 100:.1f}%"


def disagree(steps: tuple[TableStep, ...], rankings: tuple[Ranking, ...]) -> str:
    """Say why the rankings disagree, if they do."""
    tops = [r.order[0] for r in rankings]
    if len({r.order for r in rankings}) == 1:
        return "All three rankings agree."
    by_name = {s.name: s for s in steps}
    first, last = by_name[tops[0]], by_name[tops[2]]
    head = "The three rankings agree on the first place and differ below it: "
    if len(set(tops)) > 1:
        head = "The three rankings disagree because they ask different questions: "
    text = (
        head + "people lost is largest where most people still are, step rate ignores how many "
        "there are, and value counts how many of the recovered would reach the end."
    )
    if first.name != last.name:
        text += (
            f" Of those who reach {last.name}, {_share(last)} reach {steps[-1].name}; of those who "
            f"reach {first.name}, {_share(first)}. So {last.lost:,} lost at {last.name} outweigh "
            f"{first.lost:,} at {first.name}."
        )
    return text


def _share(step: TableStep) -> str:
    return f"{step.goes_on * 100:.0f}%" if step.reached >= SMALL_N else "few"
