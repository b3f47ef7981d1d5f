"""What a table cannot say, and what could be tried all the same."""

from __future__ import annotations

import math
from typing import Final

from trod.events.counted import count
from trod.insights.levers import Lever, for_signals
from trod.insights.table.friction import Idea, Reading, TableStep
from trod.insights.table.pasted import Pasted
from trod.insights.wording import SMALL_N

PER: Final = 1_000
"""How many people are spoken of where it is not said how many entered."""


def warnings(
    pasted: Pasted,
    reading: Reading,
    entered: int,
    steps: tuple[TableStep, ...],
    missing: tuple[str, ...],
) -> tuple[str, ...]:
    """List what a table cannot say, and how far its figures can be trusted."""
    found = list(pasted.notes)
    if pasted.entered is None:
        found.append(f"It is not said how many entered: counts are per {PER:,} who entered.")
    small = [s.name for s in steps if s.before < SMALL_N]
    if small:
        found.append(f"Small sample: fewer than {SMALL_N} people before {', '.join(small)}.")
    if reading != "counts" and pasted.entered is not None:
        digits = max(len(f"{line.percent:g}".partition(".")[2]) for line in pasted.lines)
        off = entered * 10**-digits / 200
        if reading == "cumulative" and off >= 1:
            found.append(
                "The percentages are rounded: each count is known to about "
                f"±{count(math.floor(off), 'person', 'people')}."
            )
    if not pasted.dated:
        found.append(
            "No dates: it cannot be said since when, whether it is getting better or worse, or "
            "whether the latest entrants had time to finish (those still under way count as lost)."
        )
    if missing and len(missing) < len(steps):
        found.append(f"No time given for {'; '.join(missing)}.")
    elif missing:
        found.append("No times: slow steps cannot be told from fast ones.")
    if len(missing) < len(steps):
        found.append(_about_times(pasted.averages))
    found.append(
        f"No money and no segments: value is counted in people at {steps[-1].name}, and one kind "
        "of customer may hide behind the total."
    )
    found.append("No causes: a table shows where people leave, never why.")
    return tuple(found)


def _about_times(averages: bool | None) -> str:
    if averages is None:
        return "It is not said whether the times are averages or medians."
    if averages:
        return (
            "The times are averages, not medians: a few slow people can make them long. They are "
            "also of those who finished, not of those who left."
        )
    return "The times are of those who finished the step, not of those who left."


def ideas(steps: tuple[TableStep, ...], order: tuple[str, ...]) -> tuple[Idea, ...]:
    """Give one lever for each of the three steps with the most to win."""
    by_name = {s.name: s for s in steps}
    used: set[str] = set()
    made: list[Idea] = []
    for name in order[:3]:
        fitting = [v for v in for_signals(by_name[name].signals) if v.id not in used]
        if fitting and by_name[name].lost:
            used.add(fitting[0].id)
            made.append(_idea(name, fitting[0]))
    return tuple(made)


def _idea(step: str, lever: Lever) -> Idea:
    return Idea(step, lever.id, lever.do, lever.why, lever.when_not, lever.measure)
