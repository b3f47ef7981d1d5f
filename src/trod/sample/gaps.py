"""Times and places where nothing was recorded, although customers went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.sample.accounts import COUNTRIES
from trod.sample.calendar import DAY, at
from trod.sample.draws import Mask
from trod.sample.people import People
from trod.sample.tape import Rows

_ALWAYS: Final = ("2025-01-01", "2026-06-30")


class _Gap(NamedTuple):
    what: str
    sources: tuple[str, ...]
    touchpoint: str | None
    country: str | None
    first_day: str
    last_day: str


_GAPS: Final = (
    _Gap(
        "Web tracking was switched off by mistake.",
        ("web",),
        None,
        None,
        "2025-03-10",
        "2025-03-18",
    ),
    _Gap(
        "No offline channel was recorded: the list of the month was lost.",
        ("calls", "visits", "till"),
        None,
        None,
        "2025-08-01",
        "2025-08-31",
    ),
    _Gap(
        "A release of the app forgot the event.",
        ("app",),
        "report_exported",
        None,
        "2025-11-05",
        "2025-11-25",
    ),
    _Gap(
        "The office in Poland never used the call log: a blind spot.",
        ("calls",),
        None,
        "PL",
        *_ALWAYS,
    ),
)


@dataclass(frozen=True, slots=True)
class GapTruth:
    """Touchpoints that happened and stand in no file."""

    what: str
    sources: tuple[str, ...]
    touchpoint: str | None  # None where everything of the sources is missing
    country: str | None  # where only one is missing
    first_day: str  # in UTC, both included
    last_day: str
    touchpoints: int  # lost
    customers: int  # leads of whom something was lost
    money: int  # EUR that these paid in the whole time


def _lost(gap: _Gap, rows: Rows, everyone: People) -> Mask:
    lost: Mask = (rows.time_s >= at(gap.first_day)) & (rows.time_s < at(gap.last_day) + DAY)
    if gap.touchpoint is not None:
        lost &= rows.name == gap.touchpoint
    if gap.country is not None:
        where = everyone.where.country[everyone.account[rows.person]]
        lost &= where == COUNTRIES.index(gap.country)
    return lost


def apply(
    rows: Mapping[str, Rows], everyone: People, paid: NDArray[np.int64]
) -> tuple[dict[str, Rows], tuple[GapTruth, ...]]:
    """Take away what was not recorded; say what that is. `paid` is EUR by person."""
    left = dict(rows)
    truths = []
    for gap in _GAPS:
        who = np.zeros(everyone.n, bool)
        count = 0
        for source in gap.sources:
            lost = _lost(gap, left[source], everyone)
            who[everyone.host[left[source].person[lost]]] = True
            count += int(lost.sum())
            left[source] = left[source].take(~lost)
        truths.append(GapTruth(*gap, count, int(who.sum()), int(paid[who].sum())))
    return left, tuple(truths)
