"""What a method gets to share out, and what it gives back."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Weights(NamedTuple):
    """How often each path was gone: as on record, or in one resample."""

    conversions: NDArray[np.float64]  # (n_paths,)
    nulls: NDArray[np.float64]  # (n_paths,)
    value: NDArray[np.float64]  # (n_paths,)


class Method(Protocol):
    """One way of sharing conversions out among the steps of their paths, made ready for a table."""

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Give each name its part of conversions and value, (2, n_names), in any scale."""
        ...
