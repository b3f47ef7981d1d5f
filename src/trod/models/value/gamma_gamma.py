"""How much customers spend at a purchase: gamma-gamma.

Amounts of one customer vary about a mean of their own (gamma with shape ``p``), and the means vary
over customers (inverse gamma, ``q`` and ``gamma``) [1]_. What a customer will spend is between what
they spent and what all spend, the nearer to the first the more purchases are known. It takes
amounts to have nothing to do with how often somebody buys.

References
----------
.. [1] Fader & Hardie (2013), "The gamma-gamma model of monetary value", brucehardie.com/notes/025.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import NotEnoughDataError
from trod.models.value.bgnbd import covariance

LEAST: Final = 50
"""Customers with a repeat purchase of some money without which three numbers are not known."""


class GammaGamma(NamedTuple):
    """The three parameters; `gamma` is in the unit of money."""

    p: float
    q: float
    gamma: float

    def expected(self, x: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the amount to expect at a purchase of each customer, (n,).

        Parameters
        ----------
        x
            Purchases behind the mean; 0 where nothing is known.
        mean
            Mean amount of them.
        """
        p, q, gamma = self
        q = max(q, 1 + 1e-6)  # below 1 the mean of all is not finite
        return np.asarray(p * (gamma + x * mean) / (p * x + q - 1), np.float64)


class Estimate(NamedTuple):
    """Parameters, and how sure they are."""

    model: GammaGamma
    covariance: NDArray[np.float64]  # (3, 3) of the logarithms
    n: int


def fit(x: ArrayLike, mean: ArrayLike) -> Estimate:
    """Estimate gamma-gamma by maximum likelihood.

    Parameters
    ----------
    x
        Shape (n,), purchases behind each mean; rows with none or a mean of 0 are left out.
    mean
        Shape (n,), mean amount of them, in the unit of money.

    Raises
    ------
    NotEnoughDataError
        If fewer than 50 customers are left.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scale = 1 / rng.gamma(4, 1 / 15, 3000)
    >>> mean = np.array([rng.gamma(6, s, 5).mean() for s in scale])
    >>> found = fit(np.full(3000, 5), mean).model
    >>> anyone = found.expected(np.zeros(1), np.zeros(1))  # 6 * 15 / (4 - 1), as drawn
    >>> bool(3.5 < found.q < 4.5 and 28 < anyone[0] < 32)
    True
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    x, mean = np.asarray(x, np.float64), np.asarray(mean, np.float64)
    some = (x > 0) & (mean > 0)
    x, mean = x[some], mean[some]
    if x.size < LEAST:
        raise NotEnoughDataError(
            f"{x.size:,} customers bought again for money; {LEAST} are needed."
        )
    unit = float(mean.mean())  # so that amounts in any currency look alike to the search
    z = mean / unit

    def minus(at: NDArray[np.float64]) -> float:
        p, q, gamma = np.exp(at)
        px = p * x
        each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(gamma)
        each += (px - 1) * np.log(z) + px * np.log(x) - (px + q) * np.log(gamma + x * z)
        return -float(each.sum()) / x.size

    best = minimize(
        minus,
        np.log([2.0, 3.0, 1.0]),
        jac="3-point",
        method="L-BFGS-B",
        bounds=[(-8, 8)] * 3,
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 2000, "maxfun": 50_000},
    )
    p, q, gamma = (float(each) for each in np.exp(best.x))
    spread = covariance(lambda at: minus(at) * x.size, best.x)
    return Estimate(GammaGamma(p, q, gamma * unit), spread, int(x.size))
