"""From daily counts to series: by day what comes often, by week what comes seldom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.insights.watching.expectation import expected
from trod.insights.watching.material import Ints, Material, daily
from trod.insights.watching.series import COUNT, NUMBER, SHARE, Grain, Series, Thing
from trod.insights.watching.spec import Watched

OFTEN: Final = 10
"""What comes so often a day is watched by day."""
OFTEN_WHOLE: Final = 40
"""Cohorts of so many a day are watched by day."""
SELDOM: Final = 3
"""What comes less than so often a week is not watched."""
BUSY: Final = 3.0
"""A source that should have brought so many rows on a day and brought none is late, or silent."""
SURE: Final = 12.0
"""So many rows missing in a row, and it is silent however few a day are usual."""
DAYS_WITH_ROWS: Final = 14
"""Days with rows that a source must have had before its silence means anything."""
BATCHES: Final = 5
"""A source that came in so many bursts, and in fewer than half of the weeks, comes in batches."""
_SCALE: Final[dict[Watched, float]] = {"mood": 1e3, "score": 1e6}

_KIND: Final[dict[Watched, int]] = {
    "volume": COUNT,
    "source": COUNT,
    "entries": COUNT,
    "conversion": SHARE,
    "dwell": SHARE,
    "mood": NUMBER,
    "score": NUMBER,
    "beginning": SHARE,
}
SORTS: Final = tuple(_KIND)


class Silence(NamedTuple):
    """The days on which a source brought nothing, and what it should have brought till then."""

    silent: NDArray[np.bool_]  # (n_days,) although it should have brought something
    run: Ints  # (n_days,) days without a row, up to this one
    missing: NDArray[np.float64]  # (n_days,) rows that the run should have brought
    spread: NDArray[np.float64]  # (n_days,)


class Built(NamedTuple):
    """The series that are watched, and how many things come too seldom for it."""

    series: tuple[Series, ...]
    seldom: int
    silence: Mapping[str, Silence]  # by source
    batches: tuple[str, ...] = ()  # sources of which only silence is told


def series_of(
    material: Material, what: tuple[Watched, ...] = (), every: Literal["day", "week"] | None = None
) -> Built:
    """Make the series of everyone and of all groups.

    Parameters
    ----------
    material
        What was counted.
    what
        Which sorts; all by default.
    every
        Day or week for everything; by default as often as there is enough of it.
    """
    wanted = what or SORTS
    sources = list(_sources(material))
    silence = {each.thing.name: _silence(material, each) for each in sources}
    batches = tuple(
        each for each in silence if in_batches(material.calendar.weekly(material.of_source(each)))
    )
    made = list(_all(material, wanted, every, silence))
    found = [each for each in made if each is not None and not _only(each, batches)]
    seldom = sum(each is None for each in made)
    if "source" not in wanted:
        return Built(tuple(found), seldom, {})
    heard = [
        replace(each, weight=np.where(silence[each.thing.name].silent, 0.0, each.weight))
        for each in sources
        if not _only(each, batches)
    ]
    return Built((*heard, *found), seldom, silence, batches)


def _only(series: Series, batches: tuple[str, ...]) -> bool:
    """Say whether nothing but sources that come in batches brings it."""
    counted = series.thing.sort in ("source", "volume")
    return counted and bool(series.sources) and set(series.sources) <= set(batches)


def in_batches(weeks: Ints) -> bool:
    """Say whether what comes by the week comes in batches, weeks apart: mailings, monthly invoices.

    How much comes in a week without one foretells nothing of a week with one. One burst of what
    comes seldom, such as an error, is no batch: several must be usual.

    Examples
    --------
    >>> mailings = np.array([118, 0, 0, 361, 0, 0, 0, 81, 0, 0, 65, 0, 0, 0, 1076, 0, 0, 176])
    >>> in_batches(mailings), in_batches(np.array([1, 0, 0, 0, 2, 0, 0, 0, 90, 80, 0, 0, 1]))
    (True, False)
    """
    busy = np.flatnonzero(weeks)
    bursts = np.split(busy, np.flatnonzero(np.diff(busy) > 1) + 1)
    if len(bursts) < BATCHES or 2 * busy.size >= busy[-1] - busy[0] + 1:
        return False
    return bool(np.median([weeks[each].sum() for each in bursts]) >= OFTEN)


def weekday_of(material: Material) -> int:
    """Give the weekday of the first day of the record, Monday being 0."""
    return -material.calendar.first_monday % 7


def _sources(material: Material) -> Iterator[Series]:
    """Make the series of rows by source, always by day: silence is told by the day."""
    for source in material.rows:
        rows = material.of_source(source)
        if rows.sum() < 7 * SELDOM:
            continue
        weight = _since_first(rows) * _open(material, (source,), None)
        yield Series(
            Thing("source", source), "", "", COUNT, "day", rows.astype(np.float64), weight,
            sources=(source,),
        )  # fmt: skip


def _silence(material: Material, source: Series) -> Silence:
    """Say since how many days a source has brought nothing, and how much that is too little."""
    found = expected([source], "day", weekday_of(material))
    empty = (source.value == 0) & (source.weight > 0) & found.known[0]
    usual = np.where(empty, found.usual[0], 0.0)
    at = np.arange(empty.size)
    began = np.maximum.accumulate(np.where(empty, -1, at))  # last day with anything
    total = np.cumsum(usual)
    missing = total - np.where(began >= 0, total[began], 0.0)
    run = at - began
    longest = np.maximum.accumulate(np.where(source.value == 0, run, 0))
    before = np.where(began >= 0, longest[began], 0)  # until its last row: some come in bursts
    often = np.cumsum(source.value > 0) >= DAYS_WITH_ROWS
    silent = empty & often & ((usual >= BUSY) | (missing >= SURE)) & (run > before)
    return Silence(silent, run, missing, np.maximum(found.spread[0], 1.0))


def _all(
    material: Material,
    wanted: tuple[Watched, ...],
    every: Literal["day", "week"] | None,
    silence: Mapping[str, Silence],
) -> Iterator[Series | None]:
    parts = [("", material.everyone, False), *material.groups]
    for by, counts, rows_only in parts:
        for sort, names, lag in _things(material):
            if sort not in wanted or (rows_only and sort != "volume"):
                continue
            for at, name in enumerate(names):
                value, weight = daily(counts, sort, at)
                for g, group in enumerate(counts.group):
                    if rows_only and not value[g].any():
                        continue  # most touchpoints have no such state
                    own = None if weight is None else weight[g]
                    yield _one(
                        material,
                        _Asked(Thing(sort, name), by, group if by else "", lag[at]),
                        value[g],
                        own,
                        every,
                        silence,
                    )
    if "score" in wanted:
        for each in material.scorings:
            asked = _Asked(Thing("score", each.outcome), "", "", 0)
            yield _one(material, asked, each.total, each.asked, "week", silence)


def _things(
    material: Material,
) -> Iterator[tuple[Watched, tuple[str, ...], tuple[int, ...]]]:
    """Give the sorts of things with their names, and the days until each is mature."""
    now, stages = (0,) * len(material.names), material.stages
    yield "volume", material.names, now
    yield "entries", stages, (0,) * len(stages)
    yield "conversion", stages[:-1], material.within_days
    yield "dwell", stages[:-1], (0,) * len(stages)
    yield "mood", material.voices, (0,) * len(material.voices)
    yield "beginning", material.ways, (material.begun_days,) * len(material.ways)


class _Asked(NamedTuple):
    thing: Thing
    by: str
    group: str
    lag: int


def _one(
    material: Material,
    asked: _Asked,
    value: Ints,
    whole: Ints | None,
    every: Literal["day", "week"] | None,
    silence: Mapping[str, Silence],
) -> Series | None:
    """Make one series; None where there is too little of it."""
    thing, kind = asked.thing, _KIND[asked.thing.sort]
    touchpoint = thing.name if thing.sort in ("volume", "mood") else None
    sources = material.sources_of(touchpoint) if touchpoint else ()
    told = value if whole is None else whole
    grain = every or _grain(told, counted=whole is None)
    if not _enough(told):
        return None
    there = _open(material, sources, touchpoint)
    if sources and all(source in silence for source in sources):
        there = there * ~np.logical_and.reduce([silence[source].silent for source in sources])
    weight = (_since_first(value) if whole is None else whole) * there
    scale = _SCALE.get(thing.sort, 1.0)
    if grain == "week":
        value = material.calendar.weekly(value)
        shut = material.calendar.weekly((there == 0).astype(np.int64)) > 0
        weight = (
            _since_first(value) * ~shut
            if whole is None
            else material.calendar.weekly(whole).astype(np.float64) * ~shut
        )
    return Series(
        thing, asked.by, asked.group, kind, grain, value / scale, weight.astype(np.float64),
        asked.lag, sources,
    )  # fmt: skip


def _grain(told: Ints, *, counted: bool) -> Grain:
    """Take days where there is enough on a usual day since the first one, else weeks."""
    busy = np.flatnonzero(told)
    if not busy.size:
        return "week"
    usual = told[busy[0] :].sum() / (told.size - busy[0])
    return "day" if usual >= (OFTEN if counted else OFTEN_WHOLE) else "week"


def _enough(told: Ints) -> bool:
    busy = np.flatnonzero(told)
    if not busy.size:
        return False
    days = told.size - int(busy[0])
    return bool(told.sum() * 7 >= SELDOM * days)


def _since_first(value: Ints) -> NDArray[np.float64]:
    """Give one for every period after the first with anything, which may be half a one."""
    weight = np.zeros(value.size)
    busy = np.flatnonzero(value)
    if busy.size:
        weight[busy[0] + 1 :] = 1.0
    return weight


def _open(
    material: Material, sources: tuple[str, ...], touchpoint: str | None
) -> NDArray[np.float64]:
    """Give one for every day that is judged: over, and not known to be different."""
    there = np.ones(material.calendar.n_days)
    there[0] = there[material.last_whole_day + 1 :] = 0.0
    for each in material.known:
        if each.of(sources, touchpoint):
            there[each.first : each.last + 1] = 0.0
    return there
