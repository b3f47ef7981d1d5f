"""Value of customers who say when they leave: retention curves, and what those who stay pay.

For each day since the first payment it is counted how many were still customers and watched, how
many of them cancelled on it, and how many paid. The first two give the share who stay, by the
method of Kaplan and Meier [1]_; the third what a customer who stays pays, and when. What a customer
will still pay is the sum over the days to come: the chance to be there, given that they are here
today, times the chance to pay, times their own mean payment.

No curve goes further than ten customers were watched: beyond it nothing is promised.

References
----------
.. [1] Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations", JASA 53:457.
   Intervals of the curve: Greenwood's variance on the scale of log(-log S).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import NotEnoughDataError
from trod.models.card import Measure
from trod.models.stored import Stored
from trod.models.value.outlook import DRAWS, ENDS, Outlook, mean_error, whole
from trod.models.value.purchases import MILLION, Purchases

LEAST_WATCHED: Final = 10
LEAST: Final = 50
"""Customers, and cancellations, without which there is no curve."""
NAIVE: Final = "nobody leaves, and all pay at the usual pace"
ALL: Final = "all"


class Curve(NamedTuple):
    """One group, by day since the first payment; day 0 is that of the first payment."""

    watched: NDArray[np.int64]  # (n_days,) customers then, and watched
    left: NDArray[np.int64]  # (n_days,) of them, cancelled on the day
    paid: NDArray[np.int64]  # (n_days,) of them, paid on the day

    @property
    def stays(self) -> NDArray[np.float64]:
        """The share still there after each day, (n_days,)."""
        return np.cumprod(1.0 - self.left / np.maximum(self.watched, 1)).astype(np.float64)

    def share(self, day: int) -> tuple[float, float, float, int]:
        """Give the share still there after a day, its 95 % interval, and how many were watched."""
        watched, left = self.watched[: day + 1], self.left[: day + 1]
        stays = float(self.stays[day])
        n = int(self.watched[day])
        if not 0 < stays < 1:
            return stays, 0.0 if stays == 0 else stays, stays, n
        terms = left / np.maximum(watched * (watched - left), 1)
        spread = 1.96 * float(np.sqrt(terms.sum())) / abs(np.log(stays))
        return stays, float(stays ** np.exp(spread)), float(stays ** np.exp(-spread)), n


class Contracts(NamedTuple):
    """Curves of all customers, and of groups where an attribute makes them."""

    groups: tuple[str, ...]  # the first is everyone
    curves: tuple[Curve, ...]

    def stored(self, facts: Mapping[str, Any]) -> Stored:
        """Give it as facts and arrays."""
        names = Curve._fields
        arrays = {
            f"{name}.{k}": getattr(curve, name)
            for k, curve in enumerate(self.curves)
            for name in names
        }
        return Stored({**facts, "kind": "contract", "groups": list(self.groups)}, arrays)

    @classmethod
    def of(cls, stored: Stored) -> Contracts:
        """Read what `stored` gave."""
        groups = tuple(stored.facts["groups"])
        curves = (
            Curve(*(stored.arrays[f"{name}.{k}"] for name in Curve._fields))
            for k in range(len(groups))
        )
        return cls(groups, tuple(curves))

    def curve_of(self, group: NDArray[np.object_]) -> NDArray[np.int64]:
        """Give the curve of each customer; that of everyone where their group has none."""
        place = {name: k for k, name in enumerate(self.groups)}
        return np.array([place.get(name, 0) for name in group], np.int64)


def tenure(seen: Purchases) -> NDArray[np.int64]:
    """Give the days from the first payment to the cancellation, or to now, (n,)."""
    return np.where(seen.ended >= 0, seen.ended, seen.cut) - seen.first


def fit(
    seen: Purchases,
    paid_on: tuple[NDArray[np.int64], NDArray[np.int64]],
    group: NDArray[np.object_] | None = None,
) -> Contracts:
    """Count the curves.

    Parameters
    ----------
    seen
        Customers as of a day, with cancellations.
    paid_on
        Row of `seen` and day since the first payment, of each payment.
    group
        Shape (n,), the value of an attribute, or None where it is not known.

    Raises
    ------
    NotEnoughDataError
        If there are fewer than 50 customers, or fewer than 50 cancelled.
    """
    cancelled = int((seen.ended >= 0).sum())
    if seen.n < LEAST or cancelled < LEAST:
        raise NotEnoughDataError(
            f"{seen.n:,} customers paid and {cancelled:,} of them cancelled; {LEAST} of each are"
            " needed."
        )
    groups, curves = [ALL], [_curve(seen, paid_on, np.ones(seen.n, np.bool_))]
    if group is not None:
        for name in sorted({str(each) for each in group if each is not None}):
            within = np.array([each == name for each in group], np.bool_)
            if within.sum() >= LEAST:
                groups.append(name)
                curves.append(_curve(seen, paid_on, within))
    return Contracts(tuple(groups), tuple(curves))


def _curve(
    seen: Purchases,
    paid_on: tuple[NDArray[np.int64], NDArray[np.int64]],
    within: NDArray[np.bool_],
) -> Curve:
    lasted, gone = tenure(seen)[within], seen.ended[within] >= 0
    size = int(lasted.max()) + 1
    ended = np.bincount(lasted, minlength=size)
    watched = ended[::-1].cumsum()[::-1]
    row, day = paid_on
    paid = np.bincount(day[within[row] & (day < size)], minlength=size)
    end = int(np.flatnonzero(watched >= LEAST_WATCHED)[-1]) + 1
    left = np.bincount(lasted[gone], minlength=size)
    return Curve(watched[:end], left[:end], paid[:end])


def outlook(
    model: Contracts,
    seen: Purchases,
    group: NDArray[np.object_] | None,
    *,
    days: int,
    discount: float,
) -> Outlook:
    """Give what each customer who has not cancelled will pay within so many days."""
    which = _which(model, seen, group)
    here = seen.ended < 0
    pays = seen.spent / MILLION / seen.days
    bought = _expected(model.curves, which, seen, days, 0.0)
    payments = _expected(model.curves, which, seen, days, discount)
    worth = payments * pays
    rng = np.random.default_rng(0)
    sums = [
        float((_expected(_again(model, rng), which, seen, days, discount) * pays).sum())
        for _ in range(DRAWS)
    ]
    # The parameters, and then chance: a payment comes or does not, as independent as Poisson.
    half = 1.96 * float(np.sqrt(np.var(sums) + (payments * pays * pays).sum()))
    total = float(worth.sum())
    until = np.array([curve.watched.size - 1 for curve in model.curves])[which]
    short = int((here & (tenure(seen) + days > until)).sum())
    remarks: tuple[str, ...] = ()
    if short:
        remarks = (
            f"For {short:,} of {int(here.sum()):,} customers the curve ends before the horizon:"
            " nobody was watched that long, and nothing is counted beyond.",
        )
    return Outlook(
        seen.customer,
        seen.days,
        seen.spent / MILLION,
        here.astype(np.float64),
        bought,
        worth,
        total,
        max(0.0, total - half),
        total + half,
        remarks,
    )


def _which(
    model: Contracts, seen: Purchases, group: NDArray[np.object_] | None
) -> NDArray[np.int64]:
    return np.zeros(seen.n, np.int64) if group is None else model.curve_of(group)


def _again(model: Contracts, rng: np.random.Generator) -> tuple[Curve, ...]:
    """Draw curves that the data may as well have come from."""
    return tuple(
        Curve(
            curve.watched,
            np.minimum(rng.poisson(curve.left), curve.watched),
            rng.poisson(curve.paid),
        )
        for curve in model.curves
    )


def _expected(
    curves: tuple[Curve, ...],
    which: NDArray[np.int64],
    seen: Purchases,
    days: int,
    discount: float,
) -> NDArray[np.float64]:
    """Give the payments to expect of each customer, each worth what its day makes it worth."""
    found, here = np.zeros(seen.n), seen.ended < 0
    lasted = tenure(seen)
    for k, curve in enumerate(curves):
        stays, n_days = curve.stays, curve.watched.size
        there = np.concatenate([[1.0], stays[:-1]])
        worth = (1 - discount) ** (np.arange(n_days) / 365)
        paid = np.cumsum(there * curve.paid / np.maximum(curve.watched, 1) * worth)
        who = np.flatnonzero(here & (which == k) & (lasted < n_days))
        now = lasted[who]
        end = np.minimum(now + days, n_days - 1)
        base = stays[now] * worth[now]
        found[who] = np.divide(paid[end] - paid[now], base, out=np.zeros(who.size), where=base > 0)
    return found


def intervals(
    model: Contracts,
    seen: Purchases,
    group: NDArray[np.object_] | None,
    rows: NDArray[np.int64],
    *,
    days: int,
    discount: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the interval of what some customers will pay, of what may happen to each."""
    which, pays = _which(model, seen, group), seen.spent / MILLION / seen.days
    lasted, here = tenure(seen), seen.ended < 0
    low, high = np.zeros((2, rows.size))
    for place, row in enumerate(rows.tolist()):
        rng = np.random.default_rng([0, place])
        curve, now = model.curves[which[row]], int(lasted[row])
        ahead = slice(now + 1, min(now + days, curve.watched.size - 1) + 1)
        n_days = max(0, ahead.stop - ahead.start)
        if not here[row] or not n_days:
            continue
        watched = np.maximum(curve.watched[ahead], 1)
        chance = rng.random((2, 5 * DRAWS, n_days))
        leaves = chance[0] < curve.left[ahead] / watched
        there = np.cumsum(leaves, axis=1) - leaves == 0
        pay = there & (chance[1] < curve.paid[ahead] / watched)
        worth = (1 - discount) ** (np.arange(1, n_days + 1) / 365)
        low[place], high[place] = np.quantile((pay * worth).sum(axis=1) * pays[row], ENDS)
    return low, high


def backtest(
    seen: Purchases,
    paid_on: tuple[NDArray[np.int64], NDArray[np.int64]],
    group: NDArray[np.object_] | None,
    end: int,
) -> tuple[Measure, ...]:
    """Fit on what was known on a day, and judge on what was paid from then to `end`.

    Judged on customers who had not cancelled by then.

    Raises
    ------
    NotEnoughDataError
        If too little was known by then.
    """
    model = fit(seen, paid_on, group)
    here, days = seen.ended < 0, end - seen.cut
    pays = seen.spent / MILLION / seen.days
    bought = _expected(model.curves, _which(model, seen, group), seen, days, 0.0)
    pace = float((seen.days - 1).sum()) / max(float(tenure(seen).sum()), 1.0) * days
    simple = np.full(seen.n, pace)
    after, spent = seen.days_after.astype(np.float64), seen.spent_after / MILLION
    found = [
        mean_error("mean error in payments", bought[here], simple[here], after[here], NAIVE),
        mean_error(
            "mean error in money", (bought * pays)[here], (simple * pays)[here], spent[here], NAIVE
        ),
    ]
    if after[here].sum():
        found.append(whole(bought[here], simple[here], float(after[here].sum())))
    return tuple(found)
