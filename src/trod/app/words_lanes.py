"""Lanes and next actions as a terminal tells them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.actions.lanes.lane import TITLES, WORDS
from trod.app import say
from trod.app.hints import here
from trod.events.counted import count, plural
from trod.insights.wording import day, day_ended, in_money, money, share
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.actions.lanes.tested import Tested
    from trod.actions.lanes.view import Lanes, LaneView, Moved, Placed
    from trod.insights.journey_map import Rate
    from trod.models.outcomes.timing import Window
    from trod.workspace.acting.lanes_tested import LanesTested
    from trod.workspace.acting.next_action import Action, NextAction


def lanes(found: Lanes) -> str:
    """Tell the lanes: how many, what moved, who, and how it was told."""
    n = plural(found.n, units(found.unit))
    as_of = day_ended(found.moment_us, found.zone)
    head = f"{say.strong(found.journey)}  {n} still there, as of {as_of}."
    lines = [say.folded(head)]
    if not found.n:
        return "\n".join([*lines, say.folded("Nobody to put in a lane.", more="")])
    lines.append(say.grid(_table(found), right=[1, 3, 4]))
    for view in found.views:
        lines += _whys(view)
    lines += _moves(found)
    for view in found.views:
        shown = [each for each in found.shown if each.lane == view.lane]
        if shown:
            lines += ["", say.strong(_first(view, len(shown)))]
            lines += [line for each in shown for line in _placed(each, found)]
    lines += ["", _how(found), _who(found)]
    return "\n".join(lines)


def _table(found: Lanes) -> list[list[str]]:
    since = day_ended(found.before_us, found.zone)
    rows = [["", "", "money so far", f"in since {since}", "out"]]
    for view in found.views:
        amount = "" if view.money_micros is None else money(view.money_micros, found.currency)
        rows.append(
            [view.title, f"{view.customers.n:,}", amount, f"{view.came:,}", f"{view.went:,}"]
        )
    return rows


def _whys(view: LaneView) -> list[str]:
    if not view.whys:
        return []
    told = "; ".join(f"{n:,} {WORDS[why]}" for why, n in view.whys)
    return [say.folded(f"{view.title}: {told}.", indent="  ", more="    ")]


def _moves(found: Lanes) -> list[str]:
    since = day_ended(found.before_us, found.zone)
    if not found.moved:
        return ["", f"Nobody changed lanes since {since}."]
    told = [_move(each) for each in found.moved]
    return ["", f"Moved since {since}:", *(say.folded(t, indent="  ", more="    ") for t in told)]


def _move(each: Moved) -> str:
    names = {str(lane): title for lane, title in TITLES.items()}
    names |= {"new": "newly there", "gone": "left or gone"}
    why = "; ".join(f"{n:,} {WORDS[w]}" for w, n in each.whys)
    way = f"{_low(names[each.before])} → {_low(names[each.after])}"
    return f"{each.n:,} {way}{': ' if why else ''}{why}"


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _first(view: LaneView, n: int) -> str:
    more = f", the first {n:,} of {view.customers.n:,}" if n < view.customers.n else ""
    return f"{view.title}{more}"


def _placed(each: Placed, found: Lanes | NextAction) -> list[str]:
    paid = (
        "" if each.money_micros is None else f"  {money(each.money_micros, found.currency)} so far"
    )
    was = "" if each.was == each.lane else f"  (last week: {_low(_was(each.was))})"
    lines = [f"  {each.customer}  {each.stage}{paid}{was}"]
    for reason in each.reasons:
        lines.append(
            say.folded(f"{reason.words} [{reason.evidence}]", indent="    ", more="      ")
        )
    if each.remark:
        lines.append(say.folded(f"{each.remark}.", indent="    ", more="      "))
    return lines


def _was(lane: str) -> str:
    return "not there" if lane == "new" else TITLES[lane]  # type: ignore[index]


def _how(found: Lanes) -> str:
    said = [f"{name} speaks {how}" for name, how, _ in found.voices]
    said += [f"{name} does not speak: {why}" for name, why in found.silent]
    if not any(not bad for _, _, bad in found.voices):
        said.append("nobody is ready to expand by a score: no score of growth speaks")
    if not any(bad for _, _, bad in found.voices):
        said.append("no score of leaving speaks: standing, signs and use do")
    text = f"How: {'; '.join(said)}. A lane changes when the reason moves beyond its usual wobble. "
    return say.folded(f"{text}How well that did: `trod lanes --tested`.", more="")


def _who(found: Lanes) -> str:
    view = next((v for v in found.views if v.customers.n), found.views[0])
    of = f" --unit {found.unit}" + (f" --journey '{found.other}'" if found.other else "")
    one = f" --journey '{found.other}'" if found.other else ""
    command = here(f"trod export customers --where '{view.customers.key}'{of}")
    return say.folded(
        f"All of them: `{command}`. What to do for one: `{here(f'trod lanes ID{one}')}`.", more=""
    )


def told(found: Lanes) -> dict[str, Any]:
    """Give the same for programs."""
    body = asdict(found)
    body["shown"] = [_told_placed(each) for each in found.shown]
    body["voices"] = [{"outcome": n, "from": how, "bad": bad} for n, how, bad in found.voices]
    body["silent"] = [{"outcome": n, "why": why} for n, why in found.silent]
    for view, given in zip(body["views"], found.views, strict=True):
        view["whys"] = [{"why": w, "words": WORDS[w], "n": n} for w, n in given.whys]
        view["stages"] = [{"stage": s, "n": n} for s, n in given.stages]
    for move, each in zip(body["moved"], found.moved, strict=True):
        move["whys"] = [{"why": w, "words": WORDS[w], "n": n} for w, n in each.whys]
    return body


def _told_placed(each: Placed) -> dict[str, Any]:
    return {**asdict(each), "window": None if each.window is None else each.window._asdict()}


def next_action(found: NextAction) -> str:
    """Tell what to do next for one."""
    one = found.placed
    lines = [f"{say.strong(TITLES[one.lane])}  {WORDS[one.why]}", *_placed(one, found), ""]
    if found.best is None:
        lines.append(say.folded(f"{say.strong('Next')}  {found.why_none}"))
    else:
        lines += _action(found.best, "Next", found)
        if found.best.evidence != "Tested":
            lines.append(say.folded("Not known to help: hold some back and compare.", indent="  "))
    if one.window is not None and found.best is not None:
        lines.append(say.folded(f"When: {_when(one.window, found)}", indent="  ", more="    "))
    for other in found.others:
        lines += ["", *_action(other, "Also fits", found)]
    if found.refused:
        told = "; ".join(f"{name} ({why})" for name, why in found.refused)
        lines += ["", say.folded(f"Not now: {told}.", more="  ")]
    return "\n".join(lines)


def _action(each: Action, head: str, found: NextAction) -> list[str]:
    took = "" if each.minutes is None else f", {count(each.minutes, 'minute')}"
    lines = [say.folded(f"{say.strong(head)}  {each.name} ({each.source}{took})")]
    said = [f"Why: {each.why}.", f"Expected: {_expected(each, found)}."]
    said.append(f"How sure: {each.evidence}; {each.confidence}.")
    if each.when_not:
        said.append(f"Not {each.when_not.rstrip('.')}.")
    said.append(f"Measure: {each.measure.rstrip('.')}.")
    return [*lines, *(say.folded(text, indent="  ", more="    ") for text in said)]


def _expected(each: Action, found: NextAction) -> str:
    value = each.expected
    if value is None:
        return f"not known: {each.unpriced}"
    if value.unit == "chance":
        return value.formula
    low, high = (in_money(x, found.currency) for x in (value.low, value.high))
    return f"{low} to {high} ({value.formula})"


def _when(window: Window, found: NextAction) -> str:
    bad = found.placed.lane == "intervene"
    share_ = f"{100 * window.probability:.0f}%"
    verb = "leaving is likeliest" if bad else "the chance is best"
    start = found.moment_us + window.first_day * 86_400_000_000
    if window.first_day == 0:
        return f"now: {verb} within {window.last_day} days ({share_})."
    by = day(start, found.zone)
    return (
        f"before {by}: {verb} {window.first_day} to {window.last_day} days from "
        f"{day_ended(found.moment_us, found.zone)} ({share_})."
    )


def told_next(found: NextAction) -> dict[str, Any]:
    """Give the same for programs."""
    body = asdict(found)
    body["placed"] = _told_placed(found.placed)
    body["refused"] = [{"name": name, "why": why} for name, why in found.refused]
    return body


def tested(found: LanesTested) -> str:
    """Tell how the lanes would have done."""
    lines: list[str] = []
    for each in found.tested:
        lines += [*_tested(each, found.unit), ""]
    lines += [say.folded(f"{name}: not tested. {why}", more="  ") for name, why in found.not_tested]
    note = (
        "Told by scores of the past, with bars from before: nothing in a lane knew what came. Not "
        "tested: lanes by standing, signs and use, of whom no score speaks."
    )
    return "\n".join([*lines, say.folded(note, more="")])


def _tested(each: Tested, unit: str) -> list[str]:
    whom, lane = units(unit), "Intervene now" if each.bad else "Ready to expand"
    head = f"{say.strong(lane)} by {each.outcome}, {each.marks:,} weeks looked back on"
    did = f"had it within {each.horizon_days} days"
    lead = "" if each.lead_days is None else f", {each.lead_days:.0f} days ahead in the middle"
    said = [
        f"{_of(each.right)} of the {whom} that came into the lane {did}{lead}. Of anybody asked "
        f"about: {_of(each.usual)}.",
        f"Missed: {_of(each.missed)} of those outside of the lane {did} all the same.",
        f"Caught: {_of(each.caught)} of those who had it were in the lane before.",
    ]
    if each.rule is not None:
        low, high = each.rule.better
        score, rule, listed = each.rule.as_many
        said.append(
            f"The rule '{each.rule.touchpoint} in the last 30 days, and more use': "
            f"{_of(each.rule.right)} {did}. The lane is better by {100 * low:.0f} to "
            f"{100 * high:.0f} points. In lists as long as the rule's ({listed:,}): {score:,} "
            f"right by the score, {rule:,} by the rule."
        )
    return [say.folded(head), *(say.folded(text, indent="  ", more="    ") for text in said)]


def _of(each: Rate) -> str:
    n = f"{each.part:,} of {each.whole:,}"
    shown = share(each.part, each.whole)
    if shown == n:
        return n
    return f"{shown} ({n}, 95% {100 * each.low:.0f} to {100 * each.high:.0f})"


def told_tested(found: LanesTested) -> dict[str, Any]:
    """Give the same for programs."""
    return asdict(found)
