"""What was spent, held against the credit of every method: cost of a conversion, return, waste."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from trod.analyses.attribution.credit import AttributionResult, Credit
from trod.analyses.attribution.csv_file import figure, read
from trod.analyses.attribution.table import MILLION
from trod.errors import DataError

_PERIOD: Final = re.compile(r"\d{4}(-\d{2}){0,2}")
NEVER_MET: Final = "no touchpoint on record under this name"
NO_CREDIT: Final = "the interval of its credit includes zero by every method"
UNDER_COST: Final = "credited with less money than it cost by every method"


class Spend(NamedTuple):
    """One channel's spend in the time on record."""

    name: str
    cost: int  # millionths of money


class Costs(NamedTuple):
    """What a cost file says."""

    spend: tuple[Spend, ...]  # by name
    outside: tuple[str, ...]  # periods that lie outside the record, left out


class Return(NamedTuple):
    """What one method makes of one channel's spend; None where there is nothing to divide by."""

    name: str
    model: str
    cost: int
    cpa: float | None  # money for one credited conversion
    cpa_low: float | None  # 95 % interval
    cpa_high: float | None  # None: no end, the credit may be zero
    roas: float | None  # credited money for one of money spent
    roas_low: float | None
    roas_high: float | None


class Waste(NamedTuple):
    """Spend without measurable credit."""

    name: str
    cost: int
    why: str


class Spent(NamedTuple):
    """Costs beside credit."""

    returns: tuple[Return, ...]
    waste: tuple[Waste, ...]
    total: int
    outside: tuple[str, ...]


def read_costs(file: Path, first_day: str | None = None, last_day: str | None = None) -> Costs:
    """Read a cost file: `channel`, `cost`, and `period` where spend is told by month or day.

    Parameters
    ----------
    file
        CSV with a header; commas, semicolons or tabs. Rows of one channel are added up, also where
        only capitals differ from the name on record.
    first_day, last_day
        Days on record, as ISO dates: a `period` (2025, 2025-03 or 2025-03-31) that does not touch
        them is left out.

    Raises
    ------
    DataError
        If a column is missing, or a cost or period is none.
    """
    sums: dict[str, int] = {}
    outside: set[str] = set()
    for told, where in read(file, [["channel"], ["cost"]], such_as="channel,cost,period"):
        if not told["channel"]:
            raise DataError(f"{where}: no channel. Write the name of one.")
        cost, period = _money(told["cost"], where), told.get("period", "")
        if period and not _within(period, first_day, last_day, where):
            outside.add(period)
            continue
        sums[told["channel"]] = sums.get(told["channel"], 0) + cost
    return Costs(tuple(Spend(name, sums[name]) for name in sorted(sums)), tuple(sorted(outside)))


def _money(text: str, where: str) -> int:
    number = figure(text, where, "cost ")
    if number < 0:
        raise DataError(f"{where}: cost {text!r} is not spend. Write 0 or more.")
    return int((number * MILLION).to_integral_value())


def _within(period: str, first_day: str | None, last_day: str | None, where: str) -> bool:
    if not _PERIOD.fullmatch(period):
        raise DataError(f"{where}: period {period!r} is not known. Write 2025-03 or 2025-03-31.")
    n = len(period)
    return (first_day or "0")[:n] <= period <= (last_day or "9")[:n]


def spent(found: AttributionResult, costs: Costs) -> Spent:
    """Hold spend against the credit of every method that was asked.

    A channel is **waste** where no method gives it measurable credit: it was never met, or the
    interval of its credit includes zero by every method; or, where money is known, the upper end
    of the money credited lies below what it cost, by every method.

    Examples
    --------
    >>> from trod.analyses.attribution.credit import credited
    >>> from trod.analyses.attribution.table import path_table
    >>> result = credited(path_table([["mail"], ["shop"]], [40, 10], [4, 9]), ["last"])
    >>> made = spent(result, Costs((Spend("fax", 5_000_000), Spend("mail", 80_000_000)), ()))
    >>> made.returns[0].cpa, made.waste
    (2.0, (Waste(name='fax', cost=5000000, why='no touchpoint on record under this name'),))
    """
    place = {name: k for k, name in enumerate(found.names)}
    returns, waste = [], []
    for name, cost in _by_name(costs.spend, found.names):
        if name not in place:
            waste.append(Waste(name, cost, NEVER_MET))
            continue
        k = place[name]
        returns += [_return(name, each, k, cost, bool(found.n_valued)) for each in found.by_model]
        if cost and (why := _why(found, k, cost)):
            waste.append(Waste(name, cost, why))
    waste = [each for each in waste if each.cost]
    return Spent(
        tuple(returns),
        tuple(sorted(waste, key=lambda each: (-each.cost, each.name))),
        sum(each.cost for each in costs.spend),
        costs.outside,
    )


def _by_name(spend: Sequence[Spend], names: Sequence[str]) -> list[Spend]:
    """Call spend as the record does, where only capitals differ: Email is email."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
    sums: dict[str, int] = {}
    for name, cost in spend:
        meant = alike.get(name.casefold(), [])
        known = meant[0] if name not in names and len(meant) == 1 else name
        sums[known] = sums.get(known, 0) + cost
    return [Spend(name, sums[name]) for name in sorted(sums)]


def _return(name: str, each: Credit, k: int, cost: int, valued: bool) -> Return:
    money, credit = cost / MILLION, int(each.conversions[k]) / MILLION
    cpa = tuple(
        money / x if x > 0 else None for x in (credit, float(each.high[k]), float(each.low[k]))
    )
    roas: tuple[float | None, ...] = (None, None, None)
    if valued and cost:
        ends = float(each.value_low[k]), float(each.value_high[k])
        roas = tuple(x / money for x in (int(each.value[k]) / MILLION, *ends))
    return Return(name, each.model, cost, *cpa, *roas)


def _why(found: AttributionResult, k: int, cost: int) -> str:
    if all(float(each.low[k]) <= 0 for each in found.by_model):
        return NO_CREDIT
    if found.n_valued and all(float(m.value_high[k]) * MILLION < cost for m in found.by_model):
        return UNDER_COST
    return ""


def told(made: Spent) -> Mapping[str, Any]:
    """Give it for programs; money in the unit of the currency."""
    return {
        "spend": made.total / MILLION,
        "returns": [{**each._asdict(), "cost": each.cost / MILLION} for each in made.returns],
        "waste": [{**each._asdict(), "cost": each.cost / MILLION} for each in made.waste],
        "periods_outside": list(made.outside),
    }
