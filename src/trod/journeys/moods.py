"""Moods of what customers wrote, read by something other than the lexicon of the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import NO_SCORE, JourneyBatch, Journeys

AS_IT_IS: Final = NO_SCORE + 1
"""A row whose score in the log stands: a survey answer, or no text."""


@dataclass(frozen=True, slots=True, eq=False)
class Moods:
    """Scores of texts, laid over those of the log."""

    speaker: str  # such as "sentiment, version 3"
    by_row: NDArray[np.int16]  # (n_rows_of_log,) from -1000 to 1000, or AS_IT_IS
    touchpoints: frozenset[str] | None = None  # where it speaks; None for everywhere

    def over(self, journeys: Journeys) -> Journeys:
        """Give the same journeys with these moods; the log is left as it is."""
        return replace(
            journeys, batches=[self._over(batch) for batch in journeys.batches], moods=self
        )

    def _over(self, batch: JourneyBatch) -> JourneyBatch:
        told = self.by_row[batch.row]
        spoken = self.speaks(batch)
        return replace(batch, score=np.where(spoken, told, batch.score))

    def speaks(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say which scores of a batch are read by it, shape (n_events,)."""
        spoken = self.by_row[batch.row] != AS_IT_IS
        if self.touchpoints is not None:
            names = batch.vocabulary.touchpoints
            spoken &= np.array([name in self.touchpoints for name in names], np.bool_)[batch.code]
        return np.asarray(spoken, np.bool_)
