"""What may become of customers, and from when to when each of them is watched for it.

**Outcomes.** A customer *leaves in a stage*: goes no further than the stage, and has left. Or a
customer *has a touchpoint* some time after entering a stage.

**Followed.** Every customer counted is followed long enough, from entering the stage of the
outcome: the time by which nine in ten of those who ended the stage had ended it. Customers who
entered it later than that before the last moment on record are left out, so that being new cannot
pass for staying. A touchpoint that comes after that time does not count; leaving counts whenever
it came.

**Still there** at a moment is a customer who goes on, leaves by a declared touchpoint or has the
outcome later than that; or who has done neither, and did something in the stage then or later,
other than the touchpoint asked about. What the company sends (`own`) is nothing they did. Whoever
fell silent before may or may not have been there. Where days count from the stage before that of
the outcome, customers must also still be in it. It is the rule of `trod.analyses.landmark`, for
any outcome and all days at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.outcomes import outcomes
from trod.analyses.signals.own import own_rows
from trod.analyses.stages import success_us
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import Passages, StagePlan, passages

LEAVES = -1
"""In place of a touchpoint: the outcome is leaving."""


class Outcome(NamedTuple):
    """What may become of customers in a stage, or after entering it."""

    stage: int
    code: int = LEAVES  # the touchpoint they may have, or LEAVES


class Watched(NamedTuple):
    """The customers of one batch, and from when to when each may have each outcome."""

    walked: Passages
    from_us: NDArray[np.int64]  # (n_customers, n_outcomes) NEVER where not
    end_us: NDArray[np.int64]  # (n_customers, n_outcomes) NEVER without an end
    hit_us: NDArray[np.int64]  # (n_customers, n_outcomes) NEVER without the outcome
    seen: NDArray[np.int64]  # (n_customers, n_outcomes, 3)


@dataclass(frozen=True, slots=True)
class Watch:
    """Outcomes of a journey, and how long customers are followed for each."""

    plan: StagePlan = field(repr=False)
    outcomes: tuple[Outcome, ...]
    need_us: tuple[int, ...] = ()  # by outcome; empty where it is not known yet

    def asked(self) -> NDArray[np.int64]:
        """Give the outcomes as a kernel reads them, (n_outcomes, 2)."""
        return given(np.array(self.outcomes, np.int64).reshape(-1, 2), np.int64)

    def needs(self) -> NDArray[np.int64]:
        """Give how long customers are followed, (n_outcomes,)."""
        return given(np.array(self.need_us, np.int64), np.int64)

    def of(self, batch: JourneyBatch) -> Watched:
        """Watch the customers of a batch."""
        walked = passages(batch, self.plan)
        shape = (batch.n_customers, len(self.outcomes))
        start, end, hit = np.empty((3, *shape), np.int64)
        found = Watched(walked, start, end, hit, np.empty((*shape, 3), np.int64))
        outcomes(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(walked.stage, np.int8),
            given(walked.entered_us, np.int64),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            given(walked.last, np.int64),
            given(success_us(batch, self.plan, walked), np.int64),
            given(self.plan.failure, np.bool_),
            own_rows(batch),
            self.asked(),
            found.from_us,
            found.end_us,
            found.hit_us,
            found.seen,
        )
        return found
