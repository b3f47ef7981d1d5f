"""Survey scores by stage and by the touchpoint before the answer, and who answered at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.answer import Answer, answer
from trod.analyses.interval import difference
from trod.analyses.metrics import figure as figures
from trod.analyses.metrics.counting import scale_of
from trod.analyses.metrics.figure import Figure
from trod.analyses.metrics.folds import which_answer
from trod.analyses.metrics.measure import of_answers
from trod.analyses.names import codes_of, wanted
from trod.analyses.spec import MetricSpec
from trod.analyses.unseen import any_row
from trod.fold import Sums
from trod.journeys.batch import NO_SCORE, JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import DONE, LEFT, OPEN, StagePlan, passages

STANDINGS: Final = ("open", "left", "done")


class ScoresByResult(NamedTuple):
    """Answers counted; the last column of `by_stage` and `by_name` holds scores on no scale."""

    by_stage: NDArray[np.int64]  # (n_stages + 1, n_answers + 1) last row: outside
    by_name: NDArray[np.int64]  # (n_names + 1, n_answers + 1) last row: nothing before
    customers: NDArray[np.int64]  # (n_stages + 1, 3) by furthest stage and open, left, done
    answered: NDArray[np.int64]  # (n_stages + 1, 3) of them, with an answer on the scale


@dataclass(frozen=True, slots=True, eq=False)
class ScoresByCounts(Sums):
    """The same, to be added."""

    by_stage: NDArray[np.int64]
    by_name: NDArray[np.int64]
    customers: NDArray[np.int64]
    answered: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScoresBy:
    """Answers at some touchpoints: where customers stood, and what they did last before."""

    vocabulary: Vocabulary
    plan: StagePlan
    touchpoints: tuple[str, ...]
    scores: tuple[int, ...]  # the mood that each answer is stored as, ascending

    def empty(self) -> ScoresByCounts:
        """Give the counts of no data."""
        stages, names = self.plan.n_stages + 1, len(self.vocabulary.touchpoints) + 1
        width = len(self.scores) + 1
        return ScoresByCounts(
            np.zeros((stages, width), np.int64),
            np.zeros((names, width), np.int64),
            np.zeros((stages, len(STANDINGS)), np.int64),
            np.zeros((stages, len(STANDINGS)), np.int64),
        )

    def read(self, batch: JourneyBatch) -> ScoresByCounts:
        """Count one batch."""
        state = self.empty()
        width = len(self.scores) + 1
        survey = wanted(batch.vocabulary, self.touchpoints)[batch.code]
        rows = np.flatnonzero(survey & (batch.score != NO_SCORE))
        answer = which_answer(batch.score[rows], self.scores)
        walked = passages(batch, self.plan)
        _count(state.by_stage, _or_last(walked.stage[rows], self.plan.n_stages), answer)
        before = _name_before(batch, survey, rows)
        _count(state.by_name, _or_last(before, len(self.vocabulary.touchpoints)), answer)
        spoke = np.zeros(batch.n_events, np.bool_)
        spoke[rows[answer < width - 1]] = True
        stage = _or_last(walked.furthest, self.plan.n_stages)
        standing = walked.status.astype(np.int64)  # OPEN, LEFT and DONE count up from 0
        _count(state.customers, stage, standing)
        some = any_row(spoke, batch.offsets)
        _count(state.answered, stage[some], standing[some])
        return state

    def finish(self, state: ScoresByCounts) -> ScoresByResult:
        """Name the tables."""
        return ScoresByResult(state.by_stage, state.by_name, state.customers, state.answered)


def _or_last(index: NDArray[np.int8] | NDArray[np.int64], last: int) -> NDArray[np.int64]:
    """Put what has no index into the last row."""
    return np.where(index < 0, last, index).astype(np.int64)


def _count(cells: NDArray[np.int64], row: NDArray[np.int64], column: NDArray[np.int64]) -> None:
    np.add.at(cells, (row, column), 1)


def _name_before(
    batch: JourneyBatch, survey: NDArray[np.bool_], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the last touchpoint of the same customer before some rows that is no such survey."""
    at = np.where(survey, -1, np.arange(batch.n_events))
    last = np.maximum.accumulate(at) if at.size else at
    first = batch.offsets[np.searchsorted(batch.offsets, rows, "right") - 1]
    found = last[rows]  # a survey row holds what came before it
    return np.where(found >= first, batch.code[np.maximum(found, 0)].astype(np.int64), -1)


class ScoresResult(NamedTuple):
    """One metric of answers, taken apart; each row is a figure with its n and interval."""

    metric: MetricSpec
    whole: Figure  # of all answers, as `trod metrics` gives it
    by_stage: tuple[tuple[str, Figure], ...]  # where customers stood when they answered
    by_name: tuple[tuple[str, Figure], ...]  # what they did last before, the most answers first
    who: tuple[tuple[str, str, Figure], ...]  # stage, standing: the share of customers who answered
    note: str  # for whom the figure speaks

    def columns(self) -> dict[str, Any]:
        """Give one row per figure; shares in millionths, NPS points too."""
        rows: list[tuple[str, str | None, Figure]] = [("all", None, self.whole)]
        rows += [("stage", name, figure) for name, figure in self.by_stage]
        rows += [("touchpoint before", name, figure) for name, figure in self.by_name]
        rows += [("who answered", f"{s}, {how}", figure) for s, how, figure in self.who]
        return {
            "by": [by for by, _, _ in rows],
            "name": [name for _, name, _ in rows],
            "value": [figure.value for _, _, figure in rows],
            "low": [figure.low for _, _, figure in rows],
            "high": [figure.high for _, _, figure in rows],
            "n": [figure.n for _, _, figure in rows],
        }


OUTSIDE: Final = "outside the journey"
NOTHING: Final = "nothing before"


def scores_by(journeys: Journeys, plan: StagePlan, spec: MetricSpec) -> Answer[ScoresResult]:
    """Take NPS, CSAT or CES apart by stage and by the last touchpoint before the answer.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey whose stages count.
    spec
        A metric of trod.yml of kind nps, csat or ces.

    Returns
    -------
    Answer
        With a `ScoresResult`. The parts of one table sum to all answers.

    Raises
    ------
    DefinitionError
        If the metric names a touchpoint that nobody had.

    Notes
    -----
    O(n_touchpoints). Answers are read as `trod.analyses.metrics` reads them. What customers did
    last before they answered is what they remember, not what moved them: association.
    """
    codes_of(journeys.vocabulary, spec.touchpoints)
    scores = figures.nps_moods() if spec.kind == "nps" else figures.scale_moods(*scale_of(spec))
    asked = ScoresBy(journeys.vocabulary, plan, spec.touchpoints, scores)
    found: ScoresByResult = fold.run({"it": asked}, journeys)["it"]
    stages, names = (*plan.stages, OUTSIDE), (*journeys.vocabulary.touchpoints, NOTHING)
    by_name = [(name, _figure(spec, row)) for name, row in zip(names, found.by_name, strict=True)]
    result = ScoresResult(
        spec,
        _figure(spec, found.by_stage.sum(axis=0)),
        tuple(
            (stage, figure)
            for stage, row in zip(stages, found.by_stage, strict=True)
            if (figure := _figure(spec, row)).n
        ),
        tuple(sorted((each for each in by_name if each[1].n), key=lambda it: (-it[1].n, it[0]))),
        _who(found, stages),
        _note(found),
    )
    return answer(
        "scores by",
        result,
        journeys,
        method="Stage: where customers stood when they answered. Before: their last touchpoint "
        "that is no survey of this metric. Who answered: customers by how far they got.",
    )


def _figure(spec: MetricSpec, counts: NDArray[np.int64]) -> Figure:
    return of_answers(spec, "all", [int(n) for n in counts[:-1]])


def _who(found: ScoresByResult, stages: tuple[str, ...]) -> tuple[tuple[str, str, Figure], ...]:
    """Give the share of customers who answered, where there is anyone."""
    return tuple(
        (stage, how, figures.of_share("all", int(found.customers[s, k]), int(found.answered[s, k])))
        for s, stage in enumerate(stages)
        for k, how in enumerate(STANDINGS)
        if found.customers[s, k]
    )


def _note(found: ScoresByResult) -> str:
    """Say for whom the figure speaks: who left may answer less often than who stayed."""
    whole, part = found.customers[:-1].sum(axis=0), found.answered[:-1].sum(axis=0)
    of_left, of_done = ((int(part[k]), int(whole[k])) for k in (LEFT, DONE))
    told = [
        f"{int(part[k]):,} of {int(whole[k]):,} {words} answered"
        for k, words in ((LEFT, "who left"), (DONE, "who are done"), (OPEN, "still there"))
        if whole[k]
    ]
    if not told:
        return "Nobody entered the journey."
    said = "; ".join(told)
    said = f"{said[0].upper()}{said[1:]}."
    if not (of_left[1] and of_done[1]):
        return said
    low, high = difference(of_done, of_left)
    if low > 0:
        return f"{said} Those who left answered less often: the figure speaks less for them."
    if high < 0:
        return f"{said} Those who are done answered less often: the figure speaks less for them."
    return f"{said} No difference found between those who left and those who are done."
