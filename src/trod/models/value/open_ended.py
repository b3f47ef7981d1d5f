"""Value of customers who never say that they have left: BG/NBD with gamma-gamma."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import NotEnoughDataError
from trod.models.card import Measure
from trod.models.stored import Stored
from trod.models.value import bgnbd, gamma_gamma
from trod.models.value.bgnbd import BgNbd
from trod.models.value.gamma_gamma import GammaGamma
from trod.models.value.outlook import DRAWS, ENDS, Outlook, mean_error, whole
from trod.models.value.purchases import MILLION, Purchases

_STEP_WEEKS: Final = 4.0  # money is discounted in steps of so long
_MOST_DRAWN: Final = 50_000  # customers beyond which chance in each hardly moves the sum
_UNLIKE: Final = 0.3  # correlation of amount and frequency from which a remark is due
NAIVE: Final = "everyone goes on at their own rate"


class Seen(NamedTuple):
    """What the two models know of each customer, (n,) each; times in weeks, money in currency."""

    x: NDArray[np.float64]  # repeat purchases
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    mean: NDArray[np.float64]  # amount of a repeat purchase; 0 where there is none

    @classmethod
    def of(cls, seen: Purchases) -> Seen:
        """Read it from purchases."""
        x = seen.days.astype(np.float64) - 1
        repeat = (seen.spent - seen.spent_first) / MILLION
        mean = np.divide(repeat, x, out=np.zeros(x.size), where=x > 0)
        first, last = seen.first.astype(np.float64), seen.last.astype(np.float64)
        return cls(x, (last - first) / 7, (seen.cut - first) / 7, np.maximum(mean, 0.0))


class OpenEnded(NamedTuple):
    """Both models, fitted."""

    buying: BgNbd
    spending: GammaGamma
    buying_spread: NDArray[np.float64]  # (4, 4) covariance of the logarithms
    spending_spread: NDArray[np.float64]  # (3, 3) of the logarithms of p, q - 1 and the mean

    def stored(self, facts: Mapping[str, Any]) -> Stored:
        """Give it as facts and arrays."""
        told = {
            **facts,
            "kind": "no contract",
            "buying": self.buying._asdict(),
            "spending": self.spending._asdict(),
        }
        arrays = {"buying_spread": self.buying_spread, "spending_spread": self.spending_spread}
        return Stored(told, arrays)

    @classmethod
    def of(cls, stored: Stored) -> OpenEnded:
        """Read what `stored` gave."""
        facts, arrays = stored.facts, stored.arrays
        return cls(
            BgNbd(**facts["buying"]),
            GammaGamma(**facts["spending"]),
            arrays["buying_spread"],
            arrays["spending_spread"],
        )


def fit(seen: Purchases) -> tuple[OpenEnded, tuple[str, ...]]:
    """Fit both models; give what is to be minded as well.

    Raises
    ------
    NotEnoughDataError
        If too few customers bought again.
    """
    at = Seen.of(seen)
    buying = bgnbd.fit(at.x, at.recency, at.age)
    spending = gamma_gamma.fit(at.x, at.mean)
    remarks = []
    if buying.at_an_end:
        remarks.append("A parameter ran to its end: nobody seems to leave, or all seem alike.")
    if spending.wild:
        remarks.append(
            "Amounts differ so much that the mean of all hangs on a few customers; it is taken as"
            " it is on record."
        )
    some = (at.x > 0) & (at.mean > 0)
    x, mean = at.x[some], at.mean[some]
    together = float(np.corrcoef(x, mean)[0, 1]) if np.ptp(x) and np.ptp(mean) else 0.0
    if abs(together) > _UNLIKE:
        remarks.append(
            f"Who buys often spends {'more' if together > 0 else 'less'} at a time (correlation"
            f" {together:.2f}), which the model of amounts takes not to be so."
        )
    made = OpenEnded(buying.model, spending.model, buying.covariance, spending.covariance)
    return made, tuple(remarks)


def outlook(model: OpenEnded, seen: Purchases, *, weeks: float, discount: float) -> Outlook:
    """Give what each customer will buy and spend within so many weeks."""
    at = Seen.of(seen)
    bought, worth = _expected(model, at, weeks, discount)
    low, high = _total_interval(model, at, weeks, discount)
    return Outlook(
        seen.customer,
        seen.days,
        seen.spent / MILLION,
        model.buying.alive(at.x, at.recency, at.age),
        bought,
        worth,
        float(worth.sum()),
        low,
        high,
    )


def _expected(
    model: OpenEnded, at: Seen, weeks: float, discount: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give purchases and discounted money of each customer; those alike are worked out once."""
    alike, which = np.unique(np.column_stack(at[:3]), axis=0, return_inverse=True)
    steps = np.append(np.arange(_STEP_WEEKS, weeks, _STEP_WEEKS), weeks)
    bought, valued = np.zeros((2, alike.shape[0]))
    begin = 0.0
    for end in steps.tolist():
        until = model.buying.expected(end, *alike.T)
        valued += (until - bought) * _worth(discount, (begin + end) / 2)
        bought, begin = until, end
    amount = model.spending.expected(np.where(at.mean > 0, at.x, 0.0), at.mean)
    which = which.reshape(-1)
    return bought[which], valued[which] * amount


def _worth(discount: float, weeks: float) -> float:
    """Give what money after so many weeks is worth now."""
    return float((1 - discount) ** (weeks * 7 / 365))


def _total_interval(
    model: OpenEnded, at: Seen, weeks: float, discount: float
) -> tuple[float, float]:
    """Give the interval of the sum: parameters drawn anew, then what each customer does."""
    rng = np.random.default_rng(0)
    sums, factor = [], _worth(discount, weeks / 2)
    for _ in range(DRAWS):
        drawn = _drawn(model, rng)
        if at.x.size > _MOST_DRAWN:
            bought = drawn.buying.expected(weeks, *at[:3])
            amount = drawn.spending.expected(np.where(at.mean > 0, at.x, 0.0), at.mean)
            sums.append(float((bought * amount).sum()) * factor)
        else:
            sums.append(float(_happens(drawn, at, weeks, rng).sum()) * factor)
    low, high = np.quantile(sums, ENDS)
    return float(low), float(high)


def _drawn(model: OpenEnded, rng: np.random.Generator) -> OpenEnded:
    """Draw other parameters that the data may as well have come from."""
    return model._replace(
        buying=bgnbd.drawn(model.buying, model.buying_spread, rng),
        spending=gamma_gamma.drawn(model.spending, model.spending_spread, rng),
    )


def _happens(
    model: OpenEnded, at: Seen, weeks: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw what each customer spends: whether they are there, their rate, when they leave."""
    r, alpha, a, b = model.buying
    p, q, gamma = model.spending
    there = rng.random(at.x.size) < model.buying.alive(at.x, at.recency, at.age)
    rate = rng.gamma(r + at.x, 1 / (alpha + at.age))
    leaves = np.clip(rng.beta(a, b + at.x), 1e-12, 1.0)
    bought = np.minimum(rng.poisson(rate * weeks), rng.geometric(leaves)) * there
    known = np.where(at.mean > 0, at.x, 0.0)
    scale = rng.gamma(q + p * known, 1 / (gamma + known * at.mean))
    spent = rng.gamma(np.where(bought > 0, p * bought, 1.0)) / scale
    return np.where(bought > 0, spent, 0.0)


def intervals(
    model: OpenEnded, seen: Purchases, rows: NDArray[np.int64], *, weeks: float, discount: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the interval of what some customers will spend, of what may happen to each."""
    rng = np.random.default_rng(0)
    at = Seen(*(column[rows] for column in Seen.of(seen)))
    drawn = [_happens(_drawn(model, rng), at, weeks, rng) for _ in range(5 * DRAWS)]
    low, high = np.quantile(np.array(drawn), ENDS, axis=0) * _worth(discount, weeks / 2)
    return low, high


def backtest(seen: Purchases, end: int) -> tuple[Measure, ...]:
    """Fit on what was known on a day, and judge on what was bought from then to `end`.

    Raises
    ------
    NotEnoughDataError
        If too little was known by then.
    """
    model, _ = fit(seen)
    at = Seen.of(seen)
    weeks = (end - seen.cut) / 7
    if weeks <= 0:
        raise NotEnoughDataError("the record has no second half to judge on.")
    bought, worth = _expected(model, at, weeks, 0.0)
    own = np.divide(at.x, at.age, out=np.zeros(at.x.size), where=at.age > 0) * weeks
    pays = seen.spent / MILLION / seen.days
    after, spent = seen.days_after.astype(np.float64), seen.spent_after / MILLION
    found = [
        mean_error("mean error in purchases", bought, own, after, NAIVE),
        mean_error("mean error in money", worth, own * pays, spent, NAIVE),
    ]
    if after.sum():
        found.append(whole(bought, own, float(after.sum())))
    return tuple(found)
