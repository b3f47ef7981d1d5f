"""How many customers a decision needs."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist
from typing import Final

ALPHA: Final = 0.05  # two-sided
POWER: Final = 0.8


def each_side(one: float, other: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Give the customers needed on each side to tell two shares apart.

    Parameters
    ----------
    one, other
        Shares between 0 and 1, not the same.
    alpha
        How often two equal shares may be told apart by chance, two-sided.
    power
        How often these two shall be told apart.

    Returns
    -------
    int
        For sides of the same size, by the normal approximation without correction [1]_.

    References
    ----------
    .. [1] Fleiss, Levin & Paik (2003), "Statistical Methods for Rates and Proportions", section
       4.2.

    Examples
    --------
    >>> each_side(0.5, 0.6)
    388
    """
    z_a, z_b = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)
    mean = (one + other) / 2
    spread = z_a * sqrt(2 * mean * (1 - mean))
    spread += z_b * sqrt(one * (1 - one) + other * (1 - other))
    return ceil((spread / (one - other)) ** 2)
