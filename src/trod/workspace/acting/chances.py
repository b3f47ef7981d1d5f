"""How likely an outcome is without acting: by the score where there is one, else by the stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from trod.errors import NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from trod.actions.playbooks.spec import SuccessSpec
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.models.outcomes.model import OutcomeModel
    from trod.models.outcomes.scoring import Scores
    from trod.models.outcomes.spec import OutcomeSpec
    from trod.models.outcomes.timing import Window
    from trod.workspace.folder import Workspace

SIGNS: int = 3
"""From so many signs on a customer counts as pointed out where there is no score."""


class Chance(NamedTuple):
    """Of one customer."""

    chance: float
    before: float | None  # at the scoring before
    source: str  # in words
    window: Window | None  # when the outcome is likeliest


def judged_by(workspace: Workspace, success: SuccessSpec) -> OutcomeSpec | None:
    """Find the outcome of `models:` that is the same as a success; None where none is."""
    from trod.models.outcomes.outcome import declared

    for spec in declared(workspace.project.models.outcomes):
        same = (spec.ends, spec.reaches, tuple(spec.touchpoints))
        if same == (success.ends, success.reaches, tuple(success.touchpoints)):
            return spec
    return None


@dataclass(slots=False)
class Score:
    """The last scores of one outcome."""

    spec: OutcomeSpec
    model: OutcomeModel
    scores: Scores
    before: dict[str, float]
    moment_us: int
    place: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = {name: i for i, name in enumerate(self.scores.customer.to_pylist())}

    def of(self, customer: str) -> Chance | None:
        """Give the chance of a customer; None where nobody is asked about."""
        at = self.place.get(customer)
        if at is None:
            return None
        chance = float(self.scores.probability[at])
        window = self.model.timing.window(
            int(self.scores.stage[at]),
            float(self.scores.days[at]),
            chance,
            horizon_days=self.spec.within.days,
        )
        source = f"score of {self.spec.name}, within {self.spec.within.days} days"
        return Chance(chance, self.before.get(customer), source, window)


@dataclass(slots=False)
class Chances:
    """Scores and base rates of a journey, each looked up once."""

    workspace: Workspace
    journeys: Journeys
    plan: StagePlan

    def outcome(self, success: SuccessSpec) -> OutcomeSpec | None:
        """Find the outcome of `models:` that a play is judged by."""
        return judged_by(self.workspace, success)

    @cached_property
    def _scores(self) -> dict[str, Score | None]:
        return {}

    def score(self, name: str) -> Score | None:
        """Score an outcome as of today; None where there is too little to score by."""
        if name not in self._scores:
            self._scores[name] = self._scored(name)
        return self._scores[name]

    def _scored(self, name: str) -> Score | None:
        from trod.models.outcomes.model import SORT, OutcomeModel
        from trod.models.versions import last
        from trod.workspace import score_history as history
        from trod.workspace.scoring import score

        found = last(self.workspace.store, f"outcome/{name}")
        if found is None or found[1].facts.get("sort") != SORT:
            return None
        model = OutcomeModel.of(found[1])
        if model.unit != self.journeys.unit or model.journey != self.plan.journey:
            return None
        try:
            score(self.workspace, [name], top=0)
        except NotEnoughDataError:
            return None
        given = history.kept(self.workspace.store, name)[-1]
        scores, _ = history.read(self.workspace.store, given)
        was = history.earlier(self.workspace.store, name, given.moment_us)
        return Score(model.spec, model, scores, was[1] if was else {}, given.moment_us)

    def by_signs(self, name: str) -> pa.StringArray | None:
        """List who shows three signs or more, where signs stand in for a score; None elsewhere."""
        import pyarrow as pa

        from trod.models.outcomes import rules
        from trod.models.versions import last
        from trod.workspace.scoring import score

        found = last(self.workspace.store, f"outcome/{name}")
        if found is None or found[1].facts.get("sort") != rules.SORT:
            return None
        try:
            (listed,) = score(self.workspace, [name], top=1_000_000)
        except NotEnoughDataError:
            return None
        some = [one.customer for one in listed.shown if len(one.reasons) >= SIGNS]
        return pa.array(sorted(some), pa.string())

    def rate(self, success: SuccessSpec, stage: str) -> Chance | None:
        """Give the share with the outcome of all who came to a stage; None where it has no one."""
        part, whole = self._rate(success, stage)
        if not whole:
            return None
        from trod.insights.wording import share

        source = f"{share(part, whole)} of those who reached {stage}, whatever their score"
        return Chance(part / whole, None, source, None)

    def _rate(self, success: SuccessSpec, stage: str) -> tuple[int, int]:
        from trod.analyses.predicate import Did
        from trod.journeys.predicate import count

        s, found = self.plan.stage(stage), self._stages
        reached = int(found.reached[s])
        if success.ends == "left":
            return int(found.left[s]), reached
        if success.ends == "done":
            return int(found.done[s:].sum()), reached
        if success.reaches is not None:
            goal = self.plan.stage(success.reaches)
            return (int(found.reached[goal]), reached) if goal > s else (reached, reached)
        had = sum(count(Did(name), self.journeys) for name in success.touchpoints)
        return min(had, reached), reached

    @cached_property
    def _stages(self):  # type: ignore[no-untyped-def]
        from trod.analyses.stages import stages

        return stages(self.journeys, self.plan).data

    def reasons(self, name: str, customers: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Say what makes a score high, for some customers, the strongest first."""
        from trod.models.outcomes.told import explained

        score = self.score(name)
        if score is None or not customers:
            return {}
        told = explained(self.journeys, self.plan, score.model, customers, score.moment_us)
        return {
            who: tuple(reason.words for reason in each.reasons if reason.adds > 0)
            for who, each in told.items()
        }
