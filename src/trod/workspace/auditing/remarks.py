"""What was found in the sources, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from trod.events.clocks import Apart, HourShift
from trod.events.counted import count
from trod.events.gaps import Gap
from trod.events.second_clock import Skew
from trod.events.volume import iso
from trod.insights.audit import Level, Remark, SourceAudit
from trod.insights.wording import day, duration, share
from trod.workspace.auditing.deliveries import Spans, drift, late, repeated
from trod.workspace.ledger import totals

if TYPE_CHECKING:
    from trod.workspace.ledger import Ingest

_MANY: Final = 20  # one row in so many
_LISTED: Final = 4


def all_of(
    zone: str,
    sources: Sequence[SourceAudit],
    gaps: Sequence[Gap],
    skews: Sequence[Skew],
    shifts: Sequence[HourShift],
    apart: Sequence[Apart],
    spans: Spans,
    ingests: Sequence[Ingest],
    at_us: int,
) -> tuple[Remark, ...]:
    """Give everything worth a sentence, problems first, then by source and kind."""
    found = [_gap(gap) for gap in gaps if not gap.open_]
    found += _silent([gap for gap in gaps if gap.open_])
    found += [_skew(one, zone) for one in skews if one.ahead or one.behind]
    found += [_shift(one) for one in shifts]
    found += [_apart(one, zone, at_us) for one in apart]
    found += [remark for source in sources for remark in _of_source(source)]
    found += [
        *late(spans, zone),
        *repeated([ingest.sources for ingest in ingests]),
        *drift(totals(ingests), spans),
    ]
    rank = {"problem": 0, "note": 1}
    return tuple(
        sorted(
            found, key=lambda r: (rank[r.level], r.source or "", r.what, r.first_day or "", r.text)
        )
    )


def _gap(gap: Gap) -> Remark:
    what = f"{gap.touchpoint} of {gap.source}" if gap.touchpoint else gap.source
    first, last = iso(gap.first_day), iso(gap.last_day)
    if gap.paused:
        text = (
            f"{what}: none from {first} to {last} ({count(gap.days, 'day')}), "
            f"{_meanwhile(gap)}. Not offered, or not recorded?"
        )
        return Remark("note", gap.source, "paused", text, first, last, gap.expected, gap.days)
    text = (
        f"{what}: no row from {first} to {last} ({count(gap.days, 'day')}), where "
        f"{gap.expected:,} would be usual. Was tracking off, or is an export missing?"
    )
    return Remark("problem", gap.source, "gap", text, first, last, gap.expected, gap.days)


def _meanwhile(gap: Gap) -> str:
    return "nor of any source" if gap.everything else f"while the rest of {gap.source} went on"


def _silent(gaps: Sequence[Gap]) -> Iterator[Remark]:
    """Say of each source what has not been seen any more, up to the end of the data."""
    for source in dict.fromkeys(gap.source for gap in gaps):
        mine = sorted((g for g in gaps if g.source == source), key=lambda g: g.first_day)
        listed = ", ".join(
            f"{gap.touchpoint or 'everything'} ({iso(gap.first_day)})" for gap in mine[:_LISTED]
        )
        more = f" and {len(mine) - _LISTED} more" if len(mine) > _LISTED else ""
        text = (
            f"{source}: not seen any more since: {listed}{more}. Ended, switched off, or no longer "
            "tracked?"
        )
        rows = sum(gap.expected for gap in mine)
        yield Remark("note", source, "silent", text, iso(mine[0].first_day), None, rows)


def _skew(one: Skew, zone: str) -> Remark:
    n = one.ahead + one.behind
    devices = f" on {count(one.devices, 'device')}" if one.devices else ""
    text = (
        f"{one.source}: device and server disagree by more than five minutes in {n:,} of "
        f"{count(one.looked, 'row')} looked at{devices} ({one.ahead:,} ahead, {one.behind:,} "
        f"behind; at most {duration(abs(one.worst_us))})."
    )
    first, last = day(one.first_us, zone), day(one.last_us, zone)
    return Remark(_level(n, one.looked), one.source, "skew", text, first, last, n)


def _shift(one: HourShift) -> Remark:
    hours = f"{count(abs(one.hours), 'hour')} {'late' if one.hours > 0 else 'early'}"
    first, last = iso(one.first_day), iso(one.last_day)
    text = (
        f"{one.source}: from about {first} to {last} everything happens {hours} beside the other "
        f"sources ({count(one.rows, 'row')}). Its clock or its zone is wrong: set `zone` of the "
        "source."
    )
    return Remark("problem", one.source, "hours", text, first, last, one.rows)


def _apart(one: Apart, zone: str, at_us: int) -> Remark:
    first, last = day(one.first_us, zone), day(one.last_us, zone)
    when = first if first == last else f"{first} to {last}"
    future = " Some lie in the future." if one.last_us > at_us else ""
    text = (
        f"{one.source}: {count(one.rows, 'row')} far from all others, on {when}: clocks that were "
        f"never set, or an old import?{future}"
    )
    return Remark("problem", one.source, "apart", text, first, last, one.rows)


def _of_source(source: SourceAudit) -> Iterator[Remark]:
    if source.held:
        text = (
            f"{source.source}: {count(source.held, 'row')} in quarantine. "
            "See `trod quarantine`, mend, then `trod replay`."
        )
        yield Remark("problem", source.source, "quarantine", text, rows=source.held)
    if source.nobodys:
        told = share(source.nobodys, source.touchpoints)
        text = f"{source.source}: {count(source.nobodys, 'row')} ({told}) of nobody."
        level = _level(source.nobodys, source.touchpoints)
        yield Remark(level, source.source, "ids", text, rows=source.nobodys)
    for kind, n in source.personal:
        text = (
            f"{source.source}: {kind} in the text or properties of {n:,} of "
            f"{count(source.looked, 'row')} looked at."
        )
        yield Remark("note", source.source, "personal", text, rows=n)
    if source.zone.endswith("assumed"):
        text = f"{source.source}: times without a zone were read as UTC. Set `zone` of the source."
        yield Remark("note", source.source, "zone", text)


def _level(part: int, whole: int) -> Level:
    """Take what concerns one row in twenty or more for a problem."""
    return "problem" if part * _MANY >= whole else "note"
