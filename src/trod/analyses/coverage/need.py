"""Who needs a person in a stage, from when on, and whether they met one in time.

**Need** begins at the first of these in a stage: a touchpoint that shows one, such as an issue that
customers open; a touchpoint with a mood or score of −0.3 or less; being stuck, which is slower than
nine in ten of those who go on.

**Met** is a touchpoint with a person within so many days after that. Where the customer asks a
person, the need is met as it begins. **Waiting** are those whose days are not over yet. **Not
recorded** are those whose days fall into time in which contacts were not recorded; whether they
were met is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.metrics.folds import reached_us
from trod.analyses.names import codes_of, decode, encode, micros, span_us
from trod.analyses.stages import success_us
from trod.analyses.stall import left_us
from trod.journeys.batch import NO_SCORE, JourneyBatch
from trod.journeys.passage import FOREVER, NEVER, StagePlan, passages

NONE, MET, UNMET, WAITING, NOT_RECORDED = -1, 0, 1, 2, 3
LOW: Final = -300
"""A mood of so many thousandths or less is a need."""
KINDS: Final = {"needed": (MET, UNMET, WAITING, NOT_RECORDED), "met": (MET,), "unmet": (UNMET,)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What shows a need, what meets it, and in what time."""

    needs: tuple[str, ...]  # touchpoints that show one
    contacts: tuple[str, ...]  # touchpoints with a person
    within_us: int
    stuck_us: int | None = None  # of the stage; None: cannot tell who is stuck
    off_us: tuple[tuple[int, int], ...] = ()  # times in which contacts were not recorded

    @property
    def names(self) -> tuple[str, ...]:
        """All touchpoints it names."""
        return self.needs + self.contacts


class Needs(NamedTuple):
    """One batch, by customer."""

    since_us: NDArray[np.int64]  # (n_customers,) when the need began, or NEVER
    waited_us: NDArray[np.int64]  # (n_customers,) until a person was met; NEVER for those not met
    state: NDArray[np.int8]  # (n_customers,) NONE, MET, UNMET, WAITING, NOT_RECORDED


def needs(batch: JourneyBatch, plan: StagePlan, stage: int, rule: Rule) -> Needs:
    """Say who needed a person in a stage, and who met one.

    Notes
    -----
    O(n_touchpoints).
    """
    who_of = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    since = np.minimum(_shown(batch, plan, stage, rule, who_of), _stuck(batch, plan, stage, rule))
    some = since != FOREVER
    waited = _met(batch, since, rule, who_of)
    met = waited != NEVER
    end = np.where(some, since, 0) + rule.within_us
    state = np.where(met, MET, np.where(end > plan.as_of_us, WAITING, UNMET))
    for first, last in rule.off_us:
        dark = (state == UNMET) & (since < last) & (end > first)
        state = np.where(dark, NOT_RECORDED, state)
    return Needs(np.where(some, since, NEVER), waited, np.where(some, state, NONE).astype(np.int8))


def _shown(
    batch: JourneyBatch, plan: StagePlan, stage: int, rule: Rule, who_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the moment of the first touchpoint that shows a need, FOREVER without one."""
    asks = np.zeros(len(batch.vocabulary.touchpoints), np.bool_)
    asks[list(codes_of(batch.vocabulary, rule.needs))] = True
    low = (batch.score != NO_SCORE) & (batch.score <= LOW)
    inside = passages(batch, plan).stage == stage
    return _first(np.flatnonzero(inside & (asks[batch.code] | low)), batch, who_of)


def _first(
    rows: NDArray[np.int64], batch: JourneyBatch, who_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the moment of the first of some rows of each customer, FOREVER without one."""
    moment = np.full(batch.n_customers, FOREVER, np.int64)
    who, at = np.unique(who_of[rows], return_index=True)
    moment[who] = batch.time_us[rows[at]]
    return moment


def _stuck(batch: JourneyBatch, plan: StagePlan, stage: int, rule: Rule) -> NDArray[np.int64]:
    """Give the moment from which each customer was stuck in the stage, FOREVER for others."""
    none = np.full(batch.n_customers, FOREVER, np.int64)
    if rule.stuck_us is None:
        return none
    begun = passages(batch, plan).entered_us[:, stage]
    since = np.where(begun == NEVER, 0, begun) + rule.stuck_us
    gone = left_us(batch, plan)
    done = success_us(batch, plan, passages(batch, plan))
    on = np.where(done == NEVER, FOREVER, done)  # who has arrived waits for nothing more
    if stage + 1 < plan.n_stages:
        reached = reached_us(batch, plan, stage + 1)
        on = np.minimum(on, np.where(reached == NEVER, FOREVER, reached))
    there = (begun != NEVER) & (on > since) & ((gone == NEVER) | (gone > since))
    return np.where(there & (since <= plan.as_of_us), since, FOREVER)


def _met(
    batch: JourneyBatch, since: NDArray[np.int64], rule: Rule, who_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the time until a person was met, NEVER where none was in time."""
    person = np.zeros(len(batch.vocabulary.touchpoints), np.bool_)
    person[list(codes_of(batch.vocabulary, rule.contacts))] = True
    rows = np.flatnonzero(person[batch.code])
    rows = rows[batch.time_us[rows] >= since[who_of[rows]]]
    first = _first(rows, batch, who_of)
    both = (since != FOREVER) & (first != FOREVER)
    waited = np.where(both, first - np.where(both, since, 0), FOREVER)
    return np.where(waited <= rule.within_us, waited, NEVER)


@dataclass(frozen=True, slots=True)
class InNeed:
    """Customers who needed a person in a stage: all of them, those met, or those not met."""

    kind: str  # of KINDS
    stage: str
    rule: Rule
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``unmet:STAGE@MICROSECONDS=NEED>NEED/CONTACT>CONTACT``.

        The time is that in which a person should be met. ``*MICROSECONDS`` follows where who is
        stuck counts, and ``!START..END`` for each time in which contacts were not recorded.
        """
        rule = self.rule
        names = ">".join(map(encode, rule.needs)), ">".join(map(encode, rule.contacts))
        stuck = "" if rule.stuck_us is None else f"*{rule.stuck_us}"
        off = "".join(f"!{a}..{b}" for a, b in rule.off_us)
        head = f"{self.kind}:{encode(self.stage)}@{rule.within_us}"
        return f"{head}={names[0]}/{names[1]}{stuck}{off}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is meant."""
        found = needs(batch, self.plan, self.plan.stage(self.stage), self.rule)
        return np.isin(found.state, KINDS[self.kind])


def parse_in_need(kind: str, text: str, plan: StagePlan) -> InNeed | None:
    """Read what follows ``needed:``, ``met:`` or ``unmet:``; None where it is not written so."""
    head, *spans = text.split("!")
    head, star, stuck = head.partition("*")
    stage, at, rest = head.partition("@")
    time, equals, names = rest.partition("=")
    asked, slash, contacts = names.partition("/")
    within, limit = micros(time), micros(stuck) if star else None
    off = [span_us(span) for span in spans]
    if not (stage and at and equals and slash) or within is None or (star and limit is None):
        return None
    if any(a is None or b is None for a, b in off):
        return None
    needed, met = (tuple(decode(n) for n in part.split(">") if n) for part in (asked, contacts))
    known = tuple((a, b) for a, b in off if a is not None and b is not None)
    rule = Rule(needed, met, within, limit, known)
    return InNeed(kind, decode(stage), rule, plan)
