"""What was handed to other tools, as a terminal tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from trod.analyses.names import decode
from trod.app import say
from trod.events.counted import plural
from trod.insights.wording import day
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.actions.destinations.exports import Export
    from trod.workspace.acting.activation import Handed

_STDOUT: Final = "-"
_OF_ONE: Final = {"are": "is", "have": "has"}


def handed(found: Handed, *, away: bool) -> str:
    """Tell what was handed on, or would be."""
    lines = [say.folded(_first(found, away=away))]
    if found.left_out:
        told = "; ".join(_left_out(n, why) for why, n in found.left_out.items())
        lines.append(say.folded(f"Left out: {told}.", indent="  "))
    lines.append(say.folded(f"Told of each: {', '.join(_told(found))}.", indent="  "))
    if found.older:
        told = ", ".join(f"{name} ({when})" for name, when in found.older.items())
        older = f"Scored on an earlier day: {told}. `trod score` gives new ones."
        lines.append(say.folded(older, indent="  "))
    if not found.done:
        lines += ["", *(f"  {say.cut(line)}" for line in found.preview.splitlines()), ""]
        lines.append(say.folded(_not_yet(away=away)))
    elif away and found.kind == "webhook" and found.n:
        lines.append(say.folded("It waits in the outbox: `trod deliver` sends it."))
    return "\n".join(lines)


def _left_out(n: int, why: str) -> str:
    """Say how many are left out, and why, with the verb of one where it is one.

    Examples
    --------
    >>> _left_out(1, "are known to nobody here"), _left_out(2, "have no crm id")
    ('1 is known to nobody here', '2 have no crm id')
    """
    verb, _, rest = why.partition(" ")
    return f"{n:,} {_OF_ONE.get(verb, verb) if n == 1 else verb} {rest}"


def failed(scores: Mapping[str, str]) -> str:
    """Say which scores did not pass their backtest, as `trod score` does."""
    return "; ".join(f"{name}: {verdict}" for name, verdict in scores.items())


def _first(found: Handed, *, away: bool) -> str:
    some = plural(found.n, units(found.unit))
    where = "" if found.place == _STDOUT else f" to {found.place}"
    verb = "for" if away and found.kind == "webhook" else "as"
    form = "" if away else f" {verb} {found.kind}"
    done = "handed on" if found.done else "would be handed on"
    return (
        f"{some} of {say.visible(decode(found.audience))} {done}{form}{where}. As of {found.as_of}."
    )


def _told(found: Handed) -> list[str]:
    return ["id", *found.personal, *found.traits]


def _not_yet(*, away: bool) -> str:
    if away:
        return "Nothing was written or sent. Say --send to do it."
    return "Nothing was written. Leave --dry-run out to do it."


def log(found: Sequence[Export], zone: str) -> str:
    """Tell every export, the last one first."""
    if not found:
        return "Nothing was handed on yet."
    rows = [
        [
            day(each.time_us, zone),
            say.cut(each.who),
            each.kind,
            say.cut(each.place if each.place != _STDOUT else "stdout"),
            plural(each.n, units(each.unit)),
            say.cut(decode(each.audience)),
            _said(each),
            each.sha256[:12],
        ]
        for each in found
    ]
    return say.grid(rows, indent="", spare=[7])


def _said(each: Export) -> str:
    """Say why personal data left, and which scores went along that had failed."""
    personal = f"personal: {say.cut(each.reason)}" if each.personal else ""
    return "; ".join(filter(None, [personal, failed(each.told.get("failed", {}))]))
