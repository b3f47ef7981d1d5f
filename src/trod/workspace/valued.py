"""Lifetime value of the customers of a workspace, by the model it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.models.card import Card
    from trod.models.value.ask import ValueResult
    from trod.workspace.folder import Workspace


def valued(
    workspace: Workspace, *, top: int = 10, journey: str | None = None, unit: str | None = None
) -> tuple[Answer[ValueResult], Card]:
    """Give what customers will still spend, and the card of the model that says so.

    Raises
    ------
    NotEnoughDataError
        If the model was never fitted, or there was too little for it.
    DefinitionError
        If it was fitted for another unit.
    """
    from trod.errors import DefinitionError
    from trod.models.value.ask import value
    from trod.models.value.fit import NAME
    from trod.models.versions import latest
    from trod.workspace.fitting import ground

    card, stored = latest(workspace.store, NAME)
    if unit not in (None, card.unit):
        raise DefinitionError(
            [f"the model was fitted for each {card.unit}. Run `trod fit value --unit {unit}`."]
        )
    on = ground(workspace, journey=journey, unit=unit or card.unit)
    return value(on, card, stored, top=top), card
