"""Signs, and the customers with one: at risk at its mark, who had the outcome, or at risk now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.passage import NEVER
from trod._kernels.signals import place
from trod.analyses.histogram import N_BINS
from trod.analyses.names import codes_of, decode, encode
from trod.analyses.signals.outcome import LEAVES, Outcome, Watch, Watched
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import StagePlan

ALONE = -1
"""In place of a second touchpoint: the sign is having the first one."""
_GROUPS: Final = ("without", "with")
_WHICH: Final = ("all", "later", "now")


class Sign(NamedTuple):
    """Having a touchpoint by a mark, or of two touchpoints had by then, which one came first."""

    stage: int  # from entering which time counts
    outcome: int  # of the watch
    code: int
    other: int  # the second touchpoint, or ALONE
    after_us: int  # the mark, from entering the stage


class Placed(NamedTuple):
    """The customers of one batch at some signs."""

    at: NDArray[np.int8]  # (n_customers, n_signs) -1 not at risk, else 2 * group + outcome
    now: NDArray[np.int8]  # (n_customers, n_signs) -1 not at risk today, else group
    lead: NDArray[np.int64]  # (n_signs, 2, N_BINS) time from mark to outcome, without and with


def placed(batch: JourneyBatch, watch: Watch, signs: tuple[Sign, ...]) -> Placed:
    """Place the customers of a batch at signs; the faster the more signs of a stage stand together.

    Groups: of one touchpoint 0 never had it, 1 only later, 2 by the mark; of two 0 the second one
    came first, 2 the first one did.
    """
    seen: Watched = watch.of(batch)
    by_deed = np.array([watch.alike and each.code == LEAVES for each in watch.outcomes], np.bool_)
    at, now = np.empty((2, batch.n_customers, len(signs)), np.int8)
    lead = np.zeros((len(signs), 2, N_BINS), np.int64)
    place(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(seen.walked.stage, np.int8),
        given(seen.walked.entered_us, np.int64),
        given(seen.walked.furthest, np.int8),
        given(seen.walked.status, np.int8),
        given(seen.from_us, np.int64),
        given(np.where(by_deed, NEVER, seen.end_us), np.int64),
        given(seen.hit_us, np.int64),
        given(seen.seen, np.int64),
        watch.needs(),
        watch.asked(),
        watch.plan.as_of_us,
        watch.plan.left_after_us,
        given(np.array(signs, np.int64).reshape(-1, 5), np.int64),
        watch.plan.failure.size,
        at,
        now,
        lead,
    )
    return Placed(at, now, lead)


def of_others(key: str) -> str:
    """Give the key of the other group: of those without the sign, or with it.

    Examples
    --------
    >>> of_others("signal:Try/help@86400000000>left:Try@0=without/now")
    'signal:Try/help@86400000000>left:Try@0=with/now'
    """
    if "=without/" in key:
        return key.replace("=without/", "=with/")
    return key.replace("=with/", "=without/")


@dataclass(frozen=True, slots=True)
class WithSign:
    """Customers with a sign, or without it.

    `which` are all who were at risk at the mark, those of them who had the outcome later, or those
    at risk now.
    """

    stage: str  # from entering which time counts
    end: str  # stage of the outcome
    outcome: str | None  # touchpoint; None for leaving
    name: str
    other: str | None  # second touchpoint; the sign is that the first came before it
    after_us: int
    need_us: int
    had: bool
    which: str  # one of _WHICH
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``signal:STAGE/NAME@MICROSECONDS>left:STAGE@MICROSECONDS=without/now``."""
        sign = encode(self.name) + (f"/{encode(self.other)}" if self.other else "")
        how = f"had:{encode(self.outcome)}/" if self.outcome else "left:"
        return (
            f"signal:{encode(self.stage)}/{sign}@{self.after_us}"
            f">{how}{encode(self.end)}@{self.need_us}={_GROUPS[self.had]}/{self.which}"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints it speaks of."""
        return tuple(name for name in (self.name, self.other, self.outcome) if name)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who they are."""
        codes = codes_of(batch.vocabulary, self.names)
        code, other = codes[0], codes[1] if self.other else ALONE
        end = Outcome(self.plan.stage(self.end), codes[-1] if self.outcome else LEAVES)
        sign = Sign(self.plan.stage(self.stage), 0, code, other, self.after_us)
        found = placed(batch, Watch(self.plan, (end,), (self.need_us,)), (sign,))
        if self.which == "now":
            group = found.now[:, 0]
            return np.asarray((group >= 0) & ((group == 2) == self.had), np.bool_)
        at = found.at[:, 0]
        mask = (at >= 0) & ((at >= 4) == self.had)
        return np.asarray(mask & (at % 2 == 1) if self.which == "later" else mask, np.bool_)


def parse_signal(text: str, plan: StagePlan) -> WithSign | None:
    """Read what follows ``signal:`` in a key; None where it is not written so."""
    sign, _, rest = text.partition(">")
    what, _, how = rest.rpartition("=")
    had, _, which = how.partition("/")
    start, _, after = sign.partition("@")
    stage, *names = start.split("/")
    kind, _, target = what.partition(":")
    ending, _, need = target.partition("@")
    *touchpoint, end = ending.split("/")
    whole = had in _GROUPS and which in _WHICH and 1 <= len(names) <= 2 and all((stage, *names))
    if not whole or not (end and _micros(after) and _micros(need)):
        return None
    if (kind, len(touchpoint)) not in {("left", 0), ("had", 1)}:
        return None
    return WithSign(
        decode(stage),
        decode(end),
        decode(touchpoint[0]) if touchpoint else None,
        decode(names[0]),
        decode(names[1]) if len(names) == 2 else None,
        int(after),
        int(need),
        had == "with",
        which,
        plan,
    )


def _micros(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 19
