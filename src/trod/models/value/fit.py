"""The model of lifetime value: which of the two fits the data, how well it does, and its card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.journeys.batch import NO_VALUE, Journeys
from trod.models.card import Card, Measure
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.stored import Stored
from trod.models.value import contract, open_ended
from trod.models.value.purchases import Calendar, Purchases, purchases
from trod.models.value.spec import ValueSpec

NAME: Final = "value"


class Basis(NamedTuple):
    """What both models are fitted on, and asked with."""

    ground: Ground
    spec: ValueSpec
    calendar: Calendar
    cancelled: NDArray[np.bool_] | None  # (n_names,) None without contracts

    def seen(self, cut: int | None = None) -> Purchases:
        """Give the customers as of a day; as of the last one by default."""
        return purchases(
            self.ground.journeys,
            self.calendar,
            touchpoints=self.spec.touchpoints,
            cancelled=self.cancelled,
            cut=cut,
        )

    def group(self, seen: Purchases) -> NDArray[np.object_] | None:
        """Give the value of the attribute for each customer; None where none is asked for."""
        return None if self.spec.by is None else _values(self.ground.journeys, self.spec.by, seen)

    def paid_on(self, seen: Purchases) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give row of `seen` and day since the first payment, of each payment up to the day."""
        return _payments(self.ground.journeys, self.calendar, self.spec.touchpoints, seen)


def basis(ground: Ground) -> Basis:
    """Decide from the data whether customers say when they leave.

    Raises
    ------
    NotEnoughDataError
        If there is no money on record.
    DefinitionError
        If trod.yml asks for contracts, and no touchpoint ends one; or names what is not known.
    """
    spec, journeys = ground.spec.value, ground.journeys
    if not any((batch.value != NO_VALUE).any() for batch in journeys):
        raise NotEnoughDataError(
            "no touchpoint has money on record. Name the column of a source under `value`."
        )
    names = journeys.vocabulary.touchpoints
    if wrong := [name for name in spec.touchpoints if name not in names]:
        raise DefinitionError(unknown("touchpoint", name, names) for name in wrong)
    ends = ground.plan.failure
    if spec.contract == "yes" and not ends.any():
        raise DefinitionError(
            ["models.value.contract: yes, but the journey declares no `failure` touchpoint."]
        )
    calendar = Calendar.of(journeys)
    if spec.contract == "no" or not ends.any():
        return Basis(ground, spec, calendar, None)
    with_ends = Basis(ground, spec, calendar, ends)
    ended = bool((with_ends.seen().ended >= 0).any())
    return with_ends if ended or spec.contract == "yes" else with_ends._replace(cancelled=None)


def fit(ground: Ground) -> Sequence[Fitted]:
    """Fit the model of lifetime value that the data carry."""
    try:
        at = basis(ground)
        return [_fitted(at)]
    except NotEnoughDataError as problem:
        return [Fitted(_card(ground, 0, "not enough data", (), (_sentence(str(problem)),)))]


def _sentence(text: str) -> str:
    """Begin with a capital; what else is written so or so stays."""
    return text[:1].upper() + text[1:]


def _fitted(at: Basis) -> Fitted:
    seen = at.seen()
    remarks: tuple[str, ...] = ()
    measures, judged, why, goes_on = _judged(at)
    if at.cancelled is None:
        made, remarks = open_ended.fit(seen)
        stored = made.stored(_facts(at))
    else:
        kept = contract.fit(seen, at.paid_on(seen), at.group(seen))
        stored = kept._replace(goes_on=goes_on).stored(_facts(at))
    worse = bool(measures) and all(_worse(each) for each in measures[:2])
    verdict = "no better than the baseline" if worse else "fitted"
    remarks = (_chosen(at), *remarks, *why)
    card = _card(at.ground, seen.n, verdict, measures, remarks, judged, stored)
    return Fitted(card, stored)


def _worse(each: Measure) -> bool:
    return each.baseline_value is not None and each.value >= each.baseline_value


class _Judged(NamedTuple):
    measures: tuple[Measure, ...]
    how: str
    remarks: tuple[str, ...]
    goes_on: bool = False  # whether to count beyond retention curves


def _judged(at: Basis) -> _Judged:
    """Hold out the end of the record: half of it, or a third of contracts, which are longer."""
    last = at.calendar.last
    cut = last // 2 if at.cancelled is None else last - last // 3
    seen, days = at.seen(cut), f"{last - cut:,} days"
    how = f"on the last {days}, fitted on what was known before them"
    try:
        if at.cancelled is None:
            return _Judged(open_ended.backtest(seen, last), how, ())
        measures, goes_on = contract.backtest(seen, at.paid_on(seen), at.group(seen), last)
    except NotEnoughDataError as problem:
        return _Judged((), "on nothing", (f"Not judged: {days} before the end, {problem}",))
    remark = (
        "Beyond the end of the curve customers go on at the pace of its second half"
        if goes_on
        else "Beyond the end of the curve nothing is counted"
    )
    return _Judged(measures, how, (f"{remark}: that came nearer on the same days.",), goes_on)


def _chosen(at: Basis) -> str:
    if at.cancelled is None:
        return (
            "Customers do not say when they leave: who is silent may be gone (BG/NBD), and what"
            " they spend is taken from what they spent (gamma-gamma)."
        )
    names = at.ground.journeys.vocabulary.touchpoints
    ends = ", ".join(names[k] for k in np.flatnonzero(at.cancelled))
    by = f" by {at.spec.by}" if at.spec.by else ""
    return f"Customers say when they leave ({ends}): retention curve{by}, and what stayers pay."


def _facts(at: Basis) -> dict[str, Any]:
    return {
        "horizon_days": at.spec.horizon.days,
        "discount": at.spec.discount,
        "currency": at.ground.journeys.currency,
    }


def _card(
    ground: Ground,
    n: int,
    verdict: Any,
    measures: tuple[Measure, ...],
    remarks: tuple[str, ...],
    judged: str = "on nothing",
    stored: Stored | None = None,
) -> Card:
    first, last = ground.journeys.span_us()
    spec = ground.spec.value
    return Card(
        NAME,
        f"What customers with a purchase will still spend within {spec.horizon.days:,} days.",
        verdict,
        ground.journeys.unit,
        n,
        first,
        last,
        judged,
        measures,
        remarks,
        {
            **spec.model_dump(mode="json"),
            "horizon": f"{spec.horizon.days}d",
            "contract": _contract(stored),
        },
    )


def _contract(stored: Stored | None) -> str | None:
    """Say what was decided, as trod.yml would."""
    if stored is None:
        return None
    return "yes" if stored.facts["kind"] == "contract" else "no"


def _values(journeys: Journeys, name: str, seen: Purchases) -> NDArray[np.object_]:
    table = journeys.attributes
    known = [] if table is None else [c for c in table.column_names if c != "customer"]
    if table is None or name not in known:
        raise DefinitionError([f"models.value.by: {unknown('attribute', name, known)}"])
    value = dict(zip(table["customer"].to_pylist(), table[name].to_pylist(), strict=True))
    said = [value.get(customer) for customer in seen.customer.to_pylist()]
    return np.array([None if v is None else str(v) for v in said], object)


def _payments(
    journeys: Journeys, calendar: Calendar, touchpoints: Sequence[str], seen: Purchases
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    place = {customer: k for k, customer in enumerate(seen.customer.to_pylist())}
    names = journeys.vocabulary.touchpoints
    counts = np.array([not touchpoints or name in touchpoints for name in names], np.bool_)
    rows, days = [], []
    for batch in journeys:
        row = np.array([place.get(c, -1) for c in batch.customer.to_pylist()], np.int64)
        owner = np.repeat(row, np.diff(batch.offsets))
        paid = (owner >= 0) & (batch.value >= 0) & counts[batch.code]
        day = calendar.day(batch.time_us[paid])
        known = day <= seen.cut
        rows.append(owner[paid][known])
        days.append(day[known] - seen.first[owner[paid][known]])
    both = np.column_stack([np.concatenate(each) for each in (rows, days)])
    both = np.unique(both.reshape(-1, 2), axis=0)
    return both[:, 0], both[:, 1]
