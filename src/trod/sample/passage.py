"""What happens to each lead: when they enter a stage, what gets in their way, where they stop.

This is the truth the files are written from. Every chance in it is planted on purpose and
repeated in the answer file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample import plays, segments
from trod.sample.accounts import Accounts
from trod.sample.calendar import DAY, END_S, HOUR, NEVER, RELEASE_S, START_S, Seconds, office_time
from trod.sample.draws import Index, Mask, Rng, chance, days

STAGES: Final = ("Evaluate", "Onboard", "Activate", "Adopt", "Renew", "Expand")
ROUTES: Final = ("straight", "ticket", "docs", "call", "alone", "template")
STRAIGHT, TICKET, DOCS, CALL, ALONE, TEMPLATE = range(6)

ASKS_FOR_DEMO: Final = 0.5
LEAVE_EVALUATE: Final = 0.13
ERROR_RATE: Final = (0.22, 0.78)  # before and after the release
LEAVE_ROUTE: Final = (0.13, 0.51, 0.51, 0.06, 0.49, 0.08)  # by route, `ROUTES` order
DROP_POINTS: Final = 0.4  # where a drop is planted: more leave while they connect
LEAVE_ALONE: Final = 0.46
LEAVE_WITH_TEAM: Final = 0.11
LEAVE_ADOPT: Final = (0.16, 0.05, 0.02)  # by size of the company
PRICE_TALK: Final = 0.30
PAYMENT_FAILS: Final = 0.15
LEAVE_RENEW: Final = (0.05, 0.34, 0.38, 0.55)  # neither, price talk, failed payment, both
ADDS_SEATS: Final = 0.30
REFERS: Final = 0.12
TERM_S: Final = 182 * DAY
_ENTRY_DAYS: Final = 360  # leads arrive in the first year of the 18 months
_STAYS: Final = len(STAGES)


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """One entry per lead; moments are in seconds, before they are moved into office hours."""

    segment: Index  # (n_leads,) index into SEGMENTS
    entered_s: Seconds  # (n_leads, n_stages) NEVER where the stage is never entered
    asks_demo: Mask  # (n_leads,) gives an address and is shown the product
    left_in: NDArray[np.int8]  # (n_leads,) stage in which they stop, n_stages for those who stay
    gone_s: Seconds  # (n_leads,) moment of their last touchpoint, NEVER for those who stay
    connects_s: Seconds  # (n_leads,) first attempt to connect a data source
    route: NDArray[np.int8]  # (n_leads,) index into ROUTES, how a data source got connected
    invited_s: Seconds  # (n_leads,) NEVER for those who work alone
    price_talk_s: Seconds  # (n_leads,)
    payment_fails_s: Seconds  # (n_leads,)
    tried: Mapping[str, plays.Draw]  # by name of the play
    back_s: Seconds  # when who left looks in again; NEVER for most

    @property
    def n(self) -> int:
        """How many leads there are."""
        return self.gone_s.size


def _arrivals(rng: Rng, segment: Index) -> Seconds:
    """Spread first visits over the first year, a little denser towards its end; a few come new."""
    n = segment.size
    usual = START_S + 5 * DAY + (_ENTRY_DAYS * DAY * rng.random(n) ** 0.9).astype(np.int64)
    new = END_S - 61 * DAY + (52 * DAY * rng.random(n)).astype(np.int64)
    return np.where(segment == segments.EMERGING, new, usual)


def _routes(rng: Rng, connects_s: Seconds, segment: Index) -> NDArray[np.int8]:
    """Draw how each lead gets a data source connected."""
    n = connects_s.size
    error = chance(rng, np.where(office_time(connects_s) < RELEASE_S, *ERROR_RATE), n)
    cut = np.cumsum([one.routes for one in segments.SEGMENTS], axis=1)[segment, :3]
    helped = 1 + (rng.random(n)[:, None] >= cut).sum(axis=1)
    route = np.where(error, helped, STRAIGHT)
    return np.where(segment == segments.EMERGING, TEMPLATE, route).astype(np.int8)


def _length(rng: Rng, route: NDArray[np.int8]) -> Seconds:
    """Draw how long it takes from the first attempt to a connected source."""
    n = route.size
    smooth, rough = days(rng, n, 2.4, 0.6, 0.1, 12), days(rng, n, 4.6, 0.5, 1.5, 16)
    quick = days(rng, n, 0.1, 0.5, 0.03, 0.4)
    return np.select([route == STRAIGHT, route == TEMPLATE], [smooth, quick], rough)


@dataclass(slots=True)
class _Walk:
    """Who is still on the way while the stages are drawn one after the other."""

    entered_s: Seconds
    left_in: NDArray[np.int8]
    gone_s: Seconds

    def stop(self, stage: int, leaves: Mask, last_s: Seconds) -> Mask:
        """Let some stop here; say who goes on."""
        here = (self.left_in == _STAYS) & leaves
        self.left_in[here], self.gone_s[here] = stage, last_s[here]
        return self.on

    @property
    def on(self) -> Mask:
        """Say who is still on the way."""
        still: Mask = self.left_in == _STAYS
        return still


def _onboard(
    rng: Rng, walk: _Walk, segment: Index, signs_up: Seconds, drop_s: int | None
) -> tuple[Seconds, NDArray[np.int8], plays.Draw, Seconds]:
    """Draw connecting: when, how, with which offer, and when it is done."""
    n = segment.size
    walk.entered_s[walk.on, 1] = signs_up[walk.on]
    connects = signs_up + days(rng, n, 0.9, 0.8, 0.02, 10)
    new = segment == segments.EMERGING
    connects[new] = signs_up[new] + HOUR // 4
    route = _routes(rng, connects, segment)
    length = _length(rng, route)
    stuck = walk.on & np.isin(route, (TICKET, DOCS, ALONE))
    offer = plays.draw(rng, plays.CALL_OFFER, stuck, connects + 3 * length // 10)
    share = np.asarray(LEAVE_ROUTE)[route] + offer.treated * plays.CALL_OFFER.effect
    if drop_s is not None:
        share = np.where(signs_up >= drop_s, np.minimum(share + DROP_POINTS, 1.0), share)
    walk.stop(1, chance(rng, share, n), connects + length)
    connects[(walk.left_in == 0)] = NEVER
    return connects, route, offer, np.where(walk.on, connects + length + HOUR, 0)


def _activate(rng: Rng, walk: _Walk, segment: Index, dashboard: Seconds) -> tuple[Seconds, Seconds]:
    """Draw who invites a team and who pays, and when."""
    n = segment.size
    walk.entered_s[walk.on, 2] = dashboard[walk.on]
    invites = walk.on & chance(rng, segments.column("invites")[segment], n)
    invited = np.where(invites, dashboard + days(rng, n, 5, 0.6, 0.1, 20), NEVER)
    pays = dashboard + days(rng, n, 30, 0.2, 21, 45)
    leaves = chance(rng, np.where(invites, LEAVE_WITH_TEAM, LEAVE_ALONE), n)
    walk.stop(2, leaves, dashboard + days(rng, n, 23, 0.3, 21, 45))
    walk.entered_s[walk.on, 3] = pays[walk.on]
    return invited, pays


def _renew(rng: Rng, walk: _Walk, pays: Seconds) -> tuple[Seconds, Seconds, plays.Draw]:
    """Draw the end of the first term: price talk, failed payments, the early reminder."""
    n, end = pays.size, pays + TERM_S
    walk.entered_s[walk.on, 4] = (end - 30 * DAY)[walk.on]
    talk = walk.on & chance(rng, PRICE_TALK, n)
    fails = walk.on & chance(rng, PAYMENT_FAILS, n)
    talk_s = end - 27 * DAY + days(rng, n, 5, 0.5, 0.5, 12)
    fails_s = end - 13 * DAY + days(rng, n, 2, 0.4, 0.5, 5)
    reminder = plays.draw(rng, plays.REMINDER, walk.on, end - 29 * DAY)
    share = np.asarray(LEAVE_RENEW)[talk + 2 * fails] + reminder.treated * plays.REMINDER.effect
    walk.stop(4, chance(rng, share, n), end - days(rng, n, 3, 0.4, 0.5, 6))
    walk.entered_s[walk.on, 5] = end[walk.on]
    return np.where(talk, talk_s, NEVER), np.where(fails, fails_s, NEVER), reminder


def plan(rng: Rng, where: Accounts, segment: Index, *, drop_s: int | None = None) -> Passages:
    """Draw the passage of every lead; from `drop_s` on connecting goes wrong far more often."""
    n = segment.size
    new = segment == segments.EMERGING
    walk = _Walk(
        np.full((n, len(STAGES)), NEVER, np.int64),
        np.full(n, _STAYS, np.int8),
        np.full(n, NEVER, np.int64),
    )
    walk.entered_s[:, 0] = start = _arrivals(rng, segment)
    wait = np.where(new, HOUR + days(rng, n, 0.1, 0.5, 0.02, 0.5), days(rng, n, 5.7, 0.6, 0.3, 40))
    signs_up = start + wait
    asks_demo = chance(rng, ASKS_FOR_DEMO, n)
    asks_demo[0] = True  # so that the first account is one the files know
    asks_demo &= ~new
    walk.stop(0, chance(rng, LEAVE_EVALUATE, n) & ~new, signs_up)
    connects, route, offer, dashboard = _onboard(rng, walk, segment, signs_up, drop_s)
    invited, pays = _activate(rng, walk, segment, dashboard)
    size = where.size[where.of_lead]
    quits = chance(rng, np.asarray(LEAVE_ADOPT)[size], n)
    walk.stop(3, quits, pays + days(rng, n, 70, 0.5, 20, 140))
    price_talk, payment_fails, reminder = _renew(rng, walk, pays)

    gone = walk.gone_s
    quiet = np.isin(walk.left_in, (2, 3)) & (gone < END_S - 130 * DAY)
    back_on = np.where(quiet, gone, 0) + 35 * DAY
    win_back = plays.draw(rng, plays.WIN_BACK, quiet, back_on)
    drawn = {
        plays.CALL_OFFER.name: offer,
        plays.WIN_BACK.name: win_back,
        plays.REMINDER.name: reminder,
    }
    return Passages(
        segment,
        walk.entered_s,
        asks_demo,
        walk.left_in,
        gone,
        connects,
        route,
        invited,
        price_talk,
        payment_fails,
        drawn,
        plays.coming_back(rng, win_back),
    )
