"""Effects and return as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.app import say
from trod.events.counted import count
from trod.insights.wording import day

if TYPE_CHECKING:
    from trod.outcomes.effect import Effect
    from trod.outcomes.judged import TooFew
    from trod.outcomes.ledger import Figure, Line, Spent, Stop
    from trod.outcomes.times import Times
    from trod.outcomes.varied import ByGroup, Ranked
    from trod.workspace.acting.effects import Effects, Play, Return



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
        return _too_few(play.judged)  # type: ignore[arg-type]
    head = f"{say.strong(e.playbook)}  {verdict(e)}. {e.evidence}."
    lines = [say.folded(head), *_figures(e, once=once), *_more(e, found)]
    lines += [say.folded(caveat, indent="  ", more="    ") for caveat in e.caveats]
    if play.naive is not None:
        lines.append(say.folded(_naive(play, e), indent="  ", more="    "))
    if closely:
        lines += [say.folded(line, indent="  ", more="    ") for line in _close(play, e)]
    return "\n".join(lines)


def verdict(e: Effect) -> str:
    """Say the verdict with a capital letter; an estimate only seems so."""
    word = e.verdict
    if e.evidence == "Estimated":
        word = {"works": "seems to work", "harms": "seems to harm"}.get(word, word)  # type: ignore[assignment]
    return f"{word[0].upper()}{word[1:]}"


def _too_few(told: TooFew) -> str:
    head = f"{say.strong(told.playbook)}  Too early. {told.metric}."
    said = f"{told.n_treated:,} treated and {told.n_held_back:,} held back with a known outcome"
    waiting = f", {told.waiting:,} waiting" if told.waiting else ""
    return "\n".join([say.folded(head), say.folded(f"{said}{waiting}: {told.why}.", indent="  ")])


def _figures(e: Effect, *, once: bool) -> list[str]:
    sides = (
        f"{e.metric}: {level(e.treated, e)} of {e.n_treated:,} treated, {level(e.held_back, e)} of "
        f"{e.n_held_back:,} held back."
        if e.unit == "share"
        else f"{e.metric}: {level(e.treated, e)} each of {e.n_treated:,} treated, "
        f"{level(e.held_back, e)} each of {e.n_held_back:,} held back."
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
    lines = []
    could = f"These numbers find an effect of {size(e.smallest, e)} four times in five"
    if e.needed is not None:
        need = (
            f"{count(e.needed, 'customer')} more would find one of {size(e.worth_having, e)}, the "
            f"least worth having{_when(e)}"
        )
        lines.append(f"{could}; {need}.")
    else:
        lines.append(f"{could}.")
    if e.waiting:
        lines.append(f"{e.waiting:,} more were decided on too recently to know their outcome.")
    prior = found.priors.get(e.playbook)
    if prior is not None and len(found.plays) > 2:
        ends = f"{moved(prior.low, e)} to {moved(prior.high, e)}"
        better = "success" if e.better == "up" else "success (less of it)"
        lines.append(
            f"Expected of it, with the other plays: {moved(prior.estimate, e)} of {better}, {ends}."
        )
    return [say.folded(line, indent="  ", more="    ") for line in lines]


def _when(e: Effect) -> str:
    if e.needed is None or e.per_week <= 0:
        return ""
    weeks = -(-e.needed // max(e.per_week, 0.01))
    return f", about {count(int(weeks), 'week')} at the present rate" if weeks <= 520 else (
        ", more than ten years at the present rate"
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
    lines += _groups(play.groups, e)
    lines += _order(play.ranked)
    return lines


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
            f"{g.name} {moved(g.estimate, e)} ({moved(g.low, e)} to {moved(g.high, e)}, "
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
        "expected": {name: prior._asdict() for name, prior in found.priors.items()},
        "stop": [stop._asdict() for stop in found.stops],
        "remarks": list(found.remarks),
    }


def _told_play(play: Play) -> dict[str, Any]:
    e = play.effect
    if e is None:
        return {**asdict(play.judged), "verdict": "too early", "effect": None}
    naive = play.naive
    return {
        **asdict(e),
        "evidence": e.evidence,
        "before_after": None
        if naive is None
        else {"treated": naive.treated._asdict(), "by_itself": naive.by_itself._asdict()},
        "groups": [
            {**kind._asdict(), "groups": [g._asdict() for g in kind.groups]} for kind in play.groups
        ],
        "ranked": None if play.ranked is None else play.ranked._asdict(),
    }


def roi(found: Return) -> str:
    """Tell the ledger, the total, what may stop, and how long things took."""
    parts = [_line(line, found) for line in found.ledger.lines]
    few = [play for play in found.effects.plays if play.effect is None]
    parts += [_too_few(play.judged) for play in few]  # type: ignore[arg-type]
    parts.append(_total(found))
    parts.append(_stops(found.effects.stops, found))
    parts += [_times(found.times)] if found.times else []
    return "\n\n".join(parts)


def _line(line: Line, found: Return) -> str:
    head = f"{say.strong(line.playbook)}  {line.verdict[0].upper()}{line.verdict[1:]}. {line.evidence}."
    lines = [say.folded(head), say.folded(f"Took {_took(line, found)}.", indent="  ", more="    ")]
    metric = line.metric[0].lower() + line.metric[1:]
    won = f"Won by {metric}: {_between(line.won)}."
    lines.append(say.folded(won, indent="  ", more="    "))
    if line.value is not None:
        worth = f"Worth {_money(line.value, found)}{_back(line)}."
        lines.append(say.folded(worth, indent="  ", more="    "))
    else:
        lines.append("  In money: `worth` of its `success` is not declared.")
    if line.each_costs is not None:
        ends = f"{line.each_costs.low:,.0f} to {line.each_costs.high:,.0f}{_currency(found)}"
        lines.append(say.folded(f"One more costs {ends}.", indent="  "))
    elif line.cost:
        lines.append("  What one more costs: cannot tell, the effect may be none.")
    if line.elsewhere.customers:
        rest = (
            f"{_spent(line.elsewhere, found)} more went to customers who cannot be compared, or not "
            "yet"
        )
        lines.append(say.folded(f"{rest}.", indent="  ", more="    "))
    return "\n".join(lines)


def _took(line: Line, found: Return) -> str:
    said = _spent(line.spent, found)
    if line.cost is None:
        return f"{said}; `hour_costs` of trod.yml would say what that costs"
    return f"{said}; {line.cost:,.0f}{_currency(found)} in all" if line.cost else said


def _spent(spent: Spent, found: Return) -> str:
    parts = [count(spent.customers, "customer")]
    if spent.minutes:
        parts.append(f"{spent.minutes / 60:,.0f} hours")
    if spent.money:
        parts.append(f"{spent.money:,.0f}{_currency(found)}")
    if len(parts) == 1:
        parts.append("no cost declared")
    return ", ".join(parts)


def _currency(found: Return) -> str:
    return f" {found.effects.currency}" if found.effects.currency else ""


def _between(figure: Figure) -> str:
    return f"{_signed(figure.value)} ({_signed(figure.low)} to {_signed(figure.high)})"


def _signed(value: float) -> str:
    text = f"{abs(value):,.0f}"
    return text if text == "0" else f"{'+' if value > 0 else '-'}{text}"


def _money(figure: Figure, found: Return) -> str:
    return f"{_between(figure)}{_currency(found)}"


def _back(line: Line) -> str:
    back = line.gives_back
    if back is None:
        return ""
    if not line.sure:
        return f"; back for each 1 spent: cannot tell ({back.low:,.1f} to {back.high:,.1f})"
    return f"; back for each 1 spent: {back.value:,.1f} ({back.low:,.1f} to {back.high:,.1f})"


def _total(found: Return) -> str:
    total = found.ledger.value
    head = say.strong("All tested plays")
    if total is None:
        why = "`worth` of each play, or `customer_worth`, would say what one more is worth"
        return say.folded(f"{head}  No sum of money: {why}.")
    cost = found.ledger.cost
    spent = "" if cost is None else f" for {cost:,.0f}{_currency(found)}"
    said = f"{head}  {_money(total, found)}{spent}. Customers in several plays are counted with that."
    return say.folded(said)


def _stops(stops: Sequence[Stop], found: Return) -> str:
    head = say.strong("May stop")
    if not stops:
        said = "Nothing yet: no play was measured well enough to rule out an effect worth having."
        return say.folded(f"{head}  {said}")
    lines = [head]
    for stop in stops:
        frees = []
        if stop.minutes:
            frees.append(f"{stop.minutes_a_month / 60:,.1f} hours a month")
        if stop.money:
            frees.append(f"{stop.money_a_month:,.0f}{_currency(found)} a month")
        free = " and ".join(frees) or "no cost that was declared"
        said = f"{stop.playbook}: {stop.verdict} in {stop.n:,}. Frees {free}."
        lines.append(say.folded(said, indent="  ", more="    "))
    return "\n".join(lines)


def _times(took: Sequence[Times]) -> str:
    rows = [["", "finding to decision", "decision to done", "first decision to verdict"]]
    rows += [
        [t.playbook, _days(t.to_decide), _days(t.to_act), _days(t.to_know)] for t in took
    ]
    return f"{say.strong('How long it took')} (days, medians)\n{say.grid(rows, right=[1, 2, 3])}"


def _days(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def told_roi(found: Return) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        "lines": [_told_line(line) for line in found.ledger.lines],
        "cost": found.ledger.cost,
        "value": None if found.ledger.value is None else found.ledger.value._asdict(),
        "stop": [stop._asdict() for stop in found.effects.stops],
        "times": [each._asdict() for each in found.times],
        "hour_costs": found.hour_costs,
        "customer_worth": found.customer_worth,
        "too_few": [asdict(p.judged) for p in found.effects.plays if p.effect is None],
    }


def _told_line(line: Line) -> dict[str, Any]:
    return {
        **asdict(line),
        "spent": line.spent._asdict(),
        "elsewhere": line.elsewhere._asdict(),
        "won": line.won._asdict(),
        "value": None if line.value is None else line.value._asdict(),
        "gives_back": None if line.gives_back is None else line.gives_back._asdict(),
        "each_costs": None if line.each_costs is None else line.each_costs._asdict(),
    }
