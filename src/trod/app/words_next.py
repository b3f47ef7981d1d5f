"""What may come, as a terminal tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.app.say import fitting, folded, strong
from trod.events.counted import count, one_of
from trod.insights.wording import SMALL_N, day, duration, in_money
from trod.journeys.label import readable, shortened, units

if TYPE_CHECKING:
    from trod.insights.next_moves import Unusual
    from trod.models.card import Card
    from trod.models.next.model import Wait
    from trod.models.what_if.answer import Moved, Outcome, WhatIfResult
    from trod.workspace.foretold import Foretold, Overview

_LABEL = 26
_SHORT = 20


def foretold(found: Foretold, zone: str) -> str:
    """Tell what may come next for one customer."""
    look = found.outlook
    last = f"{readable(found.last)} on {day(found.last_us, zone)}"
    head = f"{strong(found.customer)}: last {last}, {duration(found.waited_us)} ago."
    rows = [["next", "chance", "last only", "any time", "usually after", "9 in 10 within", "seen"]]
    rows += [
        [
            shortened(readable(guess.touchpoint), _LABEL),
            _chance(guess.chance),
            _chance(guess.first_order),
            _chance(guess.popularity),
            *_times(guess.wait),
            f"{guess.wait.n:,}" if guess.wait else "0",
        ]
        for guess in look.guesses
    ]
    lines = [head, "", fitting(rows, right=[1, 2, 3, 4, 5, 6]), ""]
    lines.append(folded(_stands_on(found), more=""))
    lines.append(folded(_ending(found), more=""))
    lines.append(folded(_columns(found.card), more=""))
    return "\n".join(lines)


def _stands_on(found: Foretold) -> str:
    look = found.outlook
    names = ["the start" if name is None else readable(name) for name in look.after]
    if not names:
        return f"Nothing like it was seen before: the chances are those of all {look.n:,} moves."
    after = ", ".join(names)
    few = " Few: shorter histories speak as well." if look.n < SMALL_N else ""
    return f"Estimated from {count(look.n, 'move')} after {after}.{few}"


def _ending(found: Foretold) -> str:
    look, waited = found.outlook, duration(found.waited_us)
    if found.waited_us >= found.left_after_us:
        said = f"Silent for {waited}, and {duration(found.left_after_us)} count as the end: this "
        said += "is over, and the table says what would come if anything did."
    else:
        said = f"Chance that nothing more comes, after {waited} of silence: {_chance(look.end)}."
    if look.wait is not None:
        said += f" When something came, half came within {duration(look.wait.median_us)} and "
        said += f"nine in ten within {duration(look.wait.p90_us)}."
    return said


def _columns(card: Card) -> str:
    return (
        "Last only: by the last touchpoint alone. Any time: the share of it among all moves. "
        f"Chances are of what comes if anything comes. Model next, version {card.version}; "
        "`trod models next` says how far it can be trusted."
    )


def overview(seen: Overview, zone: str, limit: int) -> str:
    """Tell where those on the way are, and what they are likely to do next."""
    moves, whom = seen.moves, units(seen.unit)
    if not moves.customers:
        return f"Nobody is on the way through {seen.journey}."
    one = one_of(whom)
    head = (
        f"{count(moves.customers, one)} on the way through {seen.journey} as of "
        f"{day(seen.as_of_us, zone)}, by last touchpoint:"
    )
    rows = [["last touchpoint", whom, "likely next", "stands out", "nothing", "usually", "quiet"]]
    for each in moves.positions[:limit]:
        best = each.likely[0]
        rows.append(
            [
                shortened(readable(each.last), _LABEL),
                f"{each.customers:,}",
                f"{shortened(readable(best.touchpoint), _SHORT)} {_chance(best.chance)}",
                _unusual(each.unusual),
                _chance(each.end),
                _times(each.wait)[0],
                f"{each.quiet:,}",
            ]
        )
    rest = moves.positions[limit:]
    if rest:
        n = sum(each.customers for each in rest)
        rows.append(
            [f"{len(rest)} others", f"{n:,}", "", "", "", "", f"{sum(e.quiet for e in rest):,}"]
        )
    most = [f"{readable(name)} {n:,.0f}" for name, n in moves.expected[:limit] if n >= 0.5]
    lines = [folded(head, more=""), "", fitting(rows, right=[1, 4, 5, 6]), ""]
    if most:
        lines.append(folded(f"Expected next, in {whom}: {', '.join(most)}.", more=""))
    lines.append(
        folded(
            "Estimated. Chances are of what comes if anything comes; nothing: the chance that "
            "nothing does. Stands out: twice as likely as usual, or more. Quiet: nothing for "
            f"longer than nine in ten needed. Model next, version {seen.card.version}; "
            "`trod models next` says how far it can be trusted. "
            f"`trod export customers --where '{moves.positions[0].key}'` lists those of the first "
            "line; --json has all keys.",
            more="",
        )
    )
    return "\n".join(lines)


def _unusual(found: Unusual | None) -> str:
    if found is None:
        return ""
    name = shortened(readable(found.touchpoint), _SHORT)
    return f"{name} {_chance(found.chance)}, {found.times:.0f}x"


def _chance(share: float | None) -> str:
    if share is None:
        return "not known"
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 < share < 1:
        return "over 99%"
    return f"{share:.0%}"


def _times(wait: Wait | None) -> tuple[str, str]:
    if wait is None:
        return "not known", "not known"
    return duration(wait.median_us), duration(wait.p90_us)


def what_if(found: WhatIfResult) -> str:
    """Tell what would be otherwise: now, then, and by how much."""
    lines = [line for each in found.changes for line in _moved(each, units(found.unit))]
    rows = [["", "now", "then", "difference", "95% interval"]]
    rows += [[each.name, *_figures(each, found.currency)] for each in found.outcomes]
    lines += ["", fitting(rows, right=[1, 2, 3, 4]), ""]
    lines.append(
        folded(
            f"As of {day(found.as_of_us, found.zone)}. Estimated: a calculation with what was "
            "seen, no experiment. The interval is how sure the rates are, not whether the change "
            "can be had. It assumes:",
            more="",
        )
    )
    lines += [folded(each, indent="  - ", more="    ") for each in found.assumptions]
    return "\n".join(lines)


def _moved(each: Moved, whom: str) -> list[str]:
    said = (
        f"{each.entered:,} {whom} entered: {each.went_on:,} went on, {each.left:,} left, "
        f"{each.still_there:,} still there."
    )
    share = f"Conversion {each.conversion_now:.1%}"
    if each.conversion_then != each.conversion_now:
        share += f", then {each.conversion_then:.1%}"
    return [strong(each.change), folded(f"{said} {share}.", indent="  ")]


def _figures(each: Outcome, currency: str | None) -> list[str]:
    low, high = (_signed(value, each, currency) for value in (each.low, each.high))
    if each.kind == "share":
        low = low.removesuffix(" points")
    return [
        _figure(each.now, each, currency),
        _figure(each.then, each, currency),
        _signed(each.difference, each, currency),
        f"{low} to {high}",
    ]


def _figure(value: float, each: Outcome, currency: str | None) -> str:
    if each.kind == "money":
        return in_money(value, currency)
    return f"{value:.1%}" if each.kind == "share" else f"{value:,.0f}"


def _signed(value: float, each: Outcome, currency: str | None) -> str:
    if each.kind == "share":
        return f"{value * 100:+.1f} points"
    text = _figure(abs(value), each, currency) if each.kind == "money" else f"{abs(value):,.1f}"
    return f"{'-' if value < 0 else '+'}{text}"
