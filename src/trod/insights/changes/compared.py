"""One figure of both periods, judged by itself: its difference, at the same mix, and how many."""

from __future__ import annotations

from typing import Final, NamedTuple

from trod.analyses.changes.measures import FEWEST, Measure
from trod.insights.changes import figures
from trod.insights.changes.figures import SHARES
from trod.insights.changes.ground import Ground
from trod.insights.changes.judging import Judged, Sums3, above, judge, judge_behaviour
from trod.insights.changes.lapse import Lapse

LEAST_POINTS: Final = 0.02
LEAST_ABOVE: Final = 0.08
LEAST_CUSTOMERS: Final = 5


class Compared(NamedTuple):
    """One figure of both periods, judged."""

    measure: Measure
    before: Sums3
    now: Sums3
    crude: Judged
    judged: Judged  # at the same mix, where other kinds came; else the same as crude
    touched: float  # customers
    lapse: Lapse | None  # why it cannot be compared

    @property
    def material(self) -> bool:
        """Whether it is large enough to matter."""
        if abs(self.touched) < LEAST_CUSTOMERS:
            return False
        share = self.measure.kind in SHARES
        least = LEAST_POINTS if share else LEAST_ABOVE
        return abs(self.touched) >= least * self.now.n

    def title(self, told: figures.Told) -> str:
        """Say it in a line."""
        return figures.title(self.measure, self.before, self.now, told)


def compared(ground: Ground, i: int) -> Compared | None:
    """Judge one figure; None where there is nothing to compare."""
    measure = ground.measures[i]
    before, now = ground.sums(i, -2), ground.sums(i, -1)
    if measure.kind in ("entered", "stood") or min(before.n, now.n) < FEWEST:
        return None
    share = measure.kind in SHARES
    if before.mean == now.mean == float(round(now.mean)):
        return None  # everyone, or nobody, in both
    n_earlier = ground.found.sums.shape[1] - 2
    earlier = [ground.sums(i, p) for p in range(n_earlier)]
    crude = judge(now, before, earlier, share=share)
    judged = crude
    if ground.moved is not None:
        parts = ground.parts(i, ground.moved)
        judged = judge_behaviour(parts.behaviour, parts.behaviour_error, now, before, earlier)
    touched = above(judged.difference, now, before, share=share) * now.n
    return Compared(measure, before, now, crude, judged, touched, ground.lapse(measure))
