"""Rules of a journey definition that work against each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from trod.journeys.finding import Finding
from trod.journeys.spec import JourneySpec, Stage


def contradictions(spec: JourneySpec) -> Iterator[Finding]:
    """Find exclusions, ways back, options, steps and held values that undo another rule."""
    for i, stage in enumerate(spec.stages):
        yield from _excluded(i, stage)
        yield from _held(i, stage, spec)
        yield from _cut_short(i, stage, spec)
        if stage.back:
            yield from _back(i, stage, spec)
    yield from _same(spec)
    yield from _one_value(spec)
    if spec.stages[-1].optional:
        text = (
            f"{spec.stages[-1].name} is the last stage: nobody can pass it over. Remove optional."
        )
        yield Finding("warning", f"stages.{len(spec.stages) - 1}.optional", text)


def _excluded(i: int, stage: Stage) -> Iterator[Finding]:
    """A touchpoint that enters a stage and keeps customers out of it."""
    for name in stage.unless:
        if name in stage.names:
            text = f"{name!r} enters {stage.name} and keeps customers out of it: it never enters. "
            yield Finding("error", f"stages.{i}.unless", text + "Remove it from one of them.")


def _held(i: int, stage: Stage, spec: JourneySpec) -> Iterator[Finding]:
    """A touchpoint that belongs to one stage and enters another, or the same."""
    for name in stage.holds:
        for other in spec.stages:
            if name in other.names:
                text = f"{name!r} enters {other.name}; {stage.name} holds it. Remove it from holds."
                yield Finding("warning", f"stages.{i}.holds", text)


def _cut_short(i: int, stage: Stage, spec: JourneySpec) -> Iterator[Finding]:
    """A step in order that ends the journey before the steps after it."""
    if stage.enter_on is None:
        return
    for name in stage.enter_on.in_order[:-1]:
        if name in {*spec.success, *spec.failure}:
            text = f"{name!r} ends the journey, and steps of {stage.name} come after it: nobody "
            text += "inside can complete them. Put it last, or remove it."
            yield Finding("warning", f"stages.{i}.enter_on", text)


def _back(i: int, stage: Stage, spec: JourneySpec) -> Iterator[Finding]:
    """A way back where there is nothing after, or where days lead on again at once."""
    if i == len(spec.stages) - 1:
        text = f"{stage.name} is the last stage: nobody can come back to it. Remove back."
        yield Finding("warning", f"stages.{i}.back", text)
    for later in spec.stages[i + 1 :]:
        if later.days:
            text = (
                f"{later.name} begins by days: who comes back to {stage.name} is led on again by "
            )
            text += "the next touchpoint. Enter it by a touchpoint, or remove back."
            yield Finding("error", f"stages.{i}.back", text)


def _same(spec: JourneySpec) -> Iterator[Finding]:
    """Two stages that are always entered together."""
    several = [(i, s) for i, s in enumerate(spec.stages) if s.names and not s.alone]
    for (_, one), (j, other) in combinations(several, 2):
        if one.enter_on == other.enter_on and not other.unless:
            text = f"{one.name} and {other.name} have the same rule: {one.name} can never be "
            text += "entered. Change or remove one of them."
            yield Finding("warning", f"stages.{j}.enter_on", text)


def _one_value(spec: JourneySpec) -> Iterator[Finding]:
    """Stages entered by different values of what one passage holds."""
    state = spec.hold_constant
    by_state = [(i, s) for i, s in enumerate(spec.stages) if s.enter_when]
    held = [(i, s) for i, s in by_state if s.enter_when and s.enter_when.state == state]
    if state is not None and len(held) > 1:
        i, stage = held[1]
        text = f"one passage holds one value of {state!r}, and {held[0][1].name} and {stage.name} "
        text += "are entered by its values. Hold another state, or enter them by touchpoints."
        yield Finding("error", f"stages.{i}.enter_when", text)
