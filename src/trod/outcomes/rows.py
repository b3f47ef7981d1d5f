"""Interventions of one play beside what became of their customers: the rows that are judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.actions.interventions.intervention import Intervention
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.outcomes.judged import Rows
from trod.outcomes.observed import KNOWN_BEFORE, Success, Watched, watch

_OTHERS: Final = 5
"""Customers to compare with, for each one that was chosen, where nobody was held back."""
_SEED: Final = 11


class Decided(NamedTuple):
    """Rows to judge by, and whose they are."""

    rows: Rows
    interventions: tuple[Intervention, ...]  # of the rows; fewer where others were added behind
    score: NDArray[np.float64] | None  # (n,) of the outcome without acting, where all had one


def decided(
    journeys: Journeys, plan: StagePlan, wanted: Success, chosen: Sequence[Intervention]
) -> Decided:
    """Lay interventions of one play beside what became of their customers.

    Who was decided on twice is two rows, drawn together. Where nobody's chance decided and nobody
    was held back, others who were on record at the same moments are added, to be compared with.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    wanted
        What the play is judged by.
    chosen
        All interventions of one play, of the unit of the journeys.
    """
    ordered = tuple(sorted(chosen, key=lambda i: (i.customer, i.decided_us, i.id)))
    who = [each.customer for each in ordered]
    when = np.array([each.decided_us for each in ordered], np.int64)
    treated = np.array([each.arm == "treated" for each in ordered], np.bool_)
    propensity = np.array([each.propensity for each in ordered], np.float64)
    stratum = np.array([_drawn_within(each) for each in ordered], np.str_)
    if ordered and treated.all() and not any(each.drawn for each in ordered):
        more, then = _others(journeys, who, when)
        who, when = who + more, np.concatenate([when, then])
        treated = np.concatenate([treated, np.zeros(then.size, np.bool_)])
        propensity = np.concatenate([np.ones(len(ordered)), np.zeros(then.size)])
        stratum = np.concatenate([stratum, np.full(then.size, "", np.str_)])
    seen = watch(journeys, plan, wanted, who, when)
    return _kept(ordered, plan, seen, who, when, treated, propensity, stratum)


def _drawn_within(one: Intervention) -> str:
    """Name the draw: the same stratum is drawn anew in every plan."""
    return f"{one.wave}\x1f{one.stratum}"


def _kept(
    ordered: tuple[Intervention, ...],
    plan: StagePlan,
    seen: Watched,
    who: list[str],
    when: NDArray[np.int64],
    treated: NDArray[np.bool_],
    propensity: NDArray[np.float64],
    stratum: NDArray[np.str_],
) -> Decided:
    """Keep those whose outcome is known and was open at the decision."""
    decided_on = np.arange(len(who)) < len(ordered)
    keep = seen.there & seen.known & ~seen.already
    scores = _scores(ordered, len(who))
    columns, names = _covariates(plan, seen, scores)
    kept = np.flatnonzero(keep).tolist()
    ids = tuple(who[i] for i in kept)
    rows = Rows(
        ids,
        seen.outcome[keep],
        treated[keep],
        propensity[keep],
        stratum[keep],
        columns[keep],
        names,
        when[keep],
        np.array(ids, np.str_) if len(set(ids)) < len(ids) else None,
        waiting=int((seen.there & ~seen.known & ~seen.already & decided_on).sum()),
        already=int((seen.there & seen.already & decided_on).sum()),
        gone=int((~seen.there & decided_on).sum()),
        by_chance=any(each.drawn for each in ordered),
    )
    some = tuple(ordered[i] for i in kept if i < len(ordered))
    return Decided(rows, some, None if scores is None else scores[keep])


def _scores(ordered: tuple[Intervention, ...], n: int) -> NDArray[np.float64] | None:
    """Give the scores known at the decisions, where everyone has one."""
    told = [each.score for each in ordered]
    if len(told) < n or any(one is None for one in told):
        return None
    return np.array(told, np.float64)


def _covariates(
    plan: StagePlan, seen: Watched, scores: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Give what was known at the decision: what tells most comes first."""
    columns, names = [seen.before[:, -1]], [KNOWN_BEFORE[-1]]
    if scores is not None:
        columns, names = [scores, *columns], ["score", *names]
    columns += list(seen.before[:, :-1].T)
    names += KNOWN_BEFORE[:-1]
    for s, stage in enumerate(plan.stages[1:], start=1):
        columns.append((seen.stage == s).astype(np.float64))
        names.append(f"in {stage}")
    return np.column_stack(columns), tuple(names)


def _others(
    journeys: Journeys, chosen: list[str], when: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.int64]]:
    """Draw customers on whom nothing was decided, at the moments of those chosen."""
    ids = pa.concat_arrays([pa.array([], pa.string()), *(b.customer for b in journeys)])
    free = sorted(set(ids.to_pylist()) - set(chosen))
    if not free:
        return [], np.empty(0, np.int64)
    rng = np.random.default_rng(_SEED)
    moments = np.sort(when)
    each = rng.permutation(len(free))[: _OTHERS * len(chosen)]
    then = moments[rng.integers(0, moments.size, each.size)]
    return [free[i] for i in each.tolist()], then
