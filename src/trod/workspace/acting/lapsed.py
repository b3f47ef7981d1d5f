"""What was not recorded, has not arrived, or usually comes late: for figures that rest on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from trod.events.counted import count

if TYPE_CHECKING:
    from trod.analyses.changes.measures import Spans
    from trod.events.gaps import Gap
    from trod.events.volume import Volume
    from trod.insights.changes.lapse import Lapse
    from trod.workspace.folder import Workspace

_DAY_US: Final = 86_400_000_000
_HALF: Final = 2  # of the earlier periods, completed by a late file


def lapses(workspace: Workspace, spans: Spans, *, until: str | None = None) -> tuple[Lapse, ...]:
    """Give what is missing in the data around the two last of some periods.

    Where a day is named, `until` its end.
    """
    from trod.events.gaps import gaps
    from trod.workspace.auditing.kept import gaps_of, volume_of

    found = volume_of(workspace)
    missing = gaps_of(workspace)
    if until is not None:
        found = found.until(date.fromisoformat(until))
        missing = gaps(found)
    made = [of_gap(found, gap) for gap in missing if not gap.paused]
    return (*made, *_late(workspace, found, spans))


def of_gap(found: Volume, gap: Gap) -> Lapse:
    """Say which touchpoints a gap kept away, and when."""
    from trod.analyses.periods import midnight_us
    from trod.events.volume import iso
    from trod.insights.changes.lapse import Lapse

    place = ZoneInfo(found.zone)
    days = [date.fromisoformat(iso(day)) for day in (gap.first_day, gap.last_day + 1)]
    first, end = (midnight_us(day, place) for day in days)
    names = frozenset([gap.touchpoint] if gap.touchpoint else only(found, gap.source))
    what = f"{gap.touchpoint} of {gap.source}" if gap.touchpoint else gap.source
    span = f"{iso(gap.first_day)} to {iso(gap.last_day)}"
    if not gap.open_:
        words = f"{count(gap.days, 'day')} of {what} were not recorded, {span}"
        return Lapse("gap", words, names, first, end)
    if gap.touchpoint:
        words = f"no {what} since {iso(gap.first_day)}: it stopped, was renamed, or has not arrived"
    else:
        words = f"{what} of {span} has not arrived: {gap.expected:,} rows would be usual"
    return Lapse("late", words, names, first, end)


def only(found: Volume, source: str) -> list[str]:
    """Name the touchpoints that one source alone brings."""
    others = {one.touchpoint for one in found.series if one.source != source}
    return [o.touchpoint for o in found.series if o.source == source and o.touchpoint not in others]


def _late(workspace: Workspace, found: Volume, spans: Spans) -> Iterator[Lapse]:
    """Find sources that late files completed for most periods, and for the last one not yet."""
    from trod.insights.changes.lapse import Lapse
    from trod.workspace.auditing.deliveries import spans as files

    late: dict[str, list[tuple[int, int]]] = {}
    newest: dict[str, int] = {}
    for (source, _), (first, last, _) in files(workspace.store).items():
        if last + _DAY_US < newest.get(source, last):
            late.setdefault(source, []).append((first, last))
        newest[source] = max(newest.get(source, last), last)
    periods = list(zip(spans.start_us, spans.end_us, strict=True))
    for source, some in sorted(late.items()):
        completed = [any(f < end and to >= start for f, to in some) for start, end in periods]
        if not completed[-1] and sum(completed) * _HALF > len(periods) - 1:
            words = f"files of {source} usually come late, and none has come for this period yet"
            yield Lapse("late", words, frozenset(only(found, source)), *periods[-1])
