"""Trod: the public functions of its rooms over journeys held in memory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

import trod
from benchmarks.data import COUNTED, FUNNEL, LONG, STEPS, TOP, WINDOW_DAYS
from trod.analyses.funnel import FunnelResult, funnel
from trod.analyses.step_matrix import StepMatrixResult, step_matrix
from trod.analyses.transitions import TransitionsResult, transitions
from trod.analyses.variants import PathsResult, paths
from trod.insights.compose import journey_map
from trod.insights.journey_map import JourneyMap
from trod.journeys.batch import Journeys
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec, Stage
from trod.models.features.build import features
from trod.models.features.catalog import Catalog, catalog
from trod.models.features.counted import Touchpoints
from trod.models.features.table import FeatureTable

TITLE = f"Trod {trod.__version__}"
JOURNEY = JourneySpec(
    name="Benchmark",
    stages=tuple(Stage(name=f"Stage {i}", enter_on=(name,)) for i, name in enumerate(FUNNEL)),
    success=("touchpoint 12",),
    failure=("touchpoint 20",),
    converts_within=timedelta(days=90),
    left_after=timedelta(days=30),
)


def load(path: Path) -> Journeys:
    """Read the file into journeys: customers, codes and times, sorted."""
    return from_arrow(pq.ParquetFile(path).iter_batches(1 << 20))


def size(journeys: Journeys) -> list[int]:
    """Touchpoints and customers."""
    return [journeys.n_events, journeys.n_customers]


def _transitions(journeys: Journeys) -> TransitionsResult:
    return transitions(journeys, times=False).data


def _edge_times(journeys: Journeys) -> TransitionsResult:
    return transitions(journeys).data


def _funnel(journeys: Journeys) -> FunnelResult:
    return funnel(journeys, FUNNEL, attempt="first").data


def _funnel_in_time(journeys: Journeys) -> FunnelResult:
    return funnel(journeys, FUNNEL, within=timedelta(days=WINDOW_DAYS), attempt="first").data


def _step_matrix(journeys: Journeys) -> StepMatrixResult:
    return step_matrix(journeys, steps=STEPS).data


def _variants(journeys: Journeys) -> PathsResult:
    return paths(journeys, top=TOP).data


def _features(journeys: Journeys) -> FeatureTable:
    chosen = Catalog((Touchpoints(COUNTED, len(LONG)),))
    return features(journeys, compile_plan(JOURNEY, journeys), None, chosen)


def _features_of_all_families(journeys: Journeys) -> FeatureTable:
    plan = compile_plan(JOURNEY, journeys)
    return features(journeys, plan, None, catalog(journeys, plan))


def _sums(found: FeatureTable) -> list[int]:
    """Sum every count; of days since the last one, who has had one."""
    days = [feature.unit == "days" for feature in found.features]
    there = (~np.isnan(found.values)).sum(axis=0)
    counts = np.nan_to_num(found.values).sum(axis=0, dtype=np.float64)
    return [int(x) for x in np.where(days, there, counts)]


def _whole_map(journeys: Journeys) -> JourneyMap:
    return journey_map(journeys, JOURNEY)


def _plain(found: TransitionsResult, *extra: Any) -> list[list[Any]]:
    end = len(found.names)
    columns = zip(found.source, found.target, found.n, *extra, strict=True)
    return sorted(
        [found.names[a], found.names[b], *(int(n) for n in rest)]
        for a, b, *rest in columns
        if a < end and b < end
    )


QUESTIONS = {
    "transitions": (_transitions, _plain),
    "edge times": (_edge_times, lambda found: _plain(found, found.median_us)),
    "step matrix": (
        _step_matrix,
        lambda found: sorted(
            [step + 1, found.name[k], int(n)]
            for step, row in enumerate(found.customers)
            for k, n in enumerate(row)
            if n
        ),
    ),
    "funnel": (_funnel, lambda found: found.reached.tolist()),
    "funnel in 7 days": (_funnel_in_time, lambda found: found.reached.tolist()),
    "variants": (
        _variants,
        lambda found: sorted(
            ([list(path), int(n)] for path, n in zip(found.path, found.customers, strict=True)),
            key=str,
        ),
    ),
    "features": (_features, _sums),
    "features of all families": (_features_of_all_families, lambda found: found.n),
    "whole map": (_whole_map, lambda made: made.entered.n),
}
