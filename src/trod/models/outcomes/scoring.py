"""Everyone who is at risk of an outcome now, with a score: all of them, or those who have news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.at_risk import digests
from trod.analyses.periods import day_of, midnight_us
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.build import features
from trod.models.features.moments import Moments
from trod.models.features.table import FeatureTable
from trod.models.outcomes.landmarks import Landmarks, standing
from trod.models.outcomes.model import OutcomeModel
from trod.models.outcomes.outcome import outcome

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One row for each customer at risk, by canonical id within each batch."""

    customer: pa.StringArray  # (n,)
    margin: Floats  # (n,) log-odds before calibration: what ranks them
    probability: Floats  # (n,)
    stage: NDArray[np.int8]  # (n,)
    days: NDArray[np.float32]  # (n,) in the stage
    n_touchpoints: Ints  # (n,)
    digest: Ints  # (n,) of the rows of the log: another one where anything came, moved or went
    fresh: int  # how many were looked at; the rest had no news since the scores before

    @property
    def n(self) -> int:
        """How many customers there are."""
        return self.margin.size


def score(
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    moment_us: int,
    *,
    before: Scores | None = None,
) -> Scores:
    """Score everyone who is at risk at a moment.

    Parameters
    ----------
    journeys, plan
        The data, and the stages.
    model
        The score.
    moment_us
        Such as the end of the last day on record.
    before
        Scores of the same model at the same moment: only customers with news since then are looked
        at again. What is not in their touchpoints is not in their scores, so the result is the same
        as without.

    Notes
    -----
    O(n_touchpoints) to see who has news; then for those, as `features`.
    """
    compiled = outcome(model.spec, plan, journeys.vocabulary)
    rows = standing(journeys, plan, compiled, moment_us)
    ids = [
        batch.customer.take(pa.array(moments.customer))
        for batch, moments in zip(journeys, rows.moments, strict=True)
    ]
    customer = pa.concat_arrays([pa.array([], pa.string()), *ids])
    n_touchpoints, digest = _digests(journeys, rows)
    margin, days = np.empty(len(customer)), np.empty(len(customer), np.float32)
    new = np.ones(len(customer), np.bool_)
    if before is not None:
        at = _same(customer, n_touchpoints, digest, rows.stage, before)
        new = at < 0
        margin[~new], days[~new] = before.margin[at[~new]], before.days[at[~new]]
    table = _looked(journeys, plan, model, rows, new)
    margin[new] = model.scorer.margin(table.values)
    days[new] = table.column("stage:days")
    return Scores(
        customer,
        margin,
        model.probability(margin),
        rows.stage,
        days,
        n_touchpoints,
        digest,
        int(new.sum()),
    )


def _looked(
    journeys: Journeys,
    plan: StagePlan,
    model: OutcomeModel,
    rows: Landmarks,
    new: NDArray[np.bool_],
) -> FeatureTable:
    """Look at some of the rows."""
    wanted, base = [], 0
    for one in rows.moments:
        keep = new[base : base + one.customer.size]
        wanted.append(Moments(one.customer[keep], one.moment_us[keep]))
        base += one.customer.size
    return features(journeys, plan, wanted, model.catalog)


def _digests(journeys: Journeys, rows: Landmarks) -> tuple[Ints, Ints]:
    """Give how many touchpoints each customer has, and a digest of which."""
    counts, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for batch, one in zip(journeys, rows.moments, strict=True):
        out = np.empty(batch.n_customers, np.int64)
        digests(
            given(batch.offsets, np.int64),
            given(batch.row, np.int64),
            given(batch.time_us, np.int64),
            given(batch.code, np.uint16),
            out,
        )
        counts.append(np.diff(batch.offsets)[one.customer])
        found.append(out[one.customer])
    return np.concatenate(counts), np.concatenate(found)


def _same(
    customer: pa.StringArray,
    n_touchpoints: Ints,
    digest: Ints,
    stage: NDArray[np.int8],
    before: Scores,
) -> Ints:
    """Say where each customer stands in scores of before who has no news since; -1 of the rest."""
    place = {name: k for k, name in enumerate(before.customer.to_pylist())}
    at = np.array([place.get(name, -1) for name in customer.to_pylist()], np.int64)
    some = np.flatnonzero(at >= 0)
    was = at[some]
    alike = (
        (before.n_touchpoints[was] == n_touchpoints[some])
        & (before.digest[was] == digest[some])
        & (before.stage[was] == stage[some])
    )
    at[some[~alike]] = -1
    return at


def end_of_day(moment_us: int, zone: str) -> int:
    """Give the first moment of the next day: scores are of whole days.

    Examples
    --------
    >>> end_of_day(5, "UTC")
    86400000000
    """
    place = ZoneInfo(zone)
    return midnight_us(day_of(moment_us, place) + timedelta(days=1), place)
