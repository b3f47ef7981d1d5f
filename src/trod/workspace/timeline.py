"""One customer's journey over all channels, in order, in the customer's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pyarrow.compute as pc

from trod.errors import DataError
from trod.journeys.batch import NO_SCORE, NO_VALUE, JourneyBatch, Journeys
from trod.journeys.label import units
from trod.workspace.log_rows import log_rows

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace
    from trod.workspace.who import Directory

_NEAREST: Final = 200  # of each bucket, to look for the nearest id


@dataclass(frozen=True, slots=True)
class Moment:
    """One touchpoint of the customer."""

    time: str  # ISO, in the zone of the workspace
    touchpoint: str
    channel: str | None
    source: str
    stage: str | None
    text: str | None
    score: int | None  # -1000 to 1000
    value_micros: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything one customer did."""

    customer: str
    unit: str
    zone: str
    currency: str | None
    ids: tuple[tuple[str, str], ...]  # kind, id: what the customer is known by
    attributes: tuple[tuple[str, str], ...]
    moments: tuple[Moment, ...]


def timeline(workspace: Workspace, given: str, *, unit: str | None = None) -> Timeline:
    """Give the timeline of a customer.

    Parameters
    ----------
    workspace
        An ingested workspace.
    given
        Any id of the customer: a login, an e-mail address, a device; or of the account.
    unit
        "person" or "account"; by default a person, else the account that has the id.

    Raises
    ------
    DataError
        If nobody has this id.
    """
    directory = workspace.who()
    journeys, name, place = whose(workspace, directory, given, unit)
    batch, at = place
    rows = slice(int(batch.offsets[at]), int(batch.offsets[at + 1]))
    log = log_rows(workspace.store, batch.row[rows], ["source", "text"])
    moments = tuple(
        _moment(batch, i, journeys, stage, source, text)
        for i, stage, source, text in zip(
            range(rows.start, rows.stop),
            _stages(workspace, journeys, batch)[rows],
            log["source"].to_pylist(),
            log["text"].to_pylist(),
            strict=True,
        )
    )
    return Timeline(
        name,
        journeys.unit,
        journeys.zone,
        journeys.currency,
        directory.ids_of(name) if journeys.unit == "person" else (("account", name),),
        _attributes(journeys, name),
        moments,
    )


def whose(
    workspace: Workspace, directory: Directory, given: str, unit: str | None
) -> tuple[Journeys, str, tuple[JourneyBatch, int]]:
    """Find whose id it is, whatever its kind: a person's, else an account's."""
    if unit != "account":
        journeys = workspace.journeys("person")
        name = directory.person(given)
        if place := _find(journeys, name or given):
            return journeys, name or given, place
        if name is None and directory.holds(given):
            raise DataError(f"{given!r} names nobody: several people use it, or a test account.")
    if unit == "account" or (unit is None and directory.summary.accounts):
        journeys = workspace.journeys("account")
        if place := _find(journeys, given):
            return journeys, given, place
    raise DataError(_nobody(journeys, given))


def _find(journeys: Journeys, name: str) -> tuple[JourneyBatch, int] | None:
    for batch in journeys:
        at = pc.index(batch.customer, name).as_py()
        if at >= 0:
            return batch, at
    return None


def _nobody(journeys: Journeys, given: str) -> str:
    """Say that nobody has an id, with the nearest that somebody has."""
    alike = []
    for batch in journeys:
        begins = pc.starts_with(batch.customer, given[:2])
        alike += batch.customer.filter(begins)[:_NEAREST].to_pylist()
    close = get_close_matches(given, alike, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    whom = units(journeys.unit)
    return f"nobody has the id {given!r} among {journeys.n_customers:,} {whom}.{hint}"


def _stages(workspace: Workspace, journeys: Journeys, batch: JourneyBatch) -> list[str | None]:
    """Name the stage after each touchpoint of a batch; None outside, or without a definition."""
    from trod.journeys.passage import compile_plan, passages

    spec = workspace.project.journey()
    if spec is None:
        return [None] * batch.n_events
    walked = passages(batch, compile_plan(spec, journeys))
    names = [*(stage.name for stage in spec.stages), None]
    return [names[stage] for stage in walked.stage.tolist()]


def _moment(
    batch: JourneyBatch,
    i: int,
    journeys: Journeys,
    stage: str | None,
    source: str,
    text: str | None,
) -> Moment:
    seconds, micros = divmod(int(batch.time_us[i]), 1_000_000)
    when = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)
    channel = journeys.vocabulary.channels[int(batch.channel[i])]
    score, value = int(batch.score[i]), int(batch.value[i])
    return Moment(
        when.astimezone(ZoneInfo(journeys.zone)).isoformat(timespec="seconds"),
        journeys.vocabulary.touchpoints[int(batch.code[i])],
        channel or None,
        source,
        stage,
        text,
        None if score == NO_SCORE else score,
        None if value == NO_VALUE else value,
    )


def _attributes(journeys: Journeys, name: str) -> tuple[tuple[str, str], ...]:
    table = journeys.attributes
    if table is None:
        return ()
    mine = table.filter(pc.equal(table["customer"], name)).to_pylist()
    return tuple(
        (key, str(value))
        for row in mine
        for key, value in row.items()
        if key != "customer" and value is not None
    )
