"""Sharing a total out so that the parts add up to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shared_out(parts: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Scale parts to a whole number, and round them so that they add up to it.

    By largest remainder: every part is rounded down, and what is missing goes, one each, to those
    that lost the most; of equal ones to the first. A part may be negative.

    Parameters
    ----------
    parts
        Shape (n,), in any unit; their sum is not zero, or all are zero.
    total
        What they are to add up to, such as millionths of a conversion.

    Returns
    -------
    ndarray
        Shape (n,). All zero where the parts are.

    Examples
    --------
    >>> shared_out(np.array([1.0, 1.0, 1.0]), 100)
    array([34, 33, 33])
    """
    whole = float(parts.sum())
    if parts.size == 0 or whole == 0.0:
        return np.zeros(parts.size, np.int64)
    exact = parts * (total / whole)
    found = np.floor(exact).astype(np.int64)
    missing = total - int(found.sum())
    order = np.argsort(-(exact - found), kind="stable")
    each, rest = divmod(missing, parts.size)  # beyond 2**53 rounding alone may lose more than n
    found += each
    found[order[:rest]] += 1
    return found
