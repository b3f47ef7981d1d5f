"""Two halves of the customers: a threshold is chosen on one and judged on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod.journeys.batch import JourneyBatch

CHOSEN_ON, JUDGED_ON = 0, 1
_NAMES: Final = ("first", "second")


def half_of(batch: JourneyBatch) -> NDArray[np.uint8]:
    """Give the half of each customer, by a hash of the id, (n_customers,)."""
    ids = batch.customer.to_pylist()
    return given(np.array([crc32(i.encode()) >> 16 & 1 for i in ids], np.uint8), np.uint8)


@dataclass(frozen=True, slots=True)
class Half:
    """Customers of one half."""

    half: int

    @property
    def key(self) -> str:
        """Either ``half:first`` or ``half:second``."""
        return f"half:{_NAMES[self.half]}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is in it."""
        return np.asarray(half_of(batch) == self.half, np.bool_)


def parse_half(rest: str) -> Half | None:
    """Read what follows ``half:`` in a key."""
    return Half(_NAMES.index(rest)) if rest in _NAMES else None
