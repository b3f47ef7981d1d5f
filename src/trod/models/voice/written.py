"""What customers wrote: every touchpoint with a text, in a total order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch, Journeys


class Written(NamedTuple):
    """Texts by moment, then by row of the log; the order of arrival shows nowhere else."""

    text: tuple[str, ...]
    row: NDArray[np.int64]  # (n,) of the log
    time_us: NDArray[np.int64]  # (n,)
    code: NDArray[np.uint16]  # (n,) touchpoint
    score: NDArray[np.int16]  # (n,) as it stands in the journeys, or NO_SCORE
    customer: tuple[str, ...]  # (n,) canonical ids

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.text)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Written:
        """Give some of them."""
        at = np.arange(self.n)[which]
        return Written(
            tuple(self.text[i] for i in at),
            self.row[at],
            self.time_us[at],
            self.code[at],
            self.score[at],
            tuple(self.customer[i] for i in at),
        )


def written(journeys: Journeys) -> Written:
    """Read every text of the journeys from the log.

    Notes
    -----
    Reads the whole text column, some tenths of a second for a million touchpoints without text.
    Texts of nobody are in no journey and are not read. Ordered by moment, customer and text, so
    that the same data give the same order whatever came first.
    """
    parts = [_of_batch(journeys, batch) for batch in journeys]
    every = Written(
        tuple(text for part in parts for text in part.text),
        np.concatenate([np.empty(0, np.int64), *(part.row for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.time_us for part in parts)]),
        np.concatenate([np.empty(0, np.uint16), *(part.code for part in parts)]),
        np.concatenate([np.empty(0, np.int16), *(part.score for part in parts)]),
        tuple(one for part in parts for one in part.customer),
    )
    moments, rows = every.time_us.tolist(), every.row.tolist()
    keys = list(zip(moments, every.customer, every.text, rows, strict=True))
    return every.take(np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64))


def _of_batch(journeys: Journeys, batch: JourneyBatch) -> Written:
    said = journeys.text(batch.row)
    at = np.array([i for i, text in enumerate(said) if text and not text.isspace()], np.int64)
    owner = np.searchsorted(batch.offsets, at, "right") - 1
    return Written(
        tuple(said[i] or "" for i in at.tolist()),
        batch.row[at],
        batch.time_us[at],
        batch.code[at],
        batch.score[at],
        tuple(batch.customer.take(owner).to_pylist() if at.size else ()),
    )
