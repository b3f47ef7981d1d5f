"""One intervention: an action meant for one customer, taken or held back on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Arm = Literal["treated", "held back"]
Design = Literal["randomised", "edge", "chosen"]
"""How it was decided: chance for everyone; chance within the tie band at the edge of capacity
(certain outside of it); or a person's or a rule's choice."""
Status = Literal["planned", "started", "done", "stopped", "skipped"]


@dataclass(frozen=True, slots=True)
class Intervention:
    """One customer in one play.

    Whoever is held back is an intervention too: without them nothing can be learned.
    """

    id: str
    playbook: str
    journey: str
    unit: str  # "person" or "account"
    customer: str  # canonical id
    arm: Arm
    design: Design
    propensity: float  # chance of being treated, as it was when it was decided; 1.0 where chosen
    stratum: str  # customers were drawn within it; "" where there was one
    wave: str  # the plan that it was decided in
    decided_us: int
    score: float | None  # chance of the outcome without acting, as known then
    expected: float  # incremental value that was expected, in the unit of the objective
    finding: str  # id of the finding it answers; "" without one
    owner: str
    due: str  # ISO date
    status: Status
    started_us: int | None = None
    done_us: int | None = None
    minutes: int = 0  # of a person's time, as planned until done, then as spent
    cost_micros: int = 0  # beside that time
    why: str = ""  # reasons, in words

    @property
    def drawn(self) -> bool:
        """Whether chance decided."""
        return 0.0 < self.propensity < 1.0
