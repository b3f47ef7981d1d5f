"""What customers will still spend, asked of a model that was fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.answer import Answer, answer
from trod.models.card import Card
from trod.models.ground import Ground
from trod.models.spec import ModelsSpec
from trod.models.stored import Stored
from trod.models.value import contract, open_ended
from trod.models.value.contract import Contracts
from trod.models.value.fit import basis
from trod.models.value.open_ended import OpenEnded
from trod.models.value.outlook import Outlook

DAYS: Final = (30, 90, 180, 365)
"""Days after the first payment at which a retention curve is told."""


class Kept(NamedTuple):
    """Who is still there so many days after the first payment."""

    group: str
    days: int
    share: float
    low: float
    high: float
    n: int  # watched on that day


class ValueResult(NamedTuple):
    """What is to come, in the unit of the currency: all together, and who brings the most."""

    kind: str  # "contract" or "no contract"
    horizon_days: int
    discount: float
    outlook: Outlook
    rows: NDArray[np.int64]  # (n_shown,) rows of the outlook, the most to come first
    low: NDArray[np.float64]  # (n_shown,) 95 % of what may happen to each
    high: NDArray[np.float64]
    kept: tuple[Kept, ...]  # of contracts

    def columns(self) -> dict[str, Any]:
        """Give one row per customer shown."""
        at, rows = self.outlook, self.rows
        return {
            "customer": at.customer.take(rows).to_pylist(),
            "purchases": at.purchases[rows],
            "spent": np.round(at.spent[rows], 2),
            "still_there": np.round(at.alive[rows], 6),
            "expected_purchases": np.round(at.expected_purchases[rows], 6),
            "expected": np.round(at.expected[rows], 2),
            "low": np.round(self.low, 2),
            "high": np.round(self.high, 2),
        }


def value(ground: Ground, card: Card, stored: Stored, *, top: int = 10) -> Answer[ValueResult]:
    """Give what customers will still spend, by the journeys as they are.

    Parameters
    ----------
    ground
        The journeys; what was asked for when the model was fitted counts, not what trod.yml says
        since.
    card, stored
        The model, as kept.
    top
        How many customers to show, those with the most to come.

    Returns
    -------
    Answer
        With a `ValueResult`; `n` is the customers with a purchase.

    Notes
    -----
    The interval of the total is that of the parameters and of chance in each customer; that of one
    customer is what may happen to them, and wide.
    """
    asked = {key: each for key, each in card.settings.items() if each is not None}
    at = basis(replace(ground, spec=ModelsSpec.model_validate({"value": asked})))
    seen, days, discount = at.seen(), at.spec.horizon.days, at.spec.discount
    kept: tuple[Kept, ...] = ()
    if stored.facts["kind"] == "contract":
        curves, group = Contracts.of(stored), at.group(seen)
        outlook = contract.outlook(curves, seen, group, days=days, discount=discount)
        rows = outlook.top(top)
        low, high = contract.intervals(curves, seen, group, rows, days=days, discount=discount)
        kept = _kept(curves)
    else:
        model = OpenEnded.of(stored)
        outlook = open_ended.outlook(model, seen, weeks=days / 7, discount=discount)
        rows = outlook.top(top)
        low, high = open_ended.intervals(model, seen, rows, weeks=days / 7, discount=discount)
    kind = str(stored.facts["kind"])
    result = ValueResult(kind, days, discount, outlook, rows, low, high, kept)
    return answer(
        "value",
        result,
        ground.journeys,
        n=seen.n,
        population="Customers with a purchase",
        window=f"{days:,} days from now",
        method=_method(kind, discount),
        warnings=outlook.remarks,
    )


def _kept(curves: Contracts) -> tuple[Kept, ...]:
    return tuple(
        Kept(group, day, *curve.share(day))
        for group, curve in zip(curves.groups, curves.curves, strict=True)
        for day in DAYS
        if day < curve.watched.size
    )


def _method(kind: str, discount: float) -> str:
    how = (
        "Retention curve (Kaplan-Meier), times what customers who stay pay, times their own mean"
        " payment."
        if kind == "contract"
        else "BG/NBD for purchases, gamma-gamma for amounts; one purchase a day at most."
    )
    worth = f" Money a year later counts {discount:.0%} less." if discount else ""
    return f"Estimated (model): {how}{worth}"
