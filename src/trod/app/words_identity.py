"""What the commands of `trod identity` say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trod.app import say
from trod.events.counted import count

if TYPE_CHECKING:
    from trod.identity.explain import Comparison, Explanation
    from trod.identity.links import Step
    from trod.identity.report import IdentityReport
    from trod.identity.resolve import Reported
    from trod.identity.statements import Draft, IdOf
    from trod.workspace.blast_radius import BlastRadius
    from trod.workspace.identities import Kept

_DATE: Final = 10  # characters of an ISO date


def explained(told: Explanation | Comparison) -> str:
    """Say why an id belongs to its person, or whether two are one."""
    from trod.identity.explain import Comparison

    return _compared(told) if isinstance(told, Comparison) else _explained(told)


def _explained(told: Explanation) -> str:
    person = told.person or "nobody"
    lines = [
        say.strong(f"{_id(told.id)} belongs to {person} ({count(told.ids, 'id')})."),
        say.folded(told.standing),
        *_chain(told.chain),
    ]
    if told.not_used:
        lines += ["", f"Not used: {count(told.n_not_used, 'link')}."]
        lines += [line for step in told.not_used for line in _step(step)]
    return "\n".join(lines)


def _compared(told: Comparison) -> str:
    one, other = (person or "nobody" for person in told.persons)
    lines = [
        say.strong(say.folded(told.why)),
        f"{_id(told.one)} belongs to {one}, {_id(told.other)} to {other}.",
        *_chain(told.chain),
    ]
    return "\n".join(lines)


def _chain(chain: Sequence[Step]) -> list[str]:
    return ["", *(line for step in chain for line in _step(step))] if chain else []


def _step(step: Step) -> list[str]:
    lines = [f"  {_id(step.one)} and {_id(step.other)}: {step.rule}"]
    lines += [f"    {_sighting(*seen)}" for seen in step.seen]
    if step.statement:
        why = f": {step.statement.why}" if step.statement.why else ""
        lines.append(f"    statement {step.statement.number} by {step.statement.by}{why}")
    if step.not_used:
        lines.append(say.folded(f"not used: {step.not_used}", indent="    ", more="      "))
    return lines


def _sighting(source: str, rows: int, first: str | None, last: str | None) -> str:
    when = "at any time" if first is None or last is None else _between(first, last)
    return f"{source}: {count(rows, 'row')}, {when}"


def _between(first: str, last: str) -> str:
    days = first[:_DATE], last[:_DATE]
    return f"on {days[0]}" if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _id(id_: IdOf) -> str:
    return f"{id_.kind} {id_.value}"


def draft(said: Draft) -> str:
    """Say what a statement states."""
    if said.one is None or said.other is None:
        return f"retract statement {said.of}"
    link = "are one person" if said.verb == "link" else "are not one person"
    return f"{_id(said.one)} and {_id(said.other)} {link}"


def radius(said: Draft, told: BlastRadius) -> str:
    """Say what a statement changes."""
    changed = f"{count(told.n_people_changed, 'person', 'people')}"
    lines = [
        say.strong(f"Statement: {draft(said)}."),
        f"  People      {told.people[0]:,} before, {told.people[1]:,} after; {changed} touched"
        + _listed(told.people_changed, told.n_people_changed),
        f"  Ids         {told.ids:,} belong to somebody else"
        + _listed([f"{kind} {id_}" for kind, id_, *_ in told.ids_changed[:3]], told.ids),
        f"  Touchpoints {told.touchpoints:,} belong to somebody else",
        f"  Accounts    {told.accounts:,} with other touchpoints than before",
        f"  Journeys    {told.journeys[0]:,} before, {told.journeys[1]:,} after; "
        f"{told.n_journeys_changed:,} touched",
    ]
    lines += [f"  Overruled   statement {number}" for number in told.overruled]
    whom = count(told.n_moved, told.unit, "people" if told.unit == "person" else None)
    lines += ["", f"Stages of {told.journey}: {whom} elsewhere."]
    rows = [[who, before or "-", after or "-"] for who, before, after in told.moved]
    if rows:
        lines.append(say.grid([["", "before", "after"], *rows]))
    moved = [figure for figure in told.headline if figure.before != figure.after]
    lines += ["", "Headline: unchanged." if not moved else "Headline"]
    if moved:
        figures = [[f.name, f"{f.before:,}", f"{f.after:,}"] for f in moved]
        lines.append(say.grid([["", "before", "after"], *figures], right=[1, 2]))
    return "\n".join(say.folded(line, keep=True) for line in lines)


def _listed(names: Sequence[str], n: int) -> str:
    if not names:
        return ""
    more = f" and {n - 3:,} more" if n > 3 else ""
    return f": {', '.join(names[:3])}{more}"


def log(told: Sequence[Kept], zone: str) -> str:
    """List statements."""
    from trod.identity.moments import iso
    from trod.identity.statements import Draft

    if not told:
        return "Nobody stated anything about who is who."
    lines = []
    for each in told:
        made = each.statement
        what = draft(Draft(made.verb, made.one, made.other, made.of))
        when = iso(made.at_us, zone)[:16].replace("T", " ")
        lines.append(f"{made.number:>4}  {when}  {made.by}  {what}  ({each.standing})")
        if made.why:
            lines.append(say.folded(made.why, indent="      ", more="      "))
    return "\n".join(lines)


def report(told: IdentityReport) -> str:
    """Say what the ids of the log led to."""
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in told.ids.items())
    head = f"{count(told.people, 'person', 'people')} from {kinds}."
    if told.alone:
        head += f" {count(told.alone, 'id')} of several people or none, each for itself."
    lines = [say.strong(say.folded(head)), ""]
    lines += ["What joined ids"]
    lines += [
        f"  {rule.rule}: {count(rule.pairs, 'pair')}"
        + (f" in {count(rule.rows, 'row')}" if rule.rows else "")
        + f", such as {' and '.join(rule.example)}"
        for rule in told.rules
    ]
    lines += _common(told)
    lines += _kept_out(told)
    if told.n_crowded:
        many = count(told.n_crowded, "person has", "people have")
        lines += ["", f"ALERT: {many} more than 50 ids: look at them."]
        lines += [f"  {who}: {count(n, 'id')}" for who, n in told.crowded]
    if told.statements:
        said = ", ".join(f"{n:,} {how}" for how, n in told.statements.items())
        lines += ["", f"Statements: {said}."]
    return "\n".join(say.folded(line, keep=True, more="    ") for line in lines)


def _common(told: IdentityReport) -> list[str]:
    lines = ["", f"Ids that several people use: {told.n_common:,}"]
    lines += [
        f"  {c.kind} {c.id}: {count(c.people, 'person', 'people')}, such as {', '.join(c.examples)}"
        for c in told.common
    ]
    lines += ["", f"Households and desks, people who share ids: {told.n_households:,}"]
    lines += [
        f"  {', '.join(h.people)}: {count(h.ids, 'id')}, such as {' '.join(h.examples[0])}"
        for h in told.households
    ]
    lines += ["", f"Handed over from one person to another: {told.n_handed_over:,}"]
    return [*lines, *(f"  {kind} {id_}: first {who}" for kind, id_, who in told.handed_over)]


def _kept_out(told: IdentityReport) -> list[str]:
    groups: dict[str, Reported] = {
        "Seen with too many people, used for nobody": told.unused,
        "Shared mailboxes and other ids shared by name": told.shared_mailboxes,
        "Test accounts, nobody's touchpoints": told.tests,
        "No ids at all": told.refused,
        "Kept apart although one row has both": told.split,
    }
    lines = [""]
    for name, group in groups.items():
        some = ", ".join(f"{kind} {value} ({rows:,})" for kind, value, rows in group.examples[:3])
        rows = f" in {count(group.n_rows, 'row')}: {some}" if group.n_ids else ""
        lines.append(f"{name}: {group.n_ids:,}{rows}")
    made_up = ", ".join(f"{value} ({rows:,})" for value, rows in told.made_up[:3])
    return [*lines, f"Addresses made up to test: {len(told.made_up):,} {made_up}".rstrip()]
