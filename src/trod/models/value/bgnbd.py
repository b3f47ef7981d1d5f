"""How often customers will buy again who never say that they have left: BG/NBD.

Each customer buys at a rate of their own, and after each purchase leaves for good with a chance of
their own. Rates are gamma distributed over customers (``r``, ``alpha``), chances beta distributed
(``a``, ``b``), and these four numbers are all that the model knows [1]_. Of a customer it needs:
repeat purchases, time from the first purchase to the last, time from the first purchase to now.

References
----------
.. [1] Fader, Hardie & Lee (2005), "Counting your customers the easy way: an alternative to the
   Pareto/NBD model", Marketing Science 24:275-284.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import NotEnoughDataError

LEAST: Final = 100
"""Customers with a repeat purchase without which four numbers are not known."""
_FAR: Final = 12.0  # log of the largest parameter that is looked for
_ALIKE: Final = 9.0  # of r: rates then differ by one in a hundred, and more is lost in rounding
_STEADY: Final = 300.0  # of a: from here on chances to leave hardly differ
_ENDS: Final = (_ALIKE, _FAR, _FAR, _FAR)
_UNKNOWN: Final = 5.0  # standard deviation of a logarithm of which the data say nothing


class BgNbd(NamedTuple):
    """The four parameters; times are in weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(
        self, x: NDArray[np.float64], recency: NDArray[np.float64], age: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the chance that each customer has not left, (n,)."""
        from scipy.special import expit

        r, alpha, a, b = self
        odds = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log(
            (alpha + age) / (alpha + recency)
        )
        return np.where(x > 0, expit(-odds), 1.0)

    def expected(
        self,
        weeks: float,
        x: NDArray[np.float64],
        recency: NDArray[np.float64],
        age: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Give how many purchases to expect of each customer within so many weeks, (n,).

        Equation 10 of the paper; the hypergeometric function is turned by Euler's transformation,
        so that it loses no digits for customers who bought often. Where chances to leave are much
        the same for all it overflows; there `_steadily` stands in.
        """
        from scipy.special import hyp2f1

        r, alpha, a, b = self
        if a > _STEADY:
            return _steadily(self, weeks, x, age) * self.alive(x, recency, age)
        a = a if abs(a - 1) > 1e-6 else 1 + 1e-6
        z = weeks / (alpha + age + weeks)
        with np.errstate(all="ignore"):
            turned = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
            if_alive = (a + b + x - 1) / (a - 1) * (1 - turned)
        if not np.isfinite(if_alive).all():
            if_alive = np.where(np.isfinite(if_alive), if_alive, _steadily(self, weeks, x, age))
        return np.asarray(if_alive * self.alive(x, recency, age), np.float64)


def _steadily(
    model: BgNbd, weeks: float, x: NDArray[np.float64], age: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the purchases to expect of those alive: the mean over chances to leave, by two points.

    Two points a standard deviation beside the mean stand for a distribution as narrow as this one;
    at `_STEADY` that is right to five digits.
    """
    r, alpha, a, b = model
    n = a + b + x
    middle, apart = a / n, np.sqrt(a * (b + x) / (n + 1)) / n

    def at(chance: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(-np.expm1(-(r + x) * np.log1p(chance * weeks / (alpha + age))) / chance)

    return (at(middle - apart) + at(middle + apart)) / 2


class Estimate(NamedTuple):
    """Parameters, and how sure they are."""

    model: BgNbd
    covariance: NDArray[np.float64]  # (4, 4) of the logarithms of r, alpha, a, b
    log_likelihood: float
    n: int
    at_an_end: bool  # a parameter ran to the end of what is looked for


def fit(x: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Estimate:
    """Estimate BG/NBD by maximum likelihood.

    Parameters
    ----------
    x
        Shape (n,), repeat purchases of each customer.
    recency
        Shape (n,), weeks from the first purchase to the last; 0 without a repeat.
    age
        Shape (n,), weeks from the first purchase to now.

    Raises
    ------
    NotEnoughDataError
        If fewer than 100 customers bought again.

    Notes
    -----
    Customers who are alike in all three are counted together, so time grows with the different
    ones.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rate, leaves = rng.gamma(0.5, 1 / 8, 3000), rng.beta(0.8, 2.5, 3000)
    >>> x = np.minimum(rng.poisson(rate * 52), rng.geometric(leaves) - 1)
    >>> bool(fit(x, np.where(x > 0, 26, 0), np.full(3000, 52)).model.r > 0)
    True
    """
    from scipy.optimize import minimize

    rows = np.column_stack([np.asarray(each, np.float64) for each in (x, recency, age)])
    again = int((rows[:, 0] > 0).sum()) if rows.size else 0
    if again < LEAST:
        raise NotEnoughDataError(f"{again:,} customers bought again; {LEAST} are needed.")
    alike, count = np.unique(rows, axis=0, return_counts=True)
    minus = _minus_log_likelihood(alike[:, 0], alike[:, 1], alike[:, 2], count)
    start = np.log([1.0, max(float(rows[:, 2].mean()) / 4, 0.1), 1.0, 1.0])
    best = minimize(
        minus,
        start,
        jac="3-point",
        method="L-BFGS-B",
        bounds=list(zip([-_FAR] * 4, _ENDS, strict=True)),
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 2000, "maxfun": 50_000},
    )
    return Estimate(
        BgNbd(*(float(p) for p in np.exp(best.x))),
        covariance(lambda at: float(minus(at) * count.sum()), best.x),
        -float(best.fun * count.sum()),
        rows.shape[0],
        bool(((best.x < 2 - _FAR) | (best.x > np.array(_ENDS) - 2)).any()),
    )


def drawn(model: BgNbd, spread: NDArray[np.float64], rng: np.random.Generator) -> BgNbd:
    """Draw other parameters that the data may as well have come from, none beyond the ends."""
    at = rng.multivariate_normal(np.log(model), spread)
    at[:2] -= max(0.0, float(at[0]) - _ALIKE)  # the mean rate, r / alpha, stays
    return BgNbd(*(float(p) for p in np.exp(np.clip(at, -_FAR, _ENDS))))


def _minus_log_likelihood(
    x: NDArray[np.float64],
    recency: NDArray[np.float64],
    age: NDArray[np.float64],
    count: NDArray[np.int64],
) -> Callable[[NDArray[np.float64]], float]:
    """Give the mean over customers as a function of the logarithms of the parameters."""
    from scipy.special import betaln, gammaln

    n, repeats = count.sum(), np.maximum(x, 1)

    def minus(at: NDArray[np.float64]) -> float:
        r, alpha, a, b = np.exp(at)
        buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        staying = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
        gone = betaln(a + 1, b + repeats - 1) - betaln(a, b) - (r + x) * np.log(alpha + recency)
        either = np.where(x > 0, np.logaddexp(staying, gone), staying)
        return -float((count * (buying + either)).sum()) / float(n)

    return minus


def covariance(
    minus: Callable[[NDArray[np.float64]], float], at: NDArray[np.float64], step: float = 1e-3
) -> NDArray[np.float64]:
    """Give the inverse of the curvature of minus the log-likelihood, by central differences.

    In a direction in which the likelihood is flat a parameter is known to a factor of 150 at least.
    """
    k = at.size
    eye = np.eye(k) * step
    curve = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            ends = [
                minus(at + si * eye[i] + sj * eye[j]) * si * sj for si in (1, -1) for sj in (1, -1)
            ]
            curve[i, j] = curve[j, i] = sum(ends) / (4 * step * step)
    values, vectors = np.linalg.eigh(curve)
    spread = (vectors / np.maximum(values, _UNKNOWN**-2)) @ vectors.T
    return np.asarray((spread + spread.T) / 2, np.float64)
