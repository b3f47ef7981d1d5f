"""Whether an effect differs between customers; that it does not is an answer.

Any effect looks larger in some group. So groups are tested together before one is named, and a
ranking by expected effect is learned on one half of the customers and judged on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import NotEnoughDataError
from trod.outcomes.always_valid import one_look
from trod.outcomes.difference import Drawn, difference, drawn
from trod.outcomes.verdict import beside_others

SURE: Final = 0.05
_FEWEST: Final = 50  # on each side of a group
_MOST: Final = 12  # groups of one kind; the largest


class Group(NamedTuple):
    """The effect in one group."""

    name: str
    n_treated: int
    n_held_back: int
    estimate: float
    low: float  # 95 %, one look
    high: float


class ByGroup(NamedTuple):
    """Effects in the groups of one kind, and whether they differ by more than chance."""

    kind: str
    groups: tuple[Group, ...]
    p: float  # that they would differ so much by chance, corrected for the number of kinds
    differs: bool


class Ranked(NamedTuple):
    """Whether customers can be ranked by their effect, judged on those it was not learned from."""

    n: int
    gain: float  # Qini: mean effect won by treating in the order of the ranking, not at random
    low: float  # 95 %
    high: float
    found: bool


def by_groups(
    outcome: ArrayLike,
    treated: ArrayLike,
    kinds: Mapping[str, ArrayLike],
    *,
    propensity: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    of_several: int = 1,
) -> tuple[ByGroup, ...]:
    """Compare the effect between the groups of each kind.

    Cochran's test of homogeneity [1]_ for each kind, corrected over the kinds by Holm's method.
    Groups with fewer than 50 on a side are left out.

    Parameters
    ----------
    outcome, treated, propensity, cluster
        As `trod.outcomes.difference.difference` takes them.
    kinds
        Name of a kind to (n,) names of groups.
    of_several
        Experiments that are looked at together, such as the arms of one: corrected for as well.

    References
    ----------
    .. [1] Cochran (1954), "The combination of estimates from different experiments", Biometrics
       10:101-129.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> treated = rng.random(4000) < 0.5
    >>> plan = rng.choice(["small", "large"], 4000)
    >>> left = rng.random(4000) < 0.3 - 0.2 * (treated & (plan == "large"))
    >>> [(kind.kind, kind.differs) for kind in by_groups(left, treated, {"plan": plan})]
    [('plan', True)]
    """
    rows = drawn(outcome, treated, propensity, cluster=cluster)
    told = [(kind, _groups(rows, np.asarray(names).astype(str))) for kind, names in kinds.items()]
    several = [(kind, groups) for kind, groups in told if len(groups) > 1]
    alone = beside_others([_homogeneous(groups) for _, groups in several])
    p = np.minimum(alone * of_several, 1.0)
    return tuple(
        ByGroup(kind, tuple(g for g, _ in groups), float(raw), bool(raw < SURE))
        for (kind, groups), raw in zip(several, p, strict=True)
    )


def _groups(rows: Drawn, names: NDArray[np.str_]) -> list[tuple[Group, float]]:
    known, size = np.unique(names, return_counts=True)
    found = []
    for name in sorted(known[np.argsort(-size, kind="stable")][:_MOST].tolist()):
        at = names == name
        t = rows.treated[at]
        if min(t.sum(), (~t).sum()) < _FEWEST:
            continue
        together = None if rows.cluster is None else rows.cluster[at]
        try:
            one = difference(rows.outcome[at], t, propensity=rows.propensity[at], cluster=together)
        except NotEnoughDataError:  # too few were drawn apart
            continue
        ends = one_look(one)
        found.append((Group(name, one.n_treated, one.n_held_back, one.estimate, *ends), one.se))
    return found


def _homogeneous(groups: list[tuple[Group, float]]) -> float:
    """Give the p-value of effects being the same."""
    from scipy.stats import chi2

    y = np.array([g.estimate for g, _ in groups])
    w = np.array([1 / max(se, 1e-12) ** 2 for _, se in groups])
    gap = float(w @ (y - w @ y / w.sum()) ** 2)
    return float(chi2.sf(gap, y.size - 1))


def ranked(
    outcome: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike,
    *,
    propensity: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    seed: int = 1,
) -> Ranked:
    """Rank customers by their expected effect, and say what the ranking is worth.

    A ridge regression with an interaction for each covariate, on one half; on the other, the
    Qini-weighted average of effects along the ranking [1]_, and the other way round. A positive
    gain says that the outcome rises more by treating the first of the ranking. Who was drawn
    together is on one half together.

    Raises
    ------
    NotEnoughDataError
        If a side has fewer than 200 customers.

    References
    ----------
    .. [1] Yadlowsky, Fleming, Shah, Brunskill and Wager (2025), "Evaluating treatment
       prioritization rules via rank-weighted average treatment effects", JASA 120:38-51.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> treated, x = rng.random(4000) < 0.5, rng.normal(size=(4000, 2))
    >>> y = treated * x[:, 0] + rng.normal(size=4000)
    >>> ranked(y, treated, x).found, ranked(rng.normal(size=4000), treated, x).found
    (True, False)
    """
    rows = drawn(outcome, treated, propensity, cluster=cluster)
    x = np.asarray(covariates, np.float64)
    if min(rows.treated.sum(), (~rows.treated).sum()) < 4 * _FEWEST:
        raise NotEnoughDataError(
            f"{int(rows.treated.sum())} treated and {int((~rows.treated).sum())} held back: "
            f"{4 * _FEWEST} of each are needed to rank by effect."
        )
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-12)
    own = np.arange(rows.outcome.size) if rows.cluster is None else rows.cluster
    half = (np.random.default_rng(seed).permutation(int(own.max()) + 1) % 2 == 0)[own]
    parts = [_along(rows, x, half), _along(rows, x, ~half)]
    gain = float(np.mean([mean for mean, _ in parts]))
    spread = 1.959964 * float(np.sqrt(sum(var for _, var in parts))) / 2
    low, high = gain - spread, gain + spread
    return Ranked(rows.outcome.size, gain, low, high, low > 0)


def _along(rows: Drawn, x: NDArray[np.float64], learn: NDArray[np.bool_]) -> tuple[float, float]:
    """Learn on some; give the gain on the others, and its variance."""
    t, y, e = rows.treated, rows.outcome, rows.propensity
    means = [float(np.average(y[learn & s], weights=w[learn & s])) for s, w in _sides(t, e)]
    base = means[0] * (1 - e) + means[1] * e
    # The outcome less what is usual, weighted by the draw, is the effect plus noise.
    pseudo = (y - base) * np.where(t, 1 / e, -1 / (1 - e))
    a = x[learn]
    slope = np.linalg.solve(
        a.T @ a + 10.0 * np.eye(x.shape[1]), a.T @ (pseudo[learn] - pseudo[learn].mean())
    )
    judged = ~learn
    order = np.argsort(np.argsort(x[judged] @ slope, kind="stable"), kind="stable")
    place = (order + 0.5) / order.size - 0.5  # from -1/2, the last, to 1/2, the first
    each = (pseudo[judged] - pseudo[judged].mean()) * place
    if rows.cluster is None:
        return float(each.mean()), float(each.var(ddof=1) / each.size)
    summed = np.bincount(rows.cluster[judged], each - each.mean())
    return float(each.mean()), float(summed @ summed) / each.size**2


def _sides(
    t: NDArray[np.bool_], e: NDArray[np.float64]
) -> tuple[tuple[NDArray[np.bool_], NDArray[np.float64]], ...]:
    return (~t, 1 / (1 - e)), (t, 1 / e)
