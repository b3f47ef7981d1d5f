"""The one sentence at the top: where to focus next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.analyses.names import encode
from trod.insights.answers import Answers
from trod.insights.claims import Claim, Figure, claim, counted, shared, verify
from trod.insights.journey_map import Friction, Rate
from trod.insights.wording import SMALL_N, duration
from trod.journeys.label import readable, shortened

LONGEST: Final = 84
_CERTAIN: Final = {"strong": 1.0, "moderate": 0.7, "weak": 0.3}
_ROLES: Final = {
    "place": "worse",
    "rate_worse": "worse",
    "with_it": "worse",
    "rate_better": "better",
}
_VAGUE = frozenset({"fell_silent", "asked_to_leave"})


def headline(asked: Answers, found: Sequence[Friction], unit: str) -> tuple[tuple[str, str], ...]:
    """Choose the sentence that says where to focus, in at most 84 characters.

    Frictions are weighed by size (customers who could be kept), certainty (grade of evidence) and
    fixability (whether anything but leaving itself is known about it). The fullest sentence that
    fits is taken, and every figure in it is counted again before it is shown.

    Returns
    -------
    tuple of (text, role)
        Pieces of the sentence; the role is "worse", "better" or "".
    """
    ranked = sorted((f for f in found if f.lost.n), key=lambda f: (-round(_weight(f), 6), f.rank))
    slow = [f for f in found if not f.lost.n and f.touchpoint is not None]
    if ranked:
        made = _about(asked, ranked[0], unit)
    else:
        made = _slow(asked, slow[0]) if slow else _quiet(asked, unit)
    verify(made, asked)
    return tuple((text, _ROLES.get(name, "")) for text, name in made.pieces)


def _weight(friction: Friction) -> float:
    low, high = friction.value_of_recovery
    fixable = 1.0 if set(friction.signals) - _VAGUE else 0.5
    return (low + high) / 2 * _CERTAIN[friction.evidence_grade] * fixable


def _about(asked: Answers, friction: Friction, unit: str) -> Claim:
    """Try the fullest sentence first; shorten names before dropping what is known."""
    stage = asked.stages.stage[friction.stage]
    figures: dict[str, Figure] = {
        "n": counted(friction.lost.n, friction.lost.key),
        "leave_rate": shared(
            friction.leave_rate.part, friction.leave_rate.whole, friction.lost.key
        ),
    }
    start, touchpoint = "{n} {unit} left in {place}", ""
    templates = [start + "."]
    if friction.leave_rate.whole > friction.leave_rate.part:
        templates.insert(0, start + ": {leave_rate} of those who got there.")
    if friction.before:
        name, lost, on = _telling(friction)
        touchpoint, had = readable(name), lost.part + on.part
        if _helps(lost, on):
            figures["rate_better"] = shared(on.part, had)
            tails = (" Of those with {touchpoint}, {rate_better} went on.",
                     " With {touchpoint}, {rate_better} went on.")  # fmt: skip
        else:
            figures["rate_worse"] = shared(lost.part, had)
            tails = (" Of those with {touchpoint}, {rate_worse} left.",
                     " After {touchpoint}, {rate_worse} left.")  # fmt: skip
        templates = [start + "." + tail for tail in tails] + templates
    made = [
        claim(
            template,
            figures,
            unit=unit,
            place=shortened(stage, length),
            touchpoint=shortened(touchpoint, length),
        )
        for length in (40, 28, 20)
        for template in templates
        if length == 40 or template not in templates[-2:] or len(templates) < 3
    ]
    short = claim(templates[-1], figures, unit=unit, place=shortened(stage, 40))
    return next((each for each in made if len(each.text) <= LONGEST), short)


def _telling(friction: Friction) -> tuple[str, Rate, Rate]:
    """Choose what to say beside the loss: what goes with staying, if anything does."""
    helping = [each for each in friction.before if _helps(each[1], each[2])]
    return (helping or list(friction.before))[0]


def _helps(lost: Rate, on: Rate) -> bool:
    return on.share > lost.share


def _slow(asked: Answers, friction: Friction) -> Claim:
    """Say where time is lost, where nobody is."""
    facts, stage = dict(friction.facts), asked.stages.stage[friction.stage]
    made = [
        claim(
            "{place} takes {with_it} with {touchpoint}, {without} without.",
            {"with_it": Figure(facts["with it"]), "without": Figure(facts["without"])},
            place=shortened(stage, length),
            touchpoint=shortened(readable(friction.touchpoint or ""), length),
        )
        for length in (40, 28, 20)
    ]
    return next((each for each in made if len(each.text) <= LONGEST), made[-1])


def _quiet(asked: Answers, unit: str) -> Claim:
    """Say what there is to say where nobody has left."""
    entered = int(asked.stages.reached[0])
    key = f"reached:{encode(asked.stages.stage[0])}"
    if not entered:
        return claim(
            "None of {n} {unit} entered the journey.",
            {"n": counted(asked.journeys.n_customers, "all")},
            unit=unit,
        )
    done = counted(int(asked.stages.done.sum()), "done")
    figures = {"n": counted(entered, key), "done": done}
    short = claim("Nobody has left: {done} of {n} {unit} are done.", figures, unit=unit)
    known = [(d.median_us, s) for s, d in enumerate(asked.stages.dwell) if d and d.n >= SMALL_N]
    if len(known) < 2:
        return short
    longest, s = max(known, key=lambda each: (each[0], -each[1]))
    made = claim(
        "Nobody has left. The longest stage is {place}: {time} for the middle customer.",
        {"time": Figure(duration(longest))},
        place=shortened(asked.stages.stage[s], 24),
    )
    return made if len(made.text) <= LONGEST else short
