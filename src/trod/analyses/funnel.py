"""How many customers complete each step of a funnel, in order and in time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.funnel import best_attempt, first_attempt, strict_attempt, time_steps
from trod.analyses.answer import Answer, answer
from trod.analyses.histogram import N_BINS, Spread, spread
from trod.analyses.interval import wilson
from trod.analyses.names import codes_of, decode, encode
from trod.errors import DefinitionError
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys

FOREVER: Final = np.iinfo(np.int64).max
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}

Attempt = Literal["best", "first"]


class FunnelResult(NamedTuple):
    """Step by step; row i of each array is step i."""

    step: tuple[str, ...]
    reached: NDArray[np.int64]  # (n_steps,) customers who completed steps 0..i
    lost: NDArray[np.int64]  # (n_steps,) completed step i but not the next; 0 for the last
    conversion: NDArray[np.float64]  # (n_steps,) reached[i] / reached[i-1]; 1.0 for step 0
    low: NDArray[np.float64]  # (n_steps,) 95 % interval of conversion
    high: NDArray[np.float64]
    overall: NDArray[np.float64]  # (n_steps,) reached[i] / reached[0]
    time: tuple[Spread | None, ...]  # (n_steps,) from step i-1 to i; None for step 0
    total: Spread | None  # from the first step to the last, of those who completed it

    def columns(self) -> dict[str, Any]:
        """Give one row per step."""
        return {
            "step": list(self.step),
            "reached": self.reached,
            "lost": self.lost,
            "conversion": np.round(self.conversion, 6),
            "low": np.round(self.low, 6),
            "high": np.round(self.high, 6),
            "overall": np.round(self.overall, 6),
            "median_us": [t.median_us if t else None for t in self.time],
            "p90_us": [t.p90_us if t else None for t in self.time],
        }


@dataclass(frozen=True, slots=True, eq=False)
class FunnelCounts(Sums):
    """Customers by how far they got, and the times between steps."""

    by_depth: NDArray[np.int64]  # (n_steps + 1,) customers who completed exactly i steps
    times: NDArray[np.int64]  # (n_steps, N_BINS) row 0: first to last, row i: step i-1 to i


@dataclass(frozen=True, slots=True)
class Funnel:
    """Steps that must be completed in order, within a window of the first one.

    An *attempt* starts at a touchpoint of the first step and completes each further step at the
    first chance. ``best``: the attempt that gets furthest counts; of several, the one that gets
    there first; of those, the one that started last. ``first``: only the attempt that starts with
    the customer's first touchpoint of the first step counts. ``strict``: the steps must follow
    each other directly, with nothing in between; of several best attempts the earliest counts.
    """

    steps: tuple[str, ...]
    within: timedelta | None = None
    attempt: Attempt = "best"
    strict: bool = False

    def empty(self) -> FunnelCounts:
        """Give the counts of no data."""
        n = len(self.steps)
        return FunnelCounts(np.zeros(n + 1, np.int64), np.zeros((n, N_BINS), np.int64))

    def depth(self, batch: JourneyBatch) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
        """Give steps completed, (n_customers,), and when, (n_customers, n_steps) or NEVER."""
        n_steps = len(self.steps)
        furthest = np.empty(batch.n_customers, np.int16)
        reached_us = np.empty((batch.n_customers, n_steps), np.int64)
        step_code = np.array(codes_of(batch.vocabulary, self.steps), np.int64)
        window_us = FOREVER if self.within is None else min(self.within // _MICROSECOND, FOREVER)
        columns = (
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
        )
        steps = given(step_code, np.int64)
        if self.strict:
            only = int(self.attempt == "first")
            strict_attempt(*columns, steps, window_us, only, furthest, reached_us)
        elif self.attempt == "first":
            first_attempt(*columns, steps, window_us, furthest, reached_us)
        else:
            is_step = np.zeros(len(batch.vocabulary.touchpoints), np.bool_)
            is_step[step_code] = True
            best_attempt(*columns, given(is_step, np.bool_), steps, window_us, furthest, reached_us)
        return furthest, reached_us

    def read(self, batch: JourneyBatch) -> FunnelCounts:
        """Count one batch."""
        furthest, reached_us = self.depth(batch)
        times = np.zeros((len(self.steps), N_BINS), np.int64)
        time_steps(given(furthest, np.int16), given(reached_us, np.int64), times)
        return FunnelCounts(np.bincount(furthest, minlength=len(self.steps) + 1), times)

    def finish(self, state: FunnelCounts) -> FunnelResult:
        """Sum from the deepest back; work out rates."""
        reached = state.by_depth[::-1].cumsum()[::-1][1:]
        before = np.concatenate([reached[:1], reached[:-1]])
        conversion = np.divide(reached, before, out=np.zeros(len(reached)), where=before > 0)
        low, high = np.array(
            [wilson(int(a), int(b)) for a, b in zip(reached, before, strict=True)]
        ).T
        overall = np.divide(reached, reached[:1], out=np.zeros(len(reached)), where=reached[:1] > 0)
        return FunnelResult(
            step=self.steps,
            reached=reached,
            lost=np.append(reached[:-1] - reached[1:], 0),
            conversion=conversion,
            low=low,
            high=high,
            overall=overall,
            time=(None, *(spread(row) for row in state.times[1:])),
            total=spread(state.times[0]),
        )


@dataclass(frozen=True, slots=True)
class FunnelDepth:
    """Customers who completed at least so many steps of a funnel, or exactly so many."""

    funnel: Funnel
    depth: int
    exactly: bool = False

    @property
    def key(self) -> str:
        """Such as ``funnel:A>B>C@2``, ``funnel:A>B@=1;7d;first;strict``."""
        text = f"funnel:{'>'.join(map(encode, self.funnel.steps))}@{'=' * self.exactly}{self.depth}"
        if self.funnel.within is not None:
            text += f";{_written(self.funnel.within)}"
        if self.funnel.attempt == "first":
            text += ";first"
        return text + ";strict" * self.funnel.strict

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who got so far."""
        furthest, _ = self.funnel.depth(batch)
        return furthest == self.depth if self.exactly else furthest >= self.depth


_KEY: Final = re.compile(
    r"(?P<steps>[^@;]+)@(?P<exactly>=?)(?P<depth>\d{1,4})"
    r"(?:;(?P<n>\d{1,18})(?P<unit>us|min|h|d))?(?P<first>;first)?(?P<strict>;strict)?"
)


def parse_funnel_depth(text: str) -> FunnelDepth | None:
    """Read what follows ``funnel:`` in a key; None where it is not written so."""
    if not (found := _KEY.fullmatch(text)):
        return None
    unit = _UNITS.get(found["unit"] or "", _MICROSECOND)
    number = int(found["n"] or 0)
    if number > timedelta.max // unit:
        return None
    return FunnelDepth(
        Funnel(
            tuple(decode(step) for step in found["steps"].split(">")),
            number * unit if found["n"] else None,
            "first" if found["first"] else "best",
            bool(found["strict"]),
        ),
        int(found["depth"]),
        bool(found["exactly"]),
    )


def _written(duration: timedelta) -> str:
    for unit, length in _UNITS.items():
        if duration and duration % length == timedelta(0):
            return f"{duration // length}{unit}"
    return f"{duration // _MICROSECOND}us"


def funnel(
    journeys: Journeys,
    steps: Sequence[str],
    *,
    within: timedelta | None = None,
    attempt: Attempt = "best",
    strict: bool = False,
) -> Answer[FunnelResult]:
    """Count the customers who complete each step of a funnel, in order and in time.

    Parameters
    ----------
    journeys
        The data.
    steps
        Touchpoints in order; the same one may stand several times.
    within
        Longest time from the first step to the last; None for any time. It runs from the first
        step, not from one step to the next.
    attempt
        ``"best"`` of all attempts, or only the ``"first"``.
    strict
        Whether the steps must follow each other directly, with nothing in between.

    Returns
    -------
    Answer
        With a `FunnelResult`; `FunnelDepth` gives the customers behind each figure.

    Raises
    ------
    DefinitionError
        If there is no step, a step is not known, or the window is negative.

    Notes
    -----
    O(n_touchpoints * n_steps) at worst. Times are those of the attempt that counts.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> result = funnel(journeys, ["visit", "buy"], within=timedelta(microseconds=50)).data
    >>> result.reached, result.time[1]
    (array([2, 1]), Spread(n=1, median_us=30, p90_us=30, bin_share=0.0))
    """
    asked = Funnel(tuple(steps), within, attempt, strict)
    if not asked.steps:
        raise DefinitionError(["a funnel needs at least one step. Give touchpoints in order."])
    if within is not None and within < timedelta(0):
        raise DefinitionError([f"within is {within}: give 0 or more, such as timedelta(days=7)."])
    codes_of(journeys.vocabulary, asked.steps)
    result = fold.run({"it": asked}, journeys)["it"]
    how = "directly one after another" if strict else "in order"
    return answer(
        "funnel",
        result,
        journeys,
        n=int(result.reached[0]),
        population=f"Customers with {steps[0]!r}",
        window=None if within is None else f"{_written(within)} from the first step",
        method=f"Steps completed {how}, {attempt} attempt of each customer.",
    )
