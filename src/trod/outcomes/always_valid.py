"""Intervals that hold however often somebody looks, and those of a single look.

An interval of 95 % is wrong once in twenty looks; who looks daily until it excludes zero is wrong
far more often. The always-valid interval is wrong in at most one of twenty plays over *all* looks
together. It costs width: about half as much again.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Final, NamedTuple

from trod.outcomes.difference import Difference

ALPHA: Final = 0.05
TIGHTEST_AT: Final = 500
"""Customers at which the always-valid interval is tightest. Fixed before any data are seen."""


class Range(NamedTuple):
    """Low and high."""

    low: float
    high: float


def standard_errors(n: int, *, alpha: float = ALPHA, tightest_at: int = TIGHTEST_AT) -> float:
    """Give the half-width of an always-valid interval, in standard errors.

    The boundary of a normal mixture for the running mean [1]_, of which the mixture sequential
    probability ratio test is the other side [2]_.

    Parameters
    ----------
    n
        Independent draws so far.
    alpha
        How often an interval may ever miss.
    tightest_at
        Draws at which it is tightest: the variance of the mixture is chosen for them.

    Notes
    -----
    Asymptotic: it holds for outcomes of any distribution once there are enough customers for their
    mean to be normal in the tails. `trod.outcomes.difference.FEWEST` and the widened variance of
    shares are for those before; the simulator in `tests/outcomes` measures what is promised.

    References
    ----------
    .. [1] Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit
       theory and asymptotic confidence sequences", Annals of Statistics 52:2613-2640, theorem 2.2
       and appendix B.2 for the choice of the mixture.
    .. [2] Johari, Koomen, Pekelis and Walsh (2022), "Always valid inference", Operations Research
       70:1806-1821.

    Examples
    --------
    >>> [round(standard_errors(n), 2) for n in (100, 500, 20_000)]
    [3.32, 3.04, 3.45]
    """
    at_best = -2 * log(alpha) + log(-2 * log(alpha)) + 1
    spread = n * at_best / tightest_at
    return sqrt(2 * (spread + 1) / spread * log(sqrt(spread + 1) / alpha))


def always_valid(found: Difference, *, alpha: float = ALPHA) -> Range:
    """Give the interval that holds at every look.

    Examples
    --------
    >>> import numpy as np
    >>> from trod.outcomes.difference import difference
    >>> left = np.repeat([1, 0, 1, 0], [10, 30, 20, 20])
    >>> found = always_valid(difference(left, np.repeat([True, False], 40)))
    >>> round(found.low, 2), round(found.high, 2)
    (-0.62, 0.12)
    """
    half = standard_errors(found.n, alpha=alpha) * found.se
    return Range(found.estimate - half, found.estimate + half)


def one_look(found: Difference, *, alpha: float = ALPHA) -> Range:
    """Give the interval of Student's t: for who looks once, on a day that was fixed before.

    Examples
    --------
    >>> import numpy as np
    >>> from trod.outcomes.difference import difference
    >>> left = np.repeat([1, 0, 1, 0], [10, 30, 20, 20])
    >>> found = one_look(difference(left, np.repeat([True, False], 40)))
    >>> round(found.low, 2), round(found.high, 2)
    (-0.46, -0.04)
    """
    from scipy.stats import t as student

    half = float(student.ppf(1 - alpha / 2, found.degrees)) * found.se
    return Range(found.estimate - half, found.estimate + half)


def ever_as_sure(found: Difference) -> float:
    """Give the always-valid p-value: the smallest alpha whose interval excludes no effect.

    Examples
    --------
    >>> import numpy as np
    >>> from trod.outcomes.difference import difference
    >>> left = np.repeat([1, 0, 1, 0], [10, 90, 40, 60])
    >>> found = ever_as_sure(difference(left, np.repeat([True, False], 100)))
    >>> 0.0 < found < 0.001
    True
    """
    if found.se == 0:
        return 1.0
    at_best = -2 * log(ALPHA) + log(-2 * log(ALPHA)) + 1
    spread = found.n * at_best / TIGHTEST_AT
    z2 = (found.estimate / found.se) ** 2
    return min(1.0, exp(0.5 * log(spread + 1) - z2 * spread / (2 * (spread + 1))))
