"""What customers on the way are likely to do next: all of them, by where they are now."""

from __future__ import annotations

from collections.abc import Iterator
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
    late: int  # of them, waiting for longer than nine in ten did to whom something came


class NextMoves(NamedTuple):
    """Everyone on the way, by last touchpoint, the most customers first."""

    positions: tuple[Position, ...]
    customers: int
    key: str
    expected: tuple[tuple[str, float], ...]  # touchpoint, customers for whom it is next, expected


class _Now(NamedTuple):
    """Row i is a customer on the way."""

    code: NDArray[np.int64]  # (n,) last touchpoint of those on the way
    waited_us: NDArray[np.int64]  # (n,)
    chance: NDArray[np.float64]  # (n, n_names of the model)
    end: NDArray[np.float64]  # (n,) had they not waited


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
    O(n_on_the_way * n_names).
    """
    chances = model.chances()
    parts = [part for batch in journeys for part in _now(batch, plan, model, chances)]
    if not parts:
        return NextMoves((), 0, Open(plan).key, ())
    now = _Now(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    names = journeys.vocabulary.touchpoints
    usual = model.chances(POPULARITY).table(np.zeros((1, 2), np.int64)).chance[0]
    found, expected = [], np.zeros(len(model.names))
    for code in np.unique(now.code).tolist():
        here = now.code == code
        part = _Now(*(column[here] for column in now))
        end = model.ended(part.end, model.code(names[code]), part.waited_us)
        expected += (part.chance * (1 - end)[:, None]).sum(axis=0)
        found.append(
            _position(part, end if chances.knows_end else None, names[code], usual, plan, model)
        )
    order = np.argsort(-expected, kind="stable")
    return NextMoves(
        tuple(sorted(found, key=lambda each: (-each.customers, each.last))),
        now.code.size,
        Open(plan).key,
        tuple((model.names[k], float(expected[k])) for k in order.tolist() if expected[k] > 0),
    )


def _now(
    batch: JourneyBatch, plan: StagePlan, model: NextModel, chances: Chances
) -> Iterator[_Now]:
    """Give the customers of a batch who are on the way."""
    walked = passages(batch, plan)
    there = (walked.furthest >= 0) & (walked.status == OPEN) & (np.diff(batch.offsets) > 0)
    row = batch.offsets[1:][there] - 1
    if row.size:
        table = chances.table(model.contexts(batch, row))
        waited = plan.as_of_us - batch.time_us[row]
        yield _Now(batch.code[row].astype(np.int64), waited, table.chance, table.end)


def _position(
    now: _Now,
    end: NDArray[np.float64] | None,
    name: str,
    usual: NDArray[np.float64],
    plan: StagePlan,
    model: NextModel,
) -> Position:
    mean = now.chance.mean(axis=0)
    code = model.code(name)
    wait = None if code is None else model.wait(code)
    likely = best_first(mean[None, :], GUESSES)[0].tolist()
    return Position(
        last=name,
        customers=now.code.size,
        key=both(Open(plan), Edge(name, None)).key,
        likely=tuple(Likely(model.names[k], float(mean[k])) for k in likely),
        end=None if end is None else float(end.mean()),
        wait=wait,
        unusual=_unusual(mean, usual, model.names),
        late=0 if wait is None else int(np.count_nonzero(now.waited_us > wait.p90_us)),
    )


def _unusual(
    mean: NDArray[np.float64], usual: NDArray[np.float64], names: tuple[str, ...]
) -> Unusual | None:
    """Give what is likeliest compared with all moves, where it is likely at all."""
    times = np.where(mean >= LIKELY, mean / usual, 0.0)
    k = int(times.argmax())
    return Unusual(names[k], float(mean[k]), float(times[k])) if times[k] >= TIMES else None
