"""The journey map, composed from answers that share one walk through the stages."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np

from trod.analyses.names import encode
from trod.events.counted import plural
from trod.insights.answers import Answers, ask
from trod.insights.completeness import StageGrade, incomplete
from trod.insights.friction import frictions, moves_for
from trod.insights.headline import headline
from trod.insights.journey_map import (
    Count,
    JourneyMap,
    Kpi,
    StageView,
    Touch,
)
from trod.insights.paths import first_moves, paths_after
from trod.insights.rates import mood, rate, stay
from trod.insights.rules import stage_rule
from trod.insights.slowness import slowness
from trod.insights.wording import SMALL_N, day, duration, in_words, money, share
from trod.journeys.batch import Journeys
from trod.journeys.check import check
from trod.journeys.label import readable
from trod.journeys.spec import JourneySpec

TOUCHES_PER_STAGE: Final = 12
HEARD_PER_STAGE: Final = 4
"""So many touchpoints of a stage are listed because most spoke about them."""
_LONGEST_GOAL: Final = 24


def journey_map(
    journeys: Journeys,
    spec: JourneySpec,
    *,
    suggested: bool = False,
    notes: Sequence[str] = (),
    graded: Callable[[Answers], Sequence[StageGrade]] | None = None,
    segment: str = "",
) -> JourneyMap:
    """Compose the map of a journey: stages, people, mood, touchpoints, frictions, next moves.

    Parameters
    ----------
    journeys
        All journeys of one unit.
    spec
        The definition: declared in trod.yml, or by `trod.journeys.suggest`.
    suggested
        Whether the stages were suggested from the data; stated on the map.
    notes
        What else the reader must know: assumptions, quarantined rows, sources left aside.
    graded
        Grades the data of the stages, given the answers; without it nothing is graded.
    segment
        Id of the segment whose journeys these are; stated on the map.

    Returns
    -------
    JourneyMap
        Frozen; `to_json` writes it. The same for the same data, whatever the batches or threads.

    Raises
    ------
    DefinitionError
        If the definition names touchpoints or states that no customer ever had.

    Notes
    -----
    One pass over the touchpoints, a second over the customers behind the paths.
    """
    asked = ask(journeys, spec)
    grades = tuple(graded(asked)) if graded is not None else ()
    found = frictions(asked, grades) or slowness(asked)
    sankey = paths_after(asked, found)
    first_us, last_us = journeys.span_us()
    stages, unit = asked.stages, asked.unit
    entered = int(stages.reached[0])
    done = int(stages.done.sum())
    return JourneyMap(
        journey=spec.name,
        headline=headline(asked, found),
        unit=unit,
        population=Count(journeys.n_customers, "all"),
        entered=Count(entered, f"reached:{encode(stages.stage[0])}"),
        outside=Count(stages.outside, "outside"),
        outcome_name=outcome_name(spec),
        outcome=rate(done, entered),
        stages=tuple(
            _stage(asked, s, grades[s].grade if grades else "") for s in range(len(stages.stage))
        ),
        frictions=found,
        moves=moves_for(found, unit),
        sankey=sankey,
        first_moves=first_moves(sankey),
        kpis=_kpis(asked, unit),
        first_day=day(first_us, journeys.zone),
        last_day=day(last_us, journeys.zone),
        as_of=day(asked.plan.as_of_us, journeys.zone),
        zone=journeys.zone,
        zone_assumed=journeys.zone_assumed,
        currency=journeys.currency,
        left_rule=_left_rule(asked),
        suggested=suggested,
        n_touchpoints=journeys.n_events,
        small_n=SMALL_N,
        definitions=_definitions(asked, unit),
        notes=(*notes, *incomplete(grades), *_notes(asked, suggested=suggested)),
        segment=segment,
    )


def to_json(made: JourneyMap) -> str:
    """Write the map for programs; the same bytes for the same map."""
    told = asdict(made)
    for asked_for in ("until", "since"):
        if not told[asked_for]:
            del told[asked_for]
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def outcome_name(spec: JourneySpec) -> str:
    """Say what success is called: its touchpoints, or reaching the last stage."""
    if spec.success:
        return in_words([readable(name) for name in spec.success], most=2)
    return f"Reached {spec.stages[-1].name}"


def _stage(asked: Answers, s: int, grade: str) -> StageView:
    found, declared = asked.stages, asked.spec.stages[s]
    name, reached = found.stage[s], int(found.reached[s])
    last = s == len(found.stage) - 1
    on, done, base = int(found.went_on[s]), int(found.done[s]), int(found.base[s])
    in_stage = asked.touches.customers[s]
    ranked = np.lexsort((np.arange(in_stage.size), -in_stage))
    present = [int(k) for k in ranked if in_stage[k] > 0]
    shown = _shown(asked, s, present)
    return StageView(
        name=name,
        asks=declared.asks,
        rule=stage_rule(asked, s),
        reached=Count(reached, f"reached:{encode(name)}"),
        went_on=Count(on, "" if last else f"reached:{encode(found.stage[s + 1])}"),
        left=Count(int(found.left[s]), f"left:{encode(name)}"),
        still_there=Count(int(found.still_there[s]), f"open:{encode(name)}"),
        done=Count(done, f"done:{encode(name)}"),
        skipped=int(found.skipped[s]),
        conversion=rate(on + done - int(found.passed_over[s]), base),
        dwell=stay(asked, s),
        touches=tuple(_touch(asked, s, k) for k in shown),
        n_other_touches=len(present) - len(shown),
        spoke=int(asked.emotion.by_stage.n[s]),
        data_grade=grade,
    )


def _shown(asked: Answers, s: int, present: Sequence[int]) -> list[int]:
    """Choose touchpoints of a stage: the most reached, and among them those whose mood is known.

    A few that many spoke about take the places of the least reached, or a stage where hundreds said
    how it felt would look as if nobody had.
    """
    known = [k for k in present if asked.emotion.known[s, k]]
    heard = sorted(known, key=lambda k: (-int(asked.emotion.n[s, k]), k))[:HEARD_PER_STAGE]
    rest = [k for k in present if k not in heard][: TOUCHES_PER_STAGE - len(heard)]
    return [k for k in present if k in heard or k in rest]


def _touch(asked: Answers, s: int, k: int) -> Touch:
    found = asked.touches
    n, base = int(found.customers[s, k]), int(asked.stages.base[s])
    return Touch(
        name=found.name[k],
        channel=asked.channel[k],
        customers=Count(n, f"touch:{encode(found.stage[s])}/{encode(found.name[k])}"),
        share=round(n / base, 6) if base else 0.0,
        mood=mood(asked, s, k),
        went_on=rate(int(found.went_on[s, k]), n),
        position=round(float(found.position[s, k]), 6),
    )


def _kpis(asked: Answers, unit: str) -> tuple[Kpi, ...]:
    stages, found = asked.stages, asked.losses
    entered, done = int(stages.reached[0]), int(stages.done.sum())
    name = outcome_name(asked.spec)
    made = [Kpi(name, share(done, entered), f"{done:,} of {plural(entered, unit)}", "done")]
    if found.to_success is not None:
        spent = found.to_success
        note = f"nine in ten within {duration(spent.p90_us)}"
        made.append(Kpi(_time_to(asked.spec), duration(spent.median_us), note, "done"))
    open_ = int(stages.still_there.sum())
    made.append(Kpi("Still on the way", f"{open_:,}", f"of {entered:,} who entered", "open"))
    value, paying = (int(x) for x in found.money[-1])
    lost, left = int(found.money[:-1, 0].sum()), int(stages.left.sum())
    currency = asked.journeys.currency
    if lost:
        note = f"already received from the {left:,} who left"
        made.append(Kpi("Revenue so far of those who left", money(lost, currency), note, "left"))
    elif paying and value:
        note = plural(paying, unit)
        made.append(Kpi("Value on record", money(value, currency), note, "valued"))
    return tuple(made)


def _time_to(spec: JourneySpec) -> str:
    goal = outcome_name(spec) if spec.success else spec.stages[-1].name
    return f"Time to {goal}" if len(goal) <= _LONGEST_GOAL else "Time to success"


def _left_rule(asked: Answers) -> str:
    words = f"no touchpoint for {duration(asked.plan.left_after_us)}"
    if asked.spec.failure:
        return f"{in_words([readable(n) for n in asked.spec.failure])}, or {words}"
    return words


def _definitions(asked: Answers, unit: str) -> tuple[tuple[str, str], ...]:
    first = asked.stages.stage[0]
    goal = outcome_name(asked.spec)
    made = [
        ("Reached", f"{unit} who got to the stage or past it; skipping it counts."),
        ("Left", f"{_left_rule(asked)}, as of {day(asked.plan.as_of_us, asked.journeys.zone)}."),
        ("Still there", "neither left nor done: their journey may go on."),
        ("Done", f"{goal}; counted in the stage they stood in."),
        ("Leave rate", f"left, out of all {unit} who reached the stage; some may still be there."),
        (
            "Landmark",
            "groups are compared a set time after entering a stage, among those still in it: who "
            "had the touchpoint by then beside who had not, and who left later. Leaving early has "
            "no part in it (Anderson, Cain & Gelber 1983).",
        ),
        (
            "Times",
            "medians and nine in ten are read from histograms whose bins are at most 1/32 of the "
            "time wide.",
        ),
        (
            "Paths",
            "more or fewer: beside everyone else who took another step there, without those whose "
            "journey ended by it; beyond chance at 95% over all comparisons.",
        ),
        ("Interval", "95% by Wilson for shares, by Student's t for mood."),
        ("Observed", "seen in the data; may not be the cause."),
        (
            "Worth recovering",
            "upper bound if the recovered behave like the rest; 80% range of sampling error only.",
        ),
        ("Outside", f"{unit} who never entered {first} or a later stage."),
    ]
    if any(asked.plan.optional):
        names = [s.name for s in asked.spec.stages[:-1] if s.optional]
        text = f"{in_words(names)} may be passed over: shares there are of those who entered it."
        made.append(("Optional", text))
    if asked.spec.converts_within:
        window = duration(asked.plan.window_us)
        made.append(("Window", f"stages entered later than {window} after entry do not count."))
    return tuple(made)


def _notes(asked: Answers, *, suggested: bool) -> list[str]:
    made = []
    if suggested:
        made.append("The stages were suggested from the data. Name your own in `trod.yml`.")
    if asked.journeys.zone_assumed:
        made.append(f"Times without a zone were read as {asked.journeys.zone}. Set `events.zone`.")
    if not asked.spec.left_after:
        usual = duration(asked.plan.left_after_us)
        made.append(
            f"That {usual} of silence count as left was learned. Set `left_after` to change it."
        )
    if not asked.emotion.n.any():
        made.append("Nobody said how they felt: connect a survey or a text column to see emotion.")
    found = check(asked.spec, asked.journeys, plan=asked.plan)
    return made + [finding.text[:1].upper() + finding.text[1:] for finding in found]
