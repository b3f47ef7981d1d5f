"""How customers feel at each touchpoint: mean score with its interval, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.stages import sum_scores
from trod.analyses.answer import Answer, answer
from trod.analyses.interval import mean_interval
from trod.fold import Sums
from trod.journeys.batch import NO_SCORE, JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import StagePlan, passages

ENOUGH = 10
"""Fewer scores than this say nothing: unknown, which is not neutral."""


class EmotionResult(NamedTuple):
    """Cell [s, k] is touchpoint k in stage s; the last row is everything outside the passage."""

    stage: tuple[str | None, ...]  # (n_stages + 1,) None is outside
    name: tuple[str, ...]
    n: NDArray[np.int64]  # (n_stages + 1, n_names) scores
    known: NDArray[np.bool_]  # (n_stages + 1, n_names) whether there are enough to say
    mean: NDArray[np.float64]  # (n_stages + 1, n_names) -1 to 1; 0 where not known
    low: NDArray[np.float64]  # 95 % interval; 0 where not known
    high: NDArray[np.float64]
    by_stage: Moods  # the same per stage, all touchpoints together
    by_name: Moods  # the same per touchpoint, all stages and outside together

    def columns(self) -> dict[str, Any]:
        """Give one row per stage and touchpoint that anyone scored."""
        s, k = np.nonzero(self.n)
        known = self.known[s, k]

        def told(values: NDArray[np.float64]) -> list[float | None]:
            pairs = zip(values[s, k].tolist(), known, strict=True)
            return [round(value, 6) if sure else None for value, sure in pairs]

        return {
            "stage": [self.stage[i] for i in s],
            "touchpoint": [self.name[i] for i in k],
            "n": self.n[s, k],
            "mean": told(self.mean),
            "low": told(self.low),
            "high": told(self.high),
        }


class Moods(NamedTuple):
    """Means of several groups of scores with their 95 % intervals; 0 where not known."""

    n: NDArray[np.int64]
    known: NDArray[np.bool_]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSums(Sums):
    """Sums of integer scores, -1000 to 1000, per stage and touchpoint."""

    sums: NDArray[np.int64]  # (n_stages + 1, n_names, 3) n, sum, sum of squares


@dataclass(frozen=True, slots=True)
class Emotion:
    """Scores per stage and touchpoint; without a plan everything is outside."""

    vocabulary: Vocabulary
    plan: StagePlan | None = None
    enough: int = ENOUGH

    def empty(self) -> ScoreSums:
        """Give the sums of no data."""
        n_stages = self.plan.n_stages if self.plan else 0
        return ScoreSums(np.zeros((n_stages + 1, len(self.vocabulary.touchpoints), 3), np.int64))

    def read(self, batch: JourneyBatch) -> ScoreSums:
        """Sum one batch."""
        state = self.empty()
        stage = (
            passages(batch, self.plan).stage if self.plan else np.full(batch.n_events, -1, np.int8)
        )
        sum_scores(
            given(batch.code, np.uint16),
            given(stage, np.int8),
            given(batch.score, np.int16),
            NO_SCORE,
            state.sums,
        )
        return state

    def finish(self, state: ScoreSums) -> EmotionResult:
        """Work out means and intervals."""
        cells = moods(state.sums, self.enough)
        return EmotionResult(
            stage=(*(self.plan.stages if self.plan else ()), None),
            name=self.vocabulary.touchpoints,
            n=cells.n,
            known=cells.known,
            mean=cells.mean,
            low=cells.low,
            high=cells.high,
            by_stage=moods(state.sums.sum(axis=1), self.enough),
            by_name=moods(state.sums.sum(axis=0), self.enough),
        )


def moods(sums: NDArray[np.int64], enough: int) -> Moods:
    """Turn sums, shape (..., 3), into means on -1 to 1 with 95 % intervals."""
    n, total, squares = sums[..., 0], sums[..., 1], sums[..., 2]
    known = n >= max(enough, 2)
    mean, low, high = (np.zeros(n.shape) for _ in range(3))
    found = mean_interval(n[known], total[known], squares[known])
    for out, value in zip((mean, low, high), found, strict=True):
        out[known] = np.clip(value / 1000, -1, 1)
    return Moods(n, known, mean, low, high)


def emotion(
    journeys: Journeys, plan: StagePlan | None = None, *, enough: int = ENOUGH
) -> Answer[EmotionResult]:
    """Average what customers said about each touchpoint, with an interval, per stage.

    Scores come from survey answers and from text; `trod.events` says how. Touchpoints with fewer
    than `enough` scores are unknown, which is not the same as neutral.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey whose stages to tell apart; None for one row per touchpoint.
    enough
        How many scores it takes to say anything; at least 2.

    Returns
    -------
    Answer
        With an `EmotionResult`.

    Notes
    -----
    O(n_touchpoints). The interval is Student's t on the mean of the scores; scores of one customer
    are taken as independent.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "bob", "cid"],
    ...     "touchpoint": ["call", "call", "call"],
    ...     "time": [0, 0, 0],
    ...     "score": pa.array([-400, -300, -200], pa.int16()),
    ... }))
    >>> emotion(journeys).data.by_name.known, emotion(journeys, enough=3).data.by_name.mean
    (array([False]), array([-0.3]))
    """
    result = fold.run({"it": Emotion(journeys.vocabulary, plan, enough)}, journeys)["it"]
    silent = [] if result.n.any() else ["Nobody scored anything: all moods are unknown."]
    return answer(
        "emotion",
        result,
        journeys,
        method=f"Mean score from -1 to 1 with a 95 % interval; fewer than {enough} is unknown.",
        warnings=silent,
    )
