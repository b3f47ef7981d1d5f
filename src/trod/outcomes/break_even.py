"""The effect that pays for a play: what it takes, over what one success is worth."""

from __future__ import annotations

from collections.abc import Sequence

from trod.actions.interventions.intervention import Intervention
from trod.outcomes.ledger import spent


def break_even(
    some: Sequence[Intervention], *, worth: float | None, hour_costs: float | None
) -> float | None:
    """Give the change of a share at which a play brings as much as it costs.

    Parameters
    ----------
    some
        Interventions of one play; what those treated took counts.
    worth
        Money that one more success is worth.
    hour_costs
        Money that an hour of a person costs.

    Returns
    -------
    float or None
        Between 0 and 1, not included. None where money is not known on both sides, nobody was
        treated, or no share would pay for it.
    """
    treated = [one for one in some if one.arm == "treated" and one.status != "skipped"]
    cost = spent(treated).cost(hour_costs)
    if worth is None or cost is None or not treated:
        return None
    share = cost / len(treated) / worth
    return share if 0 < share < 1 else None
