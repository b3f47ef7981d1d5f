"""What treating changed, among customers on whom chance decided: the one estimator of effects.

Treated and held back are compared as they were drawn, whether or not anything then reached them
(*intention to treat*). Who had a chance of 0.9 of being treated stands for 1 / 0.9 of the treated
and for ten of the held back, so that a draw at the edge of capacity is as fair as a coin. What was
known before the decision may be taken out of the outcome: that narrows the interval and cannot
bias it, because it cannot have been changed by what came later.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError, NotEnoughDataError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST: Final = 20
"""Customers needed on each side: below, no variance is known well enough to speak of an interval.

Of shares, those on each side on whom chance decided; strata are told apart from half as many on."""
_PER_COVARIATE: Final = 20  # customers of the smaller side for each thing that is adjusted for


class Difference(NamedTuple):
    """Treated less held back, per customer, in units of the outcome."""

    estimate: float
    se: float  # standard error
    treated: float  # mean outcome, had everyone been treated
    held_back: float  # mean outcome, had everyone been held back
    n_treated: int
    n_held_back: int
    n: int  # independent draws: customers, or accounts where those were drawn
    degrees: float  # of freedom, of Student's t
    influence: Floats  # (n_customers,) what each adds to the estimate; sums to 0
    adjusted_for: int  # columns


class Drawn(NamedTuple):
    """Customers on whom chance decided, checked."""

    outcome: Floats  # (n,)
    treated: Bools  # (n,)
    propensity: Floats  # (n,) chance of being treated
    covariates: Floats  # (n, k)
    cluster: NDArray[np.int64] | None  # (n,)


def difference(
    outcome: ArrayLike,
    treated: ArrayLike,
    *,
    propensity: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Difference:
    """Compare treated with held back by intention to treat.

    Means are weighted by the inverse of the propensity and normalised (Hájek [1]_). With strata or
    covariates, each side has its own weighted regression on them, centred (Lin [2]_); with the
    outcome of the time before as the covariate this is CUPED [3]_. The variance is that of the
    influence values, with residuals inflated by their leverage (HC2), so that without weights and
    covariates it is Neyman's; summed by cluster first, where clusters were drawn.

    Parameters
    ----------
    outcome
        (n,) 0 or 1, or a number such as money; nothing missing.
    treated
        (n,) true for the treated, false for those held back.
    propensity
        (n,) chance of being treated as it was when it was drawn, between 0 and 1. Default: the
        share of the treated in the stratum.
    stratum
        (n,) within which was drawn; names or numbers.
    covariates
        (n, k) known before the decision. As many of them are used, in the order given, as there
        are twenties of customers on the smaller side.
    cluster
        (n,) who was drawn together, such as people of an account.

    Raises
    ------
    DataError
        If shapes differ, something is missing, or a propensity is not between 0 and 1.
    NotEnoughDataError
        If a side has fewer than 20 customers.

    Notes
    -----
    O(n k²). Of shares the variance of each side is at least that of one more customer with and one
    without [4]_: five customers of a hundred say little of how rare a thing is.

    References
    ----------
    .. [1] Särndal, Swensson and Wretman (1992), "Model Assisted Survey Sampling", 5.7.
    .. [2] Lin (2013), "Agnostic notes on regression adjustments to experimental data", Annals of
       Applied Statistics 7:295-318.
    .. [3] Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
       experiments by utilizing pre-experiment data", WSDM.
    .. [4] Agresti and Caffo (2000), "Simple and effective confidence intervals for proportions",
       The American Statistician 54:280-288.

    Examples
    --------
    Of 40 treated 10 left, of 40 held back 20.

    >>> left = np.repeat([1, 0, 1, 0], [10, 30, 20, 20])
    >>> found = difference(left, np.repeat([True, False], 40))
    >>> round(found.estimate, 3), round(found.se, 3)
    (-0.25, 0.107)
    """
    rows = drawn(outcome, treated, propensity, stratum, covariates, cluster)
    ones, zeros = int(rows.treated.sum()), int((~rows.treated).sum())
    if min(ones, zeros) < FEWEST:
        raise NotEnoughDataError(
            f"{ones} treated and {zeros} held back, whose outcome is known: {FEWEST} of each are "
            "needed."
        )
    one, of_one = _side(rows, rows.treated, rows.propensity)
    nil, of_nil = _side(rows, ~rows.treated, 1.0 - rows.propensity)
    n = rows.outcome.size
    estimate = float(np.mean(one) - np.mean(nil))
    between = one - nil - estimate
    variance, parts, independent = _variance(rows, between, of_one, of_nil)
    return Difference(
        estimate,
        float(np.sqrt(variance)),
        float(np.mean(one)),
        float(np.mean(nil)),
        ones,
        zeros,
        independent,
        _degrees(parts, ones, zeros) if rows.cluster is None else max(independent - 2.0, 1.0),
        (between + of_one - of_nil) / n,
        rows.covariates.shape[1],
    )


def drawn(
    outcome: ArrayLike,
    treated: ArrayLike,
    propensity: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Drawn:
    """Check what is compared, and choose what is adjusted for.

    Raises
    ------
    DataError
        If shapes differ, something is missing, or a propensity is not between 0 and 1.

    Examples
    --------
    >>> drawn([1, 0, 1], [True, False, True], stratum=["a", "a", "a"]).propensity.round(2)
    array([0.67, 0.67, 0.67])
    """
    y, t = np.asarray(outcome, np.float64), np.asarray(treated, np.bool_)
    if y.ndim != 1 or t.shape != y.shape:
        raise DataError(f"outcome has shape {y.shape} and treated {t.shape}: need equal (n,).")
    if not np.isfinite(y).all():
        raise DataError(f"outcome[{int(np.flatnonzero(~np.isfinite(y))[0])}] is missing.")
    which = _numbered(stratum, y.size, "stratum")
    e = _shares(t, which) if propensity is None else np.asarray(propensity, np.float64)
    if e.shape != y.shape:
        raise DataError(f"propensity has shape {e.shape}: need {y.shape}.")
    if y.size and not ((e > 0) & (e < 1)).all():
        bad = int(np.flatnonzero(~((e > 0) & (e < 1)))[0])
        raise DataError(
            f"propensity[{bad}] is {e[bad]:g}: only customers on whom chance decided, between 0 "
            "and 1, can be compared. Leave the others out."
        )
    x = _chosen(t, which, covariates, y.size)
    together = None if cluster is None else _numbered(cluster, y.size, "cluster")
    return Drawn(y, t, e, x, together)


def _numbered(names: ArrayLike | None, n: int, what: str) -> NDArray[np.int64]:
    """Give each name a number, in the order of the names."""
    if names is None:
        return np.zeros(n, np.int64)
    given = np.asarray(names)
    if given.shape != (n,):
        raise DataError(f"{what} has shape {given.shape}: need ({n},).")
    told = given if given.dtype.kind in "iub" else given.astype(str)
    return np.asarray(np.unique(told, return_inverse=True)[1], np.int64)


def shares(treated: ArrayLike, stratum: ArrayLike | None) -> Floats:
    """Give everyone the share of the treated in their stratum.

    0 or 1 where a stratum has one side only: nobody there can be compared.

    Examples
    --------
    >>> shares([True, False, True], ["a", "a", "b"]).tolist()
    [0.5, 0.5, 1.0]
    """
    t = np.asarray(treated, np.bool_)
    return _shares(t, _numbered(stratum, t.size, "stratum"))


def _shares(treated: Bools, stratum: NDArray[np.int64]) -> Floats:
    """Give everyone the share of the treated in their stratum."""
    n = np.bincount(stratum)
    return np.asarray((np.bincount(stratum, treated) / np.maximum(n, 1))[stratum])


def _chosen(
    treated: Bools, stratum: NDArray[np.int64], covariates: ArrayLike | None, n: int
) -> Floats:
    """Give centred columns of one spread: strata, then covariates, as many as there is room for."""
    columns = []
    for s in range(1, int(stratum.max(initial=0)) + 1):
        inside = stratum == s
        if min((inside & treated).sum(), (inside & ~treated).sum()) >= FEWEST // 2:
            columns.append(inside.astype(np.float64))
    more: list[Floats] = []
    if covariates is not None:
        given = np.asarray(covariates, np.float64)
        given = given[:, None] if given.ndim == 1 else given
        if given.shape[0] != n or not np.isfinite(given).all():
            raise DataError(f"covariates have shape {given.shape}: need ({n}, k), nothing missing.")
        more = [c for c in given.T if c.std() > 1e-12]
    room = int(min(treated.sum(), (~treated).sum())) // _PER_COVARIATE
    # The largest strata: weeks of draws must not crowd out what is known of each customer.
    columns.sort(key=lambda c: -float(c.sum()))
    columns = [*columns[: max(room - len(more), room // 2)], *more]
    columns = [(c - c.mean()) / c.std() for c in columns if c.std() > 1e-12]
    return np.column_stack([np.empty((n, 0)), *columns[:room]])


def _side(rows: Drawn, inside: Bools, chance: Floats) -> tuple[Floats, Floats]:
    """Give what everyone would have on one side, and what its customers deviate from that.

    Both (n,); the second is 0 on the other side, weighted, inflated by leverage.
    """
    y, w = rows.outcome[inside], 1.0 / chance[inside]
    w = w / w.sum()
    deviates = np.zeros(inside.size)
    if not rows.covariates.shape[1]:
        mean = float(w @ y)
        deviates[inside] = inside.size * w * (y - mean) / np.sqrt(1.0 - w)
        return np.full(inside.size, mean), deviates
    x = np.column_stack([np.ones(inside.size), rows.covariates])
    root = np.sqrt(w)[:, None]
    q, r = np.linalg.qr(root * x[inside])
    solve = np.linalg.lstsq(r, q.T @ (root[:, 0] * y), rcond=None)[0]
    would = x @ solve
    leverage = np.minimum((q * q).sum(axis=1), 0.9)
    deviates[inside] = inside.size * w * (y - would[inside]) / np.sqrt(1.0 - leverage)
    return would, deviates


def _variance(
    rows: Drawn, between: Floats, of_one: Floats, of_nil: Floats
) -> tuple[float, tuple[float, float], int]:
    """Give the variance of the estimate, those of its two sides, and the independent draws."""
    n = rows.outcome.size
    sides = ((of_one, rows.treated, rows.propensity), (of_nil, ~rows.treated, 1 - rows.propensity))
    parts = [float(np.sum(d * d)) / n**2 for d, *_ in sides]
    wider = [_floor(rows, part, *side[1:]) for part, side in zip(parts, sides, strict=True)]
    if rows.cluster is None:
        total = wider[0] + wider[1] + float(np.sum(between * between)) / n**2
        return total, (wider[0], wider[1]), n
    summed = np.bincount(rows.cluster, between + of_one - of_nil)
    groups = summed.size
    sizes = [np.unique(rows.cluster[side]).size for _, side, _ in sides]
    if min(sizes) < FEWEST:
        raise NotEnoughDataError(
            f"{groups} groups were drawn together, {sizes[0]} treated and {sizes[1]} held back: "
            f"{FEWEST} of each are needed."
        )
    together = float(np.sum(summed * summed)) / n**2 * groups / (groups - 1)
    return together + sum(wider) - sum(parts), (0.0, 0.0), groups


def _floor(rows: Drawn, variance: float, inside: Bools, chance: Floats) -> float:
    """Widen the variance of a share to that of one more customer with and one without."""
    y = rows.outcome
    if not ((y == 0) | (y == 1)).all():
        return variance
    w = 1.0 / chance[inside]
    size = float(w.sum() ** 2 / (w @ w))
    share = float(w @ y[inside] / w.sum())
    drawn_in = (share * size + 1) / (size + 2)
    spread = drawn_in * (1 - drawn_in)
    if share * (1 - share) <= 0 or variance <= 0:
        return spread / size
    return variance * max(1.0, spread / (share * (1 - share)))


def _degrees(parts: tuple[float, float], ones: int, zeros: int) -> float:
    """Give Welch's degrees of freedom."""
    a, b = parts
    if a + b <= 0:
        return float(ones + zeros - 2)
    return (a + b) ** 2 / (a * a / (ones - 1) + b * b / (zeros - 1))
