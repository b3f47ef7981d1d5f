"""Whether stages by days follow each other: no day in two of them, no day in none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from trod.actions.plans.plan import Flag
from trod.actions.plans.spec import WindowSpec


def flags(stages: Sequence[WindowSpec], unit: str) -> tuple[Flag, ...]:
    """Name the days that lie in two stages or in none, who they concern, and what to write.

    Examples
    --------
    >>> one = WindowSpec(name="Adopt", days=(91, 180))
    >>> after = WindowSpec(name="Expand", days=(180, None))
    >>> flags([one, after], "accounts")[0].write
    'days: 181+ for Expand, or 91-179 for Adopt'
    """
    ordered = sorted(stages, key=lambda s: s.first)
    found = []
    for one, after in pairwise(ordered):
        if one.last is None or after.first <= one.last:
            found.append(_overlap(one, after, unit))
        elif after.first > one.last + 1:
            found.append(_gap(one, after, unit))
    return tuple(found)


def _overlap(one: WindowSpec, after: WindowSpec, unit: str) -> Flag:
    last = one.last
    span = _days(after.first, last if after.last is None or last is None else min(last, after.last))
    problem = (
        f"{span} {'lies' if last == after.first else 'lie'} in {_shown(one)} and in "
        f"{_shown(after)}: {unit} who are still there then are counted in both, and the counts of "
        "the stages add up to more than there are."
    )
    first = f"days: {written(one.first, after.first - 1)} for {one.name}"
    if last is None:
        return Flag("overlap", problem, first)
    later = written(last + 1, after.last)
    return Flag(
        "overlap",
        problem,
        f"days: {later} for {after.name}, or {first.removesuffix(f' for {one.name}')[6:]} for "
        f"{one.name}",
    )


def _gap(one: WindowSpec, after: WindowSpec, unit: str) -> Flag:
    last = one.last or 0
    span = _days(last + 1, after.first - 1)
    problem = (
        f"{span} {'lies' if last + 2 == after.first else 'lie'} in no stage, between "
        f"{_shown(one)} and {_shown(after)}: {unit} who leave then are in no count."
    )
    return Flag("gap", problem, f"days: {written(last + 1, after.last)} for {after.name}")


def _shown(stage: WindowSpec) -> str:
    return f"{stage.name} ({written(*stage.days)})"


def _days(first: int, last: int | None) -> str:
    if last is None:
        return f"Days from {first} on"
    return f"Day {first}" if first == last else f"Days {first} to {last}"


def written(first: int, last: int | None) -> str:
    """Write days as trod.yml has them: 31-90, or 180+ without an end."""
    return f"{first}+" if last is None else f"{first}-{last}"


def mended(stages: Sequence[WindowSpec]) -> list[tuple[WindowSpec, int]]:
    """Give each stage with the day it begins on, so that no day is in two: the earlier keeps it."""
    found: list[tuple[WindowSpec, int]] = []
    reached = -1
    for stage in sorted(stages, key=lambda s: s.first):
        begin = stage.first if stage.first > reached else reached + 1
        found.append((stage, begin))
        reached = max(reached, stage.last if stage.last is not None else begin)
    return found
