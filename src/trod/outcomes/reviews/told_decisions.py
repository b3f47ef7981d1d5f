"""What is due, what is to be decided, and what came of what was decided last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from trod.actions.interventions.intervention import Intervention
from trod.actions.interventions.register import OPEN
from trod.events.masked import masked
from trod.insights.findings.ranking import Place, in_words
from trod.insights.findings.registered import Registered
from trod.insights.wording import day, in_money
from trod.journeys.label import units
from trod.outcomes.effect import Effect
from trod.outcomes.judged import TooFew
from trod.outcomes.reviews.review import Decision, Item, Section, Tone
from trod.outcomes.reviews.told_effects import in_short, told_verdict

_TO_DECIDE: Final = 3
_TONES: Final[Mapping[str, Tone]] = {
    "Works": "better",
    "Harms": "worse",
    "Nothing was done": "worse",
    "Overdue": "worse",
}
"""Of tags; the others have none."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything that people decided, as it stands now."""

    findings: Mapping[str, Registered]  # by id
    accepted_on: Mapping[str, str]  # ISO date on which each was accepted first
    interventions: tuple[Intervention, ...]
    effects: Mapping[str, Effect | TooFew]  # by playbook
    today: date
    zone: str


def standing(now: Decided) -> tuple[Decision, ...]:
    """Give the decisions that stand: accepted findings, and plays with somebody left to see to."""
    found = [_of_finding(one, now) for one in _accepted(now)]
    plays = [
        _of_play(name, some, now)
        for name, some in sorted(_by_play(now.interventions).items())
        if any(one.status in OPEN and one.arm == "treated" for one in some)
    ]
    return (*found, *plays)


def so_far(now: Decided) -> tuple[Decision, ...]:
    """Give everything that was ever decided, for a review that is the first."""
    done = [
        one
        for one in sorted(now.findings.values(), key=_soonest)
        if one.status in ("accepted", "done")
    ]
    plays = sorted(_by_play(now.interventions).items())
    return (
        *(_of_finding(one, now) for one in done),
        *(_of_play(name, some, now) for name, some in plays),
    )


def _accepted(now: Decided) -> list[Registered]:
    found = [one for one in now.findings.values() if one.status == "accepted"]
    return sorted(found, key=_soonest)


def _soonest(one: Registered) -> tuple[str, str]:
    return one.due or "9999", one.finding.id


def _by_play(some: Sequence[Intervention]) -> dict[str, list[Intervention]]:
    found: dict[str, list[Intervention]] = {}
    for one in some:
        found.setdefault(f"{one.playbook}, plan {one.wave}", []).append(one)
    return found


def _of_finding(one: Registered, now: Decided) -> Decision:
    finding = one.finding
    decided = now.accepted_on.get(finding.id, "")
    return Decision(
        finding.id, "finding", finding.title, one.owner or "", one.due or "", decided,
        finding.population.n,
    )  # fmt: skip


def _of_play(name: str, some: Sequence[Intervention], now: Decided) -> Decision:
    first = min(some, key=lambda one: (one.decided_us, one.id))
    treated = [one for one in some if one.arm == "treated"]
    owners = sorted({one.owner for one in treated if one.owner})
    left = [one.due for one in treated if one.status in OPEN and one.due]
    due = min(left, default=max((one.due for one in treated), default=""))
    decided = day(first.decided_us, now.zone)
    return Decision(name, "play", name, ", ".join(owners), due, decided, len(treated))


def due(now: Decided) -> Section:
    """Tell what is accepted and not done, and which plays wait for whom, the most overdue first."""
    every = sorted(standing(now), key=lambda one: (one.due or "9999", one.id))
    items = tuple(_due(one, now) for one in every)
    late = sum(item.tag == "Overdue" for item in items)
    lead = f"{len(items)} open, {late} overdue, on {now.today}." if items else ""
    none = "Nothing is due: no finding is accepted, and no play waits for anybody."
    return Section("due", "Decisions due", lead, items, none=none)


def _due(one: Decision, now: Decided) -> Item:
    late = (now.today - date.fromisoformat(one.due)).days if one.due else 0
    when = f"Due {one.due}" if one.due else "No date"
    if late > 0:
        when += f", {late} day{'' if late == 1 else 's'} overdue"
    whom = one.owner or "nobody"
    lines = [f"{whom}. {when}. Decided {one.decided}."]
    if one.sort == "play":
        left = _left(one, now)
        lines.append(f"{left} of {one.n} still to be seen to.")
    tag = "Overdue" if late > 0 else "Due"
    key = f"due/{now.today}/{one.id}"
    return Item(key, one.title, tuple(lines), tag, _TONES.get(tag, ""))


def _left(one: Decision, now: Decided) -> int:
    some = _by_play(now.interventions).get(one.id, [])
    return sum(each.arm == "treated" and each.status in OPEN for each in some)


def to_decide(
    places: Sequence[Place], found: Mapping[str, Registered], currency: str | None
) -> Section:
    """Tell the first findings that nobody owns yet."""
    waiting = [
        (rank, place)
        for rank, place in enumerate(places, 1)
        if found[place.finding.id].status == "open" and found[place.finding.id].gone_us is None
    ]
    items = tuple(_to_decide(rank, place, currency) for rank, place in waiting[:_TO_DECIDE])
    more = len(waiting) - len(items)
    note = (
        "Worth is an upper bound if the recovered behave like the rest. Findings may be about the "
        "same customers: do not add them up."
    )
    return Section(
        "decide",
        "To decide",
        "The findings that may bring most to the first objective, and that nobody owns."
        + (f" {more} more in `trod findings`." if more else ""),
        items,
        none="No finding waits for a decision.",
        note=note if items else "",
    )


def _to_decide(rank: int, place: Place, currency: str | None) -> Item:
    finding = place.finding
    lines = [finding.statement, worth(place, currency)]
    lines += [f"Do: {finding.recommendation}"] if finding.recommendation else []
    lines.append(f"{finding.evidence}, {finding.grade}. As of {finding.as_of}. {finding.id}")
    return Item(f"decide/{finding.id}", finding.title, tuple(lines), f"Rank {rank}")


def worth(place: Place, currency: str | None) -> str:
    """Say what acting on a finding may bring at most."""
    if place.expected is None:
        return place.why
    said = f"Worth {in_words(place)} at most"
    if place.worth is not None:
        low, high = (in_money(x, currency) for x in place.worth)
        said += f", {low} to {high}"
    goal = f", for {place.objective.name}" if place.objective else ""
    return f"{said}{goal}."


def last_time(before: Sequence[Decision], since: str, review: str, now: Decided) -> Section:
    """Tell what became of decisions.

    Parameters
    ----------
    before
        Those of the last review that was kept; everything decided so far where there was none.
    since
        ISO date of that review; "" without one.
    review
        Its id; "" without one.
    now
        How everything stands.
    """
    items = tuple(_came_of(one, review, now) for one in before)
    if since:
        lead = f"Decisions that stood in the review of {since}, and what came of them."
        none = f"Nothing was decided in the review of {since}: there is nothing to follow up."
    else:
        lead = "No review of this pack was kept before: everything that was decided so far."
        none = (
            "Nothing was decided yet: no finding was accepted and no play was planned. "
            "`trod accept` gives a finding an owner and a date."
        )
    return Section("last", "Decided last time, and what came of it", lead, items, none=none)


def _came_of(one: Decision, review: str, now: Decided) -> Item:
    acted = [i for i in now.interventions if _answers(i, one)]
    if one.sort == "play":
        tag, lines = _of_acts(one, acted, now)
    else:
        tag, lines = _finding_came(one, acted, now)
    when = f", due {one.due}" if one.due else ""
    first = f"{one.owner or 'nobody'}{when}. Decided {one.decided}."
    key = f"last/{review or 'first'}/{now.today}/{one.id}"
    return Item(key, one.title, (first, *lines), tag, _TONES.get(tag, ""))


def _answers(i: Intervention, one: Decision) -> bool:
    if one.sort == "finding":
        return i.finding == one.id
    return f"{i.playbook}, plan {i.wave}" == one.id


def _finding_came(
    one: Decision, acted: Sequence[Intervention], now: Decided
) -> tuple[str, list[str]]:
    it = now.findings.get(one.id)
    if it is None:
        return "Not known", ["The finding is no longer in the register."]
    lines = []
    if it.gone_us is not None:
        lines.append(f"No longer found since {day(it.gone_us, now.zone)}. Observed.")
    elif it.finding.population.n != one.n:
        whom = units(it.finding.unit)
        n = it.finding.population.n
        lines.append(f"Concerned {one.n:,} {whom} then, {n:,} as of {it.finding.as_of}. Observed.")
    if acted:
        tag, told = _of_acts(one, acted, now)
        return tag, [*told, *lines]
    if it.status == "dismissed":
        return "Put aside", [f"Put aside: {masked(it.why or '')}.", *lines]
    if it.status == "done":
        why = f": {masked(it.why)}" if it.why else ""
        said = f"Closed{why}. No play was linked to it, so what it changed is not measured."
        return "Done, not measured", [said, *lines]
    if it.late(now.today):
        return "Nothing was done", ["Nothing was done, and its date is over.", *lines]
    return "Not done yet", ["Nothing was done yet; its date is not over.", *lines]


def _of_acts(one: Decision, acted: Sequence[Intervention], now: Decided) -> tuple[str, list[str]]:
    """Tell what was done, and what that changed."""
    treated = [i for i in acted if i.arm == "treated"]
    done = sum(i.status == "done" for i in treated)
    begun = sum(i.status in ("started", "stopped") for i in treated)
    skipped = sum(i.status == "skipped" for i in treated)
    held = len(acted) - len(treated)
    parts = [f"{done} of {len(treated)} done"]
    parts += [f"{begun} begun"] * bool(begun) + [f"{skipped} skipped"] * bool(skipped)
    parts += [f"{held} held back by chance"] * bool(held)
    lines = [f"{', '.join(parts)}."]
    if not done and not begun:
        late = bool(one.due) and one.due < now.today.isoformat()
        return "Nothing was done" if late or skipped == len(treated) else "Not done yet", lines
    tags = []
    for name in sorted({i.playbook for i in acted}):
        effect = now.effects.get(name)
        if effect is None:
            tags.append("Too early")
            lines.append(f"{name}: too early, nothing is judged yet.")
        else:
            tags.append(told_verdict(effect))
            lines.append(f"{name} as a whole: {in_short(effect)}")
    return (tags[0] if len(set(tags)) == 1 else "Several"), lines
