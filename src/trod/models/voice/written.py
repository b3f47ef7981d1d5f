"""What customers wrote: every touchpoint with a text, in a total order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import Journeys


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
    parts = [_of_batch(journeys, b) for b in range(len(journeys.batches))]
    texts = [text for said, *_ in parts for text in said]
    row, time_us, code, score = (
        np.concatenate([part[k] for part in parts] or [np.empty(0, np.int64)]) for k in range(1, 5)
    )
    who = [one for part in parts for one in part[5]]
    order = sorted(
        range(len(texts)), key=lambda i: (int(time_us[i]), who[i], texts[i], int(row[i]))
    )
    at = np.array(order, np.int64)
    return Written(
        tuple(texts[i] for i in order),
        row[at],
        time_us[at],
        code[at].astype(np.uint16),
        score[at].astype(np.int16),
        tuple(who[i] for i in order),
    )


def _of_batch(
    journeys: Journeys, number: int
) -> tuple[list[str], *tuple[NDArray[np.int64], ...], list[str]]:
    batch = journeys.batches[number]
    said = journeys.text(batch.row)
    at = np.array([i for i, text in enumerate(said) if text and not text.isspace()], np.int64)
    owner = np.searchsorted(batch.offsets, at, "right") - 1
    ids = batch.customer.take(owner).to_pylist() if at.size else []
    texts = [said[i] or "" for i in at.tolist()]
    return texts, batch.row[at], batch.time_us[at], batch.code[at], batch.score[at], ids
