"""The fold behind comparisons: every figure of every period, by kind of customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.summed import add_up
from trod.analyses.changes.kinds import Kinds
from trod.analyses.changes.measures import MOST_CALLS, SETTLED_US, Measure, Spans
from trod.analyses.metrics.figure import nps_moods
from trod.analyses.metrics.folds import reached_us
from trod.analyses.occupancy import places
from trod.analyses.retention import entry_us
from trod.analyses.stall import left_us
from trod.fold import Sums
from trod.journeys.batch import NO_SCORE, NO_VALUE, JourneyBatch
from trod.journeys.passage import NEVER, OPEN, Passages, StagePlan, passages

N, TOTAL, SQUARES = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Tallied(Sums):
    """Sums by figure, period and cell; entries into the journey by day and cell."""

    sums: NDArray[np.int64]  # (n_measures, n_periods, n_cells, 3)
    came: NDArray[np.int64]  # (n_periods, n_cells) customers who entered the journey
    days: NDArray[np.int64]  # (n_days,) the same by day


class TalliedResult(NamedTuple):
    """The same, with the customers of each figure filled in."""

    sums: NDArray[np.int64]  # (n_measures, n_periods, n_cells, 3) n, sum, sum of squares
    came: NDArray[np.int64]  # (n_periods, n_cells)
    days: NDArray[np.int64]  # (n_days,)


class _Noted(NamedTuple):
    row: NDArray[np.int64]
    customer: NDArray[np.int64]
    period: NDArray[np.int64]
    value: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tallies:
    """What is compared, for some periods."""

    plan: StagePlan
    spans: Spans
    measures: tuple[Measure, ...]
    kinds: Kinds
    help: NDArray[np.bool_]  # (n_names,)
    day_us: NDArray[np.int64]  # (n_days + 1,) first moments of days, in order

    def empty(self) -> Tallied:
        """Give the sums of no data."""
        n_periods, n_cells = len(self.spans.start_us), self.kinds.n_cells
        return Tallied(
            np.zeros((len(self.measures), n_periods, n_cells, 3), np.int64),
            np.zeros((n_periods, n_cells), np.int64),
            np.zeros(max(self.day_us.size - 1, 0), np.int64),
        )

    def read(self, batch: JourneyBatch) -> Tallied:
        """Add up one batch."""
        state, walked = self.empty(), passages(batch, self.plan)
        cells = given(self.kinds.cells(batch), np.int64)
        noted = [
            *self._of_stages(batch, walked),
            *self._of_answers(batch, walked),
            *self._of_activity(batch, walked),
        ]
        if noted:
            row, who, period, value = (
                np.concatenate(column) for column in zip(*noted, strict=True)
            )
            add_up(
                given(row, np.int64),
                given(who, np.int64),
                given(period, np.int64),
                given(value, np.int64),
                cells,
                state.sums,
            )
        self._came(batch, cells, state)
        return state

    def finish(self, state: Tallied) -> TalliedResult:
        """Give each share the customers it is a share of."""
        sums = state.sums.copy()
        for i, measure in enumerate(self.measures):
            if measure.base >= 0:
                sums[i, :, :, N] = state.sums[measure.base, :, :, N]
        return TalliedResult(sums, state.came, state.days)

    def _came(self, batch: JourneyBatch, cells: NDArray[np.int64], state: Tallied) -> None:
        begun = entry_us(batch, self.plan)
        at = self.spans.place(begun)
        who = np.flatnonzero(at >= 0)
        for q in range(cells.shape[1]):
            np.add.at(state.came, (at[who], cells[who, q]), 1)
        day = np.searchsorted(self.day_us, begun, "right") - 1
        inside = (begun != NEVER) & (day >= 0) & (day < state.days.size)
        state.days[:] = np.bincount(day[inside], minlength=state.days.size)

    def _of_stages(self, batch: JourneyBatch, walked: Passages) -> list[_Noted]:
        who_of = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        noted: list[_Noted] = []
        rows: dict[int, dict[tuple[str, int], int]] = {}
        for i, measure in enumerate(self.measures):
            if measure.within_us:
                rows.setdefault(measure.stage, {})[measure.kind, measure.code] = i
        for s, mine in rows.items():
            within = self.measures[mine["entered", -1]].within_us
            at = self._mature(walked.entered_us[:, s], within)
            noted += self._flow(batch, s, mine, at, walked.entered_us[:, s])
            if ("left", -1) in mine:
                noted.append(self._left(batch, mine["left", -1], walked.entered_us[:, s]))
            noted += self._touches(batch, walked, s, mine, at, who_of)
        return noted

    def _mature(self, begun: NDArray[np.int64], within: int) -> NDArray[np.int64]:
        """Give the period of entering, -1 for those who had too little time since."""
        at = self.spans.place(begun)
        at[begun > self.plan.as_of_us - within] = -1
        return at

    def _flow(
        self,
        batch: JourneyBatch,
        s: int,
        mine: dict[tuple[str, int], int],
        at: NDArray[np.int64],
        begun: NDArray[np.int64],
    ) -> list[_Noted]:
        within = self.measures[mine["entered", -1]].within_us
        who = np.flatnonzero(at >= 0)
        made = [_noted(mine["entered", -1], who, at, np.ones(who.size, np.int64))]
        if ("went on", -1) not in mine:
            return made
        ended = reached_us(batch, self.plan, s + 1)
        met = who[(ended[who] != NEVER) & (ended[who] >= begun[who])]
        met = met[ended[met] - begun[met] <= within]
        made.append(_noted(mine["went on", -1], met, at, np.ones(met.size, np.int64)))
        made.append(_noted(mine["took", -1], met, at, _logs(ended[met] - begun[met])))
        return made

    def _left(self, batch: JourneyBatch, row: int, begun: NDArray[np.int64]) -> _Noted:
        within = self.measures[row].within_us
        at = self._mature(begun, within)
        who = np.flatnonzero(at >= 0)
        left = gone_by(batch, self.plan, self.measures[row].stage, within)[who]
        return _noted(row, who, at, left.astype(np.int64))

    def _touches(
        self,
        batch: JourneyBatch,
        walked: Passages,
        s: int,
        mine: dict[tuple[str, int], int],
        at: NDArray[np.int64],
        who_of: NDArray[np.int64],
    ) -> list[_Noted]:
        within = self.measures[mine["entered", -1]].within_us
        rows = soon_rows(batch, walked, s, within, who_of)
        rows = rows[at[who_of[rows]] >= 0]
        n_names = len(batch.vocabulary.touchpoints)
        table = np.full((2, n_names), -1, np.int64)
        for (kind, code), i in mine.items():
            if kind in ("had", "first"):
                table[0 if kind == "had" else 1, code] = i
        pairs = np.unique(who_of[rows] * n_names + batch.code[rows])
        who, row = pairs // n_names, table[0, pairs % n_names]
        made = [_noted(row[row >= 0], who[row >= 0], at, np.ones((row >= 0).sum(), np.int64))]
        # The entering touchpoint is the first of them; what came next is the second.
        nth = np.arange(rows.size) - np.searchsorted(who_of[rows], who_of[rows], "left")
        second = rows[nth == 1]
        row = table[1, batch.code[second]]
        who = who_of[second][row >= 0]
        made.append(_noted(row[row >= 0], who, at, np.ones(who.size, np.int64)))
        if ("help", -1) in mine:
            calls = np.bincount(who_of[rows[self.help[batch.code[rows]]]], minlength=at.size)
            who = np.flatnonzero(calls)
            made.append(_noted(mine["help", -1], who, at, np.minimum(calls[who], MOST_CALLS)))
        return made

    def _of_answers(self, batch: JourneyBatch, walked: Passages) -> list[_Noted]:
        at = self.spans.place(batch.time_us)
        who_of = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        here = np.flatnonzero(at >= 0)
        n_periods = len(self.spans.start_us)
        key = who_of * n_periods + at
        made: list[_Noted] = []
        for i, measure in enumerate(self.measures):
            if measure.kind == "mood":
                some = here[
                    (batch.code[here] == measure.code)
                    & (walked.stage[here] == measure.stage)
                    & (batch.score[here] != NO_SCORE)
                ]
                which, n, total = _by_key(key[some], batch.score[some].astype(np.int64))
                mean = (2 * total + n) // (2 * np.maximum(n, 1))
                made.append(_Noted(_all(i, which), which // n_periods, which % n_periods, mean))
            elif measure.kind == "nps":
                named = np.isin(batch.code[here], measure.codes)
                some = here[named & np.isin(batch.score[here], nps_moods())]
                which, at_first = np.unique(key[some], return_index=True)
                answer = np.searchsorted(nps_moods(), batch.score[some[at_first]])
                told = 1_000 * ((answer >= 9).astype(np.int64) - (answer <= 6))
                made.append(_Noted(_all(i, which), which // n_periods, which % n_periods, told))
        return made

    def _settled(self, batch: JourneyBatch, walked: Passages) -> NDArray[np.int64]:
        """Give the stage of each customer as each period began, -1 for those not settled in one."""
        starts = self.spans.start_us
        found = np.full((batch.n_customers, len(starts)), -1, np.int64)
        for p, place in enumerate(places(batch, self.plan, starts)):
            stage = np.maximum(place - 1, 0).astype(np.int64) // 3
            begun = walked.entered_us[np.arange(stage.size), stage]
            long = (begun != NEVER) & (begun < starts[p] - SETTLED_US)
            found[:, p] = np.where((place > 0) & ((place - 1) % 3 == OPEN) & long, stage, -1)
        return found

    def _of_activity(self, batch: JourneyBatch, walked: Passages) -> list[_Noted]:
        """Note who had what, and paid, in equally many days of each period.

        Of those who were settled in a stage as the period began: who comes later has had less time,
        and what customers do first is told by how they enter.
        """
        level = self.spans.level
        stood = self._settled(batch, walked)
        at = level.place(batch.time_us)
        here = np.flatnonzero(at >= 0)
        who_of = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))[here]
        key, code = who_of * stood.shape[1] + at[here], batch.code[here]
        stage = stood[who_of, at[here]]
        money = np.maximum(np.where(batch.value[here] == NO_VALUE, 0, batch.value[here]), 0)
        made: list[_Noted] = []
        for i, measure in enumerate(self.measures):
            if measure.kind == "stood":
                which = np.flatnonzero(stood.ravel() == measure.stage)
                value = np.ones(which.size, np.int64)
            elif measure.kind == "amount":
                mine = (code == measure.code) & (money > 0)
                which, _, total = _by_key(key[mine], money[mine])
                value = _logs(total)
            elif measure.kind in ("reach", "paid"):
                mine = (code == measure.code) if measure.kind == "reach" else (money > 0)
                which = np.unique(key[mine & (stage == measure.stage)])
                value = np.ones(which.size, np.int64)
            else:
                continue
            periods = stood.shape[1]
            made.append(_Noted(_all(i, which), which // periods, which % periods, value))
        return made


def gone_by(batch: JourneyBatch, plan: StagePlan, stage: int, within_us: int) -> NDArray[np.bool_]:
    """Say who left in a stage, and counted as left so long after entering it, or earlier."""
    walked, gone = passages(batch, plan), left_us(batch, plan)
    begun = walked.entered_us[:, stage]
    both = (gone != NEVER) & (begun != NEVER) & (walked.furthest == stage)
    return np.asarray(both & (np.where(both, gone - begun, 0) <= within_us), np.bool_)


def soon_rows(
    batch: JourneyBatch, walked: Passages, stage: int, within_us: int, who_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the rows of touchpoints in a stage, no later than so long after entering it."""
    begun = walked.entered_us[:, stage]
    since = batch.time_us - begun[who_of]
    inside = (walked.stage == stage) & (begun != NEVER)[who_of] & (since >= 0)
    rows: NDArray[np.int64] = np.flatnonzero(inside & (since <= within_us))
    return rows


def _all(row: int, like: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.full(like.size, row, np.int64)


def _noted(
    row: int | NDArray[np.int64],
    who: NDArray[np.int64],
    at: NDArray[np.int64],
    value: NDArray[np.int64],
) -> _Noted:
    rows = _all(row, who) if isinstance(row, int) else row
    return _Noted(rows, who.astype(np.int64), at[who], value)


def _logs(amount: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give natural logarithms of millionths, in thousandths; whole numbers, so that sums add up."""
    return np.asarray(np.rint(1_000 * np.log1p(np.maximum(amount, 0) / 1e6)), np.int64)


def _by_key(
    key: NDArray[np.int64], value: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give the distinct keys with how many rows each has, and their sum."""
    which, place = np.unique(key, return_inverse=True)
    n, total = np.zeros(which.size, np.int64), np.zeros(which.size, np.int64)
    np.add.at(n, place, 1)
    np.add.at(total, place, value)
    return which, n, total
