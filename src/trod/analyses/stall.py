"""After how long in a stage customers are stuck, and who is on track, behind or stuck now.

**Time in a stage** runs from entering it to entering the next stage that is entered, or to success.
It ends otherwise for those who leave: by a declared touchpoint when that happens, by silence when
the silence is long enough to count as left. Of those still there it is known only that it is longer
than from entering to as of.

**Ever going on** is estimated with those still there taken into account: the cumulative incidence
of going on, with leaving as a competing event [1]_. Beside it stands `undecided`: the share of
which nothing is known yet, because the record ends.

**Stuck** is who is in the stage for longer than nine in ten of those who ever go on took: the first
time by which the estimated incidence has come to 90 % of its last value. **Behind** is who is
slower than three in four of them, and not stuck; **on track** who is not slower. Who left is
neither.

**Interval of the threshold**: the times of the 95 % interval (Wilson) of the share 90 % among as
many as went on; the upper end also takes all who are undecided to go on later, and is not known
where the record is too short for that. **Chance** is the estimated share that ever goes on, of all
who enter and of those still in the stage at the threshold. Fewer than 30 who went on: cannot tell.

References
----------
.. [1] Aalen & Johansen (1978), "An empirical transition matrix for non-homogeneous Markov chains
   based on censored observations", Scandinavian Journal of Statistics 5:141-150.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.stall import LOST, THERE, WENT_ON, times_in_stages
from trod.analyses.answer import Answer, answer
from trod.analyses.histogram import N_BINS, bin_bounds
from trod.analyses.incidence import shares
from trod.analyses.interval import wilson
from trod.analyses.names import decode, encode
from trod.analyses.stages import success_us
from trod.errors import DefinitionError, NotEnoughDataError
from trod.events.counted import count
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import LEFT, NEVER, OPEN, StagePlan, passages

FEWEST: Final = 30
"""Customers who must have gone on from a stage before a threshold is given."""
STUCK_SHARE: Final = 9, 10
BEHIND_SHARE: Final = 3, 4
_TINY: Final = 1e-12
STANDINGS: Final = ("on track", "behind", "stuck", "cannot tell")


class Threshold(NamedTuple):
    """From when on customers of one stage are behind, and stuck."""

    behind_us: int
    stuck_us: int
    low_us: int  # 95 % interval of stuck_us
    high_us: int | None  # None: not known yet, the record is too short
    chance: float  # of all who enter, who ever go on
    chance_stuck: float  # of those still there at stuck_us, who ever go on


class StallResult(NamedTuple):
    """Row s is stage s. entered = went_on + left + there; standing sums to there."""

    stage: tuple[str, ...]
    entered: NDArray[np.int64]  # (n_stages,) customers who entered the stage itself
    went_on: NDArray[np.int64]  # (n_stages,)
    left: NDArray[np.int64]  # (n_stages,)
    there: NDArray[np.int64]  # (n_stages,) still in it
    threshold: tuple[Threshold | None, ...]  # (n_stages,) None: too few went on to tell
    standing: NDArray[np.int64]  # (n_stages, 4) of those there, by STANDINGS
    keys: tuple[tuple[str, ...], ...]  # (n_stages, 4) predicates of the standings

    def columns(self) -> dict[str, Any]:
        """Give one row per stage."""
        of = self.threshold
        return {
            "stage": list(self.stage),
            "entered": self.entered,
            "went_on": self.went_on,
            "left": self.left,
            "there": self.there,
            "behind_us": [None if t is None else t.behind_us for t in of],
            "stuck_us": [None if t is None else t.stuck_us for t in of],
            "low_us": [None if t is None else t.low_us for t in of],
            "high_us": [None if t is None else t.high_us for t in of],
            "chance": [None if t is None else round(t.chance, 6) for t in of],
            "chance_stuck": [None if t is None else round(t.chance_stuck, 6) for t in of],
            **{
                name.replace(" ", "_"): self.standing[:, i].tolist()
                for i, name in enumerate(STANDINGS)
            },
            "stuck_key": [keys[2] for keys in self.keys],
        }


@dataclass(frozen=True, slots=True, eq=False)
class StallCounts(Sums):
    """Customers by stage, what ended it, and time in it."""

    times: NDArray[np.int64]  # (n_stages, 3, N_BINS)


@dataclass(frozen=True, slots=True)
class Stall:
    """Time in the stages of one journey until going on, leaving, or now."""

    plan: StagePlan

    def empty(self) -> StallCounts:
        """Give the counts of no data."""
        return StallCounts(np.zeros((self.plan.n_stages, 3, N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> StallCounts:
        """Count one batch."""
        state, walked = self.empty(), passages(batch, self.plan)
        times_in_stages(
            given(walked.entered_us, np.int64),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            given(success_us(batch, self.plan, walked), np.int64),
            given(left_us(batch, self.plan), np.int64),
            self.plan.as_of_us,
            state.times,
        )
        return state

    def finish(self, state: StallCounts) -> StallResult:
        """Estimate a threshold for each stage, and judge those still there by it."""
        there = state.times[:, THERE]
        found = [_threshold(*times) for times in state.times]
        standing = np.zeros((self.plan.n_stages, 4), np.int64)
        for s, limit in enumerate(found):
            standing[s] = _standing(there[s], limit)
        sums = state.times.sum(axis=2)
        return StallResult(
            stage=self.plan.stages,
            entered=sums.sum(axis=1),
            went_on=sums[:, WENT_ON],
            left=sums[:, LOST],
            there=sums[:, THERE],
            threshold=tuple(found),
            standing=standing,
            keys=tuple(
                self._keys(stage, t) for stage, t in zip(self.plan.stages, found, strict=True)
            ),
        )

    def _keys(self, stage: str, limit: Threshold | None) -> tuple[str, ...]:
        if limit is None:
            return "", "", "", Waiting(stage, None, None, self.plan).key
        return (
            Waiting(stage, None, limit.behind_us, self.plan).key,
            Waiting(stage, limit.behind_us, limit.stuck_us, self.plan).key,
            Waiting(stage, limit.stuck_us, None, self.plan).key,
            "",
        )


def left_us(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.int64]:
    """Give the moment at which each customer counts as left, (n_customers,); NEVER for others."""
    walked = passages(batch, plan)
    moment = np.full(batch.n_customers, NEVER, np.int64)
    gone = np.flatnonzero((walked.status == LEFT) & (walked.furthest >= 0))
    if gone.size:
        last = walked.last[gone]
        silent = batch.time_us[batch.offsets[gone + 1] - 1] + plan.left_after_us
        moment[gone] = np.where(plan.failure[batch.code[last]], batch.time_us[last], silent)
    return moment


def _incidence(
    on: NDArray[np.int64], lost: NDArray[np.int64], there: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate by bin who has gone on by its end, and who has neither gone on nor left."""
    ended = on + lost
    gone = (ended + there).cumsum() - (ended + there)
    return shares(on, ended, np.maximum((ended + there).sum() - gone, 1))


def _threshold(
    on: NDArray[np.int64], lost: NDArray[np.int64], there: NDArray[np.int64]
) -> Threshold | None:
    n = int(on.sum())
    if n < FEWEST:
        return None
    gone_on, kept = _incidence(on, lost, there)
    ever, undecided = float(gone_on[-1]), float(kept[-1])
    part, whole = STUCK_SHARE
    low, high = wilson(part * n // whole, n)
    stuck = _first(gone_on, part / whole * ever)
    highest = high * (ever + undecided)
    return Threshold(
        behind_us=_end(_first(gone_on, BEHIND_SHARE[0] / BEHIND_SHARE[1] * ever)),
        stuck_us=_end(stuck),
        low_us=_end(_first(gone_on, low * ever)),
        high_us=_end(_first(gone_on, highest)) if gone_on[-1] >= highest - _TINY else None,
        chance=ever,
        chance_stuck=float((ever - gone_on[stuck]) / kept[stuck]) if kept[stuck] > _TINY else 0.0,
    )


def _first(gone_on: NDArray[np.float64], share: float) -> int:
    """Give the first bin by the end of which a share has gone on."""
    return min(int(np.searchsorted(gone_on, share - _TINY)), gone_on.size - 1)


def _end(index: int) -> int:
    return bin_bounds(index)[1]


def _standing(there: NDArray[np.int64], limit: Threshold | None) -> tuple[int, int, int, int]:
    """Count those still there as on track, behind, stuck; or as nothing that can be told."""
    if limit is None:
        return 0, 0, 0, int(there.sum())
    ends = np.array([_end(index) for index in np.flatnonzero(there).tolist()], np.int64)
    n = there[there > 0]
    stuck, behind = ends > limit.stuck_us, ends > limit.behind_us
    return int(n[~behind].sum()), int(n[behind & ~stuck].sum()), int(n[stuck].sum()), 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Customers still in a stage, for longer than one time and not for longer than another."""

    stage: str
    longer_us: int | None  # None: however short
    most_us: int | None  # None: however long
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``waiting:STAGE@FROM..TO``, in microseconds."""
        span = ("" if us is None else str(us) for us in (self.longer_us, self.most_us))
        return f"waiting:{encode(self.stage)}@{'..'.join(span)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who waits there for so long."""
        walked, s = passages(batch, self.plan), self.plan.stage(self.stage)
        there = (walked.furthest == s) & (walked.status == OPEN)
        there &= walked.entered_us[:, s] != NEVER
        waited = waited_us(batch, self.plan)
        if self.longer_us is not None:
            there &= waited > self.longer_us
        if self.most_us is not None:
            there &= waited <= self.most_us
        return np.asarray(there, np.bool_)


def waited_us(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.int64]:
    """Give the time from entering the furthest stage to as of, (n_customers,); 0 outside."""
    walked = passages(batch, plan)
    at = np.maximum(walked.furthest, 0).astype(np.int64)
    entered = walked.entered_us[np.arange(batch.n_customers), at]
    waited = np.where(entered == NEVER, 0, plan.as_of_us - np.where(entered == NEVER, 0, entered))
    return np.maximum(waited, 0).astype(np.int64)


def parse_waiting(text: str, plan: StagePlan) -> Waiting | None:
    """Read what follows ``waiting:`` in a key; None where it is not written so."""
    stage, at, span = text.rpartition("@")
    start, dots, end = span.partition("..")
    if not (stage and at and dots):
        return None
    if not all(part.isascii() and len(part) < 19 for part in (start, end)):
        return None
    if not all(part.isdecimal() for part in (start, end) if part):
        return None
    return Waiting(decode(stage), int(start) if start else None, int(end) if end else None, plan)


_WORDS: Final = {"ontrack": 0, "behind": 1, "stuck": 2}


def resolved(where: str, journeys: Journeys, plan: StagePlan) -> str:
    """Write ``stuck:STAGE``, ``behind:STAGE`` and ``ontrack:STAGE`` with the times of the data.

    Any other key stays as it is. The times depend on the data: a key that is kept holds them.

    Raises
    ------
    DefinitionError
        If the journey has no such stage.
    NotEnoughDataError
        If too few went on from the stage for a threshold.
    """
    parts = [part.strip() for part in where.split("&")]
    asked = [part.partition(":")[::2] for part in parts]
    if not any(word in _WORDS for word, _ in asked):
        return where
    found = stall(journeys, plan).data
    for i, (word, stage) in enumerate(asked):
        if word in _WORDS:
            if not stage:
                raise DefinitionError([f"{word!r} needs a stage. Write {word}:{plan.stages[0]}."])
            s = plan.stage(decode(stage))
            parts[i] = found.keys[s][_WORDS[word]] or _too_few(found, s)
    return "&".join(parts)


def _too_few(found: StallResult, s: int) -> str:
    n = int(found.went_on[s])
    raise NotEnoughDataError(
        f"who is stuck in {found.stage[s]} cannot be told yet: "
        f"{count(n, 'customer')} went on from it, {FEWEST} are needed."
    )


def stall(journeys: Journeys, plan: StagePlan) -> Answer[StallResult]:
    """Say after how long in each stage customers are stuck, and how many are so now.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.

    Returns
    -------
    Answer
        With a `StallResult`.

    Notes
    -----
    O(n_customers * n_stages) after the walk of `passages`. Times are read from bins at most 1/32
    as wide as the time: a threshold is the end of its bin.

    Examples
    --------
    Forty customers take a day each to go on; one waits since 9 days and does not count as left.

    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> day = 86_400_000_000
    >>> rows = [(f"c{c}", "visit", 0) for c in range(41)]
    >>> rows += [(f"c{c}", "buy", day) for c in range(40)] + [("c0", "visit", 9 * day)]
    >>> who, what, when = zip(*rows)
    >>> journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> stages = [{"name": "look", "enter_on": "visit"}]
    >>> spec = JourneySpec(name="purchase", stages=stages, success="buy", left_after="30d")
    >>> found = stall(journeys, compile_plan(spec, journeys)).data
    >>> round(found.threshold[0].stuck_us / day, 2), found.standing[0].tolist()
    (1.02, [0, 0, 1, 0])
    """
    result: StallResult = fold.run({"it": Stall(plan)}, journeys)["it"]
    return answer(
        "stall",
        result,
        journeys,
        n=int(result.there.sum()),
        population=f"Customers on the way through {plan.journey}",
        method="Stuck is who is in a stage for longer than nine in ten of those who ever go on "
        "took, estimated with those still there and with leaving as a competing event.",
        warnings=[
            f"{result.stage[s]}: cannot tell who is stuck, {result.went_on[s]:,} went on and "
            f"{FEWEST} are needed."
            for s, limit in enumerate(result.threshold)
            if limit is None and result.there[s]
        ],
    )
