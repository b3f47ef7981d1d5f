"""What customers will still spend: one row each, and all together, as both models give it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.models.card import Measure

DRAWS: Final = 200
"""How often what may happen is drawn, for intervals."""
ENDS: Final = (0.025, 0.975)


class Outlook(NamedTuple):
    """Customers with a purchase, in order of their ids; money in the unit of the currency."""

    customer: pa.StringArray  # (n,)
    purchases: NDArray[np.int64]  # (n,) so far
    spent: NDArray[np.float64]  # (n,) so far
    alive: NDArray[np.float64]  # (n,) chance that they have not left
    expected_purchases: NDArray[np.float64]  # (n,) within the horizon
    expected: NDArray[np.float64]  # (n,) money within the horizon, discounted
    total: float
    total_low: float  # 95 % interval, of the parameters and of what may happen
    total_high: float
    remarks: tuple[str, ...] = ()

    def top(self, n: int) -> NDArray[np.int64]:
        """Give the rows of the customers with the most to come, if anything; equal ones by id."""
        order = np.argsort(-self.expected, kind="stable")
        return order[: min(n, int(np.count_nonzero(self.expected > 0)))]


def mean_error(
    name: str,
    model: NDArray[np.float64],
    simple: NDArray[np.float64],
    actual: NDArray[np.float64],
    words: str,
) -> Measure:
    """Measure how far predictions are off, on average over customers, beside a simple way."""
    off = np.abs(model - actual)
    half = 1.96 * float(off.std(ddof=1)) / float(np.sqrt(off.size)) if off.size > 1 else 0.0
    mean = float(off.mean())
    beside = float(np.abs(simple - actual).mean())
    return Measure(
        name,
        round(mean, 6),
        int(off.size),
        round(mean - half, 6),
        round(mean + half, 6),
        words,
        round(beside, 6),
        higher_is_better=False,
    )


def whole(model: NDArray[np.float64], simple: NDArray[np.float64], actual: float) -> Measure:
    """Measure the predicted sum against what came: 1 is right."""
    return Measure(
        "predicted total, of the actual",
        round(float(model.sum()) / actual, 6),
        int(model.size),
        baseline="the simple way",
        baseline_value=round(float(simple.sum()) / actual, 6),
    )
