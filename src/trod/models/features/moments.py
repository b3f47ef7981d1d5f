"""The moments that features look back from: one row of a table for each customer and moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import Journeys


class Moments(NamedTuple):
    """The rows wanted of one batch: ascending by customer, then by moment."""

    customer: NDArray[np.int64]  # (n_rows,) index of the customer in the batch
    moment_us: NDArray[np.int64]  # (n_rows,)


def everyone_at(journeys: Journeys, moment_us: int) -> tuple[Moments, ...]:
    """Give one row for everyone who had a touchpoint up to a moment; one entry for each batch."""
    found = []
    for batch in journeys:
        began = np.full(batch.n_customers, moment_us + 1, np.int64)
        some = np.diff(batch.offsets) > 0
        began[some] = batch.time_us[batch.offsets[:-1][some]]
        who = np.flatnonzero(began <= moment_us)
        found.append(Moments(who, np.full(who.size, moment_us, np.int64)))
    return tuple(found)


def total(moments: Sequence[Moments]) -> int:
    """Say how many rows all batches ask for."""
    return sum(one.customer.size for one in moments)
