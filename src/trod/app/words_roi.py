"""The ledger of return as a terminal tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trod.app import say
from trod.app.words_effects import too_few
from trod.events.counted import count
from trod.insights.plain import plain
from trod.insights.wording import in_words
from trod.outcomes.verdict import spoken

if TYPE_CHECKING:
    from trod.outcomes.ledger import Figure, Line, Spent, Stop
    from trod.outcomes.times import Times
    from trod.workspace.acting.effects import Return


def roi(found: Return) -> str:
    """Tell the ledger, the total, what may stop, and how long things took."""
    parts = [_line(line, found) for line in found.ledger.lines]
    few = [play for play in found.effects.plays if play.effect is None]
    parts += [too_few(play.judged) for play in few]  # type: ignore[arg-type]
    parts.append(_total(found))
    parts.append(_stops(found.effects.stops, found))
    took = [t for t in found.times if {t.to_decide, t.to_act, t.to_know} != {None}]
    parts += [_times(took)] if took else []
    return "\n\n".join(parts)


def _line(line: Line, found: Return) -> str:
    said = spoken(line.verdict, line.evidence)
    head = f"{say.strong(say.cut(line.playbook))}  {said}. {line.evidence}."
    lines = [say.folded(head), say.folded(f"Took {_took(line, found)}.", indent="  ", more="    ")]
    won = f"{line.metric}, + being good: {_between(line.won)} against without."
    lines.append(say.folded(won, indent="  ", more="    "))
    if line.value is not None:
        worth = f"Worth {_money(line.value, found)}{_back(line)}."
        lines.append(say.folded(worth, indent="  ", more="    "))
    else:
        lines.append(
            "  In money: neither its `success` nor an objective says what one more is worth."
        )
    if line.each_costs is not None:
        ends = f"{line.each_costs.low:,.0f} to {line.each_costs.high:,.0f}{_currency(found)}"
        lines.append(say.folded(f"One more costs {ends}.", indent="  "))
    elif line.cost:
        lines.append("  What one more costs: cannot tell, the effect may be none.")
    if line.elsewhere.customers:
        rest = f"{_spent(line.elsewhere, found)}: not compared, or not known yet."
        lines.append(say.folded(f"Beside them {rest}", indent="  ", more="    "))
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
    head = say.strong("All tested plays" if not found.ledger.left_out else "Tested plays together")
    if total is None:
        why = "no play was judged yet"
        if any(line.evidence == "Tested" for line in found.ledger.lines):
            why = "`worth` of each play's success, or of an objective, would say what one is worth"
        return say.folded(f"{head}  No sum of money: {why}.")
    cost = found.ledger.cost
    spent = "" if cost is None else f" for {cost:,.0f}{_currency(found)}"
    said = (
        f"{head}  {_money(total, found)}{spent}. Customers in several plays are counted with that."
    )
    if without := found.ledger.left_out:
        said += f" Without {in_words([*without], last='and')}, whose worth is not declared."
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
        at_best = (
            f"{100 * stop.at_best:.1f} points" if stop.unit == "share" else f"{stop.at_best:,.2f}"
        )
        said = f"{stop.playbook}: at best {at_best} in {stop.n:,} customers. Frees {free}."
        lines.append(say.folded(said, indent="  ", more="    "))
    return "\n".join(lines)


def _times(took: Sequence[Times]) -> str:
    rows = [["", "finding to decision", "decision to done", "first decision to verdict"]]
    rows += [[t.playbook, _days(t.to_decide), _days(t.to_act), _days(t.to_know)] for t in took]
    return f"{say.strong('How long it took')} (days, medians)\n{say.grid(rows, right=[1, 2, 3])}"


def _days(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def told(found: Return) -> dict[str, Any]:
    """Give the same for programs."""
    return {
        **plain(found.ledger),
        "stop": plain(found.effects.stops),
        "times": plain(found.times),
        "hour_costs": found.hour_costs,
        "too_few": [plain(p.judged) for p in found.effects.plays if p.effect is None],
    }
