"""Findings as a terminal tells them: what, how large, what to do, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from trod.app.hints import here
from trod.app.say import folded, strong
from trod.events.counted import count
from trod.insights.findings.plain import plain
from trod.insights.findings.ranking import in_words
from trod.insights.listing import listing as customers
from trod.insights.wording import day, in_money
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.insights.findings.ranking import Place
    from trod.insights.findings.registered import Event, Registered
    from trod.workspace.acting.findings import Entry, Listing, Whole

_INDENT: Final = "    "
_WORTH: Final = (
    "Worth is an upper bound if the recovered behave like the rest. Findings may be about the same "
    "customers: do not add them up."
)
_OBSERVED: Final = "Observed: an association, may not be the cause."


def chosen(
    found: Listing, *, kind: str | None, owner: str | None, status: str
) -> list[Entry]:  # fmt: skip
    """Give the entries that are asked for, in order."""
    from trod.workspace.acting.findings import current

    def fits(entry: Entry) -> bool:
        it = entry.registered
        named = owner is None or (it.owner or "").casefold() == owner.strip().casefold()
        by_status = {
            "all": True,
            "current": current(it),
            "late": it.late(found.today),
            "gone": it.gone_us is not None,
            "open": it.status == "open" and it.gone_us is None,
        }.get(status, it.status == status)
        return by_status and named and kind in (None, it.finding.kind)

    return [entry for entry in found.entries if fits(entry)]


def listing(found: Listing, some: Sequence[Entry], *, top: int, status: str) -> str:
    """Tell findings, the one that may bring most first."""
    from trod.workspace.acting.findings import current

    lines = [folded(_head(found)), *_objectives(found), *_looked(found)]
    if not some:
        calls = status != "current" or any(current(e.registered) for e in found.entries)
        none = "None of these." if calls else "Nothing is found that calls for anything."
        return "\n".join([*lines, "", none, *_not_looked(found)])
    for rank, entry in enumerate(some[:top], 1):
        lines += ["", *_entry(rank, entry, found)]
    lines.append("")
    if len(some) > top:
        kinds = dict.fromkeys(e.place.finding.kind for e in some[top:])
        lines.append(
            folded(
                f"{len(some) - top:,} more ({', '.join(kinds)}): `trod findings --top {len(some)}`."
            )
        )
    lines += _larger(some, top, found)
    note = f"{_WORTH} {_OBSERVED}" if any(e.place.priced for e in some[:top]) else _OBSERVED
    lines += [*_not_looked(found), folded(note, more="")]
    if first := next((e for e in some if e.registered.status == "open"), None):
        lines.append(folded(f"Take one on: `{_accept(first)}`", more=""))
    return "\n".join(lines)


def _larger(some: Sequence[Entry], top: int, found: Listing) -> list[str]:
    """Name the largest one that is not shown, where another objective keeps it down."""
    valued = [(sum(e.place.worth), i) for i, e in enumerate(some) if e.place.worth is not None]
    if not valued or max(valued)[1] < top:
        return []
    rank = max(valued)[1]
    place = some[rank].place
    said = (
        f"{place.finding.id} ({place.finding.title}) is worth more, and stands at {rank + 1}: "
        f"{found.objectives[0].name} comes first."
    )
    return [folded(said)]


def _head(found: Listing) -> str:
    from trod.workspace.acting.findings import current

    now = [e.registered for e in found.entries if current(e.registered)]
    n = {status: sum(it.status == status for it in now) for status in ("open", "accepted")}
    late = sum(it.late(found.today) for it in now)
    parts = [f"{n['open']:,} open", f"{n['accepted'] or 'none'} accepted"]
    parts += [f"{late:,} late"] * bool(late)
    return (
        f"{strong('Findings')}  {found.journey}, {units(found.unit)}, data to {found.as_of}: "
        f"{', '.join(parts)}."
    )


def _objectives(found: Listing) -> list[str]:
    """Say what the order serves."""
    if not found.objectives:
        return [
            folded("Ranked by customers: name what they are worth with `insights: objectives:`.")
        ]
    told = []
    for each in found.objectives:
        worth = "" if each.worth is None else f" ({in_money(each.worth, found.currency)} each)"
        told.append(f"{each.name}{worth}")
    return [folded(f"For {', then '.join(told)}.")]


def _looked(found: Listing) -> list[str]:
    """Say what this look at the data has changed; nothing at the first one."""
    it = found.looked
    if it is None or not (it.again or it.back or it.gone):
        return []
    parts = [
        f"{len(ids):,} {what}"
        for ids, what in (
            (it.new, "new"),
            (it.back, "back"),
            (it.gone, "no longer found"),
            (it.grown, "dismissed and grown"),
        )
        if ids
    ]
    told = ", ".join(parts) or "nothing new"
    return [folded(f"Looked again, because data or trod.yml changed: {told}.")]


def _not_looked(found: Listing) -> list[str]:
    return [folded(f"Not looked at: {what}: {why}", more="  ") for what, why in found.not_looked]


def _entry(rank: int, entry: Entry, found: Listing) -> list[str]:
    finding, it = entry.place.finding, entry.registered
    title = f"{rank:>2}  {finding.id}  {strong(finding.title)}"
    lines = [folded(title, more=_INDENT), _line(finding.statement)]
    worth = _worth(entry.place, found)
    graded = f"{finding.evidence}, {finding.grade}"
    lines.append(_line(f"{worth} {graded}{_since(entry)}."))
    if finding.recommendation:
        lines.append(_line(f"Do: {_sentence(finding.recommendation)}"))
    lines += [_line(each) for each in _standing(it, found) if each]
    if entry.asked.words:
        lines.append(_line(f"Interviews: {entry.asked.words}."))
    return lines


def _since(entry: Entry) -> str:
    since = entry.place.finding.since
    return f"; since {since}" if since else ""


def _worth(place: Place, found: Listing) -> str:
    """Say what it may bring and for which objective."""
    served = "" if place.objective is None else f", for {place.objective.name}"
    if found.objectives and place.objective is None:
        served = ", for no objective"
    if not place.priced:
        return f"Not priced{served}."
    amount = ""
    if place.worth is not None:
        low, high = (in_money(x, found.currency) for x in place.worth)
        amount = f" ({low} to {high})"
    how = " at most" if place.past is None else f", {place.past.words}"
    return f"Worth {in_words(place)}{amount}{how}{served}."


def _standing(it: Registered, found: Listing) -> list[str]:
    """Say whose it is, what was said of it, and whether it is still there."""
    told = []
    if it.status == "accepted":
        late = ": LATE" if it.late(found.today) else ""
        told.append(f"Accepted: {it.owner}, due {it.due}{late}.")
    elif it.status == "done":
        told.append(f"Done: {it.owner}, was due {it.due}.")
    elif it.status == "dismissed":
        grown = f" Since {day(it.grown_us, found.zone)} it is much larger." if it.grown_us else ""
        told.append(f"Dismissed: {_sentence(it.why or '')}{grown}")
    if it.verdict:
        n = f", n {it.verdict_n:,}" if it.verdict_n else ""
        told.append(f"Cause {it.verdict}{n}: {_sentence(it.verdict_why or '')}")
    if it.gone_us is not None:
        told.append(f"Not found since {day(it.gone_us, found.zone)}; as of {it.finding.as_of}.")
    return told


def _line(text: str) -> str:
    return folded(text, indent=_INDENT, more=_INDENT)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _accept(entry: Entry) -> str:
    owner = entry.place.objective.owner if entry.place.objective else None
    return here(f'trod accept {entry.id} --owner "{owner or "NAME"}" --due 14d')


def whole(told: Whole) -> str:
    """Tell one finding with everything a sceptic asks, and what happened to it."""
    entry, found = told.entry, told.listing
    finding, it, place = entry.place.finding, entry.registered, entry.place
    first = day(it.first_us, found.zone)
    seen = count(it.times, "look")
    of = ", ".join(each for each in (finding.kind, finding.journey, units(finding.unit)) if each)
    lines = [
        folded(f"{finding.id}  {strong(finding.title)}", more=_INDENT),
        _line(f"{of}. Found first on {first}, in {seen} at the data; as of {finding.as_of}."),
        _line(finding.statement),
        *(_line(each) for each in _standing(it, found)),
        "",
        _line(f"Evidence: {finding.evidence}, {finding.grade}{_since(entry)}."),
        _line(f"Likely cause (hypothesis): {finding.cause}") if finding.cause else "",
        _line(f"Do: {_sentence(finding.recommendation)}") if finding.recommendation else "",
        _line(f"Measure: {_sentence(finding.measure)}") if finding.measure else "",
        _line(_how(place)),
        _line(f"Place {told.rank or '-'}: {place.why}"),
    ]
    lines += _who(told)
    if entry.asked.words:
        lines.append(_line(f"Interviews: {entry.asked.words}."))
    lines += ["", strong("History"), *(_event(each, found) for each in told.events)]
    next_ = here(f"trod interview {finding.id} --n 12")
    lines += ["", folded(f"Ask customers about it: `{next_}`", more="")]
    if it.status == "open":
        lines.append(folded(f"Take it on: `{_accept(entry)}`", more=""))
    shown = [each for i, each in enumerate(lines) if each or (i and lines[i - 1])]
    return "\n".join(shown)


def _how(place: Place) -> str:
    if place.impact is None:
        return "Worth: not known."
    low, high = f"{place.impact.low:,.1f}", f"{place.impact.high:,.1f}"
    over = f", over {place.impact.over_days:,} days" if place.impact.over_days else ", once"
    return (
        f"Worth: {low} to {high} {place.impact.unit}{over} ({place.impact.level}%): "
        f"{place.impact.formula}."
    )


def _who(told: Whole) -> list[str]:
    """Give the commands that list the customers whom it concerns, and those beside them."""
    finding = told.entry.place.finding
    if not finding.population.key:
        return []
    return [
        _line(f"Who ({finding.population.n:,}): `{here(command(told, finding.population.key))}`")
    ]


def command(told: Whole, key: str) -> str:
    """Write the command that lists the customers of a key."""
    finding = told.entry.place.finding
    return customers(key, finding.unit, finding.journey if told.listing.declared else "")


_SAID: Final = {
    "found": "found: {statement}",
    "found again": "found again: {statement}",
    "grown": "much larger than when it was dismissed: {statement}",
    "accepted": "accepted for {owner}, due {due}",
    "handed over": "handed over to {owner}, due {due}",
    "comment": "{text}",
    "verdict": "cause {verdict}",
    "interviews drawn": "{customers} customers to be asked",
    "answer": "{customer} answered: {supports}",
}


def _event(event: Event, found: Listing) -> str:
    said = _SAID.get(event.what, event.what).format(**event.told)
    why = event.told.get("why")
    text = f"{day(event.time_us, found.zone)} {event.who}: {said}{f' ({why})' if why else ''}"
    return folded(text, indent="  ", more=_INDENT)


def decided(it: Registered) -> str:
    """Tell a finding after a decision, and what comes next."""
    finding = it.finding
    if it.status == "accepted":
        said = f"accepted: {it.owner}, due {it.due}."
    elif it.status == "done":
        said = "done. Whether it helped is seen in the data: `trod findings` looks again."
    else:
        said = f"{it.status}."
    lines = [folded(f"{finding.id} ({finding.title}) is {said}")]
    if it.verdict:
        n = f", n {it.verdict_n:,}" if it.verdict_n else ""
        lines.append(folded(f"Cause {it.verdict}{n}: {_sentence(it.verdict_why or '')}"))
    if it.status == "accepted" and finding.measure:
        lines.append(folded(f"Measure: {_sentence(finding.measure)}"))
    return "\n".join(lines)


def told(found: Listing, some: Sequence[Entry]) -> dict[str, Any]:
    """Give findings for programs."""
    return {
        "journey": found.journey,
        "unit": found.unit,
        "as_of": found.as_of,
        "objectives": [each.model_dump(mode="json") for each in found.objectives],
        "not_looked_at": [{"what": what, "why": why} for what, why in found.not_looked],
        "findings": [_told_entry(i + 1, each) for i, each in enumerate(some)],
    }


def _told_entry(rank: int | None, entry: Entry) -> dict[str, Any]:
    place = entry.place
    return {
        **told_registered(entry.registered),
        "place": rank,
        "serves": place.serves or None,
        "objective": place.objective.name if place.objective else None,
        "expected": place.expected,
        "by_effect": None if place.past is None else place.past._asdict(),
        "worth": place.worth,
        "why_here": place.why,
        "interviews": entry.asked._asdict(),
    }


def told_registered(it: Registered) -> dict[str, Any]:
    """Give a finding and how it stands for programs."""
    rest = {name: value for name, value in asdict(it).items() if name != "finding"}
    return {**plain(it.finding), **rest}


def told_whole(told: Whole) -> dict[str, Any]:
    """Give one finding with its history for programs."""
    made = _told_entry(told.rank, told.entry)
    key = told.entry.place.finding.population.key
    return {
        **made,
        "who": command(told, key) if key else None,
        "history": [asdict(each) for each in told.events],
    }
