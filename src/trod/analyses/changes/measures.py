"""What can be compared between two periods, and how much time each figure gives customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.metrics.folds import reached_us
from trod.journeys.batch import NO_SCORE, NO_VALUE, Journeys
from trod.journeys.help import asks_for_help
from trod.journeys.passage import DAY_US, NEVER, StagePlan, passages

Kind = Literal[
    "entered",  # customers who entered a stage early enough; nothing is compared, others are of it
    "stood",  # customers settled in a stage as the period began; the same
    "went on",
    "took",
    "left",
    "had",
    "first",
    "help",
    "mood",
    "reach",
    "paid",
    "amount",
    "nps",
]
HOUR_US: Final = 3_600_000_000
MOST_NAMES: Final = 15
"""Touchpoints of a stage that are compared: those that most customers have."""
FEWEST: Final = 30
"""Customers in either period, and answers, below which nothing is compared."""
MOST_CALLS: Final = 20
SETTLED_US: Final = 30 * DAY_US
"""Who has been in a stage for less is told by what newcomers do."""


class Measure(NamedTuple):
    """One figure: a number for each customer that it is about."""

    kind: Kind
    stage: int  # -1 where it belongs to none
    code: int  # touchpoint; -1 without one
    base: int  # row that says how many customers there are; -1: its own
    within_us: int  # time that every customer is given; 0 where none is needed
    metric: str = ""  # name in trod.yml
    codes: tuple[int, ...] = ()  # touchpoints of a metric


class Replies(NamedTuple):
    """A declared metric of answers from 0 to 10."""

    name: str
    codes: tuple[int, ...]


class Spans(NamedTuple):
    """Periods in order that do not overlap, in microseconds UTC; ends are not included."""

    start_us: tuple[int, ...]
    end_us: tuple[int, ...]

    def place(self, moment_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the period of each moment; -1 in none, and for NEVER.

        Examples
        --------
        >>> Spans((0, 20), (10, 30)).place(np.array([5, 10, 29])).tolist()
        [0, -1, 1]
        """
        at = np.searchsorted(np.array(self.start_us, np.int64), moment_us, "right") - 1
        inside = (at >= 0) & (moment_us < np.array(self.end_us, np.int64)[np.maximum(at, 0)])
        return np.where(inside, at, -1).astype(np.int64)

    @property
    def level(self) -> Spans:
        """The first days of each, as many as the shortest has: what grows with time is compared so.

        Examples
        --------
        >>> Spans((0, 20), (10, 28)).level
        Spans(start_us=(0, 20), end_us=(8, 28))
        """
        days = min(e - s for s, e in zip(self.start_us, self.end_us, strict=True))
        return Spans(self.start_us, tuple(start + days for start in self.start_us))


def measures(
    journeys: Journeys, plan: StagePlan, spans: Spans, replies: Sequence[Replies] = ()
) -> tuple[Measure, ...]:
    """List what is compared, with the time that each figure gives every customer.

    The later period is the younger one. Of a stage, customers are given the time within which nine
    in ten of those who go on usually did, but no more than half of those who entered the stage in
    the later period have had by now. Who entered too late for that counts in no period. Where all
    of them have had more, they are given what the slowest took: nobody who went on is then cut off,
    and going on more slowly does not look like not going on.

    Parameters
    ----------
    journeys, plan
        The data and the journey.
    spans
        Earlier periods, and last the two that are compared.
    replies
        Declared metrics of answers from 0 to 10.

    Notes
    -----
    One pass over the touchpoints.
    """
    seen = _look(journeys, plan, spans)
    made: list[Measure] = []
    for s in range(plan.n_stages):
        within = _within(seen.took[s], seen.waited[s])
        if within:
            made += _of_stage(len(made), s, within, seen, plan)
    made += [
        Measure("mood", s, k, -1, 0)
        for s, k in zip(*(x.tolist() for x in np.nonzero(seen.spoke >= 2 * FEWEST)), strict=True)
    ]
    for s in range(plan.n_stages):
        made += _of_standing(len(made), s, seen, plan)
    made += [Measure("amount", -1, k, -1, 0) for k in np.flatnonzero(seen.paid >= FEWEST).tolist()]
    made += [Measure("nps", -1, -1, -1, 0, one.name, one.codes) for one in replies]
    return tuple(made)


def helps(journeys: Journeys) -> NDArray[np.bool_]:
    """Say which touchpoints are calls for help, (n_names,)."""
    return np.array([asks_for_help(name) for name in journeys.vocabulary.touchpoints], np.bool_)


class _Seen(NamedTuple):
    took: list[NDArray[np.int64]]  # by stage: times to the next one, sorted
    waited: list[NDArray[np.int64]]  # by stage: time since those of the later period entered it
    customers: NDArray[np.int64]  # (n_stages, n_names)
    spoke: NDArray[np.int64]  # (n_stages, n_names) scores in the two periods
    paid: NDArray[np.int64]  # (n_names,) touchpoints with money in the two periods
    help: NDArray[np.bool_]  # (n_names,)


def _look(journeys: Journeys, plan: StagePlan, spans: Spans) -> _Seen:
    shape = plan.n_stages, len(journeys.vocabulary.touchpoints)
    customers, spoke = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    took: list[list[NDArray[np.int64]]] = [[] for _ in plan.stages]
    waited: list[list[NDArray[np.int64]]] = [[] for _ in plan.stages]
    paid = np.zeros(shape[1], np.int64)
    two = len(spans.start_us) - 2
    for batch in journeys:
        walked = passages(batch, plan)
        inside = walked.stage >= 0
        cell = walked.stage.astype(np.int64) * shape[1] + batch.code
        who = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        each = np.unique(who[inside] * customers.size + cell[inside]) % customers.size
        customers += np.bincount(each, minlength=customers.size).reshape(shape)
        lately = spans.place(batch.time_us) >= two
        said = inside & (batch.score != NO_SCORE) & lately
        with_money = lately & (batch.value != NO_VALUE) & (batch.value > 0)
        paid += np.bincount(batch.code[with_money], minlength=shape[1])
        spoke += np.bincount(cell[said], minlength=spoke.size).reshape(shape)
        for s in range(plan.n_stages):
            begun = walked.entered_us[:, s]
            late = spans.place(begun) == two + 1
            waited[s].append(plan.as_of_us - begun[late])
            if s + 1 < plan.n_stages:
                ended = reached_us(batch, plan, s + 1)
                met = (begun != NEVER) & (ended != NEVER) & (ended >= begun)
                took[s].append(ended[met] - begun[met])
    none = [np.zeros(0, np.int64)]
    return _Seen(
        [np.sort(np.concatenate(some + none)) for some in took],
        [np.sort(np.concatenate(some + none)) for some in waited],
        customers,
        spoke,
        paid,
        helps(journeys),
    )


def _within(took: NDArray[np.int64], waited: NDArray[np.int64]) -> int:
    """Give whole days, or hours below one day; 0 where nobody had an hour.

    Examples
    --------
    >>> took, day = np.arange(1, 101) * DAY_US, DAY_US
    >>> [_within(took, np.full(30, days * day)) // day for days in (50, 95, 500)]
    [50, 95, 100]
    """
    if waited.size < FEWEST:
        return 0
    had = int(waited[waited.size // 2])
    usual = -(-int(took[took.size * 9 // 10]) // DAY_US) * DAY_US if took.size else 30 * DAY_US
    slowest = -(-int(took[-1]) // DAY_US) * DAY_US if took.size else usual
    most = max(min(had, max(usual, DAY_US)), min(int(waited[0]), slowest))
    return most // DAY_US * DAY_US or most // HOUR_US * HOUR_US


def _of_stage(row: int, s: int, within: int, seen: _Seen, plan: StagePlan) -> list[Measure]:
    made = [Measure("entered", s, -1, -1, within)]
    if s + 1 < plan.n_stages:
        made += [Measure("went on", s, -1, row, within), Measure("took", s, -1, -1, within)]
    had = int(seen.waited[s][seen.waited[s].size // 2]) // DAY_US * DAY_US
    gone = min(had, plan.left_after_us // DAY_US * DAY_US + max(within, DAY_US))
    if gone > plan.left_after_us or (plan.failure.any() and gone):
        made.append(Measure("left", s, -1, -1, gone))
    most = _most(s, seen, plan)
    made += [Measure("had", s, k, row, within) for k in most]
    made += [Measure("first", s, k, row, within) for k in most]
    if seen.help.any():
        made.append(Measure("help", s, -1, row, within))
    return made


def _of_standing(row: int, s: int, seen: _Seen, plan: StagePlan) -> list[Measure]:
    """Give what is compared of those who stood in a stage as each period began."""
    made = [Measure("stood", s, -1, -1, 0)]
    if seen.paid.any():
        made.append(Measure("paid", s, -1, row, 0))
    return made + [Measure("reach", s, k, row, 0) for k in _most(s, seen, plan)]


def _most(s: int, seen: _Seen, plan: StagePlan) -> list[int]:
    """Give the touchpoints of a stage that most customers have; to leave is told as leaving."""
    names = np.flatnonzero((seen.customers[s] >= FEWEST) & ~plan.failure)
    most: list[int] = names[np.lexsort((names, -seen.customers[s][names]))][:MOST_NAMES].tolist()
    return most
