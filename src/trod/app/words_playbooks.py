"""Playbooks as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trod.app import say
from trod.app.hints import here, located
from trod.events.counted import count

if TYPE_CHECKING:
    from trod.actions.playbooks.template import PlaybookTemplate
    from trod.actions.queue.uplift import Expected
    from trod.workspace.acting.candidates import Weighed
    from trod.workspace.acting.playbooks import Written


def listed(found: Sequence[Weighed]) -> str:
    """Tell every playbook: whom it fits today, and why not the others."""
    parts = [_one(each) for each in found]
    note = (
        "Expected effects are assumed until they were tested. `trod queue` plans the week, "
        "`trod playbooks NAME --preview CUSTOMER` writes the messages."
    )
    return "\n\n".join([*parts, say.folded(located(note), more="")])


def _one(each: Weighed) -> str:
    spec = each.spec
    head = f"{say.strong(spec.name)}  {_fit(each)}"
    lines = [
        say.folded(head),
        say.folded(
            f"{_effort(each)} {effect(each.expected, money=spec.success.money)}", indent="  "
        ),
    ]
    for why, some in each.fits.barred if each.fits else ():
        lines.append(f"  {_whom(each, len(some))} not: {why}")
    if each.fits is not None and each.fits.key and each.fits.triggered:
        who = here(f'trod export customers --where "{each.fits.key}" --unit {each.unit}')
        lines.append(f"  who: {who}")
    lines += [say.folded(f"Note: {remark}", indent="  ") for remark in each.remarks]
    return "\n".join(lines)


def _fit(each: Weighed) -> str:
    if each.spec.trigger is None:
        return "has no trigger: started by hand."
    if each.fits is None:
        return "cannot tell yet whom it fits."
    n, whole = len(each.fits.customers), each.fits.triggered
    return f"fits {_whom(each, n)} today, of {whole:,} that it is for."


def _whom(each: Weighed, n: int) -> str:
    return count(n, "account" if each.unit == "account" else "customer")


def _effort(each: Weighed) -> str:
    spec = each.spec
    owner = spec.owner or "anybody with hours"
    time = f"{spec.minutes} min of {owner}" if spec.minutes else "Takes nobody's time"
    return f"{time}, within {count(spec.deadline.days, 'day')}."


def effect(found: Expected, *, money: bool) -> str:
    """Say what a play is expected to change."""
    if money:
        size = f"{found.low:,.0f} to {found.high:,.0f}"
    else:
        size = f"{100 * found.low:.0f} to {100 * found.high:.0f} points"
    return f"Expected: {size} ({found.evidence}: {found.words})."


def preview(name: str, customer: str, steps: Sequence[Written]) -> str:
    """Tell the steps of a playbook, with the messages as they would be sent."""
    lines = [f"{say.strong(name)} for {customer}"]
    for i, step in enumerate(steps, 1):
        after = "" if not step.after_days else f", {step.after_days:g} days after the start"
        channel = f" ({step.channel})" if step.channel else ""
        lines.append(say.folded(f"{i}. {step.do}{channel}{after}"))
        lines += [f"   | {line}" for line in step.words.splitlines()]
    if not steps:
        lines.append("It has no steps.")
    return "\n".join(lines)


def templates(found: Sequence[PlaybookTemplate]) -> str:
    """List the templates."""
    rows = [[each.name, each.about] for each in found]
    note = "trod playbooks --template NAME > playbooks/NAME.yml"
    return f"{say.grid(rows, spare=[])}\n\n{note}"


def told(found: Sequence[Weighed]) -> list[dict[str, Any]]:
    """Give the same for programs."""
    return [
        {
            "playbook": each.spec.name,
            "where": each.fits.key if each.fits else "",
            "triggered": each.fits.triggered if each.fits else None,
            "customers": list(each.fits.customers) if each.fits else None,
            "not": [
                {"why": why, "customers": list(some)}
                for why, some in (each.fits.barred if each.fits else ())
            ],
            "expected": each.expected._asdict(),
            "remarks": list(each.remarks),
        }
        for each in found
    ]
