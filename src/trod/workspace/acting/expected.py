"""What one customer is worth, and what a range of shares is worth for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.insights.wording import money

if TYPE_CHECKING:
    from trod.actions.lanes.view import Placed
    from trod.workspace.acting.lanes import Ground
    from trod.workspace.folder import Workspace

_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Expected:
    """What acting may bring for this customer."""

    low: float
    high: float
    unit: str  # a currency, or "chance"
    formula: str


@dataclass(frozen=True, slots=True)
class Worth:
    """What one customer kept, converted or expanded is worth."""

    amount: float | None  # None: not known
    how: str


def worth_of(workspace: Workspace, on: Ground, one: Placed) -> Worth:
    """Take the worth of an objective, else of the outcome, else what the customer paid last.

    Parameters
    ----------
    workspace, on
        With `insights: objectives:`, or without.
    one
        Who is ready to expand counts by what expanding is worth, else by what keeping is.
    """
    serves = "expanded" if one.lane == "expand" else "kept"
    for objective in workspace.project.insights.objectives:
        if objective.serves == serves and objective.worth is not None:
            return Worth(objective.worth, f"worth of {objective.name}")
    spec = next((v.model.spec for v in on.voices if v.name == one.outcome), None)
    if spec is not None and spec.value is not None:
        return Worth(spec.value, f"value of {spec.name} in trod.yml")
    if serves == "kept" and (last := _last_payment(on, one.customer)) is not None:
        return Worth(last, "their last payment")
    return Worth(None, f"what one {serves} is worth is not known: give an objective its `worth`")


def _last_payment(on: Ground, customer: str) -> float | None:
    import numpy as np

    from trod.journeys.batch import NO_VALUE

    for batch in on.journeys:
        at = batch.customer.index(customer).as_py()
        if at >= 0:
            value = batch.value[batch.offsets[at] : batch.offsets[at + 1]]
            paid = np.flatnonzero((value != NO_VALUE) & (value > 0))
            return float(value[paid[-1]]) / _MICROS if paid.size else None
    return None


def priced(worth: Worth, low: float, high: float, words: str, currency: str | None) -> Expected:
    """Price a range of shares; without a worth it stays a share.

    Parameters
    ----------
    worth
        Of one customer.
    low, high
        Between -1 and 1.
    words
        What the range is, as it stands in the formula.
    currency
        Code, such as EUR.
    """
    points = f"{100 * low:.0f} to {100 * high:.0f} points"
    if worth.amount is None:
        return Expected(low, high, "chance", f"{points} {words}")
    formula = f"{points} {words} × {money(round(worth.amount * _MICROS), currency)}, {worth.how}"
    return Expected(low * worth.amount, high * worth.amount, currency or "money", formula)
