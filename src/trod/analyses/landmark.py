"""Who leaves a stage later, of those still in it at a landmark, with and without a touchpoint.

Customers who leave early have no time to meet what comes late: beside all others, they make any
late touchpoint look as if it kept people. So two groups are compared at a fixed moment, the
**landmark**, so long after entering the stage: of the customers still in the stage at that moment,
those who had the touchpoint by then, and those who had not [1]_. Only what happens later counts.

**Still there** at the landmark is a customer who

- went on, or left by a declared touchpoint, after the landmark; or
- has done neither, and was *active* at the landmark or later: had any touchpoint of the passage in
  the stage then, other than the one asked about (which would put those who have it late into the
  group without it); entering the stage counts.

Whoever fell silent before the landmark may or may not have been there: nobody can know. They are
*silent* where the silence would not yet have counted as left at the landmark, and gone otherwise.
A comparison that holds only with them, or only without them, holds by a definition.

References
----------
.. [1] Anderson, Cain & Gelber (1983), "Analysis of survival by tumor response", Journal of
   Clinical Oncology 1:710-719.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.landmark import ACTIVE, NO_MARK, first_times, landmarks
from trod.analyses.histogram import N_BINS, bin_bounds, bin_index, quantile
from trod.analyses.names import codes_of, decode, encode
from trod.analyses.stages import success_us
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import StagePlan, passages

Pair = tuple[int, int]
"""A stage and a touchpoint, both by code."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A moment, so long after entering a stage, and a touchpoint asked about there."""

    stage: int
    code: int
    after_us: int


@dataclass(frozen=True, slots=True, eq=False)
class TimeCounts(Sums):
    """Customers by time from entering a stage to the first of a touchpoint there."""

    times: NDArray[np.int64]  # (n_pairs, N_BINS)


@dataclass(frozen=True, slots=True)
class FirstTimes:
    """How long after entering a stage customers first had some touchpoints there."""

    plan: StagePlan
    pairs: tuple[Pair, ...]

    def empty(self) -> TimeCounts:
        """Give the counts of no data."""
        return TimeCounts(np.zeros((len(self.pairs), N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> TimeCounts:
        """Count one batch."""
        walked, state = passages(batch, self.plan), self.empty()
        first_times(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(walked.stage, np.int8),
            given(walked.entered_us, np.int64),
            _mark_of(self.plan, self.pairs),
            np.full(len(self.pairs), -1, np.int64),
            state.times,
        )
        return state

    def finish(self, state: TimeCounts) -> tuple[Landmark, ...]:
        """Set the landmark of each pair: the time by which half of those who ever had it had it.

        The end of the median's bin, so that it is half of them at least; pairs that nobody had are
        left out.
        """
        return tuple(
            Landmark(s, k, bin_bounds(bin_index(quantile(row, (1, 2))))[1])
            for (s, k), row in zip(self.pairs, state.times, strict=True)
            if row.any()
        )


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkCounts(Sums):
    """Customers by place at each landmark, and by what became of them."""

    cells: NDArray[np.int64]  # (n_marks, 5, 3) gone, silent, silent with it, active, active with it


@dataclass(frozen=True, slots=True)
class AfterLandmark:
    """What became of those still in the stage at each landmark, with the touchpoint and without."""

    plan: StagePlan
    marks: tuple[Landmark, ...]

    def empty(self) -> LandmarkCounts:
        """Give the counts of no data."""
        return LandmarkCounts(np.zeros((len(self.marks), 5, 3), np.int64))

    def read(self, batch: JourneyBatch) -> LandmarkCounts:
        """Count one batch."""
        state = self.empty()
        _place(batch, self.plan, self.marks, state.cells)
        return state

    def finish(self, state: LandmarkCounts) -> NDArray[np.int64]:
        """Give customers by landmark, reading, group and fate, (n_marks, 2, 2, 3).

        Reading 0 is of those still there; reading 1 takes the silent in. Group 1 had the
        touchpoint by then. Fates: went on, left, still there as of now.
        """
        active, silent = state.cells[:, 3:5], state.cells[:, 1:3]
        return np.stack([active, active + silent], axis=1)


def _place(
    batch: JourneyBatch,
    plan: StagePlan,
    marks: Sequence[Landmark],
    cells: NDArray[np.int64],
) -> NDArray[np.int8]:  # (n_customers, n_marks)
    """Place customers at landmarks, and count them into `cells`."""
    walked = passages(batch, plan)
    place = np.empty((batch.n_customers, len(marks)), np.int8)
    landmarks(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(walked.stage, np.int8),
        given(walked.entered_us, np.int64),
        given(walked.furthest, np.int8),
        given(walked.status, np.int8),
        given(walked.last, np.int64),
        given(success_us(batch, plan, walked), np.int64),
        given(plan.failure, np.bool_),
        plan.left_after_us,
        _mark_of(plan, [(mark.stage, mark.code) for mark in marks]),
        given(np.array([(m.stage, m.code, m.after_us) for m in marks], np.int64), np.int64),
        place,
        cells,
    )
    return place


def _mark_of(plan: StagePlan, pairs: Sequence[Pair]) -> NDArray[np.int16]:
    """Give the place of each stage and touchpoint among the pairs, (n_stages, n_names)."""
    found = np.full((plan.n_stages, plan.failure.size), NO_MARK, np.int16)
    for m, (s, k) in enumerate(pairs):
        found[s, k] = m
    return given(found, np.int16)


_GROUPS: Final = ("without", "with")


@dataclass(frozen=True, slots=True)
class AtLandmark:
    """Customers still in a stage at a landmark, who had a touchpoint by then or had not."""

    stage: str
    name: str
    after_us: int
    had: bool
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``landmark:STAGE/NAME@86400000000=with``; the time is in microseconds."""
        name = f"{encode(self.stage)}/{encode(self.name)}"
        return f"landmark:{name}@{self.after_us}={_GROUPS[self.had]}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is there."""
        code = codes_of(batch.vocabulary, [self.name])[0]
        mark = Landmark(self.plan.stage(self.stage), code, self.after_us)
        place = _place(batch, self.plan, [mark], np.zeros((1, 5, 3), np.int64))
        return np.asarray(place[:, 0] == ACTIVE + self.had, np.bool_)


def parse_landmark(text: str, plan: StagePlan) -> AtLandmark | None:
    """Read what follows ``landmark:`` in a key; None where it is not written so."""
    what, _, how = text.partition("@")
    stage, slash, name = what.partition("/")
    after, _, group = how.partition("=")
    if not (stage and slash and name and group in _GROUPS):
        return None
    if not (after.isdecimal() and after.isascii() and len(after) < 19):
        return None
    return AtLandmark(decode(stage), decode(name), int(after), group == "with", plan)
