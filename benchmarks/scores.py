"""Scores: fitting a table, fitting outcomes of journeys, and scoring everyone.

    python -m benchmarks.scores FILE

Prints JSON: seconds that passed, seconds of the processor, and peak memory after each step. Loops
are compiled beforehand on a few rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.full_path import Steps
from benchmarks.peers.with_trod import JOURNEY, load
from trod.journeys.batch import Journeys
from trod.journeys.passage import compile_plan
from trod.models.features.build import features
from trod.models.ground import Ground
from trod.models.outcomes.fit import fit
from trod.models.outcomes.model import OutcomeModel
from trod.models.outcomes.scorer import train

ROWS: Final = 548_000
COLUMNS: Final = 100
STEPS_OF: Final = {
    "table": f"fit a table of {ROWS:,} rows by {COLUMNS} columns",
    "journeys": "fit leaving and completing on journeys",
    "score": "features and scores of everyone",
    "explain": "reasons of everyone",
}


def table(n: int, *, seed: int = 1) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Draw a table whose first ten columns foretell a label of one in seven."""
    random = np.random.default_rng(seed)
    x = random.standard_normal((n, COLUMNS), dtype=np.float32)
    x[:, 50:] = np.floor(np.exp(x[:, 50:]))
    x[random.random(x.shape) < 0.05] = np.nan
    odds = np.nan_to_num(x[:, :10]).sum(axis=1) * 0.4 - 2.2
    return x, random.random(n) < 1 / (1 + np.exp(-odds))


def of_journeys(journeys: Journeys, steps: Steps) -> None:
    """Fit on journeys, then score everyone who ever did anything."""
    plan = compile_plan(JOURNEY, journeys)
    with steps.step(STEPS_OF["journeys"]):
        fitted = fit(Ground(journeys, plan))
    model = OutcomeModel.of(fitted[0].stored)
    with steps.step(STEPS_OF["score"]):
        found = features(journeys, plan, None, model.catalog)
        model.probability(model.scorer.margin(found.values))
    with steps.step(STEPS_OF["explain"]):
        model.scorer.explain(found.values)


def main(file: str) -> None:
    """Measure everything and print it."""
    x, label = table(4_000)
    train(x, label).explain(x[:10])
    small = load(Path(file).with_name("200000.parquet"))
    of_journeys(small, Steps())
    steps = Steps()
    x, label = table(ROWS)
    with steps.step(STEPS_OF["table"]):
        train(x, label)
    del x, label
    of_journeys(load(Path(file)), steps)
    print(json.dumps(steps.taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
