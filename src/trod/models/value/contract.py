"""Value of customers who say when they leave: retention curves, and what those who stay pay.

For each day since the first payment it is counted how many were still customers and watched, how
many of them cancelled on it, and how many paid. The first two give the share who stay, by the
method of Kaplan and Meier; the third what a customer who stays pays, and when. What a customer
will still pay is the sum over the days to come: the chance to be there, given that they are here
today, times the chance to pay, times their own mean payment.

A curve ends where fewer than ten customers were watched. Beyond it either nothing is counted, or
customers go on leaving and paying at the pace of its second half, a day like the other: whichever
came nearer in the part of the record that was held out. How much of a sum rests on it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.incidence import incidence
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

    def ahead(
        self, n_days: int, *, goes_on: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the chance to leave and to pay on each day, (n_days,), beyond the curve as well."""
        end = self.watched.size
        half = slice(end // 2, end)
        found = []
        for counts in (self.left, self.paid):
            pace = 0.0
            if goes_on:
                pace = float(counts[half].sum()) / float(self.watched[half].sum())
            known = counts / np.maximum(self.watched, 1)
            found.append(np.concatenate([known, np.full(max(0, n_days - end), pace)])[:n_days])
        return found[0], found[1]

    def share(self, day: int) -> tuple[float, float, float, int]:
        """Give the share still there after a day, its 95 % interval, and how many were watched."""
        watched, left = self.watched[: day + 1], self.left[: day + 1]
        gone, low, high = (float(column[-1]) for column in incidence(left, left, watched))
        return 1 - gone, 1 - high, 1 - low, int(watched[-1])


class Contracts(NamedTuple):
    """Curves of all customers, and of groups where an attribute makes them."""

    groups: tuple[str, ...]  # the first is everyone
    curves: tuple[Curve, ...]
    goes_on: bool = False  # whether anything is counted beyond the curves

    def stored(self, facts: Mapping[str, Any]) -> Stored:
        """Give it as facts and arrays."""
        names = Curve._fields
        arrays = {
            f"{name}.{k}": getattr(curve, name)
            for k, curve in enumerate(self.curves)
            for name in names
        }
        told = {"kind": "contract", "groups": list(self.groups), "goes_on": self.goes_on}
        return Stored({**facts, **told}, arrays)

    @classmethod
    def of(cls, stored: Stored) -> Contracts:
        """Read what `stored` gave."""
        groups = tuple(stored.facts["groups"])
        curves = (
            Curve(*(stored.arrays[f"{name}.{k}"] for name in Curve._fields))
            for k in range(len(groups))
        )
        return cls(groups, tuple(curves), stored.facts["goes_on"])

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
    bought = _expected(model, which, seen, days, 0.0)
    payments = _expected(model, which, seen, days, discount)
    worth = payments * pays
    rng = np.random.default_rng(0)
    sums = [
        float((_expected(_again(model, rng), which, seen, days, discount) * pays).sum())
        for _ in range(DRAWS)
    ]
    # The parameters, and then chance: a payment comes or does not, as independent as Poisson.
    half = 1.96 * float(np.sqrt(np.var(sums) + (payments * pays * pays).sum()))
    total = float(worth.sum())
    within = _expected(model._replace(goes_on=False), which, seen, days, discount) * pays
    until = np.array([curve.watched.size - 1 for curve in model.curves])[which]
    beyond = int((here & (tenure(seen) + days > until)).sum())
    remarks: tuple[str, ...] = ()
    if beyond:
        rests = 1 - float(within.sum()) / total if total else 0.0
        remarks = (_beyond(beyond, int(here.sum()), rests, goes_on=model.goes_on),)
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


def _beyond(n: int, here: int, rests: float, *, goes_on: bool) -> str:
    told = (
        f"For {n:,} of {here:,} customers who are still there the horizon lies beyond what was"
        " watched"
    )
    if not goes_on:
        return f"{told}, and nothing is counted there."
    return (
        f"{told}; there they leave and pay at the pace of the second half of the curve."
        f" {rests:.0%} of the sum rests on that."
    )


def _which(
    model: Contracts, seen: Purchases, group: NDArray[np.object_] | None
) -> NDArray[np.int64]:
    return np.zeros(seen.n, np.int64) if group is None else model.curve_of(group)


def _again(model: Contracts, rng: np.random.Generator) -> Contracts:
    """Draw curves that the data may as well have come from."""
    curves = tuple(
        Curve(
            curve.watched,
            np.minimum(rng.poisson(curve.left), curve.watched),
            rng.poisson(curve.paid),
        )
        for curve in model.curves
    )
    return model._replace(curves=curves)


def _expected(
    model: Contracts,
    which: NDArray[np.int64],
    seen: Purchases,
    days: int,
    discount: float,
) -> NDArray[np.float64]:
    """Give the payments to expect of each customer, each worth what its day makes it worth."""
    found, here = np.zeros(seen.n), seen.ended < 0
    lasted = tenure(seen)
    n_days = int(lasted.max(initial=0)) + days + 1
    worth = (1 - discount) ** (np.arange(n_days) / 365)
    for k, curve in enumerate(model.curves):
        leaves, pays = curve.ahead(n_days, goes_on=model.goes_on)
        stays = np.cumprod(1.0 - leaves)
        there = np.concatenate([[1.0], stays[:-1]])
        paid = np.cumsum(there * pays * worth)
        who = np.flatnonzero(here & (which == k))
        now = lasted[who]
        base = stays[now] * worth[now]
        ahead = paid[now + days] - paid[now]
        found[who] = np.divide(ahead, base, out=np.zeros(who.size), where=base > 0)
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
        now = int(lasted[row])
        if not here[row]:
            continue
        curve = model.curves[which[row]]
        hazard, pace = curve.ahead(now + days + 1, goes_on=model.goes_on)
        leaving, paying = hazard[now + 1 :], pace[now + 1 :]
        chance = rng.random((2, 5 * DRAWS, days))
        leaves = chance[0] < leaving
        there = np.cumsum(leaves, axis=1) - leaves == 0
        pay = there & (chance[1] < paying)
        worth = (1 - discount) ** (np.arange(1, days + 1) / 365)
        low[place], high[place] = np.quantile((pay * worth).sum(axis=1) * pays[row], ENDS)
    return low, high


def backtest(
    seen: Purchases,
    paid_on: tuple[NDArray[np.int64], NDArray[np.int64]],
    group: NDArray[np.object_] | None,
    end: int,
) -> tuple[tuple[Measure, ...], bool]:
    """Fit on what was known on a day, and judge on what was paid from then to `end`.

    Judged on customers who had not cancelled by then. Gives also whether counting beyond the curves
    came nearer, which the measures are those of.

    Raises
    ------
    NotEnoughDataError
        If too little was known by then.
    """
    model = fit(seen, paid_on, group)
    ways = {on: _held_out(model._replace(goes_on=on), seen, group, end) for on in (False, True)}
    better = ways[True][1].value < ways[False][1].value
    return ways[better], better


def _held_out(
    model: Contracts, seen: Purchases, group: NDArray[np.object_] | None, end: int
) -> tuple[Measure, ...]:
    here, days = seen.ended < 0, end - seen.cut
    pays = (seen.spent / MILLION / seen.days)[here]
    bought = _expected(model, _which(model, seen, group), seen, days, 0.0)[here]
    pace = float((seen.days - 1).sum()) / max(float(tenure(seen).sum()), 1.0) * days
    simple = np.full(bought.size, pace)
    after = seen.days_after.astype(np.float64)[here]
    spent = seen.spent_after[here] / MILLION
    found = [
        mean_error("mean error in payments", bought, simple, after, NAIVE),
        mean_error("mean error in money", bought * pays, simple * pays, spent, NAIVE),
    ]
    if after.sum():
        found.append(whole(bought, simple, float(after.sum())))
    return tuple(found)
