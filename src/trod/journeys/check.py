"""What a journey definition overlooks: overlaps, gaps, names nobody has, stages nobody reaches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from trod.errors import unknown
from trod.journeys.batch import Journeys
from trod.journeys.contradictions import contradictions
from trod.journeys.finding import Finding
from trod.journeys.label import readable
from trod.journeys.passage import NEVER, StagePlan, compile_plan, passages
from trod.journeys.spec import JourneySpec, Stage

__all__ = ["Finding", "check", "endless", "unmapped"]

_LISTED: Final = 5


def check(
    spec: JourneySpec, journeys: Journeys | None = None, *, plan: StagePlan | None = None
) -> tuple[Finding, ...]:
    """Check a journey for what its types cannot say, and against the data where there are any.

    Parameters
    ----------
    spec
        The definition.
    journeys
        The data it is meant for; None to check the definition alone.
    plan
        The definition compiled for these data, where the caller has it.

    Returns
    -------
    tuple of Finding
        Errors first. A definition with errors cannot be mapped; one with warnings can.

    Examples
    --------
    >>> adoption = Stage(name="Adoption", days=(91, 180))
    >>> expansion = Stage(name="Expansion", days=(180, None))
    >>> stages = (Stage(name="Start", days=(0, 90)), adoption, expansion)
    >>> check(JourneySpec(name="Success", stages=stages))[0].text
    'overlap at day 180: Adoption and Expansion. The later stage wins; write Expansion as 181+.'
    """
    found = [*_days(spec), *_twice(spec), *_outcomes(spec), *contradictions(spec)]
    if journeys is not None:
        found += [*_names(spec, journeys), *_states(spec, journeys)]
        if not any(f.level == "error" for f in found):
            found += [*_unmapped(spec, journeys), *_unreached(spec, journeys, plan)]
    rank = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda f: rank[f.level]))


def unmapped(spec: JourneySpec, journeys: Journeys) -> tuple[str, ...]:
    """List the touchpoints in the data that enter no stage, end nothing, and are not ignored.

    They stay on the map, in whatever stage a customer is in.
    """
    mapped = {*spec.success, *spec.failure, *spec.ignore}
    for stage in spec.stages:
        mapped.update(stage.names, stage.unless, stage.holds)
    return tuple(n for n in journeys.vocabulary.touchpoints if n not in mapped)


def endless(spec: JourneySpec) -> tuple[Finding, ...]:
    """Say where nothing tells when the journey is complete: maps need not be told, people do."""
    if spec.success or not spec.stages:
        return ()
    last = spec.stages[-1].name
    text = (
        f"no touchpoint completes the journey: whoever enters {last} counts as done, so nobody in "
        f"{last} can be told to leave, or to arrive. Name under `success` what completes it."
    )
    return (Finding("note", "success", text),)


def _days(spec: JourneySpec) -> Iterator[Finding]:
    """Find days that belong to two stages, and days that belong to none."""
    ranges = [(i, s, s.days) for i, s in enumerate(spec.stages) if s.days is not None]
    for (_, a, (a_first, a_last)), (i, b, (b_first, b_last)) in pairwise(ranges):
        place = f"stages.{i}.days"
        if b_first <= a_first:
            text = f"{b.name} begins on day {b_first}, not after {a.name} (day {a_first}): it "
            yield Finding(
                "warning", place, text + "can never be entered in this order. Move it up."
            )
        elif a_last is None or a_last >= b_first:
            end = b_first if a_last == b_first else a_last
            days = f"day {b_first}" if end == b_first else f"days {b_first} to {end or 'the end'}"
            fixed = _written(a_last + 1, b_last) if a_last is not None else None
            instead = f"write {b.name} as {fixed}" if fixed else f"end {a.name} at {b_first - 1}"
            yield Finding(
                "warning",
                place,
                f"overlap at {days}: {a.name} and {b.name}. The later stage wins; {instead}.",
            )
        elif b_first > a_last + 1:
            gap = (
                f"day {a_last + 1}"
                if b_first == a_last + 2
                else f"days {a_last + 1} to {b_first - 1}"
            )
            fixed = _written(a_last + 1, b_last)
            text = f"gap at {gap}: between {a.name} and {b.name}. {a.name} lasts until {b.name} "
            yield Finding("warning", place, text + f"begins; write {b.name} as {fixed}.")


def _written(first: int, last: int | None) -> str | None:
    if last is None:
        return f"{first}+"
    return f"{first}-{last}" if last >= first else None


def _twice(spec: JourneySpec) -> Iterator[Finding]:
    """Find touchpoints that enter two stages."""
    first: dict[str, Stage] = {}
    for i, stage in enumerate(spec.stages):
        for name in stage.alone:
            if name in first and first[name] is not stage:
                text = f"{name!r} enters {first[name].name} and {stage.name}; it counts for "
                text += f"{first[name].name}. Remove it from one of them."
                yield Finding("warning", f"stages.{i}.enter_on", text)
            first.setdefault(name, stage)


def _outcomes(spec: JourneySpec) -> Iterator[Finding]:
    for name in spec.success:
        if name in spec.failure:
            text = f"{name!r} is both success and failure. Remove it from one of them."
            yield Finding("error", "failure", text)
    used = {*spec.success, *spec.failure}
    for stage in spec.stages:
        used.update(stage.names, stage.unless, stage.holds)
    for name in spec.ignore:
        if name in used:
            text = f"{name!r} is ignored and used by the journey. Remove it from one of them."
            yield Finding("warning", "ignore", text)


def _names(spec: JourneySpec, journeys: Journeys) -> Iterator[Finding]:
    known = journeys.vocabulary.touchpoints
    keys = (("enter_on", "names"), ("unless", "unless"), ("holds", "holds"))
    places = [
        (f"stages.{i}.{key}", getattr(stage, names))
        for i, stage in enumerate(spec.stages)
        for key, names in keys
    ]
    places += [("success", spec.success), ("failure", spec.failure), ("ignore", spec.ignore)]
    for place, names in places:
        for name in names:
            if name not in known:
                level: Literal["error", "warning"] = (
                    "warning" if place.endswith(("ignore", "holds")) else "error"
                )
                yield Finding(level, place, unknown("touchpoint", name, known))


def _states(spec: JourneySpec, journeys: Journeys) -> Iterator[Finding]:
    known = journeys.vocabulary.states
    if spec.hold_constant is not None and spec.hold_constant not in known:
        yield Finding("error", "hold_constant", unknown("state", spec.hold_constant, list(known)))
    for i, stage in enumerate(spec.stages):
        if (rule := stage.enter_when) is None:
            continue
        place = f"stages.{i}.enter_when"
        if rule.state not in known:
            yield Finding("error", place, unknown("state", rule.state, list(known)))
            continue
        for value in rule.is_:
            if value not in known[rule.state]:
                text = f"state {rule.state!r}: {unknown('value', value, known[rule.state])}"
                yield Finding("error", place, text)


def _unmapped(spec: JourneySpec, journeys: Journeys) -> Iterator[Finding]:
    """Say which touchpoints no rule speaks of; stages by days or state need none."""
    if not any(stage.names for stage in spec.stages):
        return
    names = [readable(n) for n in unmapped(spec, journeys)]
    if names:
        shown = ", ".join(names[:_LISTED])
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        text = f"{len(names)} touchpoints enter no stage: {shown}{more}. They count in the stage "
        if len(names) == 1:
            text = f"1 touchpoint enters no stage: {shown}. It counts in the stage "
        text += f"the {_one(journeys)} is in; list them under `ignore` to say so."
        yield Finding("note", "stages", text)


def _one(journeys: Journeys) -> str:
    """Give the word for one of those who make the journey."""
    return "account" if journeys.unit == "account" else "customer"


def _unreached(spec: JourneySpec, journeys: Journeys, plan: StagePlan | None) -> Iterator[Finding]:
    """Find stages nobody reaches, and stages most customers enter before the one above."""
    plan = plan or compile_plan(spec, journeys)
    entered = np.zeros(plan.n_stages, np.int64)
    furthest = np.zeros(plan.n_stages, np.int64)
    for batch in journeys:
        walked = passages(batch, plan)
        entered += (walked.entered_us != NEVER).sum(axis=0)
        inside = walked.furthest[walked.furthest >= 0]
        furthest += np.bincount(inside, minlength=plan.n_stages)
    reached = furthest[::-1].cumsum()[::-1]
    for i, stage in enumerate(spec.stages):
        if not reached[i]:
            text = f"nobody reaches {stage.name}. Check what enters it, or remove the stage."
            yield Finding("warning", f"stages.{i}", text)
        elif not entered[i]:
            text = (
                f"nobody enters {stage.name}; {int(reached[i]):,} go past it. Check what enters it."
            )
            yield Finding("warning", f"stages.{i}", text)
        elif 0 < i < plan.n_stages - 1 and not stage.optional and entered[i] * 2 < reached[i]:
            text = (
                f"{int(reached[i] - entered[i]):,} of {int(reached[i]):,} {_one(journeys)}s pass "
                f"{stage.name} without entering it: it may stand too late. Move or remove it."
            )
            yield Finding("note", f"stages.{i}", text)
