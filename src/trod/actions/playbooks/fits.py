"""Whom a playbook fits today: who triggers it, who is kept out of it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.actions.playbooks.facts import any_of, gone, last_us
from trod.actions.playbooks.spec import ContraindicationSpec, PlaybookSpec, TriggerSpec
from trod.actions.playbooks.words import days, kept_away
from trod.analyses.names import encode
from trod.analyses.predicate import parse
from trod.analyses.stall import resolved
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DONE, NEVER, StagePlan, passages
from trod.journeys.predicate import Predicate

Mask = NDArray[np.bool_]
MICROSECOND: Final = timedelta(microseconds=1)
HELD: Final = "held back, so that a play can be judged"


@dataclass(frozen=True, slots=True)
class Busy:
    """What the state says of customers: whom chance, people and plays keep a playbook away from."""

    now_us: int
    never: frozenset[str] = frozenset()
    in_play: Mapping[str, str] = field(default_factory=dict)  # customer: playbook that is not over
    held_back: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # customer: successes they are held for
    contacts: Mapping[str, Sequence[int]] = field(default_factory=dict)  # moments, from plays
    played: Mapping[str, Sequence[tuple[int, str]]] = field(
        default_factory=dict
    )  # moment, playbook


@dataclass(frozen=True, slots=True)
class Rules:
    """What `actions:` says of all playbooks."""

    most: int
    within: timedelta
    contacts: tuple[str, ...]


class Barred(NamedTuple):
    """Customers who trigger a playbook and are kept out of it, for one reason."""

    why: str
    customers: tuple[str, ...]


class Fits(NamedTuple):
    """Whom a playbook fits. triggered = customers + those of `barred`."""

    playbook: str
    key: str  # of who triggers it, as far as a key can say
    triggered: int
    customers: tuple[str, ...]  # whom it fits
    barred: tuple[Barred, ...]  # each customer under the first reason that holds


def trigger_key(trigger: TriggerSpec, plan: StagePlan) -> str:
    """Write what triggers a playbook as the key of a predicate, findings aside.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> rows = {"customer": ["ann"], "touchpoint": ["visit"], "time": [0]}
    >>> stages = [{"name": "Set up", "enter_on": "visit"}, {"name": "Use", "days": (9, None)}]
    >>> plan = compile_plan(JourneySpec(name="trial", stages=stages), from_arrow(pa.table(rows)))
    >>> trigger_key(TriggerSpec(stall="Set up", where="did:visit"), plan)
    'stuck:Set%20up&did:visit'
    >>> trigger_key(TriggerSpec(stage="Use"), plan)
    'done:Use'
    """
    parts = []
    if trigger.stall is not None:
        parts.append(f"stuck:{encode(trigger.stall)}")
    elif trigger.stage is not None:
        # Who has come to the last stage of a journey without a success is done, and still there.
        last = not plan.success.any() and plan.stage(trigger.stage) == plan.n_stages - 1
        parts.append(f"{'done' if last else 'open'}:{encode(trigger.stage)}")
    if trigger.score is not None:
        least = "" if trigger.score.at_least is None else f"@{trigger.score.at_least:g}"
        parts.append(f"score:{encode(trigger.score.outcome)}{least}")
    if trigger.segment is not None:
        parts.append(f"segment:{trigger.segment}")
    if trigger.lately is not None:
        since = plan.as_of_us - trigger.lately.within // MICROSECOND
        parts.append(f"active:{since}..={encode(trigger.lately.touchpoint)}")
    if trigger.where is not None:
        parts.append(trigger.where)
    return "&".join(parts)


def fits(
    spec: PlaybookSpec,
    journeys: Journeys,
    plan: StagePlan,
    busy: Busy,
    rules: Rules,
    *,
    found: Sequence[str] = (),
    score: Predicate | None = None,
) -> Fits:
    """Say whom a playbook fits, and whom it does not, and why.

    Parameters
    ----------
    spec
        The playbook.
    journeys, plan
        The data and its stages.
    busy
        Who is in a play, held back, or never to be tried on.
    rules
        How often customers may be contacted.
    found
        Keys of the populations of findings that trigger it, where findings do.
    score
        Who counts as having the score that it asks for, where no key says so.

    Raises
    ------
    DefinitionError
        If a key names what is not known.
    NotEnoughDataError
        If too few went on from a stage to tell who is stuck in it.
    """
    trigger = spec.trigger
    if trigger is None:
        return Fits(spec.name, "", 0, (), ())
    if score is not None:
        trigger = trigger.model_copy(update={"score": None})
    key = resolved(trigger_key(trigger, plan) or "all", journeys, plan)
    asked = _parsed((key, *spec.audience.where), journeys, plan)
    asked += [] if score is None else [score]
    named = None if trigger.finding is None else _parsed(found, journeys, plan)
    without = _parsed(spec.audience.unless, journeys, plan)
    kept_out = [
        (parse(c.where, plan, journeys.vocabulary, journeys.named), c)
        for c in spec.contraindications
        if c.where
    ]
    names: list[str] = []
    why: list[str] = []
    sayable = named is None and score is None
    for batch in journeys:
        mask = np.ones(batch.n_customers, np.bool_)
        for each in asked:
            mask &= each.mask(batch)
        if named is not None:
            mask &= _any(named, batch)
        if not spec.audience.left:
            away = gone(batch, plan)
            sayable &= not (mask & away).any()
            mask &= ~away
        rows = np.flatnonzero(mask)
        some = batch.customer.take(rows).to_pylist()
        reasons = _by_data(spec, batch, plan, without, kept_out, rules)
        lately = _lately(batch, plan, rules.contacts, rules.within)
        for name, c in zip(some, rows.tolist(), strict=True):
            names.append(name)
            why.append(
                _by_state(spec, busy, rules, name, int(lately[c]))
                or next((reason for reason, barred in reasons if barred[c]), "")
            )
    return _sorted(spec.name, "&".join((key, *spec.audience.where)) if sayable else "", names, why)


def _parsed(keys: Sequence[str], journeys: Journeys, plan: StagePlan) -> list[Predicate]:
    return [
        parse(resolved(key, journeys, plan), plan, journeys.vocabulary, journeys.named)
        for key in keys
    ]


def _any(some: Sequence[Predicate], batch: JourneyBatch) -> Mask:
    mask = np.zeros(batch.n_customers, np.bool_)
    for each in some:
        mask |= each.mask(batch)
    return mask


def _sorted(playbook: str, key: str, names: Sequence[str], why: Sequence[str]) -> Fits:
    by: dict[str, list[str]] = {}
    for name, said in zip(names, why, strict=True):
        by.setdefault(said, []).append(name)
    free = tuple(sorted(by.pop("", [])))
    order = sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))
    barred = tuple(Barred(said, tuple(sorted(some))) for said, some in order)
    return Fits(playbook, key, len(names), free, barred)


def _by_state(spec: PlaybookSpec, busy: Busy, rules: Rules, name: str, lately: int) -> str:
    """Say why the state keeps a customer out; plays and `lately` on record count together."""
    if name in busy.never:
        return "named under never"
    if name in busy.in_play:
        return f"in {busy.in_play[name]} already"
    if spec.success.sort in busy.held_back.get(name, ()):
        return HELD
    since = busy.now_us - rules.within // MICROSECOND
    if lately + sum(moment > since for moment in busy.contacts.get(name, ())) >= rules.most:
        return f"contacted in the last {days(rules.within.days)}"
    return _by_plays(spec, busy, name)


def _by_plays(spec: PlaybookSpec, busy: Busy, name: str) -> str:
    """Say why plays of before keep a customer out, by what the playbook itself says."""
    for each in spec.contraindications:
        if each.contacted and _since(busy.contacts.get(name, ()), busy.now_us, each.contacted):
            return kept_away(each)
        moments = [moment for moment, _ in busy.played.get(name, ())]
        if each.played and _since(moments, busy.now_us, each.played):
            return kept_away(each)
    return ""


def _since(moments: Sequence[int], now_us: int, span: timedelta) -> bool:
    return any(moment > now_us - span // MICROSECOND for moment in moments)


def _by_data(
    spec: PlaybookSpec,
    batch: JourneyBatch,
    plan: StagePlan,
    without: Sequence[Predicate],
    kept_out: Sequence[tuple[Predicate, ContraindicationSpec]],
    rules: Rules,
) -> list[tuple[str, Mask]]:
    """Give the reasons that stand in the journeys, each with whom it keeps out."""
    told: list[tuple[str, Mask]] = []
    success, walked = spec.success, passages(batch, plan)
    if success.reaches is not None:
        there = walked.furthest >= plan.stage(success.reaches)
        told.append((f"has reached {success.reaches} already", there))
    elif success.ends == "done":
        told.append(("has completed already", walked.status == DONE))
    for each in spec.contraindications:
        if each.touchpoints:
            told.append((kept_away(each), _had(batch, plan, each)))
        elif each.contacted and rules.contacts:
            told.append((kept_away(each), _lately(batch, plan, rules.contacts, each.contacted) > 0))
    told += [(kept_away(c), p.mask(batch)) for p, c in kept_out]
    told += [(f"{p.key} holds", p.mask(batch)) for p in without]
    return told


def _had(batch: JourneyBatch, plan: StagePlan, each: ContraindicationSpec) -> Mask:
    """Say who had a touchpoint lately enough, and nothing that ended it since."""
    last = last_us(batch, each.touchpoints)
    mask = last != NEVER
    if each.within is not None:
        mask &= last > plan.as_of_us - each.within // MICROSECOND
    if each.until:
        mask &= last_us(batch, each.until) < last
    return np.asarray(mask, np.bool_)


def _lately(
    batch: JourneyBatch, plan: StagePlan, names: Sequence[str], span: timedelta
) -> NDArray[np.int64]:
    """Count touchpoints of some names in the days before as of, (n_customers,)."""
    since = plan.as_of_us - span // MICROSECOND
    hit = any_of(batch, names) & (batch.time_us > since)
    sums = np.concatenate([[0], np.cumsum(hit)])
    return np.asarray(sums[batch.offsets[1:]] - sums[batch.offsets[:-1]], np.int64)
