"""The keys of predicates: one text that names the customers behind a figure, and back.

``all``, ``did:NAME``, ``edge:A>B``, ``at:1=NAME``, ``outside``,
``valued``, ``reached:STAGE``, ``in:STAGE``, ``stood:open/STAGE@MICROSECONDS``,
``left``, ``left:STAGE``, ``open``, ``open:STAGE``, ``done``, ``done:STAGE``, ``skipped:STAGE``,
``touch:STAGE/NAME``, ``leftafter:STAGE/NAME``, ``leftafter:NAME``,
``landmark:STAGE/NAME@MICROSECONDS=with``,
``signal:STAGE/NAME@MICROSECONDS>left:STAGE@MICROSECONDS=without/now``, ``half:first``,
``funnel:A>B>C@2``, ``step:after:A@1=B``,
``path:A>B>C``, ``conform:@follows``, ``conform:A>B@skipped/A``, ``waiting:STAGE@FROM..TO``,
``lostwithin:STAGE@DAYS``,
``unseen:A>B@MICROSECONDS-MICROSECONDS``,
``first:START..END``, ``entered:START..END``, ``active:START..END=NAME`` (in microseconds),
``converted:STAGE>STAGE@MICROSECONDS``, ``stayed:MICROSECONDS=A>B``,
``lasted:MICROSECONDS=A>B``, ``ontheway:MICROSECONDS``,
``gone:START..END``, ``answered:1-5@START..END=A>B``,
``soon:STAGE/NAME@MICROSECONDS``, ``goneby:STAGE@MICROSECONDS``,
``unmet:STAGE@MICROSECONDS=NEED>NEED/CONTACT*STUCK!START..END`` (or ``needed:``, ``met:``);
``attribute:NAME=VALUE>VALUE``, of the attributes of the data at hand;
and, where a workspace has such a list, ``segment:ID``;
several joined by ``&`` for customers whom all of them mean. Names are percent-encoded; ``^`` is the
start and ``$`` the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.stages import has_touch
from trod.analyses.anchor import SankeyLink, SankeyNode, parse_step
from trod.analyses.changes.soon import HadSoon, parse_gone_by, parse_soon
from trod.analyses.coverage.need import InNeed, parse_in_need
from trod.analyses.funnel import FunnelDepth, parse_funnel_depth
from trod.analyses.intended import Deviates, OnPath, parse_conform
from trod.analyses.landmark import AtLandmark, parse_landmark
from trod.analyses.metrics.whom import (
    Answered,
    Converted,
    Stayed,
    parse_answered,
    parse_converted,
    parse_gone,
    parse_lasted,
    parse_on_the_way,
    parse_stayed,
)
from trod.analyses.names import codes_of, decode, encode
from trod.analyses.occupancy import parse_stood
from trod.analyses.retention import ActiveBetween, parse_active, parse_entered, parse_first
from trod.analyses.signals.halves import parse_half
from trod.analyses.signals.sign import WithSign, parse_signal
from trod.analyses.stages import Done, Left, Open, Outside, Reached, Skipped, WasIn
from trod.analyses.stall import parse_waiting
from trod.analyses.step_matrix import AtStep
from trod.analyses.survival import parse_lost_within
from trod.analyses.touch import LeftAfter, TouchIn
from trod.analyses.transitions import Edge
from trod.analyses.unseen import Unseen, any_row, parse_unseen
from trod.analyses.variants import Variant, parse_variant
from trod.errors import DefinitionError
from trod.journeys.batch import NO_VALUE, JourneyBatch, Vocabulary
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Named, Predicate

__all__ = ["And", "Did", "Everyone", "Valued", "both", "parse"]


@dataclass(frozen=True, slots=True)
class Everyone:
    """All customers."""

    @property
    def key(self) -> str:
        """Always ``all``."""
        return "all"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say yes to everyone."""
        return np.ones(batch.n_customers, np.bool_)


@dataclass(frozen=True, slots=True)
class Did:
    """Customers who ever had a touchpoint."""

    name: str

    @property
    def key(self) -> str:
        """Such as ``did:NAME``."""
        return f"did:{encode(self.name)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who ever had it."""
        found = np.empty(batch.n_customers, np.bool_)
        code = codes_of(batch.vocabulary, [self.name])[0]
        nowhere = given(np.empty(0, np.int8), np.int8)
        has_touch(
            given(batch.offsets, np.int64), given(batch.code, np.uint16), nowhere, code, -2, found
        )
        return found


@dataclass(frozen=True, slots=True)
class Valued:
    """Customers with money on record."""

    @property
    def key(self) -> str:
        """Always ``valued``."""
        return "valued"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who has any."""
        return any_row(batch.value != NO_VALUE, batch.offsets)


@dataclass(frozen=True, slots=True)
class And:
    """Customers whom all of several predicates mean."""

    parts: tuple[Predicate, ...]

    @property
    def key(self) -> str:
        """The keys of the parts, joined by ``&``."""
        return "&".join(part.key for part in self.parts)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say whom all parts mean."""
        return reduce(and_, (part.mask(batch) for part in self.parts))


def both(*parts: Predicate) -> Predicate:
    """Join predicates; nested ones are flattened, and everyone is left out.

    Examples
    --------
    >>> both(Everyone(), Did("buy"), both(Did("call"), Did("mail"))).key
    'did:buy&did:call&did:mail'
    """
    flat: list[Predicate] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else [part])
    meant = list(dict.fromkeys(p for p in flat if not isinstance(p, Everyone)))
    if not meant:
        return Everyone()
    return meant[0] if len(meant) == 1 else And(tuple(meant))


def parse(
    key: str, plan: StagePlan | None, vocabulary: Vocabulary, named: Named | None = None
) -> Predicate:
    """Read a predicate from its key: ``parse(p.key, ...) == p``.

    Parameters
    ----------
    key
        As given by `Predicate.key`; blanks around ``&`` do not matter.
    plan
        The journey whose stages the key may name; None where there is no journey.
    vocabulary
        The touchpoints the key may name.
    named
        Finds attributes and lists that only the data at hand have; see
        `trod.journeys.batch.Journeys.named`.

    Raises
    ------
    DefinitionError
        If the key is not written as above, or names a touchpoint or stage that is not known.

    Examples
    --------
    >>> parse("did:buy & edge:^>call", None, Vocabulary(("buy", "call"), ()))
    And(parts=(Did(name='buy'), Edge(a=None, b='call')))
    """
    parts = [part.strip() for part in key.split("&")]
    return both(*(_parse_one(part, plan, vocabulary, named) for part in parts))


def _parse_one(
    key: str, plan: StagePlan | None, vocabulary: Vocabulary, named: Named | None
) -> Predicate:
    kind, _, rest = key.partition(":")
    found = None if named is None else named(key)
    if found is not None:
        return found
    if kind in _FREE:
        found = _FREE[kind](rest)
    elif kind == "step":
        found = parse_step(rest, plan)
    elif kind in _STAGED:
        if plan is None:
            raise DefinitionError([f"{key!r} names a stage, but there is no journey."])
        found = _STAGED[kind](rest, plan)
    if found is None:
        forms = ", ".join(
            f"{name}:…" for name in (*_FREE, "step", *_STAGED, "attribute", "segment", "lane")
        )
        words = "all, valued, outside, left, open, done"
        raise DefinitionError([f"{key!r} names no customers. Write {words} or {forms}."])
    _check(found, plan, vocabulary)
    return found


def _check(predicate: Predicate, plan: StagePlan | None, vocabulary: Vocabulary) -> None:
    """Raise where a predicate names what is not known."""
    codes_of(vocabulary, _touchpoints(predicate))
    if isinstance(predicate, Deviates):
        predicate.deviation(vocabulary)
    for stage in (getattr(predicate, each, None) for each in ("stage", "start", "end")):
        if plan is not None and isinstance(stage, str):
            plan.stage(stage)


def _touchpoints(predicate: Predicate) -> tuple[str, ...]:
    """List the touchpoints a predicate names."""
    names: tuple[str | None, ...] = predicate.rule.names if isinstance(predicate, InNeed) else ()
    match predicate:
        case Did(name) | TouchIn(_, name) | LeftAfter(_, name) | AtStep(_, name):
            names = (name,)
        case AtLandmark(_, name) | ActiveBetween(_, _, name) | HadSoon(_, name):
            names = (name,)
        case Edge(a, b):
            names = (a, b)
        case OnPath(intended) | Deviates(intended):
            names = intended.touchpoints + intended.ignore
        case FunnelDepth(funnel):
            names = funnel.steps
        case Variant(listed) | Unseen(listed) | Answered(_, listed):
            names = listed
        case Converted(names=listed) | Stayed(names=listed) | WithSign(names=listed):
            names = listed
        case SankeyNode(anchor, _, node):
            names = anchor.names + node.names
        case SankeyLink(anchor, _, source, target):
            names = anchor.names + source.names + target.names
        case _:
            pass
    return tuple(name for name in names if name is not None)


def _everyone(rest: str) -> Predicate | None:
    return None if rest else Everyone()


def _valued(rest: str) -> Predicate | None:
    return None if rest else Valued()


def _did(rest: str) -> Predicate | None:
    return Did(decode(rest)) if rest else None


def _edge(rest: str) -> Predicate | None:
    a, arrow, b = rest.partition(">")
    if not (a and arrow and b):
        return None
    return Edge(None if a == "^" else decode(a), None if b == "$" else decode(b))


def _at(rest: str) -> Predicate | None:
    step, equals, name = rest.partition("=")
    if not (step.isdecimal() and len(step) < 10 and int(step) > 0 and equals and name):
        return None
    return AtStep(int(step), None if name == "$" else decode(name))


def _outside(rest: str, plan: StagePlan) -> Predicate | None:
    return None if rest else Outside(plan)


def _standing(
    make: Callable[[StagePlan, str | None], Predicate],
) -> Callable[[str, StagePlan], Predicate | None]:
    return lambda rest, plan: make(plan, decode(rest) if rest else None)


def _of_stage(
    make: Callable[[str, StagePlan], Predicate],
) -> Callable[[str, StagePlan], Predicate | None]:
    return lambda rest, plan: make(decode(rest), plan) if rest else None


def _of_touch(
    make: Callable[[str, str, StagePlan], Predicate],
) -> Callable[[str, StagePlan], Predicate | None]:
    def parsed(rest: str, plan: StagePlan) -> Predicate | None:
        stage, slash, name = rest.partition("/")
        return make(decode(stage), decode(name), plan) if stage and slash and name else None

    return parsed


def _left_after(rest: str, plan: StagePlan) -> Predicate | None:
    stage, slash, name = rest.partition("/")
    if not slash:
        return LeftAfter(None, decode(stage), plan) if stage else None
    return LeftAfter(decode(stage), decode(name), plan) if stage and name else None


_FREE: Final[dict[str, Callable[[str], Predicate | None]]] = {
    "all": _everyone,
    "valued": _valued,
    "did": _did,
    "edge": _edge,
    "at": _at,
    "funnel": parse_funnel_depth,
    "path": parse_variant,
    "first": parse_first,
    "active": parse_active,
    "unseen": parse_unseen,
    "answered": parse_answered,
    "lasted": parse_lasted,
    "half": parse_half,
}
_STAGED: Final[dict[str, Callable[[str, StagePlan], Predicate | None]]] = {
    "outside": _outside,
    "reached": _of_stage(Reached),
    "in": _of_stage(WasIn),
    "stood": parse_stood,
    "left": _standing(Left),
    "open": _standing(Open),
    "done": _standing(Done),
    "skipped": _of_stage(Skipped),
    "touch": _of_touch(TouchIn),
    "leftafter": _left_after,
    "landmark": parse_landmark,
    "signal": parse_signal,
    "entered": parse_entered,
    "conform": parse_conform,
    "waiting": parse_waiting,
    "lostwithin": parse_lost_within,
    "converted": parse_converted,
    "stayed": parse_stayed,
    "ontheway": parse_on_the_way,
    "gone": parse_gone,
    "soon": parse_soon,
    "goneby": parse_gone_by,
    "needed": partial(parse_in_need, "needed"),
    "met": partial(parse_in_need, "met"),
    "unmet": partial(parse_in_need, "unmet"),
}
