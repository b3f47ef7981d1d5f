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

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import NotEnoughDataError
from trod.models.value.bgnbd import covariance

_FAR: Final = 8.0  # log of the largest parameter that is looked for
_WILD: Final = 0.5  # of q - 1: amounts then differ so much that the mean of all is not in the fit
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
        return np.asarray(p * (gamma + x * mean) / (p * x + q - 1), np.float64)


class Estimate(NamedTuple):
    """Parameters, and how sure they are."""

    model: GammaGamma
    covariance: NDArray[np.float64]  # (3, 3) of the logarithms of p, q - 1 and the mean of all
    n: int
    wild: bool  # amounts differ so much that the mean of all was taken as it is on record


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

    Notes
    -----
    Where amounts differ very much between customers the likelihood comes to a `q` near 1 or below,
    by which the mean of all is far above any amount on record, or not finite. Then the mean on
    record is kept, and only the two other parameters are estimated.

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
    x, mean = np.asarray(x, np.float64), np.asarray(mean, np.float64)
    some = (x > 0) & (mean > 0)
    x, mean = x[some], mean[some]
    if x.size < LEAST:
        raise NotEnoughDataError(
            f"{x.size:,} customers bought again for money; {LEAST} are needed."
        )
    unit = float(mean.mean())  # so that amounts in any currency look alike to the search
    minus = _minus_log_likelihood(x, mean / unit)
    at = _least(minus, np.array([0.7, 0.7, 0.0]))
    wild = bool(at[1] < np.log(_WILD))
    if wild:
        at = np.append(_least(lambda two: minus(np.append(two, 0.0)), np.array([0.7, 0.0])), 0.0)
        spread = np.zeros((3, 3))
        spread[:2, :2] = covariance(lambda two: minus(np.append(two, 0.0)) * x.size, at[:2])
        spread[2, 2] = float((mean / unit).var()) / x.size
    else:
        spread = covariance(lambda three: minus(three) * x.size, at)
    at[2] += np.log(unit)
    return Estimate(_model(at), spread, int(x.size), wild)


def _model(at: NDArray[np.float64]) -> GammaGamma:
    """Give the parameters by the logarithms of p, q - 1 and the mean of all."""
    p, more, middle = (float(each) for each in np.exp(at))
    return GammaGamma(p, 1 + more, middle * more / p)


def drawn(model: GammaGamma, spread: NDArray[np.float64], rng: np.random.Generator) -> GammaGamma:
    """Draw other parameters that the data may as well have come from, none beyond the ends."""
    p, q, gamma = model
    at = np.log([p, q - 1, p * gamma / (q - 1)])
    found = rng.multivariate_normal(at, spread)
    return _model(np.append(np.clip(found[:2], -_FAR, _FAR), found[2]))


def _least(
    minus: Callable[[NDArray[np.float64]], float], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy.optimize import minimize

    best = minimize(
        minus,
        start,
        jac="3-point",
        method="L-BFGS-B",
        bounds=[(-_FAR, _FAR)] * start.size,
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 2000, "maxfun": 50_000},
    )
    return np.asarray(best.x, np.float64)


def _minus_log_likelihood(
    x: NDArray[np.float64], z: NDArray[np.float64]
) -> Callable[[NDArray[np.float64]], float]:
    """Give the mean over customers as a function of the logarithms of p, q - 1 and the mean."""
    from scipy.special import gammaln

    def minus(at: NDArray[np.float64]) -> float:
        p, q, gamma = _model(at)
        px = p * x
        each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(gamma)
        each += (px - 1) * np.log(z) + px * np.log(x) - (px + q) * np.log(gamma + x * z)
        return -float(each.sum()) / x.size

    return minus
