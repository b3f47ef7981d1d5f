"""Attribution as a terminal tells it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trod.app.say import fitting, folded, grid
from trod.app.words_answer import told
from trod.events.counted import count
from trod.insights.wording import in_money, money
from trod.journeys.label import readable

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.costs import Return, Spent
    from trod.analyses.attribution.credit import AttributionResult

_MILLION = 1_000_000
_SHORT = {"markov-1-converters": "mk1-conv", "markov-2-converters": "mk2-conv"}
_SHORT |= {"markov-3-converters": "mk3-conv", "shapley-converters": "shap-conv"}


def attribution(
    found: Answer[AttributionResult],
    by: str,
    currency: str | None,
    spend: Spent | None,
    *,
    money: bool,
) -> str:
    """Tell credit, a line a name and a column a method; then costs."""
    data, main = found.data, found.data.main
    of_money = money
    rows = [[by, main.model, "95% interval"]]
    others = [each for each in data.by_model if each is not main]
    rows[0] += [_SHORT.get(each.model, each.model) for each in others]

    def said(micros: float) -> str:
        return _credit(micros, currency, of_money=of_money)

    low, high = (main.value_low, main.value_high) if of_money else (main.low, main.high)
    for k, name in enumerate(data.names):
        shares = [(each.value if of_money else each.conversions)[k] for each in (main, *others)]
        first, *rest = [said(int(micros)) for micros in shares]
        spread = f"{said(float(low[k]) * _MILLION)} to {said(float(high[k]) * _MILLION)}"
        rows.append([_name(name, by), first, spread, *rest])
    total = said(data.value if of_money else data.conversions * _MILLION)
    rows.append(["all", total, "", *[total] * len(others)])
    parts = [
        fitting(rows, right=range(1, len(rows[0]))),
        "",
        folded(_totals(data, of_money, currency), more=""),
    ]
    if spend is not None:
        parts += ["", _costs(spend, data, by, currency)]
    return "\n".join([*parts, told(found) if found.unit != "path" else _table_told(found)])


def _table_told(found: Answer[AttributionResult]) -> str:
    return folded(f"{found.population}: {found.n:,}. {found.method}", more="")


def _credit(micros: float, currency: str | None, *, of_money: bool) -> str:
    if of_money:
        return money(round(micros), currency)
    return f"{micros / _MILLION:,.1f}"


def _name(name: str, by: str) -> str:
    text = readable(name) if by == "touchpoint" else name
    return text if len(text) <= 24 else f"{text[:23]}…"


def _totals(data: AttributionResult, of_money: bool, currency: str | None) -> str:
    said = (
        f"{count(data.conversions, 'conversion')} credited, by every method alike;"
        f" {data.uncredited:,} with nothing before them; {count(data.nulls, 'path')} without a"
        " conversion."
    )
    if not of_money:
        return said
    return (
        f"{money(data.value, currency)} credited, of {count(data.n_valued, 'conversion')} with"
        f" money on record; {money(data.value_uncredited, currency)} with nothing before it. {said}"
    )


def _costs(spend: Spent, data: AttributionResult, by: str, currency: str | None) -> str:
    """Tell what a credited conversion cost, the return, and the waste list."""
    main = data.main.model
    cpa = [[by, "spend", f"CPA, {main}", "95% interval", "all methods"]]
    roas = [[by, "spend", f"ROAS, {main}", "95% interval", "all methods"]]
    for name in dict.fromkeys(each.name for each in spend.returns):
        every = [each for each in spend.returns if each.name == name]
        one = next(each for each in every if each.model == main)
        cost = money(one.cost, currency)
        cpa.append([name, cost, *_cpa(one, every, currency)])
        roas.append([name, cost, *_roas(one, every)])
    shown = [table for table in (cpa, roas if data.n_valued else []) if len(table) > 1]
    parts = ["\n\n".join(fitting(table, right=range(1, 5)) for table in shown)]
    if spend.waste:
        parts.append("\nSpend without measurable credit:")
        parts.append(
            grid([[w.name, money(w.cost, currency), w.why] for w in spend.waste], right=[1])
        )
    else:
        parts.append("\nNo spend is without measurable credit.")
    if spend.outside:
        parts.append(f"Periods outside the record, left out: {', '.join(spend.outside)}.")
    return "\n".join([*parts, ""])


def _cpa(one: Return, every: Sequence[Return], currency: str | None) -> list[str]:
    """Say the cost of a conversion: with the cent, because some cost little."""
    low, high = (_exact(x, currency) for x in (one.cpa_low, one.cpa_high))
    known = [each.cpa for each in every if each.cpa is not None]
    some = f"{_exact(min(known), currency)} to {_exact(max(known), currency)}" if known else ""
    if len(known) < len(every):
        some = f"{_exact(min(known), currency)} or more" if known else "no credit"
    interval = f"{low} or more" if one.cpa_high is None else f"{low} to {high}"
    return [_exact(one.cpa, currency), interval if one.cpa_low is not None else "", some]


def _roas(one: Return, every: Sequence[Return]) -> list[str]:
    if one.roas is None:
        return ["", "", ""]
    known = [each.roas for each in every if each.roas is not None]
    spread = f"{one.roas_low:.2f} to {one.roas_high:.2f}"
    return [f"{one.roas:.2f}", spread, f"{min(known):.2f} to {max(known):.2f}"]


def _exact(amount: float | None, currency: str | None) -> str:
    if amount is None:
        return "no credit"
    if amount >= 100:
        return in_money(amount, currency)
    sign = money(0, currency)[:-1]
    return f"{sign}{amount:.2f}"


def told_attribution(found: Answer[AttributionResult], spend: Spent | None) -> dict[str, Any]:
    """Give it for programs."""
    from trod.analyses.attribution import costs

    data = found.data
    body: dict[str, Any] = json.loads(found.to_json())
    body.update(
        conversions=data.conversions,
        uncredited=data.uncredited,
        nulls=data.nulls,
        value=data.value / _MILLION,
        value_uncredited=data.value_uncredited / _MILLION,
        evidence="observed (association)",
    )
    if found.unit == "path":  # a table knows no moments
        for key in ("as_of", "zone", "window"):
            del body[key]
    if spend is not None:
        body["costs"] = costs.told(spend)
    return body
