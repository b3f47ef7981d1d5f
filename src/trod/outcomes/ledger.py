"""What acting cost and what it brought, play by play, and what may stop.

Only those who can be compared are in the account: treated, by a draw, their outcome known. What
was spent on the others stands beside it, because nobody knows what it brought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

import numpy as np

from trod.actions.interventions.intervention import Intervention
from trod.outcomes.always_valid import Range, standard_errors
from trod.outcomes.judged import Judged
from trod.outcomes.verdict import ruled_out

_MICROS: Final = 1e6


class Spent(NamedTuple):
    """What some interventions took."""

    customers: int
    minutes: int
    money: float  # beside that time

    def cost(self, hour_costs: float | None) -> float | None:
        """Give the money that time and all took; None where an hour's cost is not declared.

        Examples
        --------
        >>> Spent(2, 90, 5.0).cost(60.0), Spent(2, 0, 5.0).cost(None), Spent(2, 90, 5.0).cost(None)
        (95.0, 5.0, None)
        """
        if hour_costs is None and self.minutes:
            return None
        return self.money + (hour_costs or 0.0) * self.minutes / 60


class Figure(NamedTuple):
    """A figure with its always-valid 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One play in the ledger."""

    playbook: str
    metric: str
    verdict: str
    evidence: str
    method: str
    spent: Spent  # on those in the account
    elsewhere: Spent  # on those who cannot be compared, or whose outcome is not known yet
    cost: float | None  # of those in the account; None where an hour's cost is not declared
    won: Figure  # successes, or money, more than without; harm is below 0
    value: Figure | None  # won, in money; None where one more success has no worth declared
    gives_back: Figure | None  # value for each unit of cost
    sure: bool  # whether the always-valid interval of the effect excludes nothing
    each_costs: Range | None  # cost of one more success; None where it cannot be told


@dataclass(frozen=True, slots=True)
class Ledger:
    """All plays, and the tested ones together."""

    lines: tuple[Line, ...]
    cost: float | None
    value: Figure | None  # of the tested ones, customers who were in several counted with that
    left_out: tuple[str, ...] = ()  # tested, with no worth declared


class Stop(NamedTuple):
    """A play that may stop, and what that frees."""

    playbook: str
    verdict: str
    n: int  # customers it was measured on
    at_best: float  # the most that it could bring, good being up, in units of its metric
    unit: str  # of it
    minutes: int  # that it took so far, of everyone it was done to
    money: float  # beside that time
    minutes_a_month: float
    money_a_month: float


class Account(NamedTuple):
    """A play with what was done."""

    judged: Judged
    done: tuple[Intervention, ...]  # treated, started or done
    compared: frozenset[str]  # ids of those in the comparison
    worth: float | None  # money that one more success is worth; not asked where money is the metric


def ledger(accounts: Sequence[Account], *, hour_costs: float | None) -> Ledger:
    """Set up the ledger of return.

    Parameters
    ----------
    accounts
        Plays with what was done, in any order.
    hour_costs
        Money that an hour of a person costs; None where nobody said.

    Notes
    -----
    Intervals are always valid. That of the total takes into account that customers were in several
    plays: their influence values are added before they are squared. What the error of a play has
    beyond its influence values, such as that of rare shares, is added; so the total of one play is
    that play.
    """
    ordered = sorted(accounts, key=lambda a: a.judged.effect.playbook)
    lines = tuple(_line(each, hour_costs) for each in ordered)
    tested = [
        (each, line)
        for each, line in zip(ordered, lines, strict=True)
        if line.evidence == "Tested" and line.value is not None
    ]
    costs = [line.cost for _, line in tested]
    known = [cost for cost in costs if cost is not None]
    return Ledger(
        lines,
        sum(known) if costs and len(known) == len(costs) else None,
        _together(tested) if tested else None,
        tuple(x.playbook for x in lines if x.evidence == "Tested" and x.value is None),
    )


def spent(some: Sequence[Intervention]) -> Spent:
    """Add up what interventions took."""
    money = sum(each.cost_micros for each in some) / _MICROS
    return Spent(len(some), sum(each.minutes for each in some), money)


def _line(each: Account, hour_costs: float | None) -> Line:
    effect = each.judged.effect
    mine = [one for one in each.done if one.id in each.compared]
    took = spent(mine)
    rest = spent([one for one in each.done if one.id not in each.compared])
    cost = took.cost(hour_costs)
    sign = 1.0 if effect.better == "up" else -1.0
    ends = sorted((sign * effect.low, sign * effect.high))
    won = Figure(*(effect.n_treated * x for x in (sign * effect.estimate, *ends)))
    price = each.worth if effect.unit == "share" else 1.0
    value = None if price is None else Figure(*(price * x for x in won))
    gives = None if value is None or not cost else Figure(*(x / cost for x in value))
    return Line(
        effect.playbook, effect.metric, effect.verdict, effect.evidence, effect.method, took, rest,
        cost, won, value, gives, won.low > 0 or won.high < 0,
        _each_costs(each, mine, hour_costs, sign),
    )  # fmt: skip


def _each_costs(
    each: Account, mine: Sequence[Intervention], hour_costs: float | None, sign: float
) -> Range | None:
    """Give what one more success costs; None where it cannot be told."""
    found = each.judged.difference
    told = [spent([one]).cost(hour_costs) for one in mine]
    costs = [cost for cost in told if cost is not None]
    if len(mine) < 2 or len(costs) < len(mine):
        return None
    mean, spread = float(np.mean(costs)), float(np.std(costs, ddof=1)) / sqrt(len(costs))
    if mean <= 0:
        return None
    return ratio(mean, spread, sign * found.estimate, found.se, z=standard_errors(found.n))


def ratio(top: float, top_se: float, bottom: float, bottom_se: float, *, z: float) -> Range | None:
    """Give the interval of a ratio by Fieller's theorem [1]_; None where it has no end.

    Parameters
    ----------
    top, top_se, bottom, bottom_se
        Two independent figures with their standard errors.
    z
        Standard errors of the interval.

    References
    ----------
    .. [1] Fieller (1954), "Some problems in interval estimation", JRSS B 16:175-185.

    Examples
    --------
    >>> found = ratio(10, 0, 0.10, 0.02, z=1.96)
    >>> round(found.low, 1), round(found.high, 1)
    (71.8, 164.5)
    >>> ratio(10, 0, 0.10, 0.06, z=1.96) is None
    True
    """
    g = (z * bottom_se) ** 2
    if bottom**2 <= g or bottom <= 0:
        return None
    a, b, c = bottom**2 - g, top * bottom, top**2 - (z * top_se) ** 2
    root = sqrt(max(b * b - a * c, 0.0))
    return Range((b - root) / a, (b + root) / a)


def _together(tested: Sequence[tuple[Account, Line]]) -> Figure:
    """Give the value of plays together, customers who were in several counted with that."""
    by_customer: dict[str, float] = {}
    total, beyond, errors = 0.0, 0.0, []
    for each, line in tested:
        effect, found = each.judged.effect, each.judged.difference
        scale = effect.n_treated * (1.0 if effect.better == "up" else -1.0)
        scale *= (each.worth or 0.0) if effect.unit == "share" else 1.0
        total += line.value.value if line.value is not None else 0.0
        errors.append(standard_errors(found.n))
        mine: dict[str, float] = {}
        for name, adds in zip(each.judged.customer, found.influence.tolist(), strict=True):
            mine[name] = mine.get(name, 0.0) + scale * adds
        beyond += max((scale * found.se) ** 2 - sum(adds * adds for adds in mine.values()), 0.0)
        for name, adds in mine.items():
            by_customer[name] = by_customer.get(name, 0.0) + adds
    sums = np.array([by_customer[name] for name in sorted(by_customer)])
    half = max(errors) * sqrt(float(sums @ sums) + beyond)
    return Figure(total, total - half, total + half)


def stop_list(accounts: Sequence[Account], month_us: int) -> tuple[Stop, ...]:
    """List plays without a measurable effect, those that free most first.

    Only tested ones that were measured well enough to rule out an effect worth having. What works
    stays, however little: whether that pays is told by the ledger.

    Parameters
    ----------
    accounts
        Plays with what was done.
    month_us
        Length of a month, in microseconds.
    """
    found = []
    for each in accounts:
        effect = each.judged.effect
        if effect.evidence != "Tested" or effect.verdict == "works":
            continue
        if not ruled_out(effect.low, effect.high, effect.better, effect.worth_having):
            continue
        took = spent(each.done)
        when = [one.decided_us for one in each.done]
        months = max((max(when) - min(when)) / month_us, 1.0) if when else 1.0
        best = effect.high if effect.better == "up" else -effect.low
        n = effect.n_treated + effect.n_held_back
        found.append(
            Stop(
                effect.playbook, effect.verdict, n, best, effect.unit, took.minutes, took.money,
                took.minutes / months, took.money / months,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda s: (-s.minutes_a_month, -s.money_a_month, s.playbook)))
