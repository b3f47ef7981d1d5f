"""A fitted outcome score: everything needed to score, explain and watch it, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.models.calibration import Calibration
from trod.models.features.catalog import Catalog
from trod.models.outcomes.scorer import Scorer, part
from trod.models.outcomes.spec import OutcomeSpec
from trod.models.outcomes.timing import Timing
from trod.models.stored import Stored

Floats = NDArray[np.float64]
SORT: Final = "score"


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeModel:
    """What `fit` makes of one outcome."""

    spec: OutcomeSpec
    unit: str  # "person" or "account"
    journey: str
    catalog: Catalog  # of the features it uses
    scorer: Scorer
    calibration: Calibration
    timing: Timing
    high: float | None  # log-odds from which customers are pointed out; None where nothing is sure
    passed: bool  # the backtest
    usual: Floats  # (n_used,) middle value of each used feature among those asked about
    sample: NDArray[np.float32]  # (n_sample, n_used) customers at risk when it was fitted
    margins: Floats  # (n_sample,) their log-odds
    tested: NDArray[
        np.float32
    ]  # (n_tested, 2) probability said beforehand in the backtest, outcome

    def probability(self, margin: Floats) -> Floats:
        """Give the probabilities of log-odds, (n_rows,)."""
        return self.calibration.probability(margin)

    def stored(self) -> Stored:
        """Give it as plain arrays and facts."""
        facts: dict[str, Any] = {
            "sort": SORT,
            "spec": self.spec.told(),
            "unit": self.unit,
            "journey": self.journey,
            "catalog": self.catalog.told(),
            "library": self.scorer.library,
            "how": self.calibration.how,
            "high": self.high,
            "passed": self.passed,
        }
        parts: dict[str, dict[str, NDArray[Any]]] = {
            "calibration": self.calibration.arrays(),
            "timing": self.timing.arrays(),
        }
        arrays = {f"{p}.{k}": a for p, told in parts.items() for k, a in told.items()}
        own: dict[str, NDArray[Any]] = {
            "usual": self.usual,
            "sample": self.sample,
            "margins": self.margins,
            "tested": self.tested,
        }
        return Stored(facts, {**self.scorer.arrays(), **arrays, **own})

    @classmethod
    def of(cls, stored: Stored) -> OutcomeModel:
        """Read what `stored` gave.

        Raises
        ------
        StoreError
            If the arrays do not fit together.
        """
        facts, arrays = stored.facts, stored.arrays
        return cls(
            OutcomeSpec.read(facts["spec"]),
            facts["unit"],
            facts["journey"],
            Catalog.of(facts["catalog"]),
            Scorer.of(arrays, facts["library"]),
            Calibration.of(part(arrays, "calibration"), facts["how"]),
            Timing.of(part(arrays, "timing")),
            facts["high"],
            facts["passed"],
            *(np.asarray(arrays[name]) for name in ("usual", "sample", "margins", "tested")),
        )
