"""What is out of the ordinary, as a terminal tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.app.hints import here, located
from trod.app.say import folded, strong
from trod.events.counted import count
from trod.insights.listing import listing
from trod.insights.watching import words
from trod.insights.wording import day, money
from trod.journeys.label import readable, units

if TYPE_CHECKING:
    from trod.actions.alerts.alert import Alert, AlertEvent
    from trod.insights.watching.anomaly import Anomaly, Happened
    from trod.workspace.acting.watched import Opened

_MARKS = {
    "opened": "!",
    "worse": "!",
    "recovered": "✓",
    "as it is now": "·",
    "not in the data": "·",
}
_ENDS = {
    "recovered": "is back to what is usual",
    "as it is now": "is how it is now",
    "not in the data": "does not stand out any more: the data, or what is known of them, changed",
}


def look(found: Opened, currency: str | None) -> str:
    """Tell what was looked at, and what happened since the last look."""
    watched = found.watched
    unit = units(watched.looked.journeys.unit)
    lines = []
    if found.since is not None:
        lines += [strong(f"From {words.day(found.since)} on"), ""]
    for each in found.happened:
        lines += _event(each, unit, currency)
    if not found.happened:
        some = found.lasting > 0
        lines.append("Nothing new." if some else "Nothing is out of the ordinary.")
    lines += ["", folded(summary(found), more="")]
    return "\n".join(lines)


def summary(found: Opened) -> str:
    """Say how much was looked at."""
    watched = found.watched
    said = [
        f"{count(watched.tested, 'series', 'series')} judged up to {words.day(watched.last_day)},"
        f" {count(found.opened, 'alert')} opened."
    ]
    if watched.short:
        said.append(f"{watched.short:,} not yet judged: too short.")
    if watched.seldom:
        said.append(f"{watched.seldom:,} not watched: fewer than 3 a week.")
    if watched.batches:
        name = ", ".join(watched.batches)
        said.append(f"In batches, so that only silence is told: {name}.")
    if found.lasting:
        lasts = "alert lasts" if found.lasting == 1 else "alerts last"
        said.append(located(f"{found.lasting:,} {lasts}: `trod alerts`."))
    return " ".join(said)


def _event(each: Happened, unit: str, currency: str | None) -> list[str]:
    head = f"{_MARKS[each.what]} {words.day(each.day)}: "
    if each.anomaly is None:
        return [folded(f"{head}{_about(each.about)} {_ENDS[each.what]}.", more="  ")]
    lead = "Worse: " if each.what == "worse" else ""
    said = f"{head}{lead}{words.title(each.anomaly)}"
    return [folded(strong(said), more="  "), *_body(each.anomaly, unit, currency)]


def _body(found: Anomaly, unit: str, currency: str | None) -> list[str]:
    said = [words.statement(found, unit), words.source(found), words.dated(found)]
    if found.money_micros:
        said.append(f"Money on record of these {unit}: {money(found.money_micros, currency)}.")
    return [folded(each, indent="    ", more="    ") for each in said if each]


def _about(about: str) -> str:
    """Say what an alert is about from the text that names it."""
    sort, _, rest = about.partition("/")
    name, _, _way = rest.rpartition("/")
    named = readable(name) if sort in ("volume", "mood") else name
    more = {"conversion": f"{name}: going on", "entries": f"Entries to {name}"}
    return {**more, "source": f"Source {name}"}.get(sort, named)


def alerts(found: Sequence[Alert], currency: str | None, *, closed: bool) -> str:
    """List alerts, the newest first."""
    if not found:
        more = "" if closed else " `--all` shows closed ones."
        return located(f"No alert is open.{more} `trod watch` looks for some.")
    lines = []
    for each in found:
        where = f"{each.status}, {each.owner or 'unassigned'}"
        if not each.lasts:
            where = f"closed: {each.why}"
        lines.append(
            folded(strong(f"{each.id}  {words.title(each.anomaly)}"), more="             ")
        )
        lines += _body(each.anomaly, units(each.unit), currency)
        lines.append(f"    Opened {words.day(each.day)} · {where}")
    n = Counter(each.status for each in found)
    lines += ["", ", ".join(f"{n[status]} {status}" for status in n) + "."]
    return "\n".join(lines)


def alert(found: Alert, currency: str | None, zone: str) -> str:
    """Tell one alert with everything that happened to it."""
    lines = [alerts([found], currency, closed=True).rpartition("\n\n")[0], ""]
    if found.anomaly.key:
        where = here(listing(found.anomaly.key, found.unit))
        lines.append(folded(f"These {units(found.unit)}: `{where}`", more=""))
    p, n = found.anomaly.p, found.anomaly.tested
    chance = "less than one in a million" if p < 1e-6 else f"one in {1 / max(p, 1e-300):,.0f}"
    lines.append(f"By chance: {chance}; {count(n, 'series', 'series')} judged together.")
    lines += ["", *(_line(each, zone) for each in found.events)]
    return "\n".join(lines)


def _line(each: AlertEvent, zone: str) -> str:
    told = dict(each.told)
    more = ""
    if "until_us" in told:
        more = f" until {day(int(told['until_us']), zone)}"
    if "why" in told:
        more = f": {told['why']}"
    if "to" in told:
        more = f" to {told['to']}"
    if each.what in ("opened", "worse") and "day" in told:
        more = f" by the data of {words.day(str(told['day']))}"
    return f"{day(each.time_us, zone)}  {each.who}  {each.what}{more}"


def told_look(found: Opened) -> dict[str, Any]:
    """Give a look as plain values."""
    watched = found.watched
    return {
        "journey": watched.looked.spec.name,
        "unit": watched.looked.journeys.unit,
        "up_to": watched.last_day,
        "since": found.since,
        "judged": watched.tested,
        "too_short": watched.short,
        "too_few": watched.seldom,
        "in_batches": list(watched.batches),
        "opened": found.opened,
        "lasting": found.lasting,
        "happened": [_told(each) for each in found.happened],
    }


def _told(each: Happened) -> dict[str, Any]:
    told: dict[str, Any] = {"day": each.day, "what": each.what, "about": each.about}
    if each.anomaly is not None:
        told |= {"title": words.title(each.anomaly), "anomaly": asdict(each.anomaly)}
    return told


def told_alerts(found: Sequence[Alert]) -> list[dict[str, Any]]:
    """Give alerts as plain values."""
    return [told_alert(each) for each in found]


def told_alert(found: Alert) -> dict[str, Any]:
    """Give one alert as plain values."""
    told = {"title": words.title(found.anomaly), **asdict(found)}
    return {**told, "events": [{**asdict(e), "told": dict(e.told)} for e in found.events]}
