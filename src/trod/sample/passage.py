"""What happens to each lead: when they enter a stage, what gets in their way, where they stop.

This is the truth the files are written from. Every chance in it is planted on purpose and
repeated in the answer file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, HOUR, NEVER, RELEASE_S, START_S, Seconds, office_time

STAGES: Final = ("Evaluate", "Onboard", "Activate", "Adopt", "Renew", "Expand")
ROUTES: Final = ("straight", "ticket", "docs", "call", "alone")
STRAIGHT, TICKET, DOCS, CALL, ALONE = range(5)

ASKS_FOR_DEMO: Final = 0.5
LEAVE_EVALUATE: Final = 0.13
ERROR_RATE: Final = (0.22, 0.74)  # before and after the release
ROUTE_SHARE: Final = (0.34, 0.28, 0.24, 0.14)  # of those with an error: ticket, docs, call, alone
LEAVE_ROUTE: Final = (0.13, 0.43, 0.43, 0.06, 0.40)  # by route, `ROUTES` order
INVITES: Final = 0.76
LEAVE_ALONE: Final = 0.50
LEAVE_WITH_TEAM: Final = 0.11
LEAVE_ADOPT: Final = 0.09
PRICE_TALK: Final = 0.30
PAYMENT_FAILS: Final = 0.15
LEAVE_RENEW: Final = (0.06, 0.34, 0.38, 0.55)  # neither, price talk, failed payment, both
ADDS_SEATS: Final = 0.30
REFERS: Final = 0.12
TERM_S: Final = 182 * DAY
_ENTRY_DAYS: Final = 360  # leads arrive in the first year of the 18 months
_STAYS: Final = len(STAGES)

Rng = np.random.Generator
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """One entry per lead; moments are in seconds, before they are moved into office hours."""

    entered_s: Seconds  # (n_leads, n_stages) NEVER where the stage is never entered
    asks_demo: Mask  # (n_leads,) gives an address and is shown the product
    left_in: NDArray[np.int8]  # (n_leads,) stage in which they stop, n_stages for those who stay
    gone_s: Seconds  # (n_leads,) moment of their last touchpoint, NEVER for those who stay
    connects_s: Seconds  # (n_leads,) first attempt to connect a data source
    route: NDArray[np.int8]  # (n_leads,) index into ROUTES, how a data source got connected
    invited_s: Seconds  # (n_leads,) NEVER for those who work alone
    price_talk_s: Seconds  # (n_leads,)
    payment_fails_s: Seconds  # (n_leads,)

    @property
    def n(self) -> int:
        """How many leads there are."""
        return self.gone_s.size


def _days(rng: Rng, n: int, median: float, sigma: float, low: float, high: float) -> Seconds:
    """Draw heavy-tailed lengths of time, in seconds."""
    drawn = np.exp(np.log(median) + sigma * rng.standard_normal(n))
    length: Seconds = (np.clip(drawn, low, high) * DAY).astype(np.int64)
    return length


def _chance(rng: Rng, share: float | NDArray[np.float64], n: int) -> Mask:
    happens: Mask = rng.random(n) < share
    return happens


def _arrivals(rng: Rng, n: int) -> Seconds:
    """Spread first visits over the first year, a little denser towards its end."""
    return START_S + 5 * DAY + (_ENTRY_DAYS * DAY * rng.random(n) ** 0.9).astype(np.int64)


def _onboarding(rng: Rng, connects_s: Seconds) -> tuple[NDArray[np.int8], Mask, Seconds]:
    """Draw the route of each lead, whether they leave on it, and how long it takes."""
    n = connects_s.size
    error = _chance(rng, np.where(office_time(connects_s) < RELEASE_S, *ERROR_RATE), n)
    cut = np.cumsum(ROUTE_SHARE)[:-1]
    route = np.where(error, 1 + np.searchsorted(cut, rng.random(n), side="right"), STRAIGHT)
    leaves = _chance(rng, np.asarray(LEAVE_ROUTE)[route], n)
    length = np.where(
        route == STRAIGHT,
        _days(rng, n, 2.4, 0.6, 0.1, 12),
        _days(rng, n, 4.6, 0.5, 1.5, 16),
    )
    return route.astype(np.int8), leaves, length


def plan(rng: Rng, n: int) -> Passages:
    """Draw the passages of `n` leads."""
    entered = np.full((n, len(STAGES)), NEVER, np.int64)
    left_in = np.full(n, _STAYS, np.int8)
    gone = np.full(n, NEVER, np.int64)

    def stop(stage: int, leaves: Mask, last_s: Seconds) -> Mask:
        """Let some stop here; say who goes on."""
        here = (left_in == _STAYS) & leaves
        left_in[here], gone[here] = stage, last_s[here]
        on: Mask = left_in == _STAYS
        return on

    entered[:, 0] = start = _arrivals(rng, n)
    signs_up = start + _days(rng, n, 5.7, 0.6, 0.3, 40)
    asks_demo = _chance(rng, ASKS_FOR_DEMO, n)
    on = stop(0, _chance(rng, LEAVE_EVALUATE, n), signs_up)

    entered[on, 1] = signs_up[on]
    connects = signs_up + _days(rng, n, 0.9, 0.8, 0.02, 10)
    route, leaves, length = _onboarding(rng, connects)
    on = stop(1, leaves, connects + length)
    connects[left_in == 0] = NEVER

    dashboard = np.where(on, connects + length + HOUR, 0)
    entered[on, 2] = dashboard[on]
    invites = on & _chance(rng, INVITES, n)
    invited = np.where(invites, dashboard + _days(rng, n, 5, 0.6, 0.1, 20), NEVER)
    pays = dashboard + _days(rng, n, 30, 0.2, 21, 45)
    leaves = _chance(rng, np.where(invites, LEAVE_WITH_TEAM, LEAVE_ALONE), n)
    on = stop(2, on & leaves, dashboard + _days(rng, n, 23, 0.3, 21, 45))

    entered[on, 3] = pays[on]
    cancels = pays + _days(rng, n, 70, 0.5, 20, 140)
    on = stop(3, on & _chance(rng, LEAVE_ADOPT, n), cancels)

    entered[on, 4] = (pays + TERM_S - 30 * DAY)[on]
    talk = on & _chance(rng, PRICE_TALK, n)
    fails = on & _chance(rng, PAYMENT_FAILS, n)
    talk_s = pays + TERM_S - 27 * DAY + _days(rng, n, 5, 0.5, 0.5, 12)
    fails_s = pays + TERM_S - 13 * DAY + _days(rng, n, 2, 0.4, 0.5, 5)
    leaves = _chance(rng, np.asarray(LEAVE_RENEW)[talk + 2 * fails], n)
    on = stop(4, on & leaves, pays + TERM_S - _days(rng, n, 3, 0.4, 0.5, 6))
    entered[on, 5] = (pays + TERM_S)[on]

    return Passages(
        entered,
        asks_demo,
        left_in,
        gone,
        connects,
        route,
        invited,
        np.where(talk, talk_s, NEVER),
        np.where(fails, fails_s, NEVER),
    )
