"""What a range of shares is worth for one customer, and how that was reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.insights.wording import in_money

if TYPE_CHECKING:
    from trod.workspace.acting.worth import Worth


@dataclass(frozen=True, slots=True)
class Expected:
    """What acting may bring for this customer."""

    low: float
    high: float
    unit: str  # a currency, or "chance"
    formula: str


def priced(
    worth: Worth | None,
    low: float,
    high: float,
    words: str,
    currency: str | None,
    cost: float = 0.0,
) -> Expected:
    """Price a range of shares; without a worth it stays a share.

    Parameters
    ----------
    worth
        Of one success.
    low, high
        Between -1 and 1.
    words
        What the range is, as it stands in the formula.
    currency
        Code, such as EUR.
    cost
        Money that acting costs beside the time; it is taken off.
    """
    formula = " ".join(filter(None, [f"{round(100 * low)} to {round(100 * high)} points", words]))
    if worth is None:
        return Expected(low, high, "chance", formula)
    formula += f" × {in_money(worth.money, currency)}, {worth.source}"
    formula += f", less {in_money(cost, currency)}" if cost else ""
    ends = low * worth.money - cost, high * worth.money - cost
    return Expected(*ends, currency or "money", formula)
