"""Before and after without a control group, and what regression to the mean does by itself.

Customers are called because they did badly. Who did badly did so partly by chance, and chance does
not come back: most get better whether or not anybody calls. So before-after is never shown alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from trod.errors import DataError, NotEnoughDataError


class Change(NamedTuple):
    """Later less earlier, of the same customers."""

    n: int
    before: float
    after: float
    change: float
    low: float  # 95 %, as if nothing else had changed
    high: float


class BeforeAfter(NamedTuple):
    """The change of the treated beside the change that came by itself."""

    treated: Change
    by_itself: Change  # of those held back: regression to the mean, season, everything else

    @property
    def left_over(self) -> float:
        """What is left for the treatment."""
        return self.treated.change - self.by_itself.change


def before_after(before: ArrayLike, after: ArrayLike) -> Change:
    """Give the change of some customers, with the interval that it seems to have.

    Raises
    ------
    DataError
        If the shapes differ.
    NotEnoughDataError
        Of fewer than two customers.

    Examples
    --------
    >>> told = before_after([0.9, 0.7, 0.8], [0.5, 0.6, 0.4])
    >>> round(told.change, 2), told.n
    (-0.3, 3)
    """
    from scipy.stats import t as student

    was, now = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if was.shape != now.shape or was.ndim != 1:
        raise DataError(f"before has shape {was.shape} and after {now.shape}: need equal (n,).")
    if was.size < 2:
        raise NotEnoughDataError(f"{was.size} customers with a before and an after: 2 are needed.")
    gap = now - was
    half = float(student.ppf(0.975, gap.size - 1) * gap.std(ddof=1) / np.sqrt(gap.size))
    change = float(gap.mean())
    return Change(
        gap.size, float(was.mean()), float(now.mean()), change, change - half, change + half
    )


def beside_itself(before: ArrayLike, after: ArrayLike, treated: ArrayLike) -> BeforeAfter:
    """Give the change of the treated beside that of those held back.

    Examples
    --------
    >>> told = beside_itself([0.9, 0.7, 0.8, 0.9], [0.5, 0.6, 0.6, 0.6], [True, True, False, False])
    >>> round(told.treated.change, 2), round(told.by_itself.change, 2), round(told.left_over, 2)
    (-0.25, -0.25, 0.0)
    """
    was, now = np.asarray(before, np.float64), np.asarray(after, np.float64)
    t = np.asarray(treated, np.bool_)
    return BeforeAfter(before_after(was[t], now[t]), before_after(was[~t], now[~t]))
