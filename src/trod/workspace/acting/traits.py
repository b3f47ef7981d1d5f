"""What a workspace knows of its customers that other tools can use: scores, health, segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, NotEnoughDataError, unknown

if TYPE_CHECKING:
    from trod.actions.destinations.audience import Value
    from trod.workspace.folder import Workspace

HEALTH: Final = "Health"
SEGMENT: Final = "Segment"


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing known of customers, by canonical id."""

    name: str
    numeric: bool
    known: dict[str, Value]
    moment_us: int | None = None  # as of which it was scored, exclusive; None where it was not
    verdict: str = ""  # of the backtest of its score; empty where it has passed, or has none


def traits(workspace: Workspace, unit: str, names: Sequence[str] | None) -> tuple[Trait, ...]:
    """Give scores as they were last given, health by them, and segments.

    Parameters
    ----------
    workspace
        With whatever was fitted.
    unit
        "person" or "account": only what is known of these.
    names
        Outcomes, ``health``, ``segment``; all that is there where None is given.

    Raises
    ------
    DefinitionError
        If nothing of this name is known.
    """
    found = {trait.name: trait for trait in _all(workspace, unit)}
    if names is None:
        return tuple(found.values())
    by_word = {name.casefold(): name for name in found}
    wrong = [name for name in names if name.casefold() not in by_word]
    if wrong:
        known = [*found] or ["nothing: run `trod fit` and `trod score`"]
        raise DefinitionError(unknown("score", name, known) for name in wrong)
    chosen = dict.fromkeys(by_word[name.casefold()] for name in names)
    return tuple(found[name] for name in chosen)


def _all(workspace: Workspace, unit: str) -> list[Trait]:
    every = _scores(workspace, unit)
    every += [each for each in (_health(workspace, unit), _segment(workspace, unit)) if each]
    return every


def _scores(workspace: Workspace, unit: str) -> list[Trait]:
    from trod.workspace.score_history import KIND, kept, read

    parts = workspace.store.manifest.of(KIND)
    names = sorted({p.facts["outcome"] for p in parts if p.facts["unit"] == unit})
    failed = _failed(workspace)
    found = []
    for name in names:
        last = kept(workspace.store, name)[-1]
        scores, _ = read(workspace.store, last)
        told = zip(scores.customer.to_pylist(), scores.probability.tolist(), strict=True)
        verdict = failed.get((f"outcome/{name}", last.version), "")
        found.append(Trait(name, True, dict(told), last.moment_us, verdict))
    return found


def _failed(workspace: Workspace) -> dict[tuple[str, int], str]:
    """Give what the backtest said of every version that has not passed it."""
    from trod.models.versions import versions

    cards = [each.card for each in versions(workspace.store)]
    return {(c.model, c.version): c.verdict for c in cards if c.verdict != "fitted"}


def _health(workspace: Workspace, unit: str) -> Trait | None:
    """Give colours, where a score of leaving has passed its backtest and was given."""
    from trod.models.outcomes.health import colours
    from trod.models.outcomes.model import OutcomeModel
    from trod.models.versions import version
    from trod.workspace.healthy import leaving
    from trod.workspace.score_history import kept, read

    try:
        name, _ = leaving(workspace)
    except NotEnoughDataError:
        return None
    given = kept(workspace.store, name)
    if not given or given[-1].part.facts["unit"] != unit:
        return None
    model = OutcomeModel.of(version(workspace.store, f"outcome/{name}", given[-1].version)[1])
    if not model.passed:
        return None
    scores, _ = read(workspace.store, given[-1])
    told = zip(scores.customer.to_pylist(), colours(model, scores.margin), strict=True)
    return Trait(HEALTH, numeric=False, known=dict(told), moment_us=given[-1].moment_us)


def _segment(workspace: Workspace, unit: str) -> Trait | None:
    from trod.workspace.lists import segmentation

    try:
        card, found = segmentation(workspace.store)
    except NotEnoughDataError:
        return None
    if card.unit != unit:
        return None
    known: dict[str, Value] = {}
    for which in found.ids:
        members = found.members(which)
        known |= dict.fromkeys(members.to_pylist() if members is not None else (), which)
    return Trait(SEGMENT, numeric=False, known=known) if known else None
