"""How customers of a workspace do: colours where a tested score allows them, and disagreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.errors import NotEnoughDataError

if TYPE_CHECKING:
    from trod.models.outcomes.model import OutcomeModel
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class Doing:
    """One customer whose use, mood and money do not go the same way."""

    customer: str
    colour: str | None
    use: str
    mood: str
    money: str


@dataclass(frozen=True, slots=True)
class Health:
    """Colours of everyone at risk of leaving, or why there are none."""

    outcome: str
    unit: str
    n: int
    colours: dict[str, int] | None  # None where the score has not passed its backtest
    why: str  # there is no colour; empty where there is
    disagree: int
    shown: tuple[Doing, ...]


def health(workspace: Workspace, *, top: int = 10) -> Health:
    """Say how customers do, by the first outcome that is leaving.

    Raises
    ------
    NotEnoughDataError
        If no score of leaving was fitted, or there was too little to fit one.
    """
    from trod.models.outcomes.health import colours, ways
    from trod.models.outcomes.landmarks import standing
    from trod.models.outcomes.outcome import outcome
    from trod.models.outcomes.scoring import end_of_day, score
    from trod.workspace.measured import plan_of
    from trod.workspace.scoring import journey_of

    name, model = leaving(workspace)
    journeys = workspace.journeys(model.unit)
    plan = plan_of(workspace, journey_of(workspace, model.journey), journeys)
    moment_us = end_of_day(plan.as_of_us, journeys.zone)
    scores = score(journeys, plan, model, moment_us)
    rows = standing(journeys, plan, outcome(model.spec, plan, journeys.vocabulary), moment_us)
    told = ways(journeys, plan, rows.moments)
    shades: list[str | None] = [None] * scores.n
    if model.passed:
        shades = list(colours(model, scores.margin))
    odd = [(w, c, m) for w, c, m in zip(told, shades, scores.margin, strict=True) if w.disagree]
    odd.sort(key=lambda each: (-each[2], each[0].customer))
    counted = (
        {shade: shades.count(shade) for shade in ("red", "amber", "green")}
        if model.passed
        else None
    )
    why = "" if model.passed else "its score has not passed its backtest; `trod models` says why"
    shown = tuple(Doing(w.customer, c, w.use, w.mood, w.money) for w, c, _ in odd[:top])
    return Health(name, model.unit, scores.n, counted, why, len(odd), shown)


def leaving(workspace: Workspace) -> tuple[str, OutcomeModel]:
    """Find the first score of leaving, as trod.yml declares them.

    Raises
    ------
    NotEnoughDataError
        If no score of leaving was fitted, or there was too little to fit one.
    """
    from trod.models.outcomes.model import SORT, OutcomeModel
    from trod.models.outcomes.outcome import declared
    from trod.models.versions import last

    specs = [s for s in declared(workspace.project.models.outcomes) if s.ends == "left"]
    for spec in specs:
        found = last(workspace.store, f"outcome/{spec.name}")
        if found and found[1].facts.get("sort") == SORT:
            return spec.name, OutcomeModel.of(found[1])
    if not specs:
        raise NotEnoughDataError(
            "no outcome is leaving. Add {name: Churn, ends: left} under `models: outcomes:`."
        )
    raise NotEnoughDataError(
        f"no score of {specs[0].name} is there to tell health by. Run `trod fit outcomes`."
    )
