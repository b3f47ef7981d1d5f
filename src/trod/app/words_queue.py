"""The queue and interventions as a terminal tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from trod.app import say
from trod.app.hints import located
from trod.events.counted import count, plural
from trod.insights.wording import chance, day, in_money, in_words
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.actions.interventions.intervention import Intervention
    from trod.actions.queue.plan import Candidate, Hours, Learning, Plan, Row
    from trod.workspace.acting.interventions import Told

_YEARS: Final = 104
_NAMED: Final = 6


def plan(found: Plan, *, top: int, owner: str | None) -> str:
    """Tell a week: who, why now, worth, do next; then the line and what lies below it."""
    mine = [row for row in found.treated if owner in (None, row.owner)]
    lines = [_head(found, owner, len(mine))]
    lines += [f"Note: {located(remark)}" for remark in found.remarks]
    parts = [say.folded("\n".join(lines))]
    if mine:
        parts.append("\n".join(_row(found, i, row) for i, row in enumerate(mine[:top], 1)))
        if len(mine) > top:
            parts.append(f"  and {len(mine) - top:,} more: --top {len(mine)}")
    parts.append("\n".join([_rule(), *_line(found)]))
    if told := _chance(found):
        parts.append("\n".join(told))
    if found.waiting:
        parts.append(say.folded(_waiting(found), more=""))
    parts.append(say.folded(_note(found), more=""))
    return "\n\n".join(parts)


def _head(found: Plan, owner: str | None, n: int) -> str:
    hours = sum(each.minutes for each in found.hours if owner in (None, each.name))
    used = sum(each.used for each in found.hours if owner in (None, each.name))
    whom = plural(n, units(found.unit))
    need = "needs" if n == 1 else "need"
    of = "" if owner is None else f" of {owner}"
    proof = "no plan brings more" if not found.gap else f"within {found.gap:.2%} of the best"
    return (
        f"{say.strong(found.week)}  {whom} {need} a person{of}: {_hours(used)} of "
        f"{_hours(hours)} hours, {_value(found, found.value)} expected ({proof}). "
        f"Data to {found.as_of}."
    )


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}".removesuffix(".0")


def _value(found: Plan, value: float) -> str:
    if found.currency is not None:
        return in_money(value, found.currency)
    return f"{value:.2g} {units(found.unit)}"


def _row(found: Plan, i: int, row: Row) -> str:
    one = row.candidate
    risk = "" if one.chance is None else f"  {chance(one.chance)}{_changed(one)} {one.chance_of}"
    renews = "" if one.renews_in is None else f"  renews in {count(one.renews_in, 'day')}"
    worth = f"{_value(found, one.value)} ({_range(found, one)})"
    drawn = "" if not row.drawn else "  by chance"
    owner = row.owner or "nobody: no time needed"
    head = f"{i:>3}  {say.strong(one.customer)}  {one.stage}{risk}{renews}  {worth}{drawn}"
    do = f"{row.do}, by {row.due}. {owner}, {one.minutes} min, {one.playbook}."
    return "\n".join(
        [
            head,
            say.folded(do, indent="       ", more="       "),
            say.folded(f"Why now: {one.why}.", indent="       ", more="       "),
        ]
    )


def _range(found: Plan, one: Candidate) -> str:
    return f"{_value(found, one.low)} to {_value(found, one.high)}"


def _changed(one: Candidate) -> str:
    if one.changed is None or abs(one.changed) < 0.005:
        return ""
    return f" {'+' if one.changed > 0 else '-'}{100 * abs(one.changed):.0f}"


def _rule() -> str:
    return f"{'-' * 20} the line {'-' * 20}"


def _line(found: Plan) -> list[str]:
    """Tell what falls below the line, and what another hour would bring."""
    n = len(found.under)
    if not n:
        told = ["Nobody falls below it: everyone with something to gain has a place."]
    else:
        names = ", ".join(row.candidate.customer for row in found.under[:_NAMED])
        more = f" and {n - _NAMED:,} more" if n > _NAMED else ""
        told = [
            f"Below it: {plural(n, units(found.unit))}, {_value(found, found.below)} expected: "
            f"{names}{more}."
        ]
    told += [_hour(found, each) for each in found.hours]
    return [say.folded(text) for text in told]


def _hour(found: Plan, each: Hours) -> str:
    free = each.minutes - each.used
    if each.another_hour <= 0:
        spare = f" {_hours(free)} of {_hours(each.minutes)} hours are free." if free else ""
        return f"Another hour of {each.name} would bring nothing more.{spare}"
    if not found.under and found.held_back:
        value = _value(found, each.another_hour)
        return f"Another hour of {each.name} would take in who is held back by chance: {value}."
    return f"Another hour of {each.name} would bring {_value(found, each.another_hour)}."


def _chance(found: Plan) -> list[str]:
    """Tell who is held back, what that costs, and what it tells."""
    if not found.draws:
        reasons = [f"{each.playbook}: {each.why}." for each in found.learning if each.why]
        return [say.folded(f"Nobody is held back. {' '.join(reasons)}")] if reasons else []
    held = [row.candidate.customer for row in found.held_back]
    drawn = sum(row.drawn for row in found.rows)
    more = f" and {len(held) - _NAMED:,} more" if len(held) > _NAMED else ""
    told = [
        f"Held back by chance: {', '.join(held[:_NAMED])}{more}. Of {drawn:,} so close to the line "
        f"that nobody can say who gains more, {drawn - len(held):,} got a place. It costs "
        f"{_value(found, found.given_up)} expected, and is the only way to see whether it helps."
    ]
    told += [_learning(each) for each in found.learning]
    return [say.folded(text) for text in told]


def _learning(each: Learning) -> str:
    if not each.treated or not each.held_back:
        return f"{each.playbook}: nobody is held back, so its effect stays untested ({each.why})."
    drawn = f"{each.playbook}: {each.treated:,} against {each.held_back:,} held back"
    if each.weeks is None:
        return f"{drawn}."
    if each.weeks > _YEARS:
        return (
            f"{drawn} a week. At that pace an effect worth having shows after "
            f"{each.weeks:,} weeks: too few. Hold back a share of everyone, such as "
            "`holdout: 0.3`, or pool playbooks."
        )
    return f"{drawn} a week: an effect worth having shows after {count(each.weeks, 'week')}."


def _waiting(found: Plan) -> str:
    n, first = len(found.waiting), found.waiting[0]
    whom = plural(n, units(found.unit))
    verb = "waits" if n == 1 else "wait"
    return (
        f"{whom} {verb}: their best time comes later, such as {first.customer} in "
        f"{count(first.wait_days, 'day')} ({first.playbook})."
    )


def _note(found: Plan) -> str:
    stages = list(found.unscored)
    usual = (
        f"Of those in {in_words(stages)} no score speaks, so the chance is that of everyone who "
        "came there. "
        if stages
        else ""
    )
    return (
        f"{usual}"
        "Expected: what the play is believed or known to change, times what that is worth. Being "
        "at risk is not enough: who stays anyway and who is lost anyway gain little. "
        f"{located('`trod queue --commit`')} writes it down. Plan {found.id}."
    )


def committed(found: Plan, n: int) -> str:
    """Say that a plan was written down."""
    if not found.treated and not found.held_back:
        return say.folded(
            "Nothing was written: nobody new fits in the hours that are left. `trod queue` says "
            "what is taken."
        )
    if not n:
        return f"Plan {found.id} was written down before: nothing is new."
    held = len(found.held_back)
    return say.folded(
        f"Wrote plan {found.id}: {len(found.treated):,} to see to, {held:,} held back. "
        f"{located('`trod interventions`')} lists them. Do not contact those held back."
    )


def audited(found: Plan, wrong: Sequence[str]) -> str:
    """Say whether a plan draws as it was written."""
    drawn = sum(len(members) for _, _, members, _ in found.draws)
    if wrong:
        return "\n".join([f"{found.id} does not come out as it was written:", *wrong])
    if not found.draws:
        return f"{found.id}: nothing was left to chance."
    draws = "1 draw" if len(found.draws) == 1 else f"all {len(found.draws):,} draws"
    return (
        f"{found.id}: {draws} among {drawn:,} customers come out as they were written, with the "
        "propensities that were written."
    )


def interventions(found: Sequence[Intervention], top: int) -> str:
    """Tell interventions, one a line."""
    if not found:
        return say.folded(
            located("No intervention fits. `trod queue --commit` writes them down."), more=""
        )
    rows = [["id", "customer", "playbook", "owner", "due", "status", "expected"]]
    rows += [
        [
            one.id,
            one.customer,
            one.playbook,
            one.owner,
            one.due,
            one.arm if one.arm == "held back" else one.status,
            f"{one.expected:,.4g}",
        ]
        for one in found[:top]
    ]
    more = f"\n  and {len(found) - top:,} more: --top {len(found)}" if len(found) > top else ""
    return say.grid(rows, right=[6], spare=[6, 4, 3]) + more


def intervention(found: Told, zone: str) -> str:
    """Tell one intervention with its history."""
    one = found.one
    state = one.arm if one.arm == "held back" else one.status
    lines = [
        f"{say.strong(one.id)}  {one.customer}, {one.playbook}: {state}. "
        f"{one.owner}, by {one.due}.",
    ]
    if one.drawn:
        lines.append(f"Chance decided, {100 * one.propensity:.0f}% to be seen to: {one.stratum}.")
    if one.why:
        lines.append(f"Why: {one.why}.")
    lines += [f"{day(e.time_us, zone)}  {e.who}: {e.what}{_details(e.told)}" for e in found.history]
    return say.folded("\n".join(lines))


def _details(told: Mapping[str, Any]) -> str:
    if "minutes" in told:
        return f", {told['minutes']} min"
    words = [f"{told[key]}" for key in ("do", "why", "text") if told.get(key)]
    return f": {', '.join(words)}" if words else ""


def told_plan(found: Plan) -> dict[str, Any]:
    """Give a plan for programs."""
    return {**found.told(), "gap": found.gap}


def told_intervention(found: Told) -> dict[str, Any]:
    """Give an intervention with its history for programs."""
    return {**asdict(found.one), "history": [event._asdict() for event in found.history]}
