"""The journey that findings are about: its definition, its journeys, its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace


class About(NamedTuple):
    """A journey, declared or suggested, with the data it is read on."""

    journeys: Journeys
    spec: JourneySpec
    plan: StagePlan  # remembers the passages of each batch
    declared: bool

    @property
    def unit(self) -> str:
        """Whose journeys: person or account."""
        return self.journeys.unit

    @property
    def named(self) -> str | None:
        """The name by which trod.yml knows the journey; None where it was suggested."""
        return self.spec.name if self.declared else None


def about(workspace: Workspace, journey: str | None, unit: str | None) -> About:
    """Open a journey: the first of trod.yml by default, else suggested stages.

    Raises
    ------
    DefinitionError
        If no journey has this name.
    DataError
        If nothing was ingested yet.
    """
    from trod.workspace.measured import defined

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    spec, plan = defined(workspace, journey, journeys)
    return About(journeys, spec, plan, declared is not None)
