"""Where a change comes from: the group that carries it, and whether it is tracking or behaviour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from trod.insights.watching.anomaly import Carrier, Nature
from trod.insights.watching.judging import Judged
from trod.insights.watching.material import Ints, Material, daily
from trod.insights.watching.series import Thing
from trod.insights.watching.sight import Subject

BEFORE_DAYS: Final = 56
"""What was usual for a group is what it did in so many days before."""
_NEARLY_ALL: Final = 0.75
_MOSTLY: Final = 0.5
_MORE: Final = 1.5  # times its usual part
_GONE: Final = 0.1
_GOES_ON: Final = 0.6
_FEWEST: Final = 5


_CHANCE: Final = 0.05


class Days(NamedTuple):
    """Days in which something was seen, of the calendar; both included."""

    first: int
    last: int


def carriers(material: Material, subject: Subject, days: Days) -> tuple[Carrier, ...]:
    """Find the groups that carry a change: at most one of each attribute, the clearest first.

    What is usual for a group is what it did in the eight weeks before, in the share of everyone's.
    A group carries a change where half of it or more lies there, and half as much again as its
    usual part; of what is counted, more than chance shares out among the groups of an attribute.
    """
    thing = subject.thing
    if thing.sort in ("source", "score") or subject.way not in ("fell", "rose"):
        return ()
    found: list[tuple[float, Carrier]] = []
    for group in material.groups:
        if group.rows and thing.sort != "volume":
            continue
        value, whole = daily(group.counts, thing.sort, _place(material, thing))
        if thing.sort == "mood":
            value = value // 1000
        found += _of_attribute(group.by, group.counts.group, value, whole, days, subject)
    return tuple(each for _, each in sorted(found, key=lambda each: (-each[0], each[1].by)))


def _place(material: Material, thing: Thing) -> int:
    names = {
        "volume": material.names,
        "mood": material.voices,
        "beginning": material.ways,
    }.get(thing.sort, material.stages)
    return names.index(thing.name)


def _of_attribute(
    by: str,
    names: tuple[str, ...],
    value: Ints,
    whole: Ints | None,
    days: Days,
    subject: Subject,
) -> Iterator[tuple[float, Carrier]]:
    """Give the group of one attribute that carries a change, with how clearly it does."""
    now, then = (
        slice(days.first, days.last + 1),
        slice(max(0, days.first - BEFORE_DAYS), days.first),
    )
    seen, before = value[:, now].sum(axis=1), value[:, then].sum(axis=1)
    if whole is None:
        scale = (days.last + 1 - days.first) / max(days.first - then.start, 1)
        usual = before * scale
    else:
        usual = before / np.maximum(whole[:, then].sum(axis=1), 1) * whole[:, now].sum(axis=1)
    off = (seen - usual) * (1 if subject.way == "rose" else -1)
    if off.sum() <= 0 or usual.sum() <= 0 or len(names) < 2:
        return
    at = int(np.argmax(off))
    part, own = float(off[at] / off.sum()), float(usual[at] / usual.sum())
    clear = whole is not None or _beyond_chance(seen, before, at, subject.way)
    if part >= _MOSTLY and part >= _MORE * own and abs(off[at]) >= _FEWEST and clear:
        per = np.ones(len(names)) if whole is None else np.maximum(whole[:, now].sum(axis=1), 1)
        yield (
            part - own,
            Carrier(
                by, names[at], min(part, 1.0), float(seen[at] / per[at]), float(usual[at] / per[at])
            ),
        )


def _beyond_chance(seen: Ints, before: Ints, at: int, way: str) -> bool:
    """Say whether a group has another part of what is counted than before, by Fisher's test."""
    from scipy.stats import hypergeom

    now, then = (seen, before) if way == "rose" else (before, seen)
    total, group = int(now.sum() + then.sum()), int(now[at] + then[at])
    p = hypergeom.sf(int(now[at]) - 1, total, group, int(now.sum()))
    return bool(p * len(seen) <= _CHANCE)


class Told(NamedTuple):
    """Whether it is tracking or behaviour, and by what that is seen."""

    nature: Nature
    evidence: tuple[str, ...]


def nature(material: Material, subject: Subject, lead: Judged | None, days: Days) -> Told:
    """Tell a break of tracking from a change of what customers do.

    A silent source is tracking where customers who were known from elsewhere used to be in it and
    go on elsewhere, or where more than usual come without it; else nothing tells. It is tracking
    where another name begins on the day on which one ends; and where a touchpoint is gone, for
    every group at once, while the rest of its source and the stages after it go on as they did.
    """
    thing, way = subject
    if thing.sort == "source":
        return of_source(material, thing.name, way, days)
    if thing.sort != "volume" or way != "fell":
        silent = [s for s in material.rows if _silent_share(material, s, days) >= 0.5]
        if silent and way == "fell" and thing.sort in ("entries", "conversion", "volume"):
            said = f"No rows of {', '.join(silent)} on most of these days."
            natures = [of_source(material, s, "silent", days).nature for s in silent]
            return Told("tracking" if "tracking" in natures else "not told", (said,))
        return Told("behaviour" if lead is not None else "not told", ())
    at = _place(material, thing)
    counts = material.everyone.touchpoints[0]
    seen, usual = _beside(counts[:, at], days)
    if seen > _GONE * usual:
        return Told("behaviour", ())
    renamed = _renamed(material, at, days, usual)
    if renamed:
        new, rows = renamed
        said = f"{new} was first seen then, {rows:,} times: the name has changed."
        return Told("tracking", (said,))
    return _vanished(material, at, days)


def of_source(material: Material, source: str, way: str, days: Days) -> Told:
    """Say why a source brings less; where it brings nothing, by what its customers do elsewhere."""
    rows = material.of_source(source)
    seen, usual = _beside(rows, days)
    if way == "rose" or (way == "fell" and seen > _GONE * usual):
        return Told("behaviour", ())
    said = f"Not a row of {source} where {usual:,.0f} were usual."
    if found := _went_on(material, source, days):
        return Told("tracking", (said, *found))
    others = sum((material.of_source(s) for s in material.rows if s != source), np.zeros_like(rows))
    return Told("not told", (said, *_either(_beside(others, days))))


def _went_on(material: Material, source: str, days: Days) -> tuple[str, ...]:
    """Give what shows that customers go on without a source, in sentences; nothing without."""
    seen = material.seen.get(source)
    if seen is None:
        return ()
    _, met = _beside(seen.met, days)
    others, before = _beside(seen.others, days)
    came, usual = _beside(seen.came, days)
    found = []
    if met >= _FEWEST and others >= _GOES_ON * before and _at_once(material, source, days):
        found.append(
            f"{met:,.0f} of them of customers known from other sources, who go on there: "
            f"{others / max(before, 1e-9):.0%} of what is usual."
        )
    if came >= max(_MORE * usual, usual + 2 * _FEWEST):
        found.append(
            f"{came:,.0f} customers were first seen in another source, where {usual:,.0f} are "
            "usual: they come, unseen by this one."
        )
    return tuple(found)


def _at_once(material: Material, source: str, days: Days) -> bool:
    """Say whether a source was as full as ever until it stopped. Demand fades, tracking breaks."""
    last = days.first - 1
    while last > 0 and not material.of_source(source)[last]:
        last -= 1  # days on which nothing is usual
    lately, usual = _beside(material.of_source(source), Days(max(last - 6, 0), last))
    return lately >= _GOES_ON * usual


def _either(others: tuple[float, float]) -> tuple[str, ...]:
    went_on, before = others
    unsure = "Tracking or no demand: nothing in the data tells them apart."
    if went_on == 0:
        return ("No other source brought anything either.", unsure)
    return (f"The other sources bring {went_on / max(before, 1e-9):.0%} of what is usual.", unsure)


def _vanished(material: Material, at: int, days: Days) -> Told:
    """Judge a touchpoint that is gone while its source is there."""
    name = material.names[at]
    sources = material.sources_of(name)
    rest = sum(
        (material.of_source(s) - material.rows[s][name] for s in sources),
        np.zeros(material.calendar.n_days, np.int64),
    )
    seen, usual = _beside(rest, days)
    goes_on = bool(sources) and usual >= _FEWEST and seen >= _GOES_ON * usual
    entered, before = _beside(material.everyone.entered[0].sum(axis=1), days)
    downstream = entered >= _GOES_ON * before
    said = []
    if goes_on:
        said.append(
            f"The rest of {', '.join(sources)} goes on: {seen / usual:.0%} of what is usual."
        )
    everywhere = [
        by
        for by in material.groups
        if not by.rows and _gone_in_all(by.counts.touchpoints[..., at], days)
    ]
    if everywhere:
        said.append(f"It is gone for every group of {', '.join(each.by for each in everywhere)}.")
    if downstream:
        said.append("Customers go on through the stages as before.")
    if goes_on and downstream:
        return Told("tracking", tuple(said))
    return Told("not told", tuple(said))


def _gone_in_all(counts: Ints, days: Days) -> bool:
    pairs = [_beside(one, days) for one in counts]
    return all(seen <= _GONE * usual for seen, usual in pairs if usual >= _FEWEST)


def _renamed(material: Material, at: int, days: Days, usual: float) -> tuple[str, int] | None:
    """Find a name of the same source that begins where one ends."""
    name = material.names[at]
    for source in material.sources_of(name):
        for other, rows in material.rows[source].items():
            before = rows[: max(days.first - 1, 0)].sum()
            now = int(rows[days.first : days.last + 1].sum())
            if other != name and before == 0 and now >= _MOSTLY * usual and now >= _FEWEST:
                return other, now
    return None


def _silent_share(material: Material, source: str, days: Days) -> float:
    """Give the share of a source's usual rows that lie on days without any."""
    rows = material.of_source(source)
    usual = _weekdays(rows, days)
    empty = rows[days.first : days.last + 1] == 0
    return float(usual[empty].sum() / usual.sum()) if usual.sum() >= 3 * len(usual) else 0.0


def _beside(counts: Ints, days: Days) -> tuple[float, float]:
    """Give what came in some days, and what the same weekdays of the weeks before brought."""
    return float(counts[days.first : days.last + 1].sum()), float(_weekdays(counts, days).sum())


def _weekdays(counts: Ints, days: Days) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give the mean of the last four same weekdays before, for each of some days."""
    usual = []
    for day in range(days.first, days.last + 1):
        back = day - 7 * (-(-(day - days.first + 1) // 7))
        same = counts[[b for b in range(back, max(back - 28, -1), -7) if b >= 0]]
        usual.append(float(same.mean()) if same.size else 0.0)
    return np.array(usual)
