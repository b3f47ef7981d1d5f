"""Who follows the intended path, who deviates and how, and what became of them.

`trod.analyses.intended` defines the path and the deviations.

Every customer who entered the journey **follows** the path (all steps, no deviation), **deviates**
(in one way or in several), or is **on the way**: open, without deviation so far. The share that
follows is of those who do either.

**What became of them** is compared among those still on the way at a *landmark*, so that nobody is
counted among those without a deviation only because they had left before they could have it [1]_:

- *skipped X*: on arriving at any later step, those who had done X and those who had not;
- *Y before X*: when both are done, those who did X first and those who did Y first;
- *repeated X*, *Z in S*: so long after X, or after the first touchpoint in S, as half of those who
  deviate had taken to do so. Still on the way is who is done later, leaves by a touchpoint later,
  or shows any touchpoint other than the one asked about then or later.

Who has the deviation at the landmark may mend it later (a step not done yet is done in the end), so
more can be compared than have the deviation in the end. Both numbers are shown, and nothing is said
where either is below `FEWEST`.

Who *stopped* has left by definition; there is nothing to compare. The difference is observed: that
the one causes the other is not said.

References
----------
.. [1] Anderson, Cain & Gelber (1983), "Analysis of survival by tumor response", Journal of
   Clinical Oncology 1:710-719.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.conformance import INSERTED, STOPPED
from trod.analyses.after_deviation import AfterDeviation, DeviationDelays
from trod.analyses.answer import Answer, answer
from trod.analyses.intended import (
    GROUPS,
    KINDS,
    Deviates,
    Deviation,
    DeviationCounts,
    Intended,
    OnPath,
    Steps,
    counted,
    named,
)
from trod.analyses.interval import difference, wilson
from trod.analyses.stages import within_words
from trod.errors import DefinitionError
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import DONE, StagePlan

BY_STAGES: Final = Intended()
FEWEST: Final = 30
"""Customers needed on either side of a comparison, and with the deviation in the end."""


class DeviationView(NamedTuple):
    """One deviation, and what became of those with and without it at the landmark."""

    kind: str  # one of KINDS
    wording: str  # a few words, with {} for each name
    names: tuple[str, ...]  # in the order of the words
    customers: int
    times: int  # how often in all: repeats, insertions
    key: str
    after_us: int | None  # the landmark; None where there is nothing to compare
    with_it: tuple[int, int]  # done, out of those still on the way who had deviated by then
    without: tuple[int, int]  # done, out of those who had not

    @property
    def says(self) -> str:
        """The words with the names as they are in the data."""
        return self.wording.format(*self.names)

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """Share done with it less without it, low and high; None where too few can be compared."""
        if min(self.with_it[1], self.without[1], self.customers) < FEWEST:
            return None
        low, high = difference(self.with_it, self.without)
        return self.with_it[0] / self.with_it[1] - self.without[0] / self.without[1], low, high


class ConformanceResult(NamedTuple):
    """Customers by how they walk the intended path. follows + deviates + on_the_way = entered."""

    steps: tuple[str, ...]
    by_stages: bool  # the path is the stages, not a list of touchpoints
    entered: int
    follows: int
    deviates: int
    on_the_way: int
    done: tuple[int, int, int]  # of each group, who completed the journey
    keys: tuple[str, str, str]  # predicate of each group
    deviations: tuple[DeviationView, ...]  # the most customers first
    n_others: int  # further deviations that are not listed

    @property
    def share(self) -> tuple[int, int, float, float]:
        """Those who follow, out of those who follow or deviate, with the 95 % interval."""
        whole = self.follows + self.deviates
        return (self.follows, whole, *wilson(self.follows, whole))

    def columns(self) -> dict[str, Any]:
        """Give one row per group, then one per deviation."""
        groups = list(zip(GROUPS, (self.follows, self.deviates, self.on_the_way), strict=True))
        views = self.deviations
        gaps = [view.difference for view in views]
        none: list[None] = [None] * len(groups)
        return {
            "kind": [name for name, _ in groups] + [view.kind for view in views],
            "what": [name.replace("_", " ") for name, _ in groups] + [v.says for v in views],
            "customers": [n for _, n in groups] + [view.customers for view in views],
            "times": none + [view.times for view in views],
            "after_us": none + [view.after_us for view in views],
            "done_with": none + [view.with_it[0] for view in views],
            "n_with": none + [view.with_it[1] for view in views],
            "done_without": none + [view.without[0] for view in views],
            "n_without": none + [view.without[1] for view in views],
            "difference": none + [None if g is None else round(g[0], 6) for g in gaps],
            "low": none + [None if g is None else round(g[1], 6) for g in gaps],
            "high": none + [None if g is None else round(g[2], 6) for g in gaps],
            "key": list(self.keys) + [view.key for view in views],
        }


@dataclass(frozen=True, slots=True)
class Conformance:
    """How many follow an intended path, and how the others deviate."""

    vocabulary: Vocabulary
    plan: StagePlan
    intended: Intended = BY_STAGES

    def empty(self) -> DeviationCounts:
        """Give the counts of no data."""
        return DeviationCounts.none(self._steps, self.plan.n_stages)

    def read(self, batch: JourneyBatch) -> DeviationCounts:
        """Count one batch."""
        return counted(batch, self.plan, self._steps)[1]

    def finish(self, state: DeviationCounts) -> DeviationCounts:
        """Give the counts themselves: `conformance` names them after a second pass."""
        return state

    @property
    def _steps(self) -> Steps:
        return self.intended.steps(self.vocabulary, self.plan)


def conformance(
    journeys: Journeys,
    plan: StagePlan,
    *,
    path: tuple[str, ...] | None = None,
    ignore: tuple[str, ...] | None = None,
    top: int = 20,
) -> Answer[ConformanceResult]:
    """Count who follows the intended path, and how the others deviate from it.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.
    path
        Touchpoints in the order intended; the stages of the journey by default.
    ignore
        Touchpoints that are no deviation, such as newsletters.
    top
        How many deviations to list, by customers.

    Returns
    -------
    Answer
        With a `ConformanceResult`.

    Raises
    ------
    DefinitionError
        If nobody ever had a touchpoint of the path, or if it names one twice.

    Notes
    -----
    Three passes over the touchpoints: deviations, the landmarks of those listed, what came after.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob", "cem", "cem", "cem"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "buy", "call", "visit", "buy"],
    ...     "time": [0, 10, 30, 0, 20, 0, 5, 9],
    ... }))
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> spec = JourneySpec(
    ...     name="purchase",
    ...     stages=[{"name": "look", "enter_on": ("visit", "call")}],
    ...     success="buy",
    ... )
    >>> asked = conformance(journeys, compile_plan(spec, journeys), path=("visit", "call", "buy"))
    >>> asked.data.follows, [view.says for view in asked.data.deviations]
    (1, ['Skipped call', 'call before visit'])
    """
    if top < 1:
        raise DefinitionError(["top is how many deviations to list. Write 1 or more."])
    intended = Intended(tuple(path or ()), tuple(ignore or ()))
    known = plan if plan.remembered is not None else plan.remembering()
    steps = intended.steps(journeys.vocabulary, known)
    ask = Conformance(journeys.vocabulary, known, intended)
    state: DeviationCounts = fold.run({"it": ask}, journeys)["it"]
    listed = state.found()
    views = _views(journeys, known, intended, listed[:top])
    follows, deviates, on_the_way = state.groups.sum(axis=1).tolist()
    of_done = state.groups[:, DONE].tolist()
    result = ConformanceResult(
        steps=steps.names,
        by_stages=not intended.touchpoints,
        entered=follows + deviates + on_the_way,
        follows=follows,
        deviates=deviates,
        on_the_way=on_the_way,
        done=(of_done[0], of_done[1], of_done[2]),
        keys=(
            OnPath(intended, 0, known).key,
            OnPath(intended, 1, known).key,
            OnPath(intended, 2, known).key,
        ),
        deviations=views,
        n_others=len(listed) - len(views),
    )
    return answer(
        "conformance",
        result,
        journeys,
        n=result.entered,
        population=f"Customers who entered {plan.journey}",
        window=within_words(plan),
        method="Steps in the order intended; deviations named; outcomes observed among those still "
        "on the way at the same landmark, with the deviation and without it.",
    )


def _views(
    journeys: Journeys,
    plan: StagePlan,
    intended: Intended,
    listed: list[tuple[Deviation, int, int]],
) -> tuple[DeviationView, ...]:
    """Name deviations, and compare outcomes."""
    vocabulary = journeys.vocabulary
    steps = intended.steps(vocabulary, plan)
    asked = tuple(deviation for deviation, _, _ in listed)
    after, cells = _compared(journeys, plan, intended, asked)
    views = []
    for d, (deviation, customers, times) in enumerate(listed):
        about = named(deviation, steps, plan, vocabulary)
        code = about[-1] if deviation.kind == INSERTED else ""
        wording, names = intended.stated(deviation, steps, plan, code)
        views.append(
            DeviationView(
                kind=KINDS[deviation.kind],
                wording=wording,
                names=names,
                customers=customers,
                times=times,
                key=Deviates(intended, deviation.kind, tuple(about), plan).key,
                after_us=None if deviation.kind == STOPPED else after[d],
                with_it=(int(cells[d, 1, 1]), int(cells[d, 1].sum())),
                without=(int(cells[d, 0, 1]), int(cells[d, 0].sum())),
            )
        )
    return tuple(views)


def _compared(
    journeys: Journeys, plan: StagePlan, intended: Intended, asked: tuple[Deviation, ...]
) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """Set the landmarks, and look what came after."""
    if not asked:
        return (), np.zeros((0, 2, 2), np.int64)
    delays = DeviationDelays(plan, intended, asked)
    after: tuple[int, ...] = fold.run({"it": delays}, journeys)["it"]
    fates = AfterDeviation(journeys.vocabulary, plan, intended, asked, after)
    return after, fold.run({"it": fates}, journeys)["it"]
