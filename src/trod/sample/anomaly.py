"""An anomaly: for ten days one connector fails three times as often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trod.sample.calendar import DAY, END_S, Seconds, at
from trod.sample.draws import Index, Rng, spread
from trod.sample.passage import Passages
from trod.sample.tape import Rows, Tape

TOUCHPOINT: Final = "sync_error"
CONNECTORS: Final = ("warehouse", "spreadsheet", "CRM", "ERP", "shop")
FAILS: Final = "ERP"
FIRST_DAY, DAYS, TIMES = "2026-02-18", 10, 3
_A_WEEK: Final = 0.22  # errors of a working connector


@dataclass(frozen=True, slots=True)
class AnomalyTruth:
    """A rise that is not chance."""

    source: str
    touchpoint: str
    where: str
    first_day: str
    last_day: str
    times: float  # planted: how often, against a usual day
    errors: int  # in those days
    usual: float  # in as many usual days, from the eight weeks before
    customers: int  # leads who met it in those days


def connector_of(n_leads: int) -> Index:
    """Give the connector that each lead uses; as good as drawn, since leads come in any order."""
    return np.arange(n_leads) % len(CONNECTORS)


def _window() -> tuple[int, int]:
    first = at(FIRST_DAY)
    return first, first + DAYS * DAY


def sync_errors(app: Tape, rng: Rng, passages: Passages) -> None:
    """Write down errors of connected sources from the first dashboard on."""
    begin = passages.entered_s[:, 2]
    end = np.minimum(passages.gone_s, END_S)
    who = np.flatnonzero(begin < end)
    begin, end = begin[who] + DAY, end[who]
    uses = connector_of(passages.n)[who]
    first, last = _window()
    overlap = np.clip(np.minimum(end, last) - np.maximum(begin, first), 0, None)
    overlap[uses != CONNECTORS.index(FAILS)] = 0

    def note(length: Seconds, from_s: Seconds, to_s: Seconds) -> None:
        count = rng.poisson(np.maximum(length, 0) / (7 * DAY) * _A_WEEK).astype(np.int64)
        whose, times = spread(rng, np.arange(who.size), count, from_s, to_s)
        detail = np.array(CONNECTORS, object)[uses[whose]]
        app.add(who[whose], times, TOUCHPOINT, 0, detail=detail)

    note(end - begin, begin, end)
    more = (TIMES - 1) * overlap
    note(more, np.maximum(begin, first), np.minimum(end, last))


def truth(app: Rows) -> AnomalyTruth:
    """Count what the files show of it."""
    first, last = _window()
    errors = (app.name == TOUCHPOINT) & (app.detail == FAILS)
    met = errors & (app.time_s >= first) & (app.time_s < last)
    before = errors & (app.time_s >= first - 56 * DAY) & (app.time_s < first)
    return AnomalyTruth(
        "app",
        TOUCHPOINT,
        f"connector {FAILS}",
        FIRST_DAY,
        str(np.datetime64(FIRST_DAY) + (DAYS - 1)),
        float(TIMES),
        int(met.sum()),
        round(int(before.sum()) * DAYS / 56, 1),
        int(np.unique(app.person[met]).size),
    )
