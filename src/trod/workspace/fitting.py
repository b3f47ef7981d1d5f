"""Fitting the models of a workspace, and asking the versions it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trod.errors import DefinitionError, NotEnoughDataError, unknown

if TYPE_CHECKING:
    from trod.models.card import Card
    from trod.models.fitted import Fitted
    from trod.models.ground import Ground
    from trod.models.outcomes.acted import Acted
    from trod.models.registry import Model
    from trod.models.stored import Stored
    from trod.workspace.folder import Workspace


def ground(workspace: Workspace, *, journey: str | None = None, unit: str | None = None) -> Ground:
    """Give what models are fitted on: journeys, stages, and `models:` of trod.yml."""
    from trod.models.ground import Ground
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    return Ground(
        journeys,
        plan,
        workspace.project.models,
        workspace.project.root,
        acted=acted(workspace, journeys.unit),
    )


def acted(workspace: Workspace, unit: str) -> Acted | None:
    """Give whom somebody acted on; None where nobody was.

    Only interventions that the state keeps: what other tools did is part of what usually comes.
    """
    from trod.models.outcomes.acted import Acted
    from trod.outcomes.labels import treated_at
    from trod.project.state import is_there

    if not is_there(workspace.project.state, workspace.store.folder):
        return None
    with workspace.state() as state, state.read() as con:
        pairs = treated_at(con, unit)
    return Acted.of(pairs) if pairs else None


def _before(workspace: Workspace, model: Model, unit: str) -> dict[str, Stored]:
    """Give the last usable version of all that a model gives, of the same unit, by name."""
    from trod.models.versions import KIND, last

    names = {str(part.facts["model"]) for part in workspace.store.manifest.of(KIND)}
    found = {}
    for name in sorted(names):
        mine = name == model.name or (model.each and name.startswith(model.each))
        kept = last(workspace.store, name, usable=True) if mine else None
        if kept is not None and kept[0].unit == unit:
            found[name] = kept[1]
    return found


def fit(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    journey: str | None = None,
    unit: str | None = None,
) -> tuple[Card, ...]:
    """Fit models on the journeys as they are, and keep each as a new version.

    Parameters
    ----------
    names
        Which models; all by default.
    journey, unit
        Whose stages and journeys; as declared by default.

    Returns
    -------
    tuple of Card
        One for each model, also for those that there was too little for.

    Raises
    ------
    DefinitionError
        If no model has one of the names.
    StoreError
        If another process writes to this workspace, or nobody can.
    """
    from trod.models import MODELS
    from trod.models.versions import keep
    from trod.workspace.moods import keep as keep_moods

    known = [model.name for model in MODELS]
    if wrong := [name for name in names if name not in known]:
        raise DefinitionError(unknown("model", name, known) for name in wrong)
    workspace.store.demand_room()
    on = ground(workspace, journey=journey, unit=unit)
    fitted: list[Fitted] = []
    for model in MODELS:
        if not names or model.name in names:
            workspace.progress.stage(f"Fitting {model.name}")
            before = _before(workspace, model, on.journeys.unit)
            fitted += model.load()(replace(on, before=before))
    with workspace.store.write() as tx:
        cards = keep(tx, fitted)
        tx.commit()
    keep_moods(workspace)
    workspace.progress.done()
    return cards


def cards(workspace: Workspace, name: str | None = None) -> tuple[Card, ...]:
    """Give the last card of every model, or all cards of one, oldest first.

    Raises
    ------
    DefinitionError
        If no model of this name is kept.
    NotEnoughDataError
        If nothing was fitted yet.
    """
    from trod.models.versions import versions

    kept = [version.card for version in versions(workspace.store)]
    if not kept:
        raise NotEnoughDataError("no model was fitted yet. Run `trod fit`.")
    if name is None:
        return tuple({card.model: card for card in kept}.values())
    found = tuple(card for card in kept if card.model == name)
    if not found:
        raise DefinitionError([unknown("model", name, sorted({card.model for card in kept}))])
    return found
