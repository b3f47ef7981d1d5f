"""Clocks that are wrong: rows from the future, rows far from all others, hours that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.events.volume import Volume

_TRIED: Final = np.array([0, -1, 1, -2, 2])  # hours by which a clock may have moved
_ROUNDS: Final = 4
_BAR: Final = 20.0  # log likelihood gained per stretch of weeks; chance gives a few
_FEWEST_WEEKS: Final = 3
_FEWEST_ROWS: Final = 20  # of a week, for a source to have a say in what is usual
_CHANGE: Final = 8.0  # log likelihood that a change of shift must gain
_RARE: Final = 100  # apart rows are a fault of clocks if at most one row in so many is apart


class HourShift(NamedTuple):
    """A stretch of weeks in which the hours of a source lie beside its usual ones."""

    source: str
    hours: int  # how much later it seems to happen; negative: earlier
    first_day: int  # local days since 1970-01-01
    last_day: int
    rows: int


def hour_shifts(found: Volume) -> tuple[HourShift, ...]:
    """Find stretches in which everything in a source seems to happen an hour or two off.

    People keep their hours. Where the hours of all rows of a source move by a whole hour for weeks,
    beside those of the other sources, its clock or its zone is wrong: typically from one change of
    clocks to the next. What all sources do together is no fault of one of them.

    Notes
    -----
    By weeks: each week gets the shift under which its 24 counts are most likely, given the usual
    hours of the source, which are estimated anew from the shifted weeks until nothing changes. What
    most other sources do in a week counts as no shift.
    """
    timed = [source for source in found.sources if _tells_hours(found.hours[source])]
    if found.n_days < 14 * _FEWEST_WEEKS or not timed:
        return ()
    weeks = {source: _weekly(found.hours[source]) for source in timed}
    fits = {source: _fit(own) for source, own in weeks.items()}
    paths = {source: _TRIED[_path(fit)] for source, fit in fits.items()}
    made: list[HourShift] = []
    for source, path in paths.items():
        others = [
            _aligned(theirs, path, np.minimum(weeks[source].sum(axis=1), weeks[other].sum(axis=1)))
            for other, theirs in paths.items()
            if other != source
        ]
        if others:
            told = [weeks[other].sum(axis=1) >= _FEWEST_ROWS for other in paths if other != source]
            usual = _usual(path, np.stack(others), np.stack(told))
            made += _stretches(source, weeks[source], fits[source], path, usual, found.first_day)
    return tuple(made)


def _aligned(
    theirs: NDArray[np.int64], own: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count the shifts of another source from where it mostly stands beside this one."""
    return theirs - _most(rows, theirs - own)


def _usual(
    own: NDArray[np.int64], others: NDArray[np.int64], told: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Give the shift most other sources show in each week; where as many show its own, its own."""
    usual = own.copy()
    for week in range(own.size):
        votes = Counter(others[told[:, week], week].tolist())
        if votes:
            usual[week] = max(votes, key=lambda s: (votes[s], s == own[week], -abs(s)))
    return usual


def _tells_hours(hours: NDArray[np.int64]) -> bool:
    """Say whether the times of a source have hours at all: dates stand at one hour of the day."""
    by_hour = hours.sum(axis=0)
    return int(np.sort(by_hour)[-2:].sum()) * 10 < int(by_hour.sum()) * 9


def _weekly(hours: NDArray[np.int64]) -> NDArray[np.int64]:
    n_weeks = hours.shape[0] // 7
    weeks: NDArray[np.int64] = hours[: n_weeks * 7].reshape(n_weeks, 7, 24).sum(axis=1)
    return weeks


def _fit(weeks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the log likelihood of every week under every shift, shape (n_shifts, n_weeks)."""
    shift = np.zeros(len(weeks), np.int64)
    for _ in range(_ROUNDS):
        usual = sum(np.roll(week, -s) for week, s in zip(weeks, shift.tolist(), strict=True))
        share = (usual + 0.5) / (usual.sum() + 12.0)
        fit = np.stack([weeks @ np.log(np.roll(share, s)) for s in _TRIED])
        found = _TRIED[_path(fit)]
        if np.array_equal(found, shift):
            break
        shift = found
    return fit


def _path(fit: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the most likely shift of every week, where each change of it must earn its keep.

    Viterbi's way through the weeks: a week alone proves little, and clocks change seldom.
    """
    n_shifts, n_weeks = fit.shape
    total = fit[:, 0].copy()
    came = np.zeros((n_weeks, n_shifts), np.intp)
    for week in range(1, n_weeks):
        stay, change = total, total.max() - _CHANGE
        came[week] = np.where(stay >= change, np.arange(n_shifts), total.argmax())
        total = np.maximum(stay, change) + fit[:, week]
    path = np.zeros(n_weeks, np.intp)
    path[-1] = total.argmax()
    for week in range(n_weeks - 1, 0, -1):
        path[week - 1] = came[week, path[week]]
    return path


def _stretches(
    source: str,
    weeks: NDArray[np.int64],
    fit: NDArray[np.float64],
    path: NDArray[np.int64],
    usual: NDArray[np.int64],
    first_day: int,
) -> Iterator[HourShift]:
    """Give the stretches of weeks in which one source is beside the others."""
    at = np.arange(len(weeks))
    shift = path - usual
    gain = fit[_place(path), at] - fit[_place(usual), at]
    start = 0
    for end in range(1, len(weeks) + 1):
        if end < len(weeks) and shift[end] == shift[start]:
            continue
        long = end - start >= _FEWEST_WEEKS
        if shift[start] and long and float(gain[start:end].sum()) > _BAR:
            first, rows = first_day + start * 7, int(weeks[start:end].sum())
            yield HourShift(source, int(shift[start]), first, first_day + end * 7 - 1, rows)
        start = end


def _place(shift: NDArray[np.int64]) -> NDArray[np.intp]:
    """Give the place of shifts among those tried."""
    order: NDArray[np.intp] = np.argsort(_TRIED)
    place: NDArray[np.intp] = order[np.clip(shift, _TRIED.min(), _TRIED.max()) - _TRIED.min()]
    return place


def _most(rows: NDArray[np.int64], shift: NDArray[np.int64]) -> int:
    """Give the shift of most rows."""
    totals = {s: int(rows[shift == s].sum()) for s in sorted(set(shift.tolist()))}
    return int(max(totals, key=lambda s: (totals[s], -abs(s))))


class Apart(NamedTuple):
    """Few rows of a source that lie months or years from all others."""

    source: str
    rows: int
    first_us: int
    last_us: int


def rows_apart(found: Volume) -> tuple[Apart, ...]:
    """Give the sources of which a few rows lie far from everything else: wrong clocks of devices.

    Where more than one row in a hundred lies apart, it is history and no fault.
    """
    made = []
    for source, (rows, first, last) in found.apart.items():
        if rows * _RARE <= rows + int(found.of_source(source).sum()):
            made.append(Apart(source, rows, first, last))
    return tuple(made)
