"""Lifetime value as a terminal tells it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trod.app.say import fitting, folded
from trod.app.words_answer import told
from trod.events.counted import plural
from trod.insights.wording import in_money
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.models.card import Card, Measure
    from trod.models.value.ask import ValueResult


def value(found: Answer[ValueResult], card: Card, currency: str | None) -> str:
    """Tell the total, the customers with the most to come, and how the model was judged."""
    data = found.data

    def said(amount: float) -> str:
        return in_money(amount, currency)

    at = data.outlook
    head = (
        f"{plural(found.n, units(found.unit))} with a purchase are expected to spend"
        f" {said(at.total)} within {data.horizon_days:,} days (95% interval {said(at.total_low)} to"
        f" {said(at.total_high)})."
    )
    rows = [[units(found.unit), "purchases", "so far", "still there", "to come", "95% interval"]]
    table = data.columns()
    columns = zip(*table.values(), strict=True)
    for who, bought, spent, there, _, worth, low, high in columns:
        range_ = f"{said(float(low))} to {said(float(high))}"
        here = "yes" if there == 1 else f"{there:.0%}"
        if data.kind == "no contract" and bought == 1:  # the model takes all of them to be there
            here = "not known"
        row = [who, f"{bought:,}", said(float(spent)), here, said(float(worth)), range_]
        rows.append(row)
    parts = [folded(head, more="")]
    if len(rows) > 1:
        parts += ["", fitting(rows, right=range(1, 6))]
    if data.kept:
        parts += ["", _kept(data)]
    parts += ["", _judged(card), told(found, dated=True)]
    return "\n".join(parts)


def _kept(data: ValueResult) -> str:
    """Tell the retention curves, a line for each group and day."""
    rows = [["still there", "after", "share", "95% interval", "n"]]
    for each in data.kept:
        spread = f"{each.low:.0%} to {each.high:.0%}"
        rows.append([each.group, f"{each.days} days", f"{each.share:.0%}", spread, f"{each.n:,}"])
    return fitting(rows, right=[1, 2, 3, 4])


def _judged(card: Card) -> str:
    if not card.measures:
        return folded(" ".join(card.remarks), more="")
    told = [_measure(each) for each in card.measures]
    return folded(f"Judged {card.validated}: {'; '.join(told)}.", more="")


def _measure(each: Measure) -> str:
    spread = "" if each.low is None else f" ({each.low:,.2f} to {each.high:,.2f})"
    beside = f" against {each.baseline_value:,.2f} where {each.baseline}"
    if each.baseline == "the simple way":
        beside = f" against {each.baseline_value:,.2f} of the simple way"
    return f"{each.name} {each.value:,.2f}{spread}{beside}, n {each.n:,}"


def told_value(found: Answer[ValueResult], card: Card) -> dict[str, Any]:
    """Give it for programs."""
    data = found.data
    body: dict[str, Any] = json.loads(found.to_json())
    body.update(
        kind=data.kind,
        horizon_days=data.horizon_days,
        discount=data.discount,
        total=data.outlook.total,
        total_low=data.outlook.total_low,
        total_high=data.outlook.total_high,
        retention=[each._asdict() for each in data.kept],
        card=card.told(),
        evidence="estimated (model)",
    )
    return body
