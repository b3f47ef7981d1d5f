"""What changed between two periods, as a terminal tells it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.app.hints import here
from trod.app.say import folded, strong
from trod.events.counted import count, plural
from trod.insights.listing import listing
from trod.insights.wording import duration
from trod.journeys.label import unit_of

if TYPE_CHECKING:
    from trod.insights.changes.change import Change, Comparison

_SEEN = 20


def comparison(found: Comparison, *, declared: bool, everything: bool) -> str:
    """Tell the changes, what was set aside, and how it was done."""
    lines = [strong(f"{found.headline}."), folded(_counted(found), indent="  ")]
    for i, one in enumerate(found.changes, 1):
        lines += ["", *_change(f"{i}  ", one)]
    if everything:
        for one in found.further:
            lines += ["", *_change("-  ", one)]
    elif found.further:
        more = count(len(found.further), "smaller change")
        lines += ["", folded(f"{more} in `trod compare --all`.", more="")]
    if found.set_aside:
        lines += ["", "Set aside: it looks like a change, and customers did not make it"]
        lines += [folded(f"- {one.title}. {_sentence(one.why)}", indent="  ", more="    ")
                  for one in found.set_aside]  # fmt: skip
    if everything and found.seen:
        lines += ["", *_seen(found)]
    lines += ["", *[folded(note, more="") for note in (*found.notes, _method(found))]]
    if found.changes and (key := found.changes[0].population.key):
        where = here(listing(key, unit_of(found.unit), found.journey if declared else ""))
        lines.append(folded(f"Whom the first one is about: `{where}`", more=""))
    return "\n".join(lines)


def _counted(found: Comparison) -> str:
    entered = plural(found.n_before, found.unit)
    first = f"{entered} entered in {found.before}, {found.n_now:,} in {found.now}."
    return f"{first} {count(found.n_compared, 'figure')} compared."


def _change(mark: str, one: Change) -> list[str]:
    lines = [strong(folded(f"{mark}{one.title}", more="   "))]
    told = [one.statement, _sentence(one.size), one.split_words]
    lines += [folded(text, indent="   ", more="   ") for text in told if text]
    if one.kind == "mix":
        lines += [folded(f"- {each}.", indent="   ", more="     ") for each in one.also]
    lines.append(folded(f"To look into: {one.cause}", indent="   ", more="   "))
    lines.append(folded(f"{one.certainty}. Observed.", indent="   ", more="   "))
    return lines


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _seen(found: Comparison) -> list[str]:
    lines = [strong("Compared, the least likely by chance first")]
    for one in found.seen[:_SEEN]:
        why = f" ({one.why_not})" if one.why_not else ""
        lines.append(folded(f"{one.title}; p {one.p:.3g}{why}", indent="  ", more="    "))
    if len(found.seen) > _SEEN:
        lines.append(f"  and {len(found.seen) - _SEEN:,} more, in --json")
    return lines


def _method(found: Comparison) -> str:
    windows = ", ".join(f"{stage} {duration(us)}" for stage, us in found.windows)
    leaving = ", ".join(f"{stage} {duration(us)}" for stage, us in found.leaving)
    months = plural(found.n_earlier, f"earlier {found.grain}s")
    usual = f"Beside how much figures moved in {months}. " if found.n_earlier else ""
    given = f"Customers are given the same time after entering, to go on: {windows}" * bool(windows)
    given += f"; to leave: {leaving}" * bool(leaving) + ". " * bool(given)
    return (
        f"{given}{usual}All that is told holds together at 95% (Holm). Observed: it says what"
        f" changed, not why."
    )


def told(found: Comparison) -> dict[str, Any]:
    """Give the same for programs."""
    return {**asdict(found), "headline": found.headline, "evidence": "Observed"}
