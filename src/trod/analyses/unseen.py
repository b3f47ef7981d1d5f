"""Customers who went on elsewhere while something of theirs was not recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.names import codes_of, decode, encode
from trod.journeys.batch import JourneyBatch

BEFORE_US: Final = 28 * 86_400_000_000
"""How long before a gap a customer must have had the touchpoint to count as touched by it."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Customers who had one of some touchpoints shortly before a gap, and any other during it.

    They are a lower bound of those whose touchpoints are missing: only people who were seen
    elsewhere in the gap are certain to have been there.
    """

    names: tuple[str, ...]
    first_us: int  # the gap, its end not included
    end_us: int

    @property
    def key(self) -> str:
        """Such as ``unseen:NAME>NAME@FIRST-END``, times in microseconds UTC."""
        return f"unseen:{'>'.join(map(encode, self.names))}@{self.first_us}-{self.end_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is meant."""
        wanted = np.zeros(len(batch.vocabulary.touchpoints), np.bool_)
        wanted[list(codes_of(batch.vocabulary, self.names))] = True
        time = batch.time_us
        before = wanted[batch.code] & (time < self.first_us) & (time >= self.first_us - BEFORE_US)
        during = (time >= self.first_us) & (time < self.end_us)
        return any_row(before, batch.offsets) & any_row(during, batch.offsets)


def parse_unseen(rest: str) -> Unseen | None:
    """Read what stands after ``unseen:`` in a key; None where it is not written so."""
    names, at, span = rest.rpartition("@")
    first, dash, end = span.rpartition("-")
    if not (names and at and dash and _whole(first) and _whole(end)):
        return None
    return Unseen(tuple(decode(name) for name in names.split(">")), int(first), int(end))


def _whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 19


def any_row(rows: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which customers have any of some rows."""
    until = np.concatenate(([0], np.cumsum(rows)))
    return np.asarray(until[offsets[1:]] > until[offsets[:-1]], np.bool_)
