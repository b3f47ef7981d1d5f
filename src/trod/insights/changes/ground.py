"""The ground of a comparison: everything added up for the two periods and those before.

By which kinds of customers changes may be split is chosen here, and whether other kinds came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.changes.kinds import CAME_BY, UNKNOWN, Kinds, Split, kinds
from trod.analyses.changes.measures import Measure, Replies, helps, measures
from trod.analyses.changes.tallies import TalliedResult, Tallies
from trod.analyses.signals.ends import Ends
from trod.analyses.signals.strata import strata
from trod.insights.changes.chosen import Chosen
from trod.insights.changes.figures import Told
from trod.insights.changes.judging import Sums3, judge_mix
from trod.insights.changes.lapse import Lapse, own_doing, renamed, spoiled
from trod.insights.changes.mix import Parts, split
from trod.insights.early_warnings.judging import tells
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan

KNOWN: Final = 0.9
"""An attribute splits a change if so many customers of both periods have a value."""
MIXED: Final = 0.01
"""Above it, that other kinds came is not taken for granted, over all splits."""
LEAST_MIX: Final = 0.05


class Ground(NamedTuple):
    """Everything that was added up, for both periods and those before them."""

    told: Told
    asked: Chosen
    measures: tuple[Measure, ...]
    found: TalliedResult
    splits: tuple[Split, ...]  # those that may split a change
    moved: Split | None  # by which other kinds of customers came, most of all
    lapses: tuple[Lapse, ...]
    own: frozenset[str]  # touchpoints by which the company gets in touch

    def sums(self, i: int, period: int, cell: int = 0) -> Sums3:
        """Give the sums of one figure."""
        return Sums3(*(int(x) for x in self.found.sums[i, period, cell]))

    def came(self, one: Split) -> NDArray[np.int64]:
        """Give customers by period and label of a split, (n_periods, n_labels)."""
        return self.found.came[:, one.cells]

    def parts(self, i: int, one: Split) -> Parts:
        """Take what became of one figure apart by a split."""
        sums = self.found.sums[i]
        return split(sums[-1, one.cells], sums[-2, one.cells])

    def lapse(self, measure: Measure | None) -> Lapse | None:
        """Give the first lapse that a figure depends on; None is who came."""
        told = self.told
        mine = None if measure is None else own_doing(measure, self.own, told.journeys, told.plan)
        return mine or spoiled(measure, self.lapses, told.journeys, told.plan, told.spans)


def ground_of(
    journeys: Journeys,
    plan: StagePlan,
    asked: Chosen,
    by: str | None,
    lapses: Sequence[Lapse],
    replies: Sequence[Replies],
    own: frozenset[str] = frozenset(),
) -> Ground:
    """Add up everything that is compared.

    Raises
    ------
    DefinitionError
        If `by` is no attribute of 2 to 12 values.

    Notes
    -----
    Two passes over the touchpoints.
    """
    told = Told(journeys, plan, asked.spans)
    wanted = measures(journeys, plan, asked.spans, replies)
    among = kinds(journeys)
    tallies = Tallies(
        plan, asked.spans, wanted, among, helps(journeys), np.array(asked.day_us, np.int64)
    )
    found: TalliedResult = fold.run({"it": tallies}, journeys)["it"]
    lapsed = (*lapses, *renamed(wanted, found, journeys, asked.spans))
    splits = _splits(told, among, found, lapsed, by)
    made = Ground(told, asked, wanted, found, splits, None, lapsed, own)
    return made._replace(moved=_moved(made))


def _splits(
    told: Told, among: Kinds, found: TalliedResult, lapses: tuple[Lapse, ...], by: str | None
) -> tuple[Split, ...]:
    """Choose the splits that say who came, and not what became of them."""
    if by is not None:
        return (among.named(by),)
    leaks = _leaks(told)
    whole = spoiled(None, lapses, told.journeys, told.plan, told.spans) is None
    return tuple(
        one
        for one in among.splits
        if one.name not in leaks and _known(one, found) and (whole or one.name != CAME_BY)
    )


def _known(one: Split, found: TalliedResult) -> bool:
    """Say whether nearly everyone has a value: who is not known yet is no kind of customer."""
    if UNKNOWN not in one.labels or one.name == CAME_BY:
        return True
    came = found.came[-2:]
    unknown = came[:, one.first + one.labels.index(UNKNOWN)]
    return bool((unknown <= (1 - KNOWN) * came[:, 0]).all())


def _leaks(told: Told) -> set[str]:
    """Name the attributes that are known only after leaving."""
    n = told.plan.n_stages
    among = strata(told.journeys, told.plan, busy_cuts=((0, 0),) * n, era_us=(0,) * n)
    ends = fold.run({"it": Ends(among)}, told.journeys)["it"]
    return {among.all[q].name for q in among.attributes() if tells(ends[q])}


def _moved(made: Ground) -> Split | None:
    """Give the split by which most customers are of another kind, where that is beyond doubt."""
    judged = [(judge_mix(made.came(one)), one) for one in made.splits]
    sure = [(tv, one) for (tv, p), one in judged if p * len(judged) < MIXED and tv >= LEAST_MIX]
    return max(sure, key=lambda each: (each[0], each[1].name), default=(0.0, None))[1]
