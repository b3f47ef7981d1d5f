"""How the lanes of a workspace would have done on what came later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.errors import DefinitionError, NotEnoughDataError, unknown

if TYPE_CHECKING:
    from trod.actions.lanes.tested import Tested
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class LanesTested:
    """What became of those in the lanes of each score."""

    journey: str
    unit: str
    tested: tuple[Tested, ...]
    not_tested: tuple[tuple[str, str], ...]  # outcome, why


def lanes_tested(
    workspace: Workspace,
    journey: str | None = None,
    unit: str | None = None,
    *,
    against: str | None = None,
) -> LanesTested:
    """Look back: who would have been in which lane, and what became of them.

    Parameters
    ----------
    workspace
        Nothing need be fitted: scores of the past are fitted here, and not kept.
    journey, unit
        As declared by default.
    against
        A touchpoint whose rule stands beside the lanes of growth.

    Raises
    ------
    DefinitionError
        If nobody ever had the touchpoint.

    Notes
    -----
    About as long as `trod fit outcomes`.
    """
    from trod.actions.lanes.tested import looked_back
    from trod.models.outcomes.outcome import declared
    from trod.workspace.acting.lanes import meant
    from trod.workspace.fitting import ground

    on = ground(workspace, journey=journey, unit=unit)
    names = meant(workspace, on.journeys)
    if against is not None and against not in on.journeys.vocabulary.touchpoints:
        raise DefinitionError([unknown("touchpoint", against, on.journeys.vocabulary.touchpoints)])
    found, not_tested = [], []
    for spec in declared(on.spec.outcomes):
        if spec.name not in names:
            continue
        workspace.progress.stage(f"Looking back on {spec.name}")
        try:
            found.append(looked_back(on, spec, against=None if spec.bad else against))
        except NotEnoughDataError as problem:
            not_tested.append((spec.name, str(problem)))
    workspace.progress.done()
    return LanesTested(on.plan.journey, on.journeys.unit, tuple(found), tuple(not_tested))
