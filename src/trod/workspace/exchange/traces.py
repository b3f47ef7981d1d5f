"""Journeys one customer at a time, as what leaves the house in other formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from trod.journeys.batch import NO_SCORE, NO_STATE, NO_VALUE, JourneyBatch, Journeys

STATE: Final = "state."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Event(NamedTuple):
    """One touchpoint."""

    row: int  # in the log
    touchpoint: str
    time: str  # ISO 8601, to the microsecond, in UTC
    told: Mapping[str, str | float]  # channel, value, score, text and states, as far as known


class Trace(NamedTuple):
    """One customer: what is known about them, and what they did in order."""

    customer: str
    attributes: Mapping[str, str]
    events: tuple[Event, ...]


def traces(journeys: Journeys) -> Iterator[Trace]:
    """Give every customer, in the order of journeys."""
    known = _attributes(journeys)
    for batch in journeys:
        texts = journeys.text(batch.row)
        for c, customer in enumerate(batch.customer.to_pylist()):
            rows = range(int(batch.offsets[c]), int(batch.offsets[c + 1]))
            events = tuple(_event(journeys, batch, i, texts[i]) for i in rows)
            yield Trace(customer, known.get(customer, {}), events)


def owners(journeys: Journeys) -> Iterator[tuple[str, Mapping[str, str], list[int]]]:
    """Give every customer with what is known about them and their rows of the log, in order."""
    known = _attributes(journeys)
    for batch in journeys:
        edges, rows = batch.offsets.tolist(), batch.row.tolist()
        for customer, start, end in zip(
            batch.customer.to_pylist(), edges[:-1], edges[1:], strict=True
        ):
            yield customer, known.get(customer, {}), rows[start:end]


def moment(time_us: int) -> str:
    """Write a moment so that nothing of it is lost.

    Examples
    --------
    >>> moment(1)
    '1970-01-01T00:00:00.000001+00:00'
    """
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat(timespec="microseconds")


def _event(journeys: Journeys, batch: JourneyBatch, i: int, text: str | None) -> Event:
    names = journeys.vocabulary
    told: dict[str, str | float] = {}
    if channel := names.channels[batch.channel[i]]:
        told["channel"] = channel
    if batch.value[i] != NO_VALUE:
        told["value"] = int(batch.value[i]) / 1e6
    if batch.score[i] != NO_SCORE:
        told["score"] = int(batch.score[i]) / 1e3
    if text:
        told["text"] = text
    for name, codes in batch.states.items():
        if codes[i] != NO_STATE:
            told[f"{STATE}{name}"] = names.states[name][codes[i]]
    return Event(
        int(batch.row[i]), names.touchpoints[batch.code[i]], moment(int(batch.time_us[i])), told
    )


def _attributes(journeys: Journeys) -> dict[str, dict[str, str]]:
    table = journeys.attributes
    if table is None:
        return {}
    rows: list[dict[str, Any]] = table.to_pylist()
    return {
        row.pop("customer"): {name: str(value) for name, value in row.items() if value is not None}
        for row in rows
    }


def customer_of_rows(journeys: Journeys) -> dict[int, str]:
    """Say for every row of the log whose it is."""
    return {row: customer for customer, _, rows in owners(journeys) for row in rows}
