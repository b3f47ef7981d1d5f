"""Whether the scores of a workspace still fit its customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.models.outcomes.drift import Drift
    from trod.models.outcomes.model import OutcomeModel
    from trod.workspace.folder import Workspace


def drifts(workspace: Workspace) -> dict[str, Drift]:
    """Give the drift of every fitted score, by name of the model.

    Scores with fewer than 50 customers at risk are left out.
    """
    from trod.models.features.build import features
    from trod.models.outcomes.drift import drift
    from trod.models.outcomes.landmarks import standing
    from trod.models.outcomes.model import SORT, OutcomeModel
    from trod.models.outcomes.outcome import outcome
    from trod.models.outcomes.scoring import end_of_day
    from trod.models.versions import KIND, last
    from trod.workspace.measured import plan_of
    from trod.workspace.scoring import journey_of

    found: dict[str, Drift] = {}
    for name in sorted({part.facts["model"] for part in workspace.store.manifest.of(KIND)}):
        kept = last(workspace.store, name)
        if kept is None or kept[1].facts.get("sort") != SORT:
            continue
        model = OutcomeModel.of(kept[1])
        journeys = workspace.journeys(model.unit)
        plan = plan_of(workspace, journey_of(workspace, model.journey), journeys)
        moment_us = end_of_day(plan.as_of_us, journeys.zone)
        asked = outcome(model.spec, plan, journeys.vocabulary)
        rows = standing(journeys, plan, asked, moment_us)
        x = features(journeys, plan, rows.moments, model.catalog).values
        told = drift(model, x, *_given(workspace, journeys, plan, model, name, kept[0].last_us))
        if told is not None:
            found[name] = told
    return found


def _given(
    workspace: Workspace,
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    name: str,
    fitted_us: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the scores of the history that came after fitting, and what became of them."""
    import numpy as np

    from trod.models.outcomes.landmarks import standing
    from trod.models.outcomes.outcome import outcome
    from trod.workspace import score_history as history

    asked = outcome(model.spec, plan, journeys.vocabulary)
    said, came = [np.empty(0)], [np.empty(0, np.bool_)]
    for each in history.kept(workspace.store, name.removeprefix("outcome/")):
        known = each.moment_us + asked.known_after_us <= plan.as_of_us
        if each.moment_us <= fitted_us or not known:
            continue
        scores, _ = history.read(workspace.store, each)
        rows = standing(journeys, plan, asked, each.moment_us)
        ids = [
            name
            for batch, moments in zip(journeys, rows.moments, strict=True)
            for name in batch.customer.take(moments.customer).to_pylist()
        ]
        what = dict(zip(ids, rows.within(asked.within_us).tolist(), strict=True))
        there = [k for k, one in enumerate(scores.customer.to_pylist()) if one in what]
        said.append(scores.probability[there])
        came.append(np.array([what[scores.customer[k].as_py()] for k in there], np.bool_))
    return np.concatenate(said), np.concatenate(came)
