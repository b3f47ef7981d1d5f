"""What moves the scores of some customers, and what changed since an earlier moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.build import features
from trod.models.features.moments import Moments
from trod.models.features.table import FeatureTable
from trod.models.outcomes.model import OutcomeModel
from trod.models.outcomes.reasons import Reason, reasons


class Explained(NamedTuple):
    """Why one customer has a score."""

    reasons: tuple[Reason, ...]
    changed: tuple[Reason, ...]  # since the earlier moment; empty without one


def explained(
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    customers: Sequence[str],
    moment_us: int,
    *,
    then_us: int | None = None,
) -> dict[str, Explained]:
    """Explain the scores of some customers.

    Parameters
    ----------
    journeys, plan, model
        The data, the stages, and the score.
    customers
        Canonical ids.
    moment_us
        As of which they are scored.
    then_us
        The moment to compare with: what was known then is looked at by the same score, so that
        what changed is the customer and not the model.

    Notes
    -----
    Contributions are exact: they add up to the log-odds of the score.
    """
    if not customers:
        return {}
    now = _looked(journeys, plan, model, customers, moment_us)
    used = now.values[:, model.scorer.columns]
    named = [now.features[k] for k in model.scorer.columns.tolist()]
    adds = model.scorer.explain(now.values)
    was = None if then_us is None else _looked(journeys, plan, model, customers, then_us)
    found = {}
    for i, name in enumerate(now.customer.to_pylist()):
        told = reasons(named, used[i], adds[i], model.usual)
        changed: tuple[Reason, ...] = ()
        if was is not None:
            then = was.values[i : i + 1]
            gained = adds[i] - model.scorer.explain(then)[0]
            before = then[0, model.scorer.columns].astype(np.float64)
            changed = reasons(named, used[i], gained, before, most=2, moved=True)
        found[name] = Explained(told, changed)
    return found


def _looked(
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    customers: Sequence[str],
    moment_us: int,
) -> FeatureTable:
    """Look at some customers as of a moment."""
    wanted, rows = pa.array(sorted(customers), pa.string()), []
    for batch in journeys:
        at = np.flatnonzero(pc.is_in(batch.customer, value_set=wanted).to_numpy(False))
        rows.append(Moments(at, np.full(at.size, moment_us, np.int64)))
    return features(journeys, plan, rows, model.catalog)
