"""Scoring the customers of a workspace: who is likely to do what, why, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.errors import DataError, DefinitionError, NotEnoughDataError, unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod._store.store import Store
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.models.card import Card
    from trod.models.outcomes.model import OutcomeModel
    from trod.models.outcomes.rules import Signs
    from trod.models.outcomes.scoring import Scores
    from trod.models.outcomes.timing import Window
    from trod.models.stored import Stored
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate

_HEAD: Final = "outcome/"
EXPLAINED: Final = 1_000
"""So many of the highest scores are kept with their reasons."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One customer with a score."""

    customer: str
    stage: str
    probability: float | None  # None where signs stand in for a score
    before: float | None  # at the scoring before; None without one
    high: bool  # pointed out: so high that it is right half of the time in the backtest
    reasons: tuple[str, ...]  # in words, the strongest first; "+" makes it likelier, "-" less so
    changed: tuple[str, ...]  # what moved the score since then, in words
    window: Window | None


@dataclass(frozen=True, slots=True)
class ScoreList:
    """The customers at risk of one outcome, the likeliest first."""

    card: Card
    name: str
    says: str
    bad: bool
    moment_us: int
    zone: str
    n: int  # at risk
    fresh: int  # looked at now; the others had no news since the last scoring of this day
    n_high: int
    shown: tuple[Scored, ...]


def score(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    top: int = 10,
    customer: str | None = None,
    whole: bool = False,
) -> tuple[ScoreList, ...]:
    """Score everyone at risk of each outcome, keep the scores, and give the likeliest.

    Parameters
    ----------
    workspace
        With fitted outcomes.
    names
        Outcomes; all by default.
    top
        How many customers are given of each.
    customer
        One customer instead, by canonical id.
    whole
        Score everyone again, not only those with news.

    Raises
    ------
    NotEnoughDataError
        If nothing was fitted yet.
    DefinitionError
        If no outcome has one of the names.
    DataError
        If nobody has this id.
    """
    from trod.models.versions import KIND

    parts = workspace.store.manifest.of(KIND)
    known = sorted({p.facts["model"] for p in parts if str(p.facts["model"]).startswith(_HEAD)})
    if not known:
        raise NotEnoughDataError("no score was fitted yet. Run `trod fit outcomes`.")
    short = [each.removeprefix(_HEAD) for each in known]
    if wrong := [name for name in names if name not in short]:
        raise DefinitionError(unknown("outcome", name, short) for name in wrong)
    found = []
    for name in _in_order(workspace, short):
        if not names or name in names:
            workspace.progress.stage(f"Scoring {name}")
            if (made := _one(workspace, name, top, customer, whole=whole)) is not None:
                found.append(made)
    workspace.progress.done()
    if not found:
        raise NotEnoughDataError("no outcome has anything to score by. `trod models` says why.")
    if customer is not None and not any(each.shown for each in found):
        _known(workspace, found, customer)
    return tuple(found)


def _in_order(workspace: Workspace, short: Sequence[str]) -> list[str]:
    """Give outcomes as trod.yml declares them, then those that it no longer does."""
    declared = [spec.name for spec in workspace.project.models.outcomes]
    return [n for n in declared if n in short] + [n for n in short if n not in declared]


def _known(workspace: Workspace, found: Sequence[ScoreList], customer: str) -> None:
    """Raise where nobody has an id; customers who are not asked about have an answer too."""
    from difflib import get_close_matches

    journeys = workspace.journeys(found[0].card.unit)
    ids = [name for batch in journeys for name in batch.customer.to_pylist()]
    if customer in ids:
        return
    close = get_close_matches(customer, ids, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise DataError(f"nobody has the id {customer!r} among {len(ids):,}.{hint}")


def _one(
    workspace: Workspace, name: str, top: int, customer: str | None, *, whole: bool
) -> ScoreList | None:
    from trod.models.outcomes import model, rules
    from trod.models.versions import last

    found = last(workspace.store, _HEAD + name)
    if found is None:
        return None
    card, stored = found
    if stored.facts.get("sort") == model.SORT:
        return _by_score(workspace, name, card, stored, top, customer, whole=whole)
    if stored.facts.get("sort") == rules.SORT:
        return _by_signs(workspace, name, card, rules.Signs.of(stored.facts), top, customer)
    return None


def _by_score(
    workspace: Workspace,
    name: str,
    card: Card,
    stored: Stored,
    top: int,
    customer: str | None,
    *,
    whole: bool,
) -> ScoreList:
    import numpy as np

    from trod.models.outcomes.model import OutcomeModel
    from trod.models.outcomes.scoring import end_of_day
    from trod.models.outcomes.scoring import score as scored
    from trod.workspace import score_history as history
    from trod.workspace.measured import plan_of

    model = OutcomeModel.of(stored)
    journeys = workspace.journeys(model.unit)
    plan = plan_of(workspace, journey_of(workspace, model.journey), journeys)
    moment_us, who = end_of_day(plan.as_of_us, journeys.zone), _who(workspace.store)
    before = None if whole else _reusable(workspace, name, card.version, moment_us, who)
    scores = scored(journeys, plan, model, moment_us, before=before)
    order = np.lexsort((np.array(scores.customer.to_pylist(), object), -scores.margin))
    if before is None or scores.fresh or before.n != scores.n:
        why = _keys(journeys, plan, model, scores, order[:EXPLAINED], moment_us)
        with workspace.store.write() as tx:
            history.keep(
                tx, name, card.version, moment_us, who, scores, why, plan=plan, unit=model.unit
            )
            tx.commit()
    high = scores.margin >= (np.inf if model.high is None else model.high)
    shown = _shown(workspace, name, journeys, plan, model, scores, order, top, customer, moment_us)
    return ScoreList(
        card,
        name,
        card.says,
        model.spec.bad,
        moment_us,
        journeys.zone,
        scores.n,
        scores.fresh,
        int(high.sum()),
        shown,
    )


def journey_of(workspace: Workspace, name: str) -> str | None:
    """Give the name of a declared journey; None for the suggested one."""
    return name if any(one.name == name for one in workspace.project.journeys) else None


def _who(store: Store) -> str:
    """Give a digest of who is who."""
    from trod.workspace.who import KIND

    return "".join(part.sha256[:16] for part in store.manifest.of(KIND))


def _reusable(
    workspace: Workspace, name: str, version: int, moment_us: int, who: str
) -> Scores | None:
    """Give the scores of this version at this moment, where there are any."""
    from trod.workspace import score_history as history

    for each in history.kept(workspace.store, name):
        if (each.version, each.moment_us, each.who) == (version, moment_us, who):
            return history.read(workspace.store, each)[0]
    return None


def _keys(
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    scores: Scores,
    some: NDArray[np.int64],
    moment_us: int,
) -> list[str]:
    """Give the keys of the features that moved the highest scores, joined by tabs."""
    from trod.models.outcomes.told import explained

    why = [""] * scores.n
    told = explained(journeys, plan, model, [scores.customer[k].as_py() for k in some], moment_us)
    for k in some.tolist():
        found = told[scores.customer[k].as_py()]
        why[k] = "\t".join(reason.key for reason in found.reasons)
    return why


def _shown(
    workspace: Workspace,
    name: str,
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    scores: Scores,
    order: NDArray[np.int64],
    top: int,
    customer: str | None,
    moment_us: int,
) -> tuple[Scored, ...]:
    """Tell the likeliest customers, or one."""
    from trod.models.outcomes.told import explained
    from trod.workspace import score_history as history

    ids = scores.customer.to_pylist()
    chosen = [k for k in order.tolist() if ids[k] == customer] if customer else order[:top].tolist()
    was = history.earlier(workspace.store, name, moment_us)
    then_us = was[0].moment_us if was else None
    told = explained(journeys, plan, model, [ids[k] for k in chosen], moment_us, then_us=then_us)
    days = model.spec.within.days
    return tuple(
        Scored(
            ids[k],
            plan.stages[int(scores.stage[k])],
            float(scores.probability[k]),
            was[1].get(ids[k]) if was else None,
            model.high is not None and bool(scores.margin[k] >= model.high),
            tuple(_signed(r.words, r.adds) for r in told[ids[k]].reasons),
            tuple(_signed(r.words, r.adds) for r in told[ids[k]].changed),
            model.timing.window(
                int(scores.stage[k]),
                float(scores.days[k]),
                float(scores.probability[k]),
                horizon_days=days,
                value=model.spec.value,
            ),
        )
        for k in chosen
    )


def _signed(words: str, adds: float) -> str:
    return f"{'+' if adds > 0 else '-'} {words}"


def _by_signs(
    workspace: Workspace, name: str, card: Card, signs: Signs, top: int, customer: str | None
) -> ScoreList:
    """Order customers by how many signs they show, where there is too little to learn from."""
    import numpy as np

    from trod.models.features.build import features
    from trod.models.features.catalog import catalog
    from trod.models.outcomes.landmarks import standing
    from trod.models.outcomes.outcome import outcome
    from trod.models.outcomes.scoring import end_of_day
    from trod.workspace.measured import plan_of

    journeys = workspace.journeys(signs.unit)
    plan = plan_of(workspace, journey_of(workspace, signs.journey), journeys)
    moment_us = end_of_day(plan.as_of_us, journeys.zone)
    rows = standing(journeys, plan, outcome(signs.spec, plan, journeys.vocabulary), moment_us)
    table = features(journeys, plan, rows.moments, catalog(journeys, plan))
    met = signs.met(table)
    ids = table.customer.to_pylist()
    order = np.lexsort((np.array(ids, object), -met.sum(axis=1))).tolist()
    chosen = [k for k in order if ids[k] == customer] if customer else order[:top]
    shown = tuple(
        Scored(
            ids[k],
            plan.stages[int(rows.stage[k])],
            None,
            None,
            high=False,
            reasons=tuple(sign.words for sign, m in zip(signs.signs, met[k], strict=True) if m),
            changed=(),
            window=None,
        )
        for k in chosen
    )
    told = (card, name, card.says, signs.spec.bad, moment_us, journeys.zone, len(ids), len(ids), 0)
    return ScoreList(*told, shown)


@dataclass(frozen=True, slots=True)
class Past:
    """One score that was given."""

    moment_us: int
    version: int
    probability: float
    stage: int
    reasons: tuple[str, ...]  # keys of features


def past(
    workspace: Workspace, found: Sequence[ScoreList], customer: str
) -> dict[str, tuple[Past, ...]]:
    """Give every score of one customer by outcome, oldest first."""
    from trod.workspace import score_history as history

    return {
        each.name: tuple(
            Past(one.moment_us, one.version, one.probability, one.stage, one.reasons)
            for one in history.of_customer(workspace.store, each.name, customer)
        )
        for each in found
    }


def figure(workspace: Workspace, name: str, customer: str | None = None) -> Plate:
    """Draw how the score of an outcome did in its backtest; or the scores of one customer.

    Raises
    ------
    NotEnoughDataError
        If the outcome has no score, or the customer was never scored for it.
    """
    from trod.insights.score_view import backtest_view, given_on, history_view
    from trod.models.outcomes.model import SORT, OutcomeModel
    from trod.models.versions import last
    from trod.workspace.measured import plan_of
    from trod.workspace.plate import scored

    found = last(workspace.store, _HEAD + name)
    if found is None or found[1].facts.get("sort") != SORT:
        raise NotEnoughDataError(f"{name} has no score to draw. `trod models` says why.")
    model = OutcomeModel.of(found[1])
    journeys = workspace.journeys(model.unit)
    plan = plan_of(workspace, journey_of(workspace, model.journey), journeys)
    if customer is None:
        return scored(journeys, plan, backtest_view(name, model))
    from trod.workspace import score_history as history

    given = [
        given_on(g.moment_us, g.probability, g.version, plan.stages[g.stage], journeys.zone)
        for g in history.of_customer(workspace.store, name, customer)
    ]
    if not given:
        raise NotEnoughDataError(f"{customer} was never scored for {name}.")
    high = None
    if model.high is not None:
        import numpy as np

        high = float(model.probability(np.array([model.high]))[0])
    return scored(journeys, plan, history_view(customer, name, model, given, high))
