"""Some of the journeys, as if there were no others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.predicate import Predicate


def subset(journeys: Journeys, predicate: Predicate) -> Journeys:
    """Give the journeys of the customers whom a predicate means.

    The span of the record is that of all journeys: "as of now" means the same for a part as for
    the whole, so that counts of parts add up to those of the whole.

    Notes
    -----
    O(n_touchpoints): the rows are copied.

    Examples
    --------
    >>> from trod.analyses.predicate import Did
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob"],
    ...     "touchpoint": ["visit", "buy", "visit"],
    ...     "time": [0, 10, 20],
    ... }))
    >>> some = subset(journeys, Did("buy"))
    >>> some.n_customers, some.n_events, some.span_us()
    (1, 2, (0, 20))
    """
    return journeys.of([_of(batch, predicate.mask(batch)) for batch in journeys])


def _of(batch: JourneyBatch, wanted: NDArray[np.bool_]) -> JourneyBatch:
    size = np.diff(batch.offsets)
    rows = np.flatnonzero(np.repeat(wanted, size))
    offsets = np.concatenate([[0], np.cumsum(size[wanted])]).astype(np.int64)
    return batch.part(batch.customer.take(pa.array(np.flatnonzero(wanted))), offsets, rows)
