"""Where customers are lost, ranked by what is at stake, with what a sceptic asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from trod.analyses.names import encode
from trod.insights.answers import Answers
from trod.insights.claims import Claim, Figure, claim, counted, shared, verify
from trod.insights.completeness import BLOCKING, StageGrade
from trod.insights.contrast import Contrast, contrasts
from trod.insights.journey_map import Count, Friction, Mood, NextMove
from trod.insights.levers import Lever, for_signals
from trod.insights.quotes import quotes
from trod.insights.rates import EIGHTY, difference, mood, rate, stage_mood, stay, wilson
from trod.insights.signals import MET_BEFORE, own, signals
from trod.insights.since import since_month
from trod.insights.wording import SMALL_N, day, duration, of_unit, share
from trod.journeys.label import readable, shortened

SHOWN: Final = 3
"""Frictions on the page; all are in the JSON."""
_USUAL: Final = 0.9
_UNKNOWN: Final = "not known: nothing tells those who left from the others"
_STILL: Final = 0.05
_BEFORE: Final = 5
_UPPER: Final = "upper bound if the recovered behave like the rest"


class _Recovery(NamedTuple):
    low: float
    high: float
    formula: str


def frictions(asked: Answers, grades: Sequence[StageGrade] = ()) -> tuple[Friction, ...]:
    """Rank the stages by what is at stake: the lost who would have succeeded like the others.

    Each stage with a material loss is one friction: who is lost and where inside the stage, what
    goes with leaving, since when, how they felt, and what it would be worth. Rates are out of all
    who reached the stage; customers still there are not lost. Everything is observed: the words are
    those of association, and the cause is a hypothesis.

    A loss is material from 5 % of those who reached the stage and 1 % of those who entered the
    journey, if 30 customers are lost or, in a small journey, one in ten.

    Parameters
    ----------
    asked
        The answers of `trod.insights.answers.ask`.
    grades
        How complete the data of each stage are, where that is known. Of a stage with a blocking
        grade who left is counted, and nothing is claimed: no contrast, no cause, no worth.

    Returns
    -------
    tuple of Friction
        The most at stake first.

    Notes
    -----
    Worth of a stage: customers who leave in excess of the other group, at a landmark (see
    `trod.insights.contrast`), times the share of those who went on who then succeeded; without a
    contrast it is not known. Ranges are 80 %, of sampling only; none is given for few customers, or
    where it has no width. What is only observed is moderate evidence at most, and that from 300
    customers in the worse group and 100 lost; strong is a test with a control group.
    """
    losing = [s for s in range(len(asked.stages.stage)) if _material(asked, s)]
    graded = {s: one.grade for s, one in enumerate(grades)}
    found = contrasts(asked, [s for s in losing if graded.get(s) not in BLOCKING])
    drafts = [_draft(asked, s, found.get(s, ())) for s in losing]
    ranked = sorted(drafts, key=lambda d: (-at_stake(asked, d.stage), -d.lost, d.stage))
    made = (_finished(asked, draft, i + 1) for i, draft in enumerate(ranked))
    return tuple(_inherited(friction, graded.get(friction.stage, "")) for friction in made)


def _inherited(friction: Friction, grade: str) -> Friction:
    """Give a friction the grade of its data; with a blocking one nothing is claimed."""
    if grade not in BLOCKING:
        return replace(friction, data_grade=grade)
    why = f"Not claimed: the data of this stage are graded {grade}. Mend the gaps first."
    return replace(
        friction,
        data_grade=grade,
        cause=why,
        recovery_formula=f"{why[:1].lower()}{why[1:-1]}",
        evidence_grade="weak",
    )


def at_stake(asked: Answers, s: int) -> float:
    """Give the lost of a stage, times the share of those who went on from it who succeeded."""
    not_won, won = (int(x) for x in asked.losses.succeeded[s])
    return round(int(asked.stages.left[s]) * won / max(won + not_won, 1), 6)


class _Draft(NamedTuple):
    stage: int
    lost: int
    reached: int
    touchpoint: int | None
    contrast: tuple[Contrast, ...]
    recovery: _Recovery


def _material(asked: Answers, s: int) -> bool:
    """Say whether a stage loses enough customers to speak of."""
    lost, reached = int(asked.stages.left[s]), int(asked.stages.base[s])
    entered = int(asked.stages.reached[0])
    many = lost >= SMALL_N or lost * 10 >= entered
    return lost > 0 and many and lost * 20 >= reached and lost * 100 >= entered


def _draft(asked: Answers, s: int, found: tuple[Contrast, ...]) -> _Draft:
    lost, reached = int(asked.stages.left[s]), int(asked.stages.base[s])
    after = asked.touches.left_after[s]
    k = int(after.argmax())
    # What nearly everybody has in a stage tells nobody apart.
    usual = int(asked.touches.customers[s, k]) >= _USUAL * int(asked.stages.entered[s])
    pinned = int(after[k]) * 2 >= lost and not asked.plan.failure[k] and not usual
    recovery = _recovery(asked, s, found)
    return _Draft(s, lost, reached, k if pinned else None, found, recovery)


def _recovery(asked: Answers, s: int, found: Sequence[Contrast]) -> _Recovery:
    """Say what keeping the recoverable is worth, in customers who succeed, with an 80 % range."""
    if not found:
        return _Recovery(0.0, 0.0, _UNKNOWN)
    not_won, won = (int(x) for x in asked.losses.succeeded[s])
    q_low, q_high = wilson(won, won + not_won, EIGHTY)
    then = f"{share(won, won + not_won)} of those who went on have succeeded"
    more, less = found[0].excess
    n = more[1]
    at = f", of those still there after {duration(found[0].after_us)}"
    low, high = difference(more, less, EIGHTY)
    text = f"{n:,} × ({share(*more)} leaving − {share(*less)} leaving{at}) × {then}: {_UPPER}"
    return _Recovery(round(max(0.0, low) * n * q_low, 6), round(high * n * q_high, 6), text)


def _finished(asked: Answers, draft: _Draft, rank: int) -> Friction:
    s, found = draft.stage, draft.contrast
    names = asked.journeys.vocabulary.touchpoints
    stage = asked.stages.stage[s]
    best, place = found[0] if found else None, _place(draft)
    month = since_month(asked.losses.months[s])
    felt, delay = _mood(asked, draft), stay(asked, s)
    given = signals(
        asked,
        s,
        found,
        touchpoint=draft.touchpoint,
        mood=felt,
        delay=delay,
        since=month is not None,
    )
    said = _statement(asked, draft)
    verify(said, asked)
    more, less = best.excess if best else (None, None)
    worth = asked.losses.money[s]
    return Friction(
        rank=rank,
        stage=s,
        touchpoint=None if place is None else names[place],
        title=_title(asked, draft),
        statement=said.text,
        facts=said.facts,
        lost=Count(draft.lost, f"left:{encode(stage)}"),
        money_lost_micros=int(worth[0]) if worth[1] else None,
        leave_rate=rate(draft.lost, draft.reached),
        compare_rate=rate(*less) if less else None,
        compare_label=_compare_label(asked, best),
        since=day(asked.months[month], asked.journeys.zone) if month is not None else None,
        delay=delay,
        mood=felt,
        loops=int(asked.losses.rounds[s].sum()),
        before=tuple((names[c.code], rate(*c.lost), rate(*c.went_on)) for c in found[:_BEFORE]),
        quotes=quotes(asked, s, lacked=_lacked(found)) if rank <= SHOWN else (),
        cause=of_unit(_cause(draft, given), asked.unit),
        evidence="Observed",
        evidence_grade=_grade(draft, more),
        value_of_recovery=_value(draft),
        recovery_formula=draft.recovery.formula,
        signals=given,
        worse_rate=rate(*more) if more else None,
        landmark_us=best.after_us if best else None,
        helps=best is not None and not best.harmful,
        evidence_note=_note(asked, best),
    )


def _value(draft: _Draft) -> tuple[float, float]:
    """Give the range of what could be kept; none where it says more than is known."""
    low, high = draft.recovery.low, draft.recovery.high
    if draft.lost < SMALL_N or round(low) == round(high):
        return 0.0, 0.0
    return low, high


def _note(asked: Answers, best: Contrast | None) -> str:
    """Say how the groups were compared."""
    if best is None:
        return ""
    n, name = best.with_it[1] + best.without[1], _name(asked, best.code)
    return (
        f"Landmark comparison {duration(best.after_us)} after entering: {n:,} still there then, "
        f"{best.with_it[1]:,} of them with {name} by then. Only leaving later counts; it also "
        "holds with those who had fallen silent."
    )


def _lacked(found: Sequence[Contrast]) -> list[int]:
    """List what the lost had less often: their words are not found there."""
    return [c.code for c in found if not c.harmful]


def _name(asked: Answers, code: int) -> str:
    return readable(asked.journeys.vocabulary.touchpoints[code])


def _place(draft: _Draft) -> int | None:
    """Give the touchpoint a friction is pinned to: what tells the lost apart, else the last one."""
    return draft.contrast[0].code if draft.contrast else draft.touchpoint


def _mood(asked: Answers, draft: _Draft) -> Mood:
    harmful = [c.code for c in draft.contrast[:1] if c.harmful]
    for k in (*harmful, draft.touchpoint):
        if k is not None and asked.emotion.known[draft.stage, k]:
            return mood(asked, draft.stage, k)
    return stage_mood(asked, draft.stage)


def _title(asked: Answers, draft: _Draft) -> str:
    names, stage = asked.journeys.vocabulary.touchpoints, asked.stages.stage[draft.stage]
    best = draft.contrast[0] if draft.contrast else None
    if best is not None and best.harmful:
        return f"{shortened(readable(names[best.code]), 36)} before leaving"
    if best is not None:
        return f"Without {shortened(readable(names[best.code]), 36)}"
    if draft.touchpoint is not None:
        return f"Leaving after {shortened(readable(names[draft.touchpoint]), 36)}"
    return f"Leaving in {shortened(stage, 36)}"


def _compare_label(asked: Answers, best: Contrast | None) -> str | None:
    if best is None:
        return None
    side = "without" if best.harmful else "with"
    return f"{side} {_name(asked, best.code)}, landmark at {duration(best.after_us)}"


def _statement(asked: Answers, draft: _Draft) -> Claim:
    """Say who is lost, and the contrast, from figures only."""
    s = draft.stage
    stage, names = asked.stages.stage[s], asked.journeys.vocabulary.touchpoints
    open_ = int(asked.stages.still_there[s])
    left, reached = f"left:{encode(stage)}", asked.base_key(s)
    figures: dict[str, Figure] = {
        "leave_rate": shared(draft.lost, draft.reached, left, reached),
        "lost": counted(draft.lost, left),
        "reached": counted(draft.reached, reached),
        "open": counted(open_, f"open:{encode(stage)}"),
    }
    words = {"stage": stage}
    template = "{leave_rate} leave in {stage} ({lost} of {reached})."
    if draft.reached < SMALL_N:
        template = "{leave_rate} left in {stage}."
    if open_ >= _STILL * draft.reached:
        template = template[:-1] + f"; {{open}} {'is' if open_ == 1 else 'are'} still there."
    if draft.contrast:
        best = draft.contrast[0]
        at = f"landmark:{encode(stage)}/{encode(names[best.code])}@{best.after_us}"
        figures["rate_with"] = shared(*best.with_it, f"{at}=with&{left}", f"{at}=with")
        figures["rate_without"] = shared(*best.without, f"{at}=without&{left}", f"{at}=without")
        figures["after"] = Figure(duration(best.after_us))
        words["touchpoint"] = readable(names[best.code])
        who = "{rate_with} with" if best.harmful else "{rate_without} without"
        others = "without it {rate_without}" if best.harmful else "with it {rate_with}"
        template += (
            f" Of those still there after {{after}}, {who} {{touchpoint}} left later; {others}."
        )
    elif draft.touchpoint is not None:
        k = draft.touchpoint
        last = int(asked.touches.left_after[s, k])
        key = f"leftafter:{encode(stage)}/{encode(names[k])}"
        figures["left_after"] = counted(last, key)
        words["touchpoint"] = readable(names[k])
        template += " For {left_after} of them {touchpoint} came last."
    return claim(template, figures, **words)


_CAUSES: Final = {
    "payment_failure": "a failed payment may end journeys that nobody decided to end",
    "error_before": "they may not get past an error, or not know how",
    "support_before": "they may have asked for help and not found it",
    "price_before": "the price may come as a surprise, or may not be worth it to them",
    "alone": "a customer who works alone may have little reason to stay",
    "loops": "they may be stuck: they repeat the same touchpoint",
    "first_value_missed": "they may never have got to the first useful result",
    "strong_helper": "what those who went on had may help, or may only mark the willing",
    "helper_touchpoint": "what those who went on had may help, or may only mark the willing",
    "negative_mood": "what they met here may have disappointed them: the words are below neutral",
    "long_delay": "the wait may be long enough to forget why they came",
    "since_known": "something that changed in that month may be behind it",
    "unexplained": "nothing they met here tells them apart; the data do not say why",
    "worse_touchpoint": "something there may stop them, or only those in trouble meet it",
    "single_touchpoint": "something at this touchpoint may stop them",
    "asked_to_leave": "they decided to leave; the data do not say why",
    "fell_silent": "they stopped without a word; the data do not say why",
}


def _cause(draft: _Draft, given: Sequence[str]) -> str:
    """Say a likely cause as a hypothesis, from the most telling signal."""
    harmful = bool(draft.contrast) and draft.contrast[0].harmful
    met = [signal for signal in given if harmful and signal in MET_BEFORE]
    text = _CAUSES[next(signal for signal in (*met, *given) if signal in _CAUSES)]
    return f"{text[:1].upper()}{text[1:]}."


def _grade(draft: _Draft, more: tuple[int, int] | None) -> str:
    if more is None:
        return "weak"
    return "moderate" if more[1] >= 300 and draft.lost >= 100 else "weak"


def _own(friction: Friction) -> set[str]:
    """Name the signals of the contrast that its figures are about; none without one."""
    if friction.landmark_us is None or friction.touchpoint is None:
        return set()
    return {*own(friction.touchpoint, helps=friction.helps)}


def _about(friction: Friction, lever: Lever) -> str:
    """Name the touchpoint a lever is about: that of the contrast where it fits, else the next."""
    if friction.touchpoint is not None and lever.answers(_own(friction)):
        return readable(friction.touchpoint)
    worse = lever.answers({"worse_touchpoint"})
    fitting = [name for name, lost, on in friction.before if (lost.share > on.share) == worse]
    return readable(fitting[0]) if fitting else "what those who went on had"


def moves_for(found: Sequence[Friction], unit: str = "customers") -> tuple[NextMove, ...]:
    """Give one move for each friction on the page, none twice, in words for a unit.

    A lever for the touchpoint whose contrast gave the figures comes first, and only such a lever
    carries them: what another move would keep is not known.
    """
    made: list[NextMove] = []
    used: set[str] = set()
    for friction in found[:SHOWN]:
        fitting = for_signals(friction.signals)
        ranked = sorted(fitting, key=lambda lever: not lever.answers(_own(friction)))
        said = {v.id: of_unit(v.do, unit).format(touchpoint=_about(friction, v)) for v in ranked}
        lever = next((v for v in ranked if said[v.id] not in used), None)
        if lever is None or friction.slower_us is not None:
            continue
        used.add(said[lever.id])
        known = lever.answers(_own(friction))
        low, high = friction.value_of_recovery if known else (0.0, 0.0)
        made.append(
            NextMove(
                stage=friction.stage,
                friction=friction.rank,
                lever=lever.id,
                sentence=said[lever.id],
                low=low,
                high=high,
                unit=f"{unit} kept",
                evidence=friction.evidence,
                when_not=of_unit(lever.when_not[:1].lower() + lever.when_not[1:], unit),
                measure=of_unit(lever.measure, unit),
            )
        )
    return tuple(made)
