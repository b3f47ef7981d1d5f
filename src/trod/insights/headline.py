"""The one sentence at the top: where to focus next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.analyses.names import encode
from trod.events.counted import one_of
from trod.insights.answers import Answers
from trod.insights.claims import Claim, Figure, claim, counted, shared, verify
from trod.insights.friction import at_stake
from trod.insights.journey_map import Friction, Piece
from trod.insights.rates import stay
from trod.insights.wording import SMALL_N, about, duration
from trod.journeys.label import readable, shortened

LONGEST: Final = 84
_CERTAIN: Final = {"strong": 1.0, "moderate": 0.7, "weak": 0.3}
_ROLES: Final = {
    "place": "worse",
    "rate_worse": "worse",
    "more": "worse",
    "rate_better": "better",
}
_VAGUE = frozenset({"fell_silent", "asked_to_leave"})


def headline(asked: Answers, found: Sequence[Friction]) -> tuple[Piece, ...]:
    """Choose the sentence that says where to focus, in at most 84 characters.

    Frictions are weighed by size (what is at stake), certainty (grade of evidence) and
    fixability (whether anything but leaving itself is known about it). Where no loss is material
    it says what takes long, or that nothing stands out. The fullest sentence that fits is taken,
    and every figure in it is counted again before it is shown.

    Returns
    -------
    tuple of Piece
        The sentence; its numbers carry the customers behind them.
    """
    slow = [f for f in found if f.slower_us is not None]
    losing = [f for f in found if f.slower_us is None]
    ranked = sorted(losing, key=lambda f: (-_weight(asked, f), f.rank))
    found_slow = _slow(asked, slow[0]) if slow and not ranked else None
    made = _about(asked, ranked[0]) if ranked else found_slow or _quiet(asked)
    verify(made, asked)
    return tuple(Piece(p.text, _ROLES.get(p.name, ""), p.behind) for p in made.pieces)


def _weight(asked: Answers, friction: Friction) -> float:
    fixable = 1.0 if set(friction.signals) - _VAGUE else 0.5
    size = at_stake(asked, friction.stage)
    return round(size * _CERTAIN[friction.evidence_grade] * fixable, 6)


def _about(asked: Answers, friction: Friction) -> Claim:
    """Try the fullest sentence first; shorten names before dropping what is known."""
    stage = asked.stages.stage[friction.stage]
    lost, leave = friction.lost, friction.leave_rate
    figures: dict[str, Figure] = {
        "n": counted(lost.n, lost.key),
        "leave_rate": shared(leave.part, leave.whole, lost.key, asked.base_key(friction.stage)),
    }
    start, touchpoint = "{n} {unit} left in {place}", ""
    templates = [start + "."]
    if leave.whole > leave.part:
        templates.insert(0, start + ": {leave_rate} of those who got there.")
    worse, better = friction.worse_rate, friction.compare_rate
    if worse is not None and better is not None and friction.touchpoint is not None:
        touchpoint = readable(friction.touchpoint)
        at = f"landmark:{encode(stage)}/{encode(friction.touchpoint)}@{friction.landmark_us}"
        more, less = (f"{at}={side}" for side in _sides(friction))
        figures["rate_worse"] = shared(worse.part, worse.whole, f"{more}&{lost.key}", more)
        figures["rate_better"] = shared(better.part, better.whole, f"{less}&{lost.key}", less)
        tail = (
            " Without {touchpoint}, {rate_worse} leave; with it {rate_better}."
            if friction.helps
            else " After {touchpoint}, {rate_worse} leave; without it {rate_better}."
        )
        templates.insert(0, start + "." + tail)
    made = [
        claim(
            template,
            figures,
            unit=asked.unit,
            place=shortened(stage, length),
            touchpoint=shortened(touchpoint, length),
        )
        for length in (40, 28, 20)
        for template in templates
        if length == 40 or template not in templates[-2:] or len(templates) < 3
    ]
    short = claim(templates[-1], figures, unit=asked.unit, place=shortened(stage, 40))
    return next((each for each in made if len(each.text) <= LONGEST), short)


def _sides(friction: Friction) -> tuple[str, str]:
    """Name the group that leaves more often, then the other."""
    return ("without", "with") if friction.helps else ("with", "without")


def _slow(asked: Answers, friction: Friction) -> Claim:
    """Say where time is lost, where nobody is."""
    stage, name = asked.stages.stage[friction.stage], friction.touchpoint or ""
    key = f"touch:{encode(stage)}/{encode(name)}"
    n = int(asked.touches.customers[friction.stage, asked.touches.name.index(name)])
    figures = {"n": counted(n, key), "more": Figure(about(friction.slower_us or 0))}
    made = [
        claim(
            "{n} {unit} with {touchpoint} took {more} longer in {place}.",
            figures,
            unit=asked.unit,
            place=shortened(stage, length),
            touchpoint=shortened(readable(name), length),
        )
        for length in (40, 28, 20)
    ]
    return next((each for each in made if len(each.text) <= LONGEST), made[-1])


def _quiet(asked: Answers) -> Claim:
    """Say what there is to say where nobody has left."""
    entered = int(asked.stages.reached[0])
    key = f"reached:{encode(asked.stages.stage[0])}"
    if not entered:
        return claim(
            "None of {n} {unit} entered the journey.",
            {"n": counted(asked.journeys.n_customers, "all")},
            unit=asked.unit,
        )
    done = counted(int(asked.stages.done.sum()), "done")
    figures = {"n": counted(entered, key), "done": done}
    if asked.stages.left.any():
        return _spread(asked, figures["n"])
    short = claim("Nobody has left: {done} of {n} {unit} are done.", figures, unit=asked.unit)
    stays = [stay(asked, s) for s in range(len(asked.stages.stage))]
    known = [(d.median_us, s) for s, d in enumerate(stays) if d and d.n >= SMALL_N]
    if len(known) < 2:
        return short
    longest, s = max(known, key=lambda each: (each[0], -each[1]))
    made = claim(
        "Nobody has left. The longest stage is {place}: {time} for the middle {one}.",
        {"time": Figure(duration(longest))},
        one=one_of(asked.unit),
        place=shortened(asked.stages.stage[s], 24),
    )
    return made if len(made.text) <= LONGEST else short


def _spread(asked: Answers, entered: Figure) -> Claim:
    """Say how many have left, where no stage loses enough to speak of it."""
    return claim(
        "{lost} of {n} {unit} left, and no stage stands out.",
        {"lost": counted(int(asked.stages.left.sum()), "left"), "n": entered},
        unit=asked.unit,
    )
