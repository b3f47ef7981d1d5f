"""An effect: what an intervention changed, how that is known, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["works", "no effect found", "too early", "harms"]
EffectDesign = Literal["randomised", "edge", "observed"]
"""Chance decided for everyone; chance decided at the edge of capacity; nobody's chance decided."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a playbook changed, in the units of its success metric, per customer.

    `estimate` is treated minus held back (intention to treat), so a share of 0.08 is 8 points more.
    `better` says which way is good. The interval is always valid: looking every day is safe.
    """

    playbook: str
    metric: str  # such as "Churn within 60 days"
    unit: str  # "share" or a currency or a plain number
    better: Literal["up", "down"]
    design: EffectDesign
    n_treated: int
    n_held_back: int
    waiting: int  # decided too recently to know their outcome
    treated: float  # mean of the treated
    held_back: float
    estimate: float
    low: float  # always-valid 95 %
    high: float
    fixed_low: float  # 95 % for one look
    fixed_high: float
    verdict: Verdict
    needed: int | None  # more customers until an effect worth having could be told; None: enough
    smallest: float  # effect that these numbers could find with 80 % power
    as_of_us: int
    method: str  # in words
    caveats: tuple[str, ...] = ()
    se: float = 0.0  # standard error of the estimate
    p: float = 1.0  # always valid: how likely so much is without any effect, of this play alone
    per_week: float = 0.0  # customers decided on in a usual week
    worth_having: float = 0.0  # smallest effect that would be worth having, in the same units

    @property
    def evidence(self) -> Literal["Tested", "Estimated"]:
        """Tested only where chance decided."""
        return "Estimated" if self.design == "observed" else "Tested"
