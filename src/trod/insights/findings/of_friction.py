"""Frictions as findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.analyses.names import encode
from trod.insights.answers import Answers
from trod.insights.findings.finding import Finding, Impact
from trod.insights.friction import moves_for
from trod.insights.journey_map import Fact, Friction, NextMove
from trod.insights.wording import day
from trod.journeys.passage import DAY_US

_LEVEL: Final = 80


def of_frictions(asked: Answers, found: Sequence[Friction]) -> tuple[Finding, ...]:
    """Make findings of frictions, each with what to do about it and what that may be worth.

    A friction is about its stage, whatever touchpoint goes with it this month; one of time is
    about the time in its stage.

    Parameters
    ----------
    asked, found
        The answers of a journey, and the frictions that were found in them.
    """
    on_the_page = {move.friction: move for move in moves_for(found, asked.unit)}
    return tuple(_finding(asked, each, on_the_page.get(each.rank)) for each in found)


def _finding(asked: Answers, friction: Friction, move: NextMove | None) -> Finding:
    stage = asked.stages.stage[friction.stage]
    move = move or next(iter(moves_for([friction], asked.unit)), None)
    of_time = friction.slower_us is not None
    reached = asked.base_key(friction.stage)
    return Finding(
        kind="friction",
        about=f"time in {stage}" if of_time else stage,
        journey=asked.spec.name,
        unit=asked.journeys.unit,
        title=_title(friction.title, stage),
        statement=friction.statement,
        facts=friction.facts,
        population=friction.who,
        evidence="Observed",
        grade=friction.evidence_grade,
        cause=friction.cause,
        recommendation="" if move is None else f"{move.sentence}. Not {move.when_not}",
        lever="" if move is None else move.lever,
        measure="" if move is None else move.measure,
        impact=_impact(asked, friction),
        stage=stage,
        since=friction.since,
        as_of=day(asked.plan.as_of_us, asked.journeys.zone),
        touchpoint=friction.touchpoint or "",
        wholes=tuple(_whole(fact, reached) for fact in friction.facts),
        contrast=f"in:{encode(stage)}" if of_time else reached,
        data_grade=friction.data_grade,
    )


def _title(title: str, stage: str) -> str:
    """Name the stage, once."""
    return title if title.endswith(f" in {stage}") else f"{title} ({stage})"


def _whole(fact: Fact, reached: str) -> str:
    """Give the key of those whom a share is of; none of what is a number of customers."""
    if fact.behind is None:
        return ""
    if fact.behind.key.startswith("landmark:"):
        return fact.behind.key.rpartition("&")[0]
    return reached if fact.name == "leave rate" else ""


def _impact(asked: Answers, friction: Friction) -> Impact | None:
    """Give what keeping the recoverable is worth over the record; None where that is not known."""
    low, high = friction.value_of_recovery
    if high <= 0:
        return None
    first, last = asked.journeys.span_us()
    days = max(1, (last - first) // DAY_US)
    return Impact(low, high, f"{asked.unit} kept", _LEVEL, friction.recovery_formula, days)
