"""What those who left did before, beside what those who went on did."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from trod.insights.answers import Answers
from trod.insights.rates import apart
from trod.insights.wording import SMALL_N

_MATERIAL: Final = 0.05
_ALWAYS: Final = 0.95


class Contrast(NamedTuple):
    """Leave rates of those who had a touchpoint in a stage and of those who had not."""

    code: int
    with_it: tuple[int, int]  # left, out of those who had it
    without: tuple[int, int]  # left, out of those who had not
    harmful: bool  # those who had it leave more often
    weight: float  # customers lost more than if both left alike
    lost: tuple[int, int]  # had it, out of the lost
    went_on: tuple[int, int]  # had it, out of those who went on

    @property
    def excess(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Give the group that leaves more often, then the other."""
        return (self.with_it, self.without) if self.harmful else (self.without, self.with_it)


def contrasts(asked: Answers, s: int) -> tuple[Contrast, ...]:
    """Compare the lost of a stage with those who went on, touchpoint by touchpoint.

    Only touchpoints met in the stage count, before leaving or going on; the ones by which people
    leave or succeed are not causes and are left out. So is a touchpoint that nearly all who went
    on had: that is a step of the way, and lacking it is leaving by another name. Customers still
    in the stage belong to neither group. 30 customers are needed with it and 30 without.

    Returns
    -------
    tuple of Contrast
        Those that differ beyond chance and by 5 points at least, the heaviest first; having
        something counts twice as much as lacking it.
    """
    lost = int(asked.stages.left[s])
    on = int(asked.stages.went_on[s] + asked.stages.done[s] - asked.stages.skipped[s])
    had = asked.losses.had[s]
    usable = had.sum(axis=1) >= SMALL_N
    usable &= (lost + on - had.sum(axis=1)) >= SMALL_N
    usable &= ~(asked.plan.success | asked.plan.failure)
    codes = [int(k) for k in np.flatnonzero(usable)]
    found = []
    for k in codes:
        lost_k, on_k = int(had[k, 0]), int(had[k, 1])
        with_it, without = (lost_k, lost_k + on_k), (lost - lost_k, lost + on - lost_k - on_k)
        p, q = with_it[0] / with_it[1], without[0] / without[1]
        same = p < q and on_k >= _ALWAYS * on
        if abs(p - q) < _MATERIAL or same or not apart(with_it, without, tests=len(codes)):
            continue
        weight = (p - q) * with_it[1] if p > q else (q - p) * without[1]
        found.append(Contrast(k, with_it, without, p > q, weight, (lost_k, lost), (on_k, on)))
    # Lacking something is true of most customers: its weight is large with little behind it.
    return tuple(sorted(found, key=lambda c: (-round(c.weight * (1 + c.harmful), 6), c.code)))
