"""What foretells that paying customers leave, shrink or grow: drawn apart from everything else.

Those who leave while they pay use the product less for weeks before; some who stay do so too, for a
while. Who will buy more seats connects tools and opens spaces for other teams before they renew.
That all seats are taken, and that use goes up, foretells nothing: the rule people would try first.
Who leaves and who buys seats was drawn before, and stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, END_S, NEVER, Seconds
from trod.sample.draws import Index, Mask, Rng, chance, days, spread
from trod.sample.passage import TERM_S, Passages
from trod.sample.people import People
from trod.sample.tape import Rows, Tape

DECLINE: Final = 0.85  # of those who leave in Adopt or Renew
DIP: Final = 0.08  # of those who stay
SHRINK: Final = 0.5  # of those with a dip
_HABIT: Final = 0.8  # reports opened a week
_FADED: Final = 0.1  # of the habit that is left in a decline
_HANDED_ON: Final = (0.4, 0.02)  # new owner: in a decline, else
_EXPORTS: Final = (0.45, 0.05)  # everything downloaded: in a decline, else
_FULL: Final = 0.45  # have as many people as seats
_APPETITE: Final = (-0.8, 1.1)  # middle, of those who add no seats and of those who do
GOES_WITH: Final = ("integration_connected", "team_space_created")
DECOYS: Final = ("seats_full",)


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """One entry for each lead."""

    fades_s: Seconds  # (n_leads,) when use begins to decline, NEVER for most
    until_s: Seconds  # (n_leads,) when it is over: gone, or back to the habit
    removes_s: Seconds  # (n_leads,) when seats are given back, NEVER for most
    appetite: NDArray[np.float64]  # (n_leads,) for more; seen only in what they do
    adds_s: Seconds  # (n_leads,) when seats are bought, NEVER for most
    seats: Index  # (n_leads,) bought at the start; 0 for those who never pay
    full: Mask  # (n_leads,) as many people as seats


def _fading(rng: Rng, passages: Passages) -> tuple[Seconds, Seconds, Seconds]:
    """Draw who uses it less and less, from when until when, and who gives seats back."""
    n, pays = passages.n, passages.entered_s[:, 3]
    paying = pays < END_S
    leaves = paying & np.isin(passages.left_in, (3, 4)) & chance(rng, DECLINE, n)
    before = days(rng, n, 52, 0.2, 35, 75)
    dips = paying & (passages.left_in > 4) & chance(rng, DIP, n)
    dip = np.where(dips, pays, 0) + ((20 + 100 * rng.random(n)) * DAY).astype(np.int64)
    fades = np.where(leaves, np.maximum(passages.gone_s - before, pays + 5 * DAY), NEVER)
    until = np.where(leaves, passages.gone_s, NEVER)
    fades, until = np.where(dips, dip, fades), np.where(dips, dip + 45 * DAY, until)
    removes = dips & chance(rng, SHRINK, n)
    return fades, until, np.where(removes, dip + 35 * DAY, NEVER)


def draw(rng: Rng, passages: Passages, everyone: People, billing: Rows) -> Growth:
    """Draw who fades, who shrinks and who grows."""
    n = passages.n
    fades, until, removes = _fading(rng, passages)
    team = np.bincount(everyone.host, minlength=n)[:n]
    adds = np.full(n, NEVER, np.int64)
    bought = (billing.name == "Seats added") & (billing.person < n)
    adds[billing.person[bought]] = billing.time_s[bought]
    appetite = np.where(adds != NEVER, *_APPETITE[::-1]) + rng.standard_normal(n)
    full = chance(rng, _FULL, n)
    spare = 1 + (1 / (1 - rng.random(n)) ** 0.6).astype(np.int64)
    seats = np.where(passages.entered_s[:, 3] < END_S, team + np.where(full, 0, spare), 0)
    return Growth(fades, until, removes, appetite, adds, seats, full)


def touchpoints(app: Tape, billing: Tape, rng: Rng, passages: Passages, grown: Growth) -> None:
    """Write down habits, and what goes with fading and growing."""
    who = np.flatnonzero(passages.entered_s[:, 3] < END_S)
    begin = passages.entered_s[who, 3] + 3 * DAY
    end = np.minimum(passages.gone_s[who], END_S)
    weeks = np.maximum(end - begin, 0) / (7 * DAY)
    opened, at = spread(rng, who, rng.poisson(weeks * _HABIT).astype(np.int64), begin, end)
    faded = (at >= grown.fades_s[opened]) & (at < grown.until_s[opened])
    kept = ~faded | chance(rng, _FADED, opened.size)
    app.add(opened[kept], at[kept], "report_opened", 0)
    _fade(app, rng, who, begin, end, grown)
    shrinks = np.flatnonzero(grown.removes_s != NEVER)
    billing.add(shrinks, grown.removes_s[shrinks], "Seats removed", 0)
    _grow(app, rng, who, begin, end, grown)


def _fade(app: Tape, rng: Rng, who: Index, begin: Seconds, end: Seconds, grown: Growth) -> None:
    """Owners change and data are downloaded, in a decline more than else."""
    fading = grown.fades_s[who] != NEVER
    first = np.where(fading, grown.fades_s[who], begin)
    last = np.where(fading, np.minimum(first + 25 * DAY, grown.until_s[who]), end)
    for name, share in (("owner_changed", _HANDED_ON), ("data_exported", _EXPORTS)):
        some = chance(rng, np.where(fading, *share), who.size) & (first < last)
        moment = first + (rng.random(who.size) * np.maximum(last - first, 1)).astype(np.int64)
        app.add(who[some], moment[some], name, 0)


def _grow(app: Tape, rng: Rng, who: Index, begin: Seconds, end: Seconds, grown: Growth) -> None:
    """Those who want more connect tools and open spaces; full seats are told of as well."""
    adds, longest = grown.adds_s[who], TERM_S + 90 * DAY
    # They do so before they renew: what they do afterwards is foretold by other signs.
    until = np.minimum(end, begin + TERM_S)
    span = np.clip((until - begin) / longest, 0, 1)
    for name, middle in (("integration_connected", 0.5), ("team_space_created", 0.1)):
        often = np.minimum(np.exp(middle + 1.0 * grown.appetite[who]), 25) * span
        people, at = spread(rng, who, rng.poisson(often).astype(np.int64), begin, until)
        app.add(people, at, name, 0)
    full = who[grown.full[who]]
    start, stop = begin[grown.full[who]], np.minimum(end, adds)[grown.full[who]]
    count = np.maximum(stop - start, 0) // (30 * DAY)
    told, at = spread(rng, full, count, start, stop)
    app.add(told, at, "seats_full", 0)


@dataclass(frozen=True, slots=True)
class GrowthTruth:
    """What foretells leaving, shrinking and growing among paying customers."""

    fade: tuple[int, int]  # left in Adopt or Renew after weeks of less use, of all who left there
    dips: int  # who used it less for a while and stayed
    gave_seats_back: int
    added_seats: tuple[int, int]  # of all who renewed
    goes_with: tuple[str, ...]  # touchpoints of those who add seats
    decoys: tuple[str, ...]  # touchpoints that foretell nothing, though they look so
    seats_full: tuple[int, int]  # added seats, of those who renewed with all seats taken
    seats_spare: tuple[int, int]  # the same of those with seats to spare


def truth(passages: Passages, grown: Growth, billing: Rows) -> GrowthTruth:
    """Count what the files show of it."""
    n = passages.n

    def who(name: str) -> Mask:
        found = np.zeros(n, bool)
        found[billing.person[(billing.name == name) & (billing.person < n)]] = True
        return found

    gone = np.isin(passages.left_in, (3, 4)) & (passages.gone_s < END_S)
    renewed, added = who("Subscription renewed"), who("Seats added")

    def of(mask: Mask) -> tuple[int, int]:
        return int((mask & renewed & added).sum()), int((mask & renewed).sum())

    return GrowthTruth(
        (int((gone & (grown.fades_s != NEVER)).sum()), int(gone.sum())),
        int(((passages.left_in > 4) & (grown.fades_s < END_S)).sum()),
        int(who("Seats removed").sum()),
        of(np.ones(n, bool)),
        GOES_WITH,
        DECOYS,
        of(grown.full),
        of(~grown.full),
    )
