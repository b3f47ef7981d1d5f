"""How many rows of each touchpoint of each source fell on each day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.days import count_days
from trod._store.codes import encode
from trod._store.manifest import Part
from trod._store.store import Store
from trod._store.threads import in_order
from trod.events.log_part import read_part
from trod.events.moments import changes, offset_s
from trod.events.sql import EARLIEST_US, LATEST_US

DAY_US: Final = 86_400_000_000
APART_DAYS: Final = 60
"""Rows behind so many days without any row of any source lie apart, if they are few."""
_RARE: Final = 100  # fewer than one row in so many
NEVER: Final = int(np.iinfo(np.int64).min)
_FIRST: Final = EARLIEST_US // DAY_US - 1
_SPAN: Final = LATEST_US // DAY_US - _FIRST + 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Series(NamedTuple):
    """What is counted apart: a touchpoint of a source."""

    source: str
    touchpoint: str


class Volume(NamedTuple):
    """Rows of the log by local day."""

    zone: str
    first_day: int  # local days since 1970-01-01 of column 0
    series: tuple[Series, ...]  # in order of source and touchpoint
    days: NDArray[np.int64]  # (n_series, n_days)
    hours: dict[str, NDArray[np.int64]]  # by source, (n_days, 24)
    apart: dict[str, tuple[int, int, int]]  # by source: rows apart from the others, first, last us
    last_us: dict[str, int]  # by source: last moment, rows apart left out where there are others

    @property
    def n_days(self) -> int:
        """How many days the counts span."""
        return int(self.days.shape[1])

    def of_source(self, source: str) -> NDArray[np.int64]:
        """Give the rows of a source by day, shape (n_days,)."""
        mine = [i for i, one in enumerate(self.series) if one.source == source]
        rows: NDArray[np.int64] = self.days[mine].sum(axis=0)
        return rows

    def until(self, day: date) -> Volume:
        """Give what there was up to the end of a day; series that began later are not there."""
        n = max(0, min((day - date(1970, 1, 1)).days + 1 - self.first_day, self.n_days))
        days = self.days[:, :n]
        there = np.flatnonzero(days.any(axis=1)).tolist()
        return self._replace(
            series=tuple(self.series[i] for i in there),
            days=days[there],
            hours={source: hours[:n] for source, hours in self.hours.items()},
        )

    @property
    def busy(self) -> tuple[int, int]:
        """First and last column with any row."""
        days = np.flatnonzero(self.days.any(axis=0))
        return (int(days[0]), int(days[-1])) if days.size else (0, 0)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources, in order."""
        return tuple(dict.fromkeys(one.source for one in self.series))


def volume(store: Store, *, zone: str) -> Volume:
    """Count the rows of the log by source, touchpoint and day.

    Parameters
    ----------
    store
        Where the log is.
    zone
        IANA zone whose days are counted.

    Returns
    -------
    Volume
        The same for any order of arrival. Rows that lie apart from all others, such as those of
        a device whose clock is years off, are counted by source and not by day.

    Notes
    -----
    Two passes over the times, O(rows); about 30 ns a row.
    """
    log = store.manifest.of("touchpoints")
    spans = list(in_order(lambda part: _by_day(store, part), log))
    first, last = _core(spans)
    made: dict[Series, NDArray[np.int64]] = {}
    hours: dict[str, NDArray[np.int64]] = {}
    apart: dict[str, tuple[int, int, int]] = {}
    last_us: dict[str, int] = {}
    clock = clock_changes(zone, (first - 1) * DAY_US, (last + 1) * DAY_US)
    for found in in_order(lambda part: _count(store, part, clock, first, last), log):
        for one, row in found.days.items():
            made[one] = made[one] + row if one in made else row
        hours[found.source] = hours.get(found.source, 0) + found.hours
        last_us[found.source] = max(last_us.get(found.source, NEVER), found.last_us)
        if found.apart[0]:
            apart[found.source] = _added(apart.get(found.source), found.apart)
    series = tuple(sorted(made))
    days = np.array([made[one] for one in series], np.int64).reshape(len(series), last - first + 1)
    for source, (_, _, last_apart) in apart.items():  # where all lie apart, the last of them
        last_us[source] = last_apart if last_us[source] == NEVER else last_us[source]
    return Volume(zone, first, series, days, hours, dict(sorted(apart.items())), last_us)


def clock_changes(
    zone: str, first_us: int, last_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the moments at which a zone changes its clocks, and its offset from each on.

    The first moment lies before `first_us`.

    Examples
    --------
    >>> moments, offsets = clock_changes("Europe/Berlin", 1_704_067_200_000_000,
    ...                                  1_735_603_200_000_000)
    >>> [str(datetime.fromtimestamp(m / 1e6, UTC)) for m in moments[1:].tolist()]
    ['2024-03-31 01:00:00+00:00', '2024-10-27 01:00:00+00:00']
    >>> (offsets // 3_600_000_000).tolist()
    [1, 2, 1]
    """
    at = ZoneInfo(zone)
    start, end = first_us // DAY_US * 86_400 - 86_400, last_us // DAY_US * 86_400 + 172_800
    begin, stop = _EPOCH + timedelta(seconds=start), _EPOCH + timedelta(seconds=end)
    found = [(moment, after) for moment, _, after in changes(at, begin, stop) if moment <= end]
    table = np.array([(start, offset_s(at, begin)), *found], np.int64) * 1_000_000
    return table[:, 0], table[:, 1]


class _OfPart(NamedTuple):
    """Counts of one part of the log, which holds one source."""

    source: str
    days: dict[Series, NDArray[np.int64]]
    hours: NDArray[np.int64]
    apart: tuple[int, int, int]
    last_us: int  # of the rows inside the days; NEVER without any


def _by_day(store: Store, part: Part) -> NDArray[np.int64]:
    """Count the rows of a part by UTC day, from 1900 on."""
    times = read_part(store, part, ["time_us"])["time_us"].combine_chunks().to_numpy()
    return np.bincount(times // DAY_US - _FIRST, minlength=_SPAN)


def _core(spans: Sequence[NDArray[np.int64]]) -> tuple[int, int]:
    """Find the days from the first to the last stretch that holds one row in a hundred or more.

    Stretches are what long silences of everything lie between.
    """
    rows = sum(spans, np.zeros(_SPAN, np.int64))
    busy = np.flatnonzero(rows)
    if not busy.size:
        return 0, 0
    starts = np.concatenate([[0], np.flatnonzero(np.diff(busy) > APART_DAYS) + 1])
    held = np.add.reduceat(rows[busy], starts)
    much = np.flatnonzero(held * _RARE >= held.sum())
    ends = np.append(starts[1:], busy.size) - 1
    first, last = busy[starts[much[0]]], busy[ends[much[-1]]]
    return int(first) + _FIRST - 1, int(last) + _FIRST + 1  # a day of room for the zone


def _count(
    store: Store,
    part: Part,
    clock: tuple[NDArray[np.int64], NDArray[np.int64]],
    first: int,
    last: int,
) -> _OfPart:
    """Count one part; runs in a thread."""
    table = read_part(store, part, ["time_us", "touchpoint"], codes=["touchpoint"])
    times = table["time_us"].combine_chunks().to_numpy()
    coded = encode(table.unify_dictionaries()["touchpoint"])
    names = coded.values.to_pylist()
    days = np.zeros((len(names), last - first + 1), np.int64)
    hours = np.zeros((last - first + 1, 24), np.int64)
    moments, offsets = clock
    n = count_days(
        given(times, np.int64),
        given(coded.code, np.int32),
        given(moments, np.int64),
        given(offsets, np.int64),
        first,
        days,
        hours,
    )
    source = str(part.facts["source"])
    found = {Series(source, name): row for name, row in zip(names, days, strict=True) if row.any()}
    outside = _outside(times, n, moments, offsets, first, last)
    return _OfPart(source, found, hours, *outside)


def _outside(
    times: NDArray[np.int64],
    n: int,
    moments: NDArray[np.int64],
    offsets: NDArray[np.int64],
    first: int,
    last: int,
) -> tuple[tuple[int, int, int], int]:
    """Give how many rows lie outside the days, the first and last of them; the last inside."""
    if not n:
        return (0, 0, 0), int(times.max(initial=NEVER))
    at = np.maximum(np.searchsorted(moments, times, side="right") - 1, 0)
    day = (times + offsets[at]) // DAY_US
    out = (day < first) | (day > last)
    apart = n, int(times[out].min()), int(times[out].max())
    return apart, int(times[~out].max(initial=NEVER))


def _added(one: tuple[int, int, int] | None, other: tuple[int, int, int]) -> tuple[int, int, int]:
    if one is None:
        return other
    return one[0] + other[0], min(one[1], other[1]), max(one[2], other[2])


def iso(day: int) -> str:
    """Give a day as its ISO date.

    Examples
    --------
    >>> iso(0), iso(20_000)
    ('1970-01-01', '2024-10-04')
    """
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def runs(empty: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Give the first and the last place of every run of true.

    Examples
    --------
    >>> list(runs(np.array([True, False, True, True])))
    [(0, 0), (2, 3)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield start, end - 1
