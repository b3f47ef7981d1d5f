"""Cards of models in words."""

from __future__ import annotations

from collections.abc import Sequence

from trod.app import say
from trod.events.counted import count
from trod.insights.wording import day
from trod.models.card import Card, Measure


def cards(kept: Sequence[Card], zone: str, *, trend: bool = False) -> str:
    """Write cards one below the other; with `trend` the last one, and the figures of all before."""
    if trend:
        told = _card(kept[-1], zone)
        return f"{told}\n\n{_trend(kept, zone)}" if len(kept) > 1 else told
    return "\n\n".join(_card(card, zone) for card in kept)


def _card(card: Card, zone: str) -> str:
    name = say.strong(card.model)
    lines = [f"{name}  version {card.version}: {card.verdict}", say.folded(card.says, indent="  ")]
    span = f"{day(card.first_us, zone)} to {day(card.last_us, zone)}"
    done = "Fitted on" if card.usable else "Looked at"
    lines.append(say.folded(f"{done} {count(card.n, 'case')}, {span}.", indent="  "))
    if card.measures:
        lines.append(say.folded(f"Judged {card.validated}.", indent="  "))
        lines.append(_figures(card.measures))
    lines += [say.folded(remark, indent="  ") for remark in card.remarks]
    return "\n".join(lines)


def _figures(measures: Sequence[Measure]) -> str:
    """Set a line for each figure, and the simpler ways in one of their own where all are long."""
    rows = _measures(measures)
    whole = say.grid(rows, right=[1])
    if max(map(len, whole.splitlines())) <= say.width():
        return whole
    lines = []
    for line, row in zip(
        say.grid([row[:-1] for row in rows], right=[1]).split("\n"), rows, strict=True
    ):
        lines.append(line)
        if row[-1]:
            lines.append(say.folded(row[-1], indent="    ", more="      "))
    return "\n".join(lines)


def _measures(measures: Sequence[Measure]) -> list[list[str]]:
    """Give a line for each figure; simpler ways of the same figure stand side by side."""
    beside: dict[tuple[str, float], list[Measure]] = {}
    for each in measures:
        beside.setdefault((each.name, each.value), []).append(each)
    return [_measure(same) for same in beside.values()]


def _measure(same: Sequence[Measure]) -> list[str]:
    each = same[0]
    interval = "" if each.low is None else f"{each.low:.3f} to {each.high:.3f}"
    simpler = [f"{one.baseline}: {one.baseline_value:.3f}" for one in same if one.baseline]
    return [each.name, f"{each.value:.3f}", interval, f"n {each.n:,}", "; ".join(simpler)]


def _trend(kept: Sequence[Card], zone: str) -> str:
    rows = [["version", "data to", "verdict"]]
    rows += [[f"{card.version}", day(card.last_us, zone), card.verdict] for card in kept]
    head, *lines = say.grid(rows, right=[0]).split("\n")
    for card, line in zip(kept, lines, strict=True):
        told = dict.fromkeys(f"{each.name} {each.value:.3f}" for each in card.measures)
        head += f"\n{line}"
        if told:
            head += "\n" + say.folded(", ".join(told), indent="    ", more="    ")
    return head
