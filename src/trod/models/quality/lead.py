"""How long before something happened it was said."""

from __future__ import annotations

from math import floor, sqrt

import numpy as np
from numpy.typing import ArrayLike

from trod.analyses.interval import Z
from trod.errors import DataError, NotEnoughDataError
from trod.models.quality.checked import Estimate

_DAY_US = 86_400_000_000


def lead_days(said_us: ArrayLike, happened_us: ArrayLike) -> Estimate:
    """Give the median of the days between a warning and what it warned of.

    Parameters
    ----------
    said_us
        Shape (n,). First moment at which a customer was pointed out, microseconds UTC; only those
        whom it happened to, and who were pointed out before.
    happened_us
        Shape (n,). When it happened.

    Returns
    -------
    Estimate
        Days. The interval is by the order of cases, and supposes no distribution [1]_; it is no
        wider than the cases there are.

    Raises
    ------
    DataError
        If the shapes differ, or something was said after it happened.
    NotEnoughDataError
        If there are no cases.

    References
    ----------
    .. [1] Conover (1999), Practical Nonparametric Statistics, 3rd edition, 3.2.

    Examples
    --------
    >>> day = 86_400_000_000
    >>> lead_days([0, 0, 0], [10 * day, 20 * day, 60 * day])
    Estimate(value=20.0, low=10.0, high=60.0, n=3)
    """
    said, happened = np.asarray(said_us, np.int64), np.asarray(happened_us, np.int64)
    if said.shape != happened.shape or said.ndim != 1:
        raise DataError(f"said has shape {said.shape}, happened {happened.shape}: need equal (n,).")
    if not said.size:
        raise NotEnoughDataError("nobody was pointed out before it happened.")
    days = np.sort((happened - said) / _DAY_US)
    if days[0] < 0:
        bad = int(np.argmin(happened - said))
        raise DataError(f"said[{bad}] is later than happened[{bad}]: leave such cases out.")
    n = days.size
    low = max(floor(n / 2 - Z * sqrt(n) / 2), 1) - 1
    return Estimate(float(np.median(days)), float(days[low]), float(days[n - 1 - low]), n)
