"""When ids were seen together: sources, rows, first and last time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from trod._store.store import Store
from trod.events.log_part import read_part
from trod.identity.ids import Ids


class Sighting(NamedTuple):
    """What one source has of two ids in one row."""

    source: str
    rows: int
    first: str | None  # ISO, in the zone asked for; None where the source has no times
    last: str | None


def moments(
    store: Store, ids: Ids, pairs: Sequence[tuple[int, int]], *, zone: str
) -> tuple[tuple[Sighting, ...], ...]:
    """Give, for each pair of ids, what every source has of them in one row.

    O(rows) for each pair: this is for the few pairs that somebody looks at.
    """
    return tuple(_of_pair(store, ids, min(pair), max(pair), zone) for pair in pairs)


def _of_pair(store: Store, ids: Ids, one: int, other: int, zone: str) -> tuple[Sighting, ...]:
    (kind_one, _), (kind_other, _) = ids.name(one), ids.name(other)
    found: dict[str, tuple[int, list[int]]] = {}
    for part in ids.parts:
        if kind_one in part.ids and kind_other in part.ids:
            both = (part.ids[kind_one] == one) & (part.ids[kind_other] == other)
            rows = np.flatnonzero(both)
            if rows.size:
                source = part.part.facts["source"]
                n, times = found.get(source, (0, []))
                if part.part.kind == "touchpoints":
                    when = read_part(store, part.part, ["time_us"])["time_us"].to_numpy()[rows]
                    times = [*times, int(when.min()), int(when.max())]
                found[source] = n + rows.size, times
    return tuple(
        Sighting(source, n, *((iso(f(times), zone) if times else None) for f in (min, max)))
        for source, (n, times) in sorted(found.items())
    )


def iso(time_us: int, zone: str) -> str:
    """Write a moment as a date and time in a zone.

    Examples
    --------
    >>> iso(0, "Europe/Berlin")
    '1970-01-01T01:00:00+01:00'
    """
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
