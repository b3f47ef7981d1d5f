"""What comes next for one customer or for all on the way, by the model that was fitted last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trod.errors import DataError, DefinitionError
from trod.journeys.label import units
from trod.models.next.model import NextModel
from trod.models.versions import latest
from trod.workspace.log_rows import log_rows
from trod.workspace.timeline import whose

if TYPE_CHECKING:
    from trod.insights.next_moves import NextMoves
    from trod.journeys.batch import JourneyBatch, Journeys
    from trod.models.card import Card
    from trod.models.next.model import Outlook
    from trod.workspace.folder import Workspace

MODEL: Final = "next"


@dataclass(frozen=True, slots=True)
class Foretold:
    """What may come next for one customer."""

    customer: str
    unit: str
    last: str  # touchpoint
    last_us: int
    waited_us: int  # since then, up to the last moment on record
    outlook: Outlook
    left_after_us: int  # silence that counts as the end
    card: Card


class Overview(NamedTuple):
    """What may come next for everyone on the way."""

    moves: NextMoves
    journey: str
    as_of_us: int
    unit: str
    card: Card


def foretold(workspace: Workspace, given: str, *, shown: int, unit: str | None = None) -> Foretold:
    """Say what may come next for one customer.

    Parameters
    ----------
    workspace
        An ingested workspace with a fitted model.
    given
        Any id of the customer. Where the model is of accounts, an id of a person stands for the
        account that the last touchpoint of the person names.
    shown
        How many guesses.
    unit
        "person" or "account", which must be that of the model.

    Raises
    ------
    DataError
        If nobody has the id, or a person names no account.
    DefinitionError
        If the model is of the other unit.
    NotEnoughDataError
        If no model was fitted, or there was too little for one.
    """
    card, stored = latest(workspace.store, MODEL)
    _same_unit(card, unit)
    journeys, name, (batch, at) = _found(workspace, given, card.unit)
    row = int(batch.offsets[at + 1]) - 1
    last_us = int(batch.time_us[row])
    waited_us = journeys.span_us()[1] - last_us
    model = NextModel.of(stored)
    return Foretold(
        customer=name,
        unit=card.unit,
        last=journeys.vocabulary.touchpoints[batch.code[row]],
        last_us=last_us,
        waited_us=waited_us,
        outlook=model.outlook(batch, row, waited_us, shown),
        left_after_us=model.left_after_us,
        card=card,
    )


def overview(workspace: Workspace, *, journey: str | None, unit: str | None = None) -> Overview:
    """Say what may come next for everyone on the way.

    Raises
    ------
    DefinitionError
        If no journey has the name, or the model is of the other unit.
    NotEnoughDataError
        If no model was fitted, or there was too little for one.
    """
    from trod.insights.next_moves import next_moves
    from trod.workspace.fitting import ground

    card, stored = latest(workspace.store, MODEL)
    _same_unit(card, unit)
    on = ground(workspace, journey=journey, unit=card.unit)
    moves = next_moves(on.journeys, on.plan, NextModel.of(stored))
    return Overview(moves, on.plan.journey, on.plan.as_of_us, card.unit, card)


def _same_unit(card: Card, unit: str | None) -> None:
    if unit is not None and unit != card.unit:
        raise DefinitionError(
            [
                f"the last model of what comes next is of {units(card.unit)}. "
                f"Run `trod fit next --unit {unit}`."
            ]
        )


def _found(
    workspace: Workspace, given: str, unit: str
) -> tuple[Journeys, str, tuple[JourneyBatch, int]]:
    directory = workspace.who()
    if unit == "person" or directory.person(given) is None:
        return whose(workspace, directory, given, unit)
    _, _, (batch, at) = whose(workspace, directory, given, "person")
    rows = np.arange(batch.offsets[at], batch.offsets[at + 1])
    log = log_rows(workspace.store, batch.row[rows], ["source", "id.account"])
    accounts = [name for name in log["id.account"].to_pylist() if name]
    if not accounts:
        raise DataError(f"{given!r} names no account, and the model is of accounts.")
    return whose(workspace, directory, accounts[-1], "account")
