"""What models look at: one row for each customer and moment, one column for each feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Unit = Literal["count", "days", "share", "money", "score", "yes or no", "number"]


class Feature(NamedTuple):
    """One feature, and how people speak of it."""

    key: str  # such as "count:Support ticket@30d"
    words: str  # such as "Support ticket, times in the last 30 days"
    unit: Unit
    group: str  # such as "tempo", "support", "money": what it tells about


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """Features of some customers, each as of a moment.

    A row knows nothing that happened later than its moment: `features` reads only touchpoints with
    ``time_us <= moment_us``. NaN means that there is nothing to say, such as the days since a
    touchpoint that never was; it is never a zero in disguise, nor the other way round.
    """

    features: tuple[Feature, ...]
    values: NDArray[np.float32]  # (n_rows, n_features)
    customer: pa.StringArray  # (n_rows,) canonical ids
    moment_us: NDArray[np.int64]  # (n_rows,) microseconds UTC

    @property
    def n(self) -> int:
        """How many rows there are."""
        return int(self.values.shape[0])

    def column(self, key: str) -> NDArray[np.float32]:
        """Give the column of a feature by its key, (n_rows,)."""
        keys = [feature.key for feature in self.features]
        return self.values[:, keys.index(key)]
