"""The obvious, slow weighted sum: columns put on one scale, gaps beside them."""

import numpy as np

from trod.models.linear import Linear


def added(fitted: Linear, x: np.ndarray) -> np.ndarray:
    """Give what each column adds to each row."""
    value = x.astype(np.float64)
    value[:, fitted.logged] = np.log1p(np.maximum(value[:, fitted.logged], 0.0))
    gap = np.isnan(value)
    z = np.where(gap, 0.0, np.clip((value - fitted.mean) / fitted.spread, fitted.low, fitted.high))
    return z * fitted.weight + (gap - fitted.gap_mean) * fitted.gap_weight
