"""How much more often with than without: risk ratios, like with like, and what chance allows.

A *table* has the shape (n_strata, 2, 2): by stratum, without and with the sign, customers who had
not and who had the outcome.
"""

from __future__ import annotations

from math import erfc, exp, inf, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.interval import Z


class Ratio(NamedTuple):
    """A risk ratio with its 95 % interval, and how far from 1 in standard errors."""

    value: float
    low: float
    high: float
    z: float

    @property
    def p(self) -> float:
        """Chance of a value so far from 1, or farther, where there is no difference."""
        return erfc(abs(self.z) / sqrt(2))

    @property
    def turned(self) -> Ratio:
        """The ratio of those without to those with."""
        return Ratio(1 / self.value, 1 / self.high, 1 / self.low, -self.z)


def pooled(table: NDArray[np.int64]) -> Ratio | None:
    """Compare like with like: the Mantel-Haenszel risk ratio over strata [1]_.

    The interval is that of Greenland and Robins [2]_. With one stratum it is the plain ratio. A
    stratum where all have the sign, or nobody has, says nothing and adds nothing.

    Parameters
    ----------
    table
        Shape (n_strata, 2, 2), see the head of this module.

    Returns
    -------
    Ratio or None
        None where no stratum has both groups, or nobody had the outcome. Where one of the groups
        never had it, half a customer is added to each cell of the strata that count.

    References
    ----------
    .. [1] Mantel & Haenszel (1959), JNCI 22:719-748; for the risk ratio Nurminen (1981),
       "Asymptotic efficiency of general noniterative estimators of common relative risk",
       Biometrika 68:525-530.
    .. [2] Greenland & Robins (1985), "Estimation of a common effect parameter from sparse
       follow-up data", Biometrics 41:55-68.

    Examples
    --------
    >>> [round(x, 3) for x in pooled(np.array([[[90, 10], [80, 20]]]))]
    [2.0, 0.987, 4.054, 1.922]
    """
    cells = np.asarray(table, np.float64)
    cells = cells[(cells.sum(axis=2) > 0).all(axis=1)]
    hits = cells[:, :, 1].sum(axis=0)
    if not len(cells) or not hits.sum():
        return None
    if not hits.all():
        cells = cells + 0.5 / len(cells)
    (b, a), (n0, n1) = cells[:, :, 1].T, cells.sum(axis=2).T
    n = n0 + n1
    top, bottom = float((a * n0 / n).sum()), float((b * n1 / n).sum())
    spread = float(((n1 * n0 * (a + b) - a * b * n) / n**2).sum())
    value, error = top / bottom, sqrt(spread / (top * bottom))
    if error == 0:  # everybody had the outcome
        return Ratio(value, value, value, 0.0)
    return Ratio(value, value * exp(-Z * error), value * exp(Z * error), log(value) / error)


def differs(table: NDArray[np.int64]) -> float | None:
    """Say how likely chance alone makes the ratios of the strata differ so much: Cochran's Q.

    None with fewer than two strata in which both groups had the outcome.

    Examples
    --------
    >>> one = [[900, 100], [800, 200]]
    >>> round(differs(np.array([one, one])), 3), round(differs(np.array([one, one[::-1]])), 3)
    (1.0, 0.0)
    """
    from scipy.special import gammaincc

    cells = np.asarray(table, np.float64)
    cells = cells[(cells[:, :, 1] > 0).all(axis=1)]
    if len(cells) < 2:
        return None
    (b, a), (n0, n1) = cells[:, :, 1].T, cells.sum(axis=2).T
    effect = np.log(a / n1) - np.log(b / n0)
    weight = 1 / np.maximum(1 / a - 1 / n1 + 1 / b - 1 / n0, 1e-12)
    middle = (weight * effect).sum() / weight.sum()
    q = float((weight * (effect - middle) ** 2).sum())
    return float(gammaincc((len(cells) - 1) / 2, q / 2))


def e_value(ratio: float) -> float:
    """Say how strong a hidden cause would have to be to make a ratio out of nothing [1]_.

    It would have to go with the sign and with the outcome by a ratio of at least this, each.

    References
    ----------
    .. [1] VanderWeele & Ding (2017), "Sensitivity analysis in observational research: introducing
       the E-value", Annals of Internal Medicine 167:268-274.

    Examples
    --------
    >>> round(e_value(3.9), 2), round(e_value(1 / 3.9), 2), e_value(1.0)
    (7.26, 7.26, 1.0)
    """
    up = max(ratio, 1 / ratio) if ratio > 0 else inf
    return up + sqrt(up * (up - 1))


def discoveries(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of false ones to expect among the findings up to each p [1]_.

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), "Controlling the false discovery rate", JRSS B 57:289-300.

    Examples
    --------
    >>> discoveries(np.array([0.01, 0.04, 0.03, 0.5])).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    n, order = p.size, np.argsort(p, kind="stable")
    scaled = p[order] * n / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
