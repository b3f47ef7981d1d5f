"""Where everyone who is still there stands: intervene now, thriving alone, ready to expand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, unknown
from trod.journeys.label import units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod.actions.lanes.bars import Voice
    from trod.actions.lanes.deciding import Decided
    from trod.actions.lanes.lane import Lane
    from trod.actions.lanes.looking import Looked
    from trod.analyses.stall import StallResult
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.predicate import Among
    from trod.models.outcomes.model import OutcomeModel
    from trod.models.outcomes.spec import OutcomeSpec
    from trod.workspace.folder import Workspace

NOBODY: Final = "none"
"""Stands for everyone who is in no lane: not entered, or left."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What lanes are told from, as of the last day on record."""

    journeys: Journeys
    plan: StagePlan
    journey: str | None  # where it is another than the first
    voices: tuple[Voice, ...]
    silent: tuple[tuple[str, str], ...]  # outcomes that do not speak, and why
    standing: StallResult
    bad: OutcomeSpec  # whose signs of trouble are looked for
    moment_us: int
    before_us: int  # a week before
    looked: Looked
    now: Decided
    then: Decided

    def rows(self, lane: Lane) -> NDArray[np.int64]:
        """Give the rows of those who stand in a lane now."""
        import numpy as np

        from trod.actions.lanes.lane import LANES

        return np.flatnonzero(self.now.lane == LANES.index(lane))

    def key(self, lane: str) -> str:
        """Give the key of a lane; of another journey than the first it names the journey."""
        from trod.analyses.names import encode

        return f"lane:{lane}/{encode(self.journey)}" if self.journey else f"lane:{lane}"

    def predicate(self, lane: str) -> Among:
        """Give the predicate of a lane, or of everyone who is in none."""
        import numpy as np
        import pyarrow as pa

        from trod.actions.lanes.lane import LANES
        from trod.journeys.predicate import Among

        if lane not in (*LANES, NOBODY):
            raise DefinitionError([unknown("lane", lane, [*LANES, NOBODY])])
        at = [k for k, each in enumerate(LANES) if lane in (each, NOBODY)]
        listed = self.looked.customer.take(pa.array(np.flatnonzero(np.isin(self.now.lane, at))))
        return Among(self.key(lane), listed, on=lane != NOBODY)


def ground(workspace: Workspace, journey: str | None = None, unit: str | None = None) -> Ground:
    """Look at everyone now and a week ago, by the tested scores that are there.

    Parameters
    ----------
    workspace
        Scores need not be fitted: without them, standing, signs and use say where people stand.
    journey, unit
        As declared by default.

    Raises
    ------
    DefinitionError
        If `actions: lanes:` names an outcome that is not declared.
    """
    from trod.actions.lanes.looking import a_week_before, decided, look, mondays
    from trod.analyses.stall import stall
    from trod.models.outcomes.scoring import end_of_day
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    voices, silent = _voices(workspace, journeys, plan)
    standing, bad = stall(journeys, plan).data, _bad(workspace)
    zone = journeys.zone
    now_us = end_of_day(plan.as_of_us, zone)
    then_us = a_week_before(now_us, zone)
    moments = [*mondays(then_us, zone), then_us, *mondays(now_us, zone), now_us]
    looked = look(journeys, plan, moments, voices, standing, bad)
    now = decided(looked, voices, now_us, zone, bad.capacity)
    then = decided(looked, voices, then_us, zone, bad.capacity)
    told = (voices, silent, standing, bad, now_us, then_us)
    first = workspace.project.journey()
    other = declared.name if declared is not None and declared != first else None
    return Ground(journeys, plan, other, *told, looked, now, then)


def _bad(workspace: Workspace) -> OutcomeSpec:
    """Give the outcome whose signs of trouble count: the first bad one."""
    from trod.models.outcomes.outcome import declared

    specs = declared(workspace.project.models.outcomes)
    return next((s for s in specs if s.bad), declared(())[0])


def _voices(
    workspace: Workspace, journeys: Journeys, plan: StagePlan
) -> tuple[tuple[Voice, ...], tuple[tuple[str, str], ...]]:
    """Give the scores that speak, and why the other outcomes that are meant do not."""
    from trod.actions.lanes.bars import voice

    voices, silent = [], []
    for name in meant(workspace, journeys):
        model, why = _model(workspace, name, journeys, plan)
        if model is None:
            silent.append((name, why))
        else:
            voices.append(voice(name, model))
    return tuple(voices), tuple(silent)


def meant(workspace: Workspace, journeys: Journeys) -> list[str]:
    """Name the outcomes that are to speak: as `actions: lanes:` says, or by default."""
    from trod.actions.lanes.bars import with_money
    from trod.models.outcomes.outcome import declared

    specs = declared(workspace.project.models.outcomes)
    said = workspace.project.actions.lanes
    names = [spec.name for spec in specs]
    problems = [
        unknown("outcome", n, names) for n in (*said.intervene, *said.expand) if n not in names
    ]
    is_bad = {spec.name: spec.bad for spec in specs}
    problems += [
        f"{n} is good: write it under expand." for n in said.intervene if not is_bad.get(n, True)
    ]
    problems += [f"{n} is bad: write it under intervene." for n in said.expand if is_bad.get(n)]
    if problems:
        raise DefinitionError(f"trod.yml: actions.lanes: {each}" for each in problems)
    bad = said.intervene or tuple(s.name for s in specs if s.bad)
    good = said.expand or tuple(
        s.name for s in specs if not s.bad and s.touchpoints and with_money(journeys, s.touchpoints)
    )
    return [name for name in names if name in (*bad, *good)]


def _model(
    workspace: Workspace, name: str, journeys: Journeys, plan: StagePlan
) -> tuple[OutcomeModel | None, str]:
    """Give the score of an outcome where it may speak here; else why it may not."""
    from trod.models.outcomes.model import SORT, OutcomeModel
    from trod.models.versions import last

    found = last(workspace.store, f"outcome/{name}")
    if found is None:
        return None, "not fitted yet: `trod fit outcomes`"
    _, stored = found
    if stored.facts.get("sort") != SORT:
        return None, "too little data for a score"
    model = OutcomeModel.of(stored)
    if not model.passed:
        return None, "its score has not passed its backtest"
    if model.unit != journeys.unit:
        return None, f"its score is of {units(model.unit)}"
    if model.journey != plan.journey:
        return None, f"its score is of the journey {model.journey}"
    return model, ""
