"""Every question the map asks, answered in one pass over the journeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.emotion import Emotion, EmotionResult
from trod.analyses.names import encode
from trod.analyses.stages import Stages, StagesResult
from trod.analyses.touch import Touches, TouchResult
from trod.fold import Sums
from trod.insights.losses import Losses, LossesResult, months_of
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.label import units
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.spec import JourneySpec


class Answers(NamedTuple):
    """What the map, its frictions and its headline are made of."""

    journeys: Journeys
    spec: JourneySpec
    plan: StagePlan  # remembers the passages of each batch
    months: tuple[int, ...]
    stages: StagesResult
    touches: TouchResult
    emotion: EmotionResult
    losses: LossesResult
    channel: tuple[str | None, ...]  # (n_names,) where each touchpoint mostly happens

    @property
    def unit(self) -> str:
        """The word for those who make the journey: customers or accounts."""
        return units(self.journeys.unit)

    def base_key(self, stage: int) -> str:
        """Give the key of those whom shares of a stage are of: see `StagesResult.base`."""
        kind = "in" if self.plan.is_optional(stage) else "reached"
        return f"{kind}:{encode(self.plan.stages[stage])}"


@dataclass(frozen=True, slots=True, eq=False)
class ChannelCounts(Sums):
    """Touchpoints by name and channel."""

    cells: NDArray[np.int64]  # (n_names, n_channels + 1) the last column is unknown


@dataclass(frozen=True, slots=True)
class Channels:
    """The channel in which each touchpoint mostly happens."""

    vocabulary: Vocabulary

    def empty(self) -> ChannelCounts:
        """Give the counts of no data."""
        shape = len(self.vocabulary.touchpoints), len(self.vocabulary.channels) + 1
        return ChannelCounts(np.zeros(shape, np.int64))

    def read(self, batch: JourneyBatch) -> ChannelCounts:
        """Count one batch."""
        state = self.empty()
        width = state.cells.shape[1]
        cell = np.minimum(batch.channel, width - 1).astype(np.int64)
        cell += batch.code.astype(np.int64) * width
        state.cells[:] = np.bincount(cell, minlength=state.cells.size).reshape(state.cells.shape)
        return state

    def finish(self, state: ChannelCounts) -> tuple[str | None, ...]:
        """Name the most frequent channel; the first of equals; None where it is unknown."""
        known = (None if name in {"", "unknown"} else name for name in self.vocabulary.channels)
        names = (*known, None)
        return tuple(names[i] for i in state.cells.argmax(axis=1))


def ask(journeys: Journeys, spec: JourneySpec, plan: StagePlan | None = None) -> Answers:
    """Compile a journey, or take its plan, and answer every question of its map in one pass.

    Raises
    ------
    DefinitionError
        If the definition names what the data do not have.
    """
    plan = plan or compile_plan(spec, journeys).remembering()
    months = months_of(journeys)
    found = fold.run(
        {
            "stages": Stages(plan),
            "touches": Touches(journeys.vocabulary, plan),
            "emotion": Emotion(journeys.vocabulary, plan),
            "losses": Losses(journeys.vocabulary, plan, months),
            "channel": Channels(journeys.vocabulary),
        },
        journeys,
    )
    return Answers(journeys, spec, plan, months, **found)
