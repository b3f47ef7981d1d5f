"""Credit as one typed value: what each method gives each name, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from trod.analyses.answer import Answer
from trod.analyses.attribution.credit import AttributionResult, Credit
from trod.insights.wording import money
from trod.journeys.label import readable

SHOWN: Final = 12
_TOTAL: Final = 1_000_000
By = Literal["channel", "touchpoint"]


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One name. Shares are of all credited conversions, or of their money."""

    name: str
    first: float | None  # None where the method was not asked
    last: float | None
    main: float  # by the data-driven method
    low: float  # its 95 % interval
    high: float
    least: float  # over all methods
    most: float
    credit: str  # by the data-driven method, in words
    by_method: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class CreditView:
    """Credit by name, ready to be drawn."""

    title: str  # the finding
    subtitle: str
    note: str
    by: By
    main: str  # name of the data-driven method
    rows: tuple[CreditRow, ...]  # the most credit of the data-driven method first
    n_more: int  # names that are in the table only
    begin: float  # ends of the scale
    end: float


def credit_view(found: Answer[AttributionResult], by: By, *, of_money: bool) -> CreditView:
    """Read the answer to a question of attribution."""
    data = found.data
    rows = tuple(_row(data, k, of_money=of_money) for k in range(len(data.names)))
    what = "money of conversions" if of_money else "conversions"
    whole = money(data.value, None) if of_money else f"{data.conversions:,}"
    shown = rows[:SHOWN]
    return CreditView(
        title=_title(shown),
        subtitle=f"Share of {whole} {what} credited to each {by}. Thin line: all methods. Thick:"
        f" 95% interval of {data.main.model}. Observed (association).",
        note=found.method,
        by=by,
        main=data.main.model,
        rows=rows,
        n_more=len(rows) - len(shown),
        begin=min([0.0, *(min(row.least, row.low) for row in shown)]),
        end=max([0.01, *(max(row.most, row.high) for row in shown)]),
    )


def _row(data: AttributionResult, k: int, *, of_money: bool) -> CreditRow:
    total = max(data.value / _TOTAL if of_money else data.conversions, 1e-9)

    def share(each: Credit) -> float:
        credit = each.value if of_money else each.conversions
        return int(credit[k]) / _TOTAL / total

    by_method = tuple((each.model, share(each)) for each in data.by_model)
    known = dict(by_method)
    main = data.main
    ends = (main.value_low, main.value_high) if of_money else (main.low, main.high)
    credit = int((main.value if of_money else main.conversions)[k])
    return CreditRow(
        name=data.names[k],
        first=known.get("first"),
        last=known.get("last"),
        main=share(main),
        low=float(ends[0][k]) / total,
        high=float(ends[1][k]) / total,
        least=min(known.values()),
        most=max(known.values()),
        credit=money(credit, None) if of_money else f"{credit / _TOTAL:,.1f}",
        by_method=by_method,
    )


def _title(rows: tuple[CreditRow, ...]) -> str:
    """Name what the methods disagree about most."""
    widest = max(rows, key=lambda row: (row.most - row.least, row.name))
    if len(rows) == 1 or widest.most - widest.least < 0.01:
        return f"{readable(rows[0].name)} has the most credit by every method"
    return (
        f"Methods disagree most on {readable(widest.name)}:"
        f" {widest.least:.0%} to {widest.most:.0%} of credit"
    )
