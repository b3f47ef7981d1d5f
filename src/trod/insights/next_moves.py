"""What customers on the way are likely to do next: all of them, by where they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.predicate import both
from trod.analyses.stages import Open
from trod.analyses.transitions import Edge
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import OPEN, StagePlan, passages
from trod.models.next.chance import Chances, best_first
from trod.models.next.judged import POPULARITY
from trod.models.next.model import NextModel, Wait

GUESSES: Final = 3
LIKELY: Final = 0.05
"""From this chance on a touchpoint may stand out."""
TIMES: Final = 2.0
"""How many times as likely as usual it must be to stand out."""


class Likely(NamedTuple):
    """One touchpoint that may come next, among some customers."""

    touchpoint: str
    chance: float  # mean over the customers, where anything comes


class Unusual(NamedTuple):
    """A touchpoint that is likelier next here than among all moves."""

    touchpoint: str
    chance: float
    times: float  # as likely as it usually is


class Position(NamedTuple):
    """The customers on the way whose last touchpoint is the same."""

    last: str
    customers: int
    key: str  # predicate of these customers
    likely: tuple[Likely, ...]  # the likeliest first
    end: float | None  # mean chance that nothing comes, after so long a wait; None: not known
    wait: Wait | None  # usual time from this touchpoint to the next
    unusual: Unusual | None  # what is likelier here than it usually is
    quiet: int  # of them, waiting for longer than nine in ten did to whom something came


class NextMoves(NamedTuple):
    """Everyone on the way, by last touchpoint, the most customers first."""

    positions: tuple[Position, ...]
    customers: int
    key: str
    expected: tuple[tuple[str, float], ...]  # touchpoint, customers for whom it is next, expected


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over those on the way, by last touchpoint."""

    n: NDArray[np.int64]  # (n_names,)
    quiet: NDArray[np.int64]  # (n_names,)
    chance: NDArray[np.float64]  # (n_names, names of the model) where anything comes
    end: NDArray[np.float64]  # (n_names,) chance that nothing comes
    expected: NDArray[np.float64]  # (names of the model,) chance that it comes


def next_moves(journeys: Journeys, plan: StagePlan, model: NextModel) -> NextMoves:
    """Say what customers on the way are likely to do next.

    Parameters
    ----------
    journeys, plan
        The data and the journey: on the way is who neither left nor is done.
    model
        What comes next.

    Returns
    -------
    NextMoves
        One row for each last touchpoint; the count is that of its predicate.

    Notes
    -----
    O(n_on_the_way * n_names); memory for one batch of customers at a time.
    """
    names, chances = journeys.vocabulary.touchpoints, model.chances()
    shape = len(names), len(model.names)
    sums = _Sums(
        np.zeros(shape[0], np.int64),
        np.zeros(shape[0], np.int64),
        np.zeros(shape),
        np.zeros(shape[0]),
        np.zeros(shape[1]),
    )
    for batch in journeys:
        _add(sums, batch, plan, model, chances)
    usual = model.chances(POPULARITY).table(np.zeros((1, 2), np.int64)).chance[0]
    found = [
        _position(sums, code, names[code], usual, plan, model, knows_end=chances.knows_end)
        for code in np.flatnonzero(sums.n).tolist()
    ]
    order = np.argsort(-sums.expected, kind="stable").tolist()
    return NextMoves(
        tuple(sorted(found, key=lambda each: (-each.customers, each.last))),
        int(sums.n.sum()),
        Open(plan).key,
        tuple(
            (model.names[k], round(float(sums.expected[k]), 6)) for k in order if sums.expected[k]
        ),
    )


def _add(
    sums: _Sums, batch: JourneyBatch, plan: StagePlan, model: NextModel, chances: Chances
) -> None:
    """Add the customers of a batch who are on the way."""
    walked = passages(batch, plan)
    there = (walked.furthest >= 0) & (walked.status == OPEN) & (np.diff(batch.offsets) > 0)
    row = batch.offsets[1:][there] - 1
    table = chances.table(model.contexts(batch, row))
    waited, last = plan.as_of_us - batch.time_us[row], batch.code[row]
    for code in np.unique(last).tolist():
        here, own = last == code, model.code(batch.vocabulary.touchpoints[code])
        end = model.ended(table.end[here], own, waited[here])
        wait = None if own is None else model.wait(own)
        sums.n[code] += np.count_nonzero(here)
        sums.quiet[code] += 0 if wait is None else np.count_nonzero(waited[here] > wait.p90_us)
        sums.chance[code] += table.chance[here].sum(axis=0)
        sums.end[code] += end.sum()
        sums.expected[:] += (table.chance[here] * (1 - end)[:, None]).sum(axis=0)


def _position(
    sums: _Sums,
    code: int,
    name: str,
    usual: NDArray[np.float64],
    plan: StagePlan,
    model: NextModel,
    *,
    knows_end: bool,
) -> Position:
    n, own = int(sums.n[code]), model.code(name)
    mean = sums.chance[code] / n
    likely = best_first(mean[None, :], GUESSES)[0].tolist()
    return Position(
        last=name,
        customers=n,
        key=both(Open(plan), Edge(name, None)).key,
        likely=tuple(Likely(model.names[k], round(float(mean[k]), 6)) for k in likely),
        end=round(float(sums.end[code]) / n, 6) if knows_end else None,
        wait=None if own is None else model.wait(own),
        unusual=_unusual(mean, usual, model.names),
        quiet=int(sums.quiet[code]),
    )


def _unusual(
    mean: NDArray[np.float64], usual: NDArray[np.float64], names: tuple[str, ...]
) -> Unusual | None:
    """Give what is likeliest compared with all moves, where it is likely at all."""
    times = np.where(mean >= LIKELY, mean / usual, 0.0)
    k = int(times.argmax())
    if times[k] < TIMES:
        return None
    return Unusual(names[k], round(float(mean[k]), 6), round(float(times[k]), 6))
