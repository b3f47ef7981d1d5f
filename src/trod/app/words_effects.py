"""Effects and return as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trod.app import say
from trod.events.counted import count
from trod.insights.plain import plain
from trod.insights.wording import day
from trod.outcomes.verdict import ruled_out, spoken

if TYPE_CHECKING:
    from trod.outcomes.effect import Effect
    from trod.outcomes.judged import TooFew
    from trod.outcomes.observational import Overlap
    from trod.outcomes.varied import ByGroup, Ranked
    from trod.workspace.acting.effects import Effects, Play


def effects(found: Effects, *, closely: bool, once: bool) -> str:
    """Tell plays one below the other; `once`, the interval of one look comes first."""
    parts = [_play(play, found, closely=closely, once=once) for play in found.plays]
    parts += [say.folded(remark, more="") for remark in found.remarks]
    if not once:
        tested = [p.effect for p in found.plays if p.effect and p.effect.evidence == "Tested"]
        if len(tested) > 1:
            parts.append(_family(found, tested))
        note = (
            "Intervals are 95% and hold however often you look. Tested: chance decided who was "
            "held back. `trod roi` says what it cost and brought."
        )
        parts.append(say.folded(note, more=""))
    return "\n\n".join(parts)


def _family(found: Effects, tested: Sequence[Effect]) -> str:
    told = [e.playbook for e in tested if e.verdict in {"works", "harms"}]
    lost = [name for name in told if name not in found.sure]
    if lost:
        said = f"Beside {len(tested)} plays looked at, {', '.join(lost)} may be chance."
    elif told:
        said = f"What works or harms stays so with the number of plays, {len(tested)}, counted in."
    else:
        said = f"{len(tested)} plays looked at; none works or harms for sure."
    return say.folded(said, more="")


def _play(play: Play, found: Effects, *, closely: bool, once: bool) -> str:
    e = play.effect
    if e is None:
        return too_few(play.judged)  # type: ignore[arg-type]
    head = f"{say.strong(say.cut(e.playbook))}  {spoken(e.verdict, e.evidence)}. {e.evidence}."
    lines = [say.folded(head), *_figures(e, once=once), *_more(e, found)]
    lines += [say.folded(caveat, indent="  ", more="    ") for caveat in e.caveats]
    if play.naive is not None:
        lines.append(say.folded(_naive(play, e), indent="  ", more="    "))
    if closely:
        lines += [say.folded(line, indent="  ", more="    ") for line in _close(play, e)]
    return "\n".join(lines)


def too_few(told: TooFew) -> str:
    """Say that nothing can be said of a play yet, and what is missing."""
    head = f"{say.strong(say.cut(told.playbook))}  Too early. {say.cut(told.metric)}."
    said = f"{told.n_treated:,} treated and {told.n_held_back:,} held back with a known outcome"
    waiting = f", {told.waiting:,} waiting" if told.waiting else ""
    return "\n".join([say.folded(head), say.folded(f"{said}{waiting}: {told.why}.", indent="  ")])


def _figures(e: Effect, *, once: bool) -> list[str]:
    each = "" if e.unit == "share" else " each"
    others = "not treated" if e.evidence == "Estimated" else "held back"
    adjusted = ", adjusted for what was known before" if "adjusted" in e.method else ""
    sides = (
        f"{say.cut(e.metric)}: {level(e.treated, e)}{each} of {e.n_treated:,} treated, "
        f"{level(e.held_back, e)}{each} of {e.n_held_back:,} {others}{adjusted}."
    )
    ever = f"{moved(e.low, e)} to {moved(e.high, e)}"
    one = f"{moved(e.fixed_low, e)} to {moved(e.fixed_high, e)}"
    if once:
        said = f"Effect {moved(e.estimate, e)}, 95% {one}; {ever} if you looked more than once."
    else:
        said = f"Effect {moved(e.estimate, e)}, 95% {ever}; {one} had you looked once."
    return [say.folded(sides, indent="  ", more="    "), say.folded(said, indent="  ", more="    ")]


def _more(e: Effect, found: Effects) -> list[str]:
    """Tell what is missing, what could be found, and when."""
    lines = [f"These numbers find an effect of {size(e.smallest, e)} four times in five."]
    if e.verdict == "too early" and ruled_out(e.low, e.high, e.better, e.worth_having):
        lines.append("An effect worth having is ruled out; whether it harms is not known yet.")
    elif e.needed is not None:
        lines[0] = (
            f"{lines[0][:-1]}; {count(e.needed, 'customer')} more would find one of "
            f"{size(e.worth_having, e)}, the least worth having{_when(e)}."
        )
    if e.waiting:
        lines.append(f"{e.waiting:,} more were decided on too recently to know their outcome.")
    prior = found.priors.get(e.playbook)
    if prior is not None and len(found.plays) > 2:
        ends = f"{moved(prior.low, e)} to {moved(prior.high, e)}"
        lines.append(
            f"Pooled with the other plays, + being good: {moved(prior.estimate, e)}, {ends}."
        )
    return [say.folded(line, indent="  ", more="    ") for line in lines]


def _when(e: Effect) -> str:
    if e.needed is None or e.per_week <= 0:
        return ""
    weeks = -(-e.needed // max(e.per_week, 0.01))
    return (
        f", about {count(int(weeks), 'week')} at the present rate"
        if weeks <= 520
        else (", more than ten years at the present rate")
    )


def _naive(play: Play, e: Effect) -> str:
    told = play.naive
    if told is None:
        return ""
    return (
        f"Before and after alone: {moved(told.treated.change, e)} of the treated, but "
        f"{moved(told.by_itself.change, e)} of those held back, by itself."
    )


def _close(play: Play, e: Effect) -> list[str]:
    """Tell whether the effect differs between customers."""
    lines = [f"Method: {e.method}."]
    if play.overlap is not None:
        lines.append(_comparable(play.overlap))
    lines += _groups(play.groups, e)
    lines += _order(play.ranked)
    return lines


def _comparable(overlap: Overlap) -> str:
    """Tell how comparable two sides are that nobody drew."""
    others, treated = overlap.effective
    return (
        f"Comparable: as weighted, as good as {treated:,.0f} treated and {others:,.0f} others; the "
        f"largest difference of what was known before is {overlap.worst_after:.2f} standard "
        f"deviations, was {overlap.worst_before:.2f}."
    )


def _groups(kinds: Sequence[ByGroup], e: Effect) -> list[str]:
    if not kinds:
        return []
    names = ", ".join(kind.kind for kind in kinds)
    differing = [kind for kind in kinds if kind.differs]
    if not differing:
        return [f"Groups in which the effect differs: none found, by {names}."]
    told = []
    for kind in differing:
        said = "; ".join(
            f"{say.cut(g.name)} {moved(g.estimate, e)} ({moved(g.low, e)} to {moved(g.high, e)}, "
            f"{g.n_treated + g.n_held_back:,})"
            for g in kind.groups
        )
        told.append(f"Differs by {kind.kind}: {said}.")
    return told


def _order(order: Ranked | None) -> list[str]:
    if order is None:
        return []
    if order.found:
        return ["Customers can be ranked by their effect: judged on those it was not learned from."]
    return ["Ranking customers by their effect: no gain found."]


def level(value: float, e: Effect) -> str:
    """Write a mean of one side."""
    return f"{100 * value:.1f}%" if e.unit == "share" else f"{value:,.2f}"


def moved(value: float, e: Effect) -> str:
    """Write a change with its sign."""
    if e.unit == "share":
        text = f"{abs(100 * value):.1f}"
        sign = "" if text == "0.0" else "+" if value > 0 else "-"
        return f"{sign}{text} points"
    text = f"{abs(value):,.2f}" if abs(value) < 100 else f"{abs(value):,.0f}"
    sign = "" if text in {"0.00", "0"} else "+" if value > 0 else "-"
    return f"{sign}{text}"


def size(value: float, e: Effect) -> str:
    """Write the size of a change, without a sign."""
    return moved(abs(value), e).removeprefix("+")


def told(found: Effects) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "as_of": day(found.as_of_us, found.zone) if found.as_of_us else None,
        "plays": [_told_play(play) for play in found.plays],
        "sure_beside_the_others": list(found.sure),
        "expected": plain(found.priors),
        "stop": plain(found.stops),
        "remarks": list(found.remarks),
    }


def _told_overlap(overlap: Overlap) -> dict[str, Any]:
    return {
        "customers_by_chance": {
            "others": overlap.chances[0].tolist(),
            "treated": overlap.chances[1].tolist(),
        },
        "left_out": overlap.trimmed,
        "effective": {"others": overlap.effective[0], "treated": overlap.effective[1]},
        "balance": [
            {"name": name, "before": before, "after": after}
            for name, before, after in zip(
                overlap.names, overlap.before.tolist(), overlap.after.tolist(), strict=True
            )
        ],
    }


def _told_play(play: Play) -> dict[str, Any]:
    e = play.effect
    if e is None:
        return {**plain(play.judged), "verdict": "too early", "effect": None}
    return {
        **plain(e),
        "evidence": e.evidence,
        "before_after": plain(play.naive),
        "groups": plain(play.groups),
        "overlap": None if play.overlap is None else _told_overlap(play.overlap),
        "ranked": plain(play.ranked),
    }
