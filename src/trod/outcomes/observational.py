"""What treating seems to have changed where nobody's chance decided: an estimate, never a test.

Those treated are compared with others like them, by two models that check each other: how likely
each was to be treated, and what each would have done. Being like them means in what is on record;
what is not on record is not adjusted for, and the answer says how strong it would have to be.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError, NotEnoughDataError
from trod.outcomes.difference import Difference

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_FOLDS: Final = 5
_EDGE: Final = 0.02  # propensities beyond it are left out: nobody like them is on the other side
_MOST_TRIMMED: Final = 0.25
_LEAST_EFFECTIVE: Final = 50.0  # customers that the weights leave on each side
_UNBALANCED: Final = 0.1
_FEWEST: Final = 100


class Overlap(NamedTuple):
    """Whether those treated and those not are comparable at all."""

    chances: NDArray[
        np.int64
    ]  # (2, 10) customers by tenths of the propensity: not treated, treated
    trimmed: float  # share of customers with nobody like them on the other side
    effective: tuple[float, float]  # customers that the weights leave: not treated, treated
    names: tuple[str, ...]
    before: Floats  # (n_covariates,) standardised difference as they are
    after: Floats  # (n_covariates,) as weighted

    @property
    def worst_before(self) -> float:
        """Give the largest standardised difference as they are."""
        return float(np.abs(self.before).max(initial=0.0))

    @property
    def worst_after(self) -> float:
        """Give the largest standardised difference as weighted."""
        return float(np.abs(self.after).max(initial=0.0))

    @property
    def fails(self) -> str:
        """Say in words why nothing can be said; empty where something can."""
        if self.trimmed > _MOST_TRIMMED:
            return f"{self.trimmed:.0%} have nobody like them on the other side"
        if min(self.effective) < _LEAST_EFFECTIVE:
            return f"only {min(self.effective):.0f} customers are comparable on a side"
        worst = int(np.argmax(np.abs(self.after))) if self.after.size else 0
        if self.after.size and abs(self.after[worst]) > _UNBALANCED:
            return (
                f"{self.names[worst]} still differs by {abs(self.after[worst]):.2f} standard "
                "deviations"
            )
        return ""


class Observational(NamedTuple):
    """An estimate with what it rests on."""

    difference: Difference
    overlap: Overlap
    e_value: float | None  # of a share: how strong something unseen would have to be; None: money
    naive: float  # treated less the others, as they are


def observational(
    outcome: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike,
    *,
    names: tuple[str, ...] = (),
    seed: int = 1,
) -> Observational:
    """Compare customers that somebody chose with others like them.

    Augmented inverse-propensity weighting [1]_ with cross-fitting in five parts [2]_: logistic
    regression for who is treated, and for the outcome of each side logistic or ridge regression.

    Parameters
    ----------
    outcome, treated
        (n,) as for `trod.outcomes.difference.difference`.
    covariates
        (n, k) known before the decision.
    names
        Of the covariates.
    seed
        Of the parts.

    Raises
    ------
    NotEnoughDataError
        If a side has fewer than 100 customers, or if the two sides are not comparable.
    DataError
        If something is missing.

    Notes
    -----
    The E-value [3]_ is the risk ratio that something unseen would need, with being treated and with
    the outcome, to explain the estimate away.

    References
    ----------
    .. [1] Robins, Rotnitzky and Zhao (1994), JASA 89:846-866.
    .. [2] Chernozhukov et al. (2018), "Double/debiased machine learning", Econometrics Journal
       21:C1-C68.
    .. [3] VanderWeele and Ding (2017), "Sensitivity analysis in observational research", Annals of
       Internal Medicine 167:268-274.

    Examples
    --------
    Those at risk are called more often, and leave more often; calling changes nothing.

    >>> rng = np.random.default_rng(1)
    >>> risk = rng.normal(size=4000)
    >>> called = rng.random(4000) < 1 / (1 + np.exp(-risk))
    >>> left = rng.random(4000) < 1 / (1 + np.exp(1 - risk))
    >>> found = observational(left, called, risk[:, None], names=("risk",))
    >>> round(found.naive, 2), abs(found.difference.estimate) < 0.04
    (0.15, True)
    """
    y, t, x = _checked(outcome, treated, covariates)
    part = np.random.default_rng(seed).permutation(y.size) % _FOLDS
    chance, would = _fitted(y, t, x, part)
    kept = (chance > _EDGE) & (chance < 1 - _EDGE)
    overlap = _overlap(chance, t, x, kept, names or tuple(f"column {k}" for k in range(x.shape[1])))
    if why := overlap.fails:
        raise NotEnoughDataError(
            f"nobody's chance decided, and the two sides are not comparable: {why}. Hold some back "
            "by chance."
        )
    found = _augmented(y[kept], t[kept], chance[kept], would[kept])
    return Observational(found, overlap, _e_value(found, y), float(y[t].mean() - y[~t].mean()))


def _checked(outcome: ArrayLike, treated: ArrayLike, covariates: ArrayLike) -> tuple[Any, Any, Any]:
    y, t = np.asarray(outcome, np.float64), np.asarray(treated, np.bool_)
    x = np.asarray(covariates, np.float64)
    if y.ndim != 1 or t.shape != y.shape or x.ndim != 2 or x.shape[0] != y.size:
        raise DataError(f"outcome {y.shape}, treated {t.shape}, covariates {x.shape} do not fit.")
    if not x.shape[1]:
        raise DataError("nobody's chance decided, and nothing known before is given to compare by.")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise DataError("an outcome or covariate is missing. Leave out the row.")
    if min(t.sum(), (~t).sum()) < _FEWEST:
        raise NotEnoughDataError(
            f"{int(t.sum())} treated and {int((~t).sum())} not, on whom no chance decided: "
            f"{_FEWEST} of each are needed."
        )
    return y, t, (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-12)


def _fitted(y: Floats, t: Bools, x: Floats, part: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Give chance and both outcomes of everyone, by models that did not see them."""
    from sklearn.linear_model import LogisticRegression, Ridge

    shares = bool(np.isin(y, (0.0, 1.0)).all())
    chance, would = np.empty(y.size), np.empty((y.size, 2))
    for k in range(_FOLDS):
        seen, new = part != k, part == k
        model = LogisticRegression(C=1.0, max_iter=1000).fit(x[seen], t[seen])
        chance[new] = model.predict_proba(x[new])[:, 1]
        for side in (0, 1):
            some = seen & (t == bool(side))
            if shares and 0 < y[some].sum() < some.sum():
                of = LogisticRegression(C=1.0, max_iter=1000).fit(x[some], y[some])
                would[new, side] = of.predict_proba(x[new])[:, 1]
            else:
                would[new, side] = Ridge(alpha=1.0).fit(x[some], y[some]).predict(x[new])
    return chance, would


def _augmented(y: Floats, t: Bools, e: Floats, would: Floats) -> Difference:
    own = np.where(t, would[:, 1], would[:, 0])
    each = would[:, 1] - would[:, 0] + np.where(t, (y - own) / e, -(y - own) / (1 - e))
    one = would[:, 1] + t * (y - own) / e
    estimate = float(each.mean())
    return Difference(
        estimate,
        float(each.std(ddof=1)) / sqrt(y.size),
        float(one.mean()),
        float(one.mean()) - estimate,
        int(t.sum()),
        int((~t).sum()),
        y.size,
        float(y.size - 1),
        (each - estimate) / y.size,
        would.shape[1],
    )


def _overlap(e: Floats, t: Bools, x: Floats, kept: Bools, names: tuple[str, ...]) -> Overlap:
    bins = np.minimum((e * 10).astype(np.int64), 9)
    chances = np.stack([np.bincount(bins[s], minlength=10) for s in (~t, t)])
    w = np.where(t, 1 / np.maximum(e, _EDGE), 1 / np.maximum(1 - e, _EDGE)) * kept
    sizes = [float(w[s].sum() ** 2 / max(float(w[s] @ w[s]), 1e-300)) for s in (~t, t)]
    spread = np.sqrt((x[t].var(axis=0) + x[~t].var(axis=0)) / 2)
    spread = np.maximum(spread, 1e-12)
    raw = (x[t].mean(axis=0) - x[~t].mean(axis=0)) / spread
    even = [w[s] @ x[s] / max(float(w[s].sum()), 1e-300) for s in (~t, t)]
    return Overlap(
        chances, float(1 - kept.mean()), (sizes[0], sizes[1]), names, raw,
        (even[1] - even[0]) / spread,
    )  # fmt: skip


def _e_value(found: Difference, y: Floats) -> float | None:
    """Give the E-value of the estimate as a risk ratio; None where the outcome is no share."""
    if not np.isin(y, (0.0, 1.0)).all():
        return None
    return e_value(found.treated, found.held_back)


def e_value(treated: float, held_back: float) -> float:
    """Give the risk ratio that something unseen would need to explain two shares.

    Examples
    --------
    The first example of the paper: a risk ratio of 3.9 could be explained by 7.3.

    >>> round(e_value(0.39, 0.10), 2)
    7.26
    """
    low, high = sorted((max(treated, 1e-6), max(held_back, 1e-6)))
    ratio = high / low
    return ratio + sqrt(ratio * (ratio - 1))
