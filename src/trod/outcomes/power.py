"""What numbers can find: the smallest effect, and how many customers more it takes."""

from __future__ import annotations

from math import ceil
from typing import Final

from trod.errors import DataError
from trod.outcomes.always_valid import standard_errors
from trod.outcomes.difference import Difference

FOUND_BY: Final = 0.8416212335729143
"""Standard errors by which four in five effects exceed where they begin to be found."""
MOST: Final = 10**9


def smallest_effect(found: Difference) -> float:
    """Give the effect that these numbers would find with 80 % power, looking as often as one likes.

    Examples
    --------
    >>> import numpy as np
    >>> from trod.outcomes.difference import difference
    >>> left = np.tile([1, 0, 0, 0], 250)
    >>> found = difference(left, np.repeat([True, False], 500))
    >>> round(smallest_effect(found), 3)
    0.107
    """
    return (standard_errors(found.n) + FOUND_BY) * found.se


def needed_in_all(se: float, n: int, worth_having: float) -> int:
    """Give the customers it takes until an effect worth having would be found with 80 % power.

    Parameters
    ----------
    se, n
        Standard error with so many customers. It falls with the root of their number while the
        shares of the two sides stay as they are.
    worth_having
        Effect in units of the outcome, above 0.

    Raises
    ------
    DataError
        If no effect would be worth having: `worth_having` is 0 or less.

    Notes
    -----
    The boundary grows with n, and so much slowly that a few rounds settle it.

    Examples
    --------
    A share of a fourth, half of the customers held back, 3 points:

    >>> from math import sqrt
    >>> needed_in_all(se=sqrt(4 * 0.25 * 0.75 / 1000), n=1000, worth_having=0.03)
    15052
    """
    if worth_having <= 0:
        raise DataError(f"worth_having is {worth_having:g}: need more than 0.")
    wanted = n
    for _ in range(50):
        new = ceil(n * ((standard_errors(max(wanted, 2)) + FOUND_BY) * se / worth_having) ** 2)
        if new == wanted or new > MOST:
            break
        wanted = max(new, 2)
    return min(new, MOST)
