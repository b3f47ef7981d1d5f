"""What goes with leaving a stage: touchpoints whose contrast holds at a landmark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.landmark import AfterLandmark, FirstTimes, Landmark, Pair
from trod.insights.absence import absent_by_group
from trod.insights.alike import turns_round
from trod.insights.answers import Answers
from trod.insights.rates import apart
from trod.insights.wording import SMALL_N

_MATERIAL: Final = 0.05
_ALWAYS: Final = 0.95
_TRIED: Final = 8
_WITHOUT, _WITH = 0, 1
_ON, _LEFT = 0, 1


class Contrast(NamedTuple):
    """Leave rates after a landmark, of those who had a touchpoint by then and of the others."""

    code: int
    after_us: int  # the landmark, from entering the stage
    with_it: tuple[int, int]  # left later, out of those who had it by then
    without: tuple[int, int]  # left later, out of those who had not
    harmful: bool  # those who had it leave more often
    weight: float  # customers, of those who had it, who left or stayed more than the others did
    lost: tuple[int, int]  # had it, out of those who left later
    went_on: tuple[int, int]  # had it, out of those who went on

    @property
    def excess(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Give the group that leaves more often, then the other."""
        return (self.with_it, self.without) if self.harmful else (self.without, self.with_it)


def contrasts(asked: Answers, stages: Sequence[int]) -> dict[int, tuple[Contrast, ...]]:
    """Compare, in some stages, who leaves with a touchpoint and who leaves without it.

    Groups are compared at a landmark, the time by which half of those who ever had the touchpoint
    in the stage had it: see `trod.analyses.landmark`. Beside everybody, leaving early would pass
    for the lack of whatever comes late.

    A contrast is given only where the leave rates differ by 5 points at least, beyond chance, in
    the same direction among those still active at the landmark, among these and those who had
    fallen silent by then, and (the direction) among all who entered and like with like, within
    the kinds of every attribute (see `trod.insights.alike`). 30 customers are needed in each group.
    The touchpoints by which people leave or succeed are not causes and are left out, as are those
    the journey ignores, and those that whole groups of customers can never have (see
    `trod.insights.absence`). So is one that nearly all who went on had and whose lack goes with
    leaving: that is a step of the way, and lacking it is leaving by another name.

    Returns
    -------
    dict of stage to tuple of Contrast
        The heaviest first.
    """
    usable = {s: _usable(asked, s) for s in stages}
    pairs = tuple((s, k) for s in stages for k in _worth_trying(asked, s, usable[s]))
    found: dict[int, list[Contrast]] = {s: [] for s in stages}
    for mark, groups in _after_landmarks(asked, pairs):
        made = _contrast(mark, groups, tests=len(usable[mark.stage]))
        if made is None or made.harmful != (_raw(asked, mark.stage, mark.code) > 0):
            continue
        if absent_by_group(asked, mark.stage, mark.code):
            continue
        if not turns_round(asked, mark, harmful=made.harmful):
            found[mark.stage].append(made)
    return {
        s: tuple(sorted(each, key=lambda c: (-round(c.weight, 6), c.code)))
        for s, each in found.items()
    }


def _entered(asked: Answers, s: int) -> int:
    return int(asked.stages.entered[s])


def _usable(asked: Answers, s: int) -> list[int]:
    """List the touchpoints with two groups large enough that are no step of the way."""
    n = asked.touches.customers[s]
    ends = asked.plan.success | asked.plan.failure
    ignored = np.isin(asked.touches.name, asked.spec.ignore)
    large = (n >= SMALL_N) & (_entered(asked, s) - n >= SMALL_N) & ~ends & ~ignored
    on = int(asked.stages.onward[s])
    codes = [int(k) for k in np.flatnonzero(large)]
    always = asked.losses.had[s, :, _ON + 1] >= _ALWAYS * on
    return [k for k in codes if _raw(asked, s, k) > 0 or not always[k]]


def _raw(asked: Answers, s: int, k: int) -> float:
    """Give how much more often those who ever had it in the stage left than those who had not."""
    n, left = int(asked.touches.customers[s, k]), int(asked.losses.had[s, k, 0])
    others = _entered(asked, s) - n
    return left / n - (int(asked.stages.left[s]) - left) / others


def _worth_trying(asked: Answers, s: int, codes: Sequence[int]) -> list[int]:
    """Choose those of the largest differences: each costs a comparison of all customers."""
    n = asked.touches.customers[s]
    size = {
        k: abs(_raw(asked, s, k)) * min(int(n[k]), _entered(asked, s) - int(n[k])) for k in codes
    }
    return sorted(codes, key=lambda k: (-round(size[k], 6), k))[:_TRIED]


def _after_landmarks(
    asked: Answers, pairs: tuple[Pair, ...]
) -> Iterator[tuple[Landmark, NDArray[np.int64]]]:
    """Give each landmark, and customers there by reading, group and fate, (2, 2, 3)."""
    if not pairs:
        return
    marks = fold.run({"it": FirstTimes(asked.plan, pairs)}, asked.journeys)["it"]
    cells = fold.run({"it": AfterLandmark(asked.plan, marks)}, asked.journeys)["it"]
    yield from zip(marks, cells, strict=True)


def _contrast(mark: Landmark, readings: NDArray[np.int64], *, tests: int) -> Contrast | None:
    """Give the contrast where it holds in both readings of silence."""
    sides = {_differs(groups, tests=tests) for groups in readings}
    if len(sides) > 1 or 0 in sides:
        return None
    active = readings[0]
    with_it, without = _left_of(active[_WITH]), _left_of(active[_WITHOUT])
    # Only of those who had it: lacking something is true of most, with little behind it.
    weight = abs(with_it[0] - with_it[1] * without[0] / without[1])
    return Contrast(
        mark.code,
        mark.after_us,
        with_it,
        without,
        sides == {1},
        weight,
        (with_it[0], with_it[0] + without[0]),
        (int(active[_WITH, _ON]), int(active[:, _ON].sum())),
    )


def _left_of(fates: NDArray[np.int64]) -> tuple[int, int]:
    return int(fates[_LEFT]), int(fates.sum())


def _differs(groups: NDArray[np.int64], *, tests: int) -> int:
    """Say whether those with it leave more often (1), less often (-1), or nobody can tell (0)."""
    with_it, without = _left_of(groups[_WITH]), _left_of(groups[_WITHOUT])
    if min(with_it[1], without[1]) < SMALL_N:
        return 0
    more = with_it[0] / with_it[1] - without[0] / without[1]
    if abs(more) < _MATERIAL or not apart(with_it, without, tests=tests):
        return 0
    return 1 if more > 0 else -1
