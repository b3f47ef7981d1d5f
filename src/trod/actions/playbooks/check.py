"""What playbooks overlook: stages, touchpoints, outcomes, people and levers that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from trod.actions.playbooks.fits import trigger_key
from trod.actions.playbooks.merge import attributes
from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.spec import ActionsSpec, PersonSpec
from trod.analyses.predicate import parse
from trod.analyses.stall import resolved
from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.insights.levers import library
from trod.journeys.batch import Journeys
from trod.journeys.finding import Finding
from trod.journeys.passage import StagePlan


class Known(NamedTuple):
    """What playbooks may name."""

    outcomes: tuple[str, ...]  # of `models:`
    people: tuple[PersonSpec, ...]
    journeys: Journeys | None  # None: nothing was read yet
    plan: StagePlan | None


_CANNOT: Final = (
    "without people with hours nobody can do it: add `actions: people:`, or name them by --hours."
)

_NO_MOMENT: Final = (
    "money comes in parts, and what is to be averted has no moment, so nothing says when a play "
    "has succeeded. Write `stop: {where: KEY}`, such as did:NAME."
)


def check(spec: PlaybookSpec, known: Known) -> tuple[Finding, ...]:
    """Check a playbook for what its types cannot say, and against the data where there are any.

    Parameters
    ----------
    spec
        The playbook.
    known
        What it may name.

    Returns
    -------
    tuple of Finding
        Errors first. A playbook with errors cannot be planned with.

    Examples
    --------
    >>> trigger = {"score": {"outcome": "Chrun"}}
    >>> spec = PlaybookSpec(name="Call", success={"ends": "left"}, trigger=trigger)
    >>> check(spec, Known(("Churn",), (), None, None))[0].text
    "unknown outcome 'Chrun': did you mean 'Churn'? Known outcomes: Churn."
    """
    found = [*_names(spec, known), *_owner(spec, known), *_doubts(spec), *_stop(spec)]
    if known.plan is not None and known.journeys is not None:
        found += [*_stages(spec, known.plan), *_touchpoints(spec, known.journeys)]
        found += list(_attributes(spec, known.journeys))
        if not any(f.level == "error" for f in found):
            found += list(_keys(spec, known.journeys, known.plan))
    rank = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda f: rank[f.level]))


def _names(spec: PlaybookSpec, known: Known) -> Iterator[Finding]:
    trigger = spec.trigger
    outcome = None if trigger is None or trigger.score is None else trigger.score.outcome
    if outcome is not None and outcome not in known.outcomes:
        text = unknown("outcome", outcome, known.outcomes)
        yield Finding("error", "trigger.score.outcome", text)
    asked = None if trigger is None or trigger.finding is None else trigger.finding.lever
    for place, lever in (("lever", spec.lever), ("trigger.finding.lever", asked)):
        ids = [each.id for each in library()]
        if lever is not None and lever not in ids:
            yield Finding("warning", place, unknown("lever", lever, ids))


def _owner(spec: PlaybookSpec, known: Known) -> Iterator[Finding]:
    if spec.minutes and not known.people:
        yield Finding("note", "minutes", _CANNOT)
    if spec.owner is None or spec.by_attribute is not None or not known.people:
        return
    names = {p.name for p in known.people} | {p.team for p in known.people if p.team}
    if spec.owner not in names:
        text = unknown("person or team", spec.owner, sorted(names))
        yield Finding("error", "owner", text.replace("person or teams", "people and teams"))


def _doubts(spec: PlaybookSpec) -> Iterator[Finding]:
    """Find what can be written, and is hardly meant."""
    if spec.deadline > spec.success.within:
        text = "it may be done after its success is judged. Shorten deadline, or widen within."
        yield Finding("warning", "deadline", text)
    late = [i for i, step in enumerate(spec.steps) if step.after > spec.success.within]
    for i in late:
        yield Finding("warning", f"steps.{i}.after", "this step comes after success is judged.")
    after = [step.after for step in spec.steps]
    if after != sorted(after):
        yield Finding("warning", "steps", "steps are not in the order of their `after`.")
    if spec.prior[1] <= 0:
        yield Finding("warning", "prior", "it is believed to harm, so nobody is ever chosen.")


def _stop(spec: PlaybookSpec) -> Iterator[Finding]:
    """Find a stop rule that nothing could ever fulfil; the default is not meant by anybody."""
    asked = spec.stop.success and "success" in spec.stop.model_fields_set
    if asked and not spec.success.has_a_moment:
        yield Finding("error", "stop.success", _NO_MOMENT)


def _stages(spec: PlaybookSpec, plan: StagePlan) -> Iterator[Finding]:
    trigger = spec.trigger
    places = [("success.reaches", spec.success.reaches)]
    if trigger is not None:
        places += [("trigger.stage", trigger.stage), ("trigger.stall", trigger.stall)]
        places += [("trigger.finding.stage", trigger.finding.stage if trigger.finding else None)]
    for place, name in places:
        if name is not None and name not in plan.stages:
            yield Finding("error", place, unknown("stage", name, plan.stages))


def _touchpoints(spec: PlaybookSpec, journeys: Journeys) -> Iterator[Finding]:
    known = journeys.vocabulary.touchpoints
    for name in spec.success.touchpoints:
        if name not in known:
            yield Finding("error", "success.touchpoints", unknown("touchpoint", name, known))
    for i, each in enumerate(spec.contraindications):
        for key, names in (("touchpoints", each.touchpoints), ("until", each.until)):
            for name in names:
                if name not in known:
                    text = unknown("touchpoint", name, known)
                    yield Finding("warning", f"contraindications.{i}.{key}", text)


def _attributes(spec: PlaybookSpec, journeys: Journeys) -> Iterator[Finding]:
    table = journeys.attributes
    known = [] if table is None else [n for n in table.column_names if n != "customer"]
    named = [("owner", spec.by_attribute)]
    named += [
        (f"steps.{i}.template", name)
        for i, step in enumerate(spec.steps)
        for name in attributes(step.template or "")
    ]
    for place, name in named:
        if name is not None and name not in known:
            yield Finding("error", place, unknown("attribute", name, known))


def _keys(spec: PlaybookSpec, journeys: Journeys, plan: StagePlan) -> Iterator[Finding]:
    """Read every key as it will be read; what only data can answer is left for later."""
    trigger = spec.trigger
    if trigger is not None and trigger.score is not None:
        trigger = trigger.model_copy(update={"score": None})  # who has one is known once scored
    keys = [("trigger", trigger_key(trigger, plan) if trigger else "")]
    keys += [("audience.where", key) for key in spec.audience.where]
    keys += [("audience.unless", key) for key in spec.audience.unless]
    keys += [("stop.where", key) for key in spec.stop.where]
    keys += [
        (f"contraindications.{i}.where", each.where)
        for i, each in enumerate(spec.contraindications)
        if each.where
    ]
    for place, key in keys:
        if not key:
            continue
        try:
            parse(resolved(key, journeys, plan), plan, journeys.vocabulary, journeys.named)
        except DefinitionError as problem:
            for text in problem.problems:
                yield Finding("error", place, text)
        except NotEnoughDataError as problem:
            yield Finding("note", place, str(problem))


def check_queue(actions: ActionsSpec, journeys: Journeys) -> tuple[Finding, ...]:
    """Check what `actions:` says of all playbooks against the data.

    Returns
    -------
    tuple of Finding
        Warnings: a week can be planned all the same.
    """
    known, queue = journeys.vocabulary.touchpoints, actions.queue
    named = [("queue.contacts", queue.contacts)]
    named += [("queue.renews.touchpoints", queue.renews.touchpoints if queue.renews else ())]
    found = [
        Finding("warning", place, unknown("touchpoint", name, known))
        for place, names in named
        for name in names
        if name not in known
    ]
    ids: Sequence[str] = ()
    if actions.never or queue.not_drawn:
        ids = [name for batch in journeys for name in batch.customer.to_pylist()]
    for place, names in (("never", actions.never), ("queue.not_drawn", queue.not_drawn)):
        found += [
            Finding("warning", place, unknown("customer", name, ids))
            for name in names
            if name not in ids
        ]
    return tuple(found)
