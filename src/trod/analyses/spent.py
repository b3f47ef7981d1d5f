"""Money on record, customer by customer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import NO_VALUE, JourneyBatch


def spent(batch: JourneyBatch) -> NDArray[np.int64]:  # (n_customers,)
    """Give the money of all touchpoints of each customer, in millionths; 0 where none has any.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob"], "touchpoint": ["buy", "call", "call"],
    ...     "time": [0, 1, 2], "value": [5_000_000, None, None],
    ... }))
    >>> [int(micros) for batch in journeys for micros in spent(batch)]
    [5000000, 0]
    """
    value = np.where(batch.value == NO_VALUE, 0, batch.value)
    so_far = np.concatenate([[0], np.cumsum(value)])[batch.offsets]
    return np.asarray(np.diff(so_far), np.int64)
