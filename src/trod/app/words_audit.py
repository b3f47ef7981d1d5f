"""An audit in words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from trod.app.hints import here, located
from trod.app.say import folded, grid, strong
from trod.events.counted import count
from trod.insights.wording import SMALL_N, duration, money, share

if TYPE_CHECKING:
    from trod.insights.audit import Audit

_MOST: Final = 12
_INDENT: Final = "  "
_BEHIND_US: Final = 86_400_000_000


def told(made: Audit, *, currency: str | None) -> str:
    """Tell an audit: sources, what to mend, blind spots, stages, what the data supports."""
    parts = [
        _part("Sources", sources(made)),
        _part("To mend", _listed(remark.text for remark in made.problems())),
        _part("To know", _listed(r.text for r in made.remarks if r.level == "note")),
        _part("Blind spots, the most money first", _spots(made, currency)),
        _part("Contact", _contact(made)),
        _part(f"Stages of {made.journey}", _listed(one.words() for one in made.grades)),
        _part("What the data support", support(made)),
        _part("Begin with", _pilot(made)),
        _part("Gates that failed", _listed(one.words() for one in made.failures)),
    ]
    return "\n\n".join(part for part in parts if part)


def _part(title: str, body: str) -> str:
    return f"{strong(title)}\n{body}" if body else ""


def _listed(lines: Iterator[str]) -> str:
    every = list(lines)
    shown = [folded(located(line), indent=_INDENT, more="    ") for line in every[:_MOST]]
    if len(every) > _MOST:
        shown.append(f"{_INDENT}and {len(every) - _MOST} more: --json lists all.")
    return "\n".join(shown)


def sources(made: Audit) -> str:
    """Give a line for each source."""
    head = ["source", "touchpoints", "came twice", "in quarantine", "people", "first", "last", ""]
    rows = [
        [
            one.source,
            f"{one.touchpoints:,}",
            f"{one.doubled:,}",
            f"{one.held:,}",
            f"{one.share_of_customers:.0%}",
            one.first_day or "",
            one.last_day or "",
            f"{duration(one.behind_us)} behind" if one.behind_us >= _BEHIND_US else "",
        ]
        for one in made.sources
    ]
    return grid([head, *rows], right=[1, 2, 3, 4])


def _spots(made: Audit, currency: str | None) -> str:
    lines = []
    for spot in made.blind_spots:
        worth = f", {money(spot.value_micros, currency)} on record" if spot.value_micros else ""
        whom = f"{count(spot.customers.n, 'customer')} went on elsewhere meanwhile"
        if spot.group:
            whom = count(spot.customers.n, "customer")
        listed = f" List them: {here(spot.command)}" if spot.command else ""
        lines.append(f"{spot.what}. {spot.evidence} {whom}{worth}.{listed}")
    return _listed(iter(lines))


def _contact(made: Audit) -> str:
    lines = []
    several = made.channels_per_customer
    total = sum(several)
    if total:
        three = sum(several[2:])
        part = share(three, total) if total >= SMALL_N else f"{three:,}"
        lines.append(
            f"{count(len(made.channels), 'channel')}; {part} of "
            f"{count(total, 'customer is', 'customers are')} seen in three or more."
        )
    offline = [channel for channel in made.channels if channel.offline]
    if offline:
        names = ", ".join(f"{c.channel} ({c.touchpoints:,})" for c in offline)
        lines.append(f"Offline or human: {names}.")
    else:
        lines.append(
            "No offline or human channel: calls, visits and shops are missing, and whoever uses "
            "them seems silent."
        )
    lines += [one.words(offline=made.has_offline) for one in made.silent]
    return _listed(iter(lines))


def support(made: Audit) -> str:
    """Give a line for each question the data can or cannot answer."""
    wide = max((len(one.question) for one in made.readiness), default=0)
    return "\n".join(
        _set(f"{one.verdict:<7}  {one.question:<{wide}}  ", one.why) for one in made.readiness
    )


def _set(head: str, text: str) -> str:
    """Set a text beside its head, its further lines below its first."""
    return folded(text, indent=_INDENT + "\0" * len(head), more=_INDENT + " " * len(head)).replace(
        "\0" * len(head), head
    )


def _pilot(made: Audit) -> str:
    return _listed(iter([f"{made.pilot.journey}: {made.pilot.why}"])) if made.pilot else ""
