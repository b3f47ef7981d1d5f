"""A dense series of plain numbers, scored point by point as they come: by minute, by hour.

Customers are counted by day or week and judged by exact tails; see `trod.insights.watching.tails`.
Here is the same expectation for a series that counts nobody, such as a response time.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod._kernels.arrays import given
from trod._kernels.expecting import FREEDOM, MEAN, N_COLUMNS, NUMBER, SPREAD, expect
from trod.errors import DataError

HALF_LIFE: Final = 1_000
"""Points after which one weighs half."""
GAIN: Final = 0.05
MOST_SLOTS: Final = 96
LASTS: Final = 100
"""Points for which what was scored once is no news unless it is worse."""
_LEARNING: Final = 20
_DAY_S: Final = 86_400


def stream(
    seconds: ArrayLike, value: ArrayLike, *, half_life: float = HALF_LIFE, lasts: int = LASTS
) -> NDArray[np.float64]:
    """Score every point of a series by how far it lies from what its past foretold.

    Parameters
    ----------
    seconds
        Shape (n,). Moments in seconds, rising. Their median distance decides into how many parts a
        day is cut.
    value
        Shape (n,). Numbers.
    half_life
        Points after which one weighs half.
    lasts
        Points for which what was scored once is no news unless it is worse.

    Returns
    -------
    array
        Shape (n,). Standard deviations from what was expected, where it is further than in the 100
        points before; else 0: an alert is opened once.

    Raises
    ------
    DataError
        If the shapes differ, or a number is missing.

    Notes
    -----
    O(n). A point is scored before it is learned from.

    Examples
    --------
    >>> hours = np.arange(24 * 30) * 3600
    >>> daily = 10 + 5 * np.sin(hours / 86400 * 2 * np.pi)
    >>> daily[-5] += 4
    >>> int(np.argmax(stream(hours, daily))) == hours.size - 5
    True
    """
    at, x = np.asarray(seconds, np.int64), np.asarray(value, np.float64)
    if at.shape != x.shape or at.ndim != 1:
        raise DataError(f"seconds has shape {at.shape} and value {x.shape}: need equal (n,).")
    if not np.isfinite(x).all():
        bad = int(np.flatnonzero(~np.isfinite(x))[0])
        raise DataError(f"value[{bad}] is {x[bad]}: need numbers, and none missing.")
    out = np.zeros((1, x.size, N_COLUMNS))
    expect(
        given(x[None], np.float64),
        given(np.ones((1, x.size)), np.float64),
        given(_slots(at), np.int64),
        NUMBER,
        0.5 ** (1 / half_life),
        GAIN,
        0,
        out,
    )
    seen = out[0]
    far = np.abs(x - seen[:, MEAN]) / np.sqrt(np.maximum(seen[:, SPREAD], 1e-12))
    far[seen[:, FREEDOM] < _LEARNING] = 0.0
    return news(far, lasts)


def _slots(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Place moments in the day, cut into as many parts as points usually fall on it."""
    step = float(np.median(np.diff(seconds))) if seconds.size > 1 else _DAY_S
    n = max(1, min(round(_DAY_S / max(step, 1.0)), MOST_SLOTS))
    return seconds % _DAY_S * n // _DAY_S


def news(far: NDArray[np.float64], lasts: int = LASTS) -> NDArray[np.float64]:
    """Keep what is further off than all of the points before, 100 of them; 0 for the rest.

    Examples
    --------
    >>> news(np.array([1.0, 3.0, 2.0, 4.0])).tolist()
    [1.0, 3.0, 0.0, 4.0]
    """
    before = np.concatenate([np.zeros(lasts), far])
    recent = np.lib.stride_tricks.sliding_window_view(before, lasts)[: far.size].max(
        axis=1, initial=0
    )
    return np.where(far > recent, far, 0.0)
