"""Anomalies in sentences: a title, what was seen beside what is usual, where it comes from."""

from __future__ import annotations

from datetime import date

from trod.events.counted import plural
from trod.insights.watching.anomaly import Anomaly, Carrier
from trod.insights.wording import SMALL_N
from trod.journeys.label import readable

_NEARLY_ALL, _ALL = 0.75, 0.95
_GONE = 0.02


def title(found: Anomaly) -> str:
    """Say in a line what is out of the ordinary, and since when.

    Examples
    --------
    >>> from trod.insights.watching.anomaly import Window
    >>> from trod.insights.watching.series import Thing
    >>> week = Window("2026-05-04", "2026-05-10", 0, 1)
    >>> onboard = Thing("conversion", "Onboard")
    >>> print(title(Anomaly("", onboard, "fell", "2026-05-17", week, 0.34, 0.7, 0.6, 0.8, 88, 0.36,
    ...     1e-6, 20, "", "", "behaviour", "2026-05-04", None, None, (), (), ())))
    Onboard: going on fell from 70% to 34% since 4 May 2026
    """
    if found.way == "new":
        return f"New: {_newcomers(found)}"
    since = f" since {day(found.since or found.window.first)}"
    if found.way == "silent":
        unsure = ": tracking or no demand" if found.nature == "not told" else ""
        return f"{_name(found)} is silent{since}{unsure}"
    return _changed(found) + since


def _changed(found: Anomaly) -> str:
    """Say from what to what."""
    name, sort, verb = _name(found), found.thing.sort, found.way
    if sort in ("volume", "source", "entries"):
        return _counted(found, f"Entries to {name}" if sort == "entries" else name)
    was, now = percent(found.usual), percent(found.value)
    if sort == "mood":
        return f"Mood at {name} {verb} from {found.usual:+.2f} to {found.value:+.2f}"
    if sort == "dwell":
        return f"{name}: {now} of those who go on take long, {was} usual"
    what = {"score": f"Mean chance of {name}", "beginning": f"Beginning by {name}"}
    return f"{what.get(sort, f'{name}: going on')} {verb} from {was} to {now}"


def statement(found: Anomaly, units: str = "customers") -> str:
    """Say what was seen beside what is usual, in how many."""
    if found.thing.sort in ("volume", "source", "entries"):
        seen = f"{found.value:,.0f} {_when(found)}, {found.usual:,.0f} usual"
    elif found.way == "new":
        seen = f"{percent(found.value)} of {found.n:,} newcomers, {percent(found.usual)} before"
    elif found.thing.sort == "mood":
        seen = f"{found.value:+.2f} {_when(found)}, {found.usual:+.2f} usual; {found.n:,} answers"
    else:
        seen = f"{_share(found)} {_when(found)}, {percent(found.usual)} usual"
    said = [f"{seen}; expected {_between(found)}."]
    if found.by:
        said.append(f"Seen in {_group(found.by, found.group)}.")
    if found.customers:
        every = f", of every {found.by}" if found.by else ""
        said.append(f"{plural(found.customers, units)} in these days{every}.")
    return " ".join(said)


def source(found: Anomaly) -> str:
    """Say where it comes from; empty where nothing tells.

    Examples
    --------
    >>> carried(Carrier("connector", "ERP", 0.97, 26, 9))
    'All through connector ERP: 26 where 9 are usual.'
    """
    said = [carried(found.carriers[0])] if found.carriers else []
    if found.nature == "tracking":
        said.append("Tracking, not behaviour: it is not recorded, or not offered, any more.")
    said += found.evidence
    if found.also:
        said.append(f"With it: {', '.join(readable(name) for name in found.also)}.")
    return " ".join(said)


def carried(one: Carrier) -> str:
    """Say which group a change comes from."""
    how = "All" if one.part >= _ALL else "Nearly all" if one.part >= _NEARLY_ALL else "Mostly"
    value, usual = (
        (f"{one.value:,.0f}", f"{one.usual:,.0f}")
        if max(one.value, one.usual) > 1
        else (percent(one.value), percent(one.usual))
    )
    return f"{how} through {_group(one.by, one.group)}: {value} where {usual} {_are(usual)} usual."


def _are(usual: str) -> str:
    return "is" if usual == "1" or usual.endswith("%") else "are"


def day(iso: str) -> str:
    """Say a day the way people do.

    Examples
    --------
    >>> day("2026-05-04")
    '4 May 2026'
    """
    at = date.fromisoformat(iso)
    return f"{at.day} {at:%B %Y}"


def percent(share: float) -> str:
    """Say a share in per cent.

    Examples
    --------
    >>> percent(0.342), percent(0.004)
    ('34%', '0.4%')
    """
    return f"{share:.1%}" if 0 < share < 0.0095 else f"{share:.0%}"


def dated(found: Anomaly) -> str:
    """Say between which days it began; empty where that is one day."""
    if found.since_first is None or found.since_first == found.since_last:
        return ""
    return f"Began between {day(found.since_first)} and {day(found.since_last or '')}."


def _counted(found: Anomaly, name: str) -> str:
    if found.way == "fell":
        if found.value <= _GONE * found.usual:
            return f"{name} stopped"
        return f"{name} fell to {found.value / max(found.usual, 1e-9):.0%} of what is usual"
    if found.usual < 1:
        return f"{name} rose to {found.value:,.0f}"
    times = found.value / found.usual
    shown = f"{times:.0f}" if times >= 10 else f"{times:.1f}".removesuffix(".0")
    return f"{name}: {shown} times as many as usual"


def _newcomers(found: Anomaly) -> str:
    return f"{percent(found.value)} of newcomers {found.thing.name}"


def _name(found: Anomaly) -> str:
    if found.thing.sort == "source":
        return f"Source {found.thing.name}"
    return (
        readable(found.thing.name) if found.thing.sort in ("volume", "mood") else found.thing.name
    )


def _when(found: Anomaly) -> str:
    if found.window.first == found.window.last:
        return f"on {day(found.window.last)}"
    return f"from {day(found.window.first)} to {day(found.window.last)}"


def _between(found: Anomaly) -> str:
    if found.thing.sort in ("volume", "source", "entries"):
        return f"{found.low:,.0f} to {found.high:,.0f}"
    if found.thing.sort == "mood":
        return f"{found.low:+.2f} to {found.high:+.2f}"
    return f"{percent(found.low)} to {percent(found.high)}"


def _share(found: Anomaly) -> str:
    part = round(found.value * found.n)
    return (
        f"{part:,} of {found.n:,}"
        if found.n < SMALL_N
        else f"{percent(found.value)} of {found.n:,}"
    )


def _group(by: str, group: str) -> str:
    return f"{by} {group}"
