"""Signs with a day of their own, of leaving and of growing: drawn around what happens anyway."""

from __future__ import annotations

from typing import Final

import numpy as np

from trod.sample import files_app
from trod.sample.calendar import DAY, END_S, NEVER, Seconds
from trod.sample.draws import Mask, Rng
from trod.sample.files import Files
from trod.sample.files_app import Done
from trod.sample.passage import Passages
from trod.sample.rules import TRUE, Rule, RuleTruth, counted
from trod.sample.tape import Rows

_ADOPT, _RENEW, _EXPAND = 3, 4, 5
DIGEST_DAY: Final = 14
_DIGEST: Final = (0.75, 0.30)  # have it by that day: of those who stay, of those who leave in Renew
GOAL_DAY: Final = 7
_GOAL: Final = (0.25, 0.70)  # have it by that day: of those who add no seats, of those who do
_ORDERED: Final = 0.8  # make both, alerts and boards
_ALERT_FIRST: Final = (0.3, 0.7)  # of those who stay, of those who leave in Renew
_LATE: Final = (0.6, 0.3)  # of those without it by the day, digests and goals


def _odds_ratio(shares: tuple[float, float]) -> float:
    """Say how many times the odds are, as planted."""
    low, high = sorted(shares)
    return round(high / (1 - high) / (low / (1 - low)), 2)


NO_DIGEST: Final = Rule(
    "No weekly digest",
    TRUE,
    f"no weekly_digest_on within {DIGEST_DAY} days of Subscription started",
    "weekly_digest_on",
    DIGEST_DAY,
    "left in Renew",
    None,
    f"Planted: odds {_odds_ratio(_DIGEST)} to 1 by day {DIGEST_DAY}; later it says nothing.",
)
GOAL_SET: Final = Rule(
    "Usage goal set",
    TRUE,
    f"usage_goal_set within {GOAL_DAY} days of Subscription renewed",
    "usage_goal_set",
    GOAL_DAY,
    "Seats added",
    None,
    f"Planted, a good sign: odds {_odds_ratio(_GOAL)} to 1 by day {GOAL_DAY}; later it says"
    " nothing.",
)
ALERT_FIRST: Final = Rule(
    "Alerts before boards",
    TRUE,
    "alert_rule_made before kpi_board_made, both within 21 days of Subscription started",
    "alert_rule_made",
    21,
    "left in Renew",
    None,
    f"Planted: odds {_odds_ratio(_ALERT_FIRST)} to 1; having both or not says nothing.",
)


def write(
    rng: Rng, files: Files, passages: Passages, billing: Rows, showcase: str
) -> tuple[RuleTruth, ...]:
    """Write ``app_success.csv``, and say what was planted in it.

    Nothing else of the company changes: who leaves and who adds seats was drawn before.
    """
    n = passages.n
    shown = files.user[:n] == showcase
    left = passages.left_in == _RENEW
    seats = np.zeros(n, bool)
    added = billing.person[billing.name == "Seats added"]
    seats[added[added < n]] = True
    paid, renewed = passages.entered_s[:, _ADOPT], passages.entered_s[:, _EXPAND]
    digest = _by_day(rng, paid, np.where(left, *_DIGEST[::-1]), _LATE[0], DIGEST_DAY)
    goal = _by_day(rng, renewed, np.where(seats, *_GOAL[::-1]), _LATE[1], GOAL_DAY)
    both = (paid != NEVER) & (rng.random(n) < _ORDERED)
    alert = rng.random(n) < np.where(left, *_ALERT_FIRST[::-1])
    first = np.where(both, paid + ((2 + 8 * rng.random(n)) * DAY).astype(np.int64), NEVER)
    second = np.where(both, first + ((1 + 8 * rng.random(n)) * DAY).astype(np.int64), NEVER)
    done = [
        Done(np.arange(n), digest, "weekly_digest_on"),
        Done(np.arange(n), goal, "usage_goal_set"),
        Done(np.arange(n), np.where(alert, first, second), "alert_rule_made"),
        Done(np.arange(n), np.where(alert, second, first), "kpi_board_made"),
    ]
    seen = [_seen(passages, one, shown) for one in done]
    files_app.write(files, "app_success.csv", "cs{:07d}", seen, before=np.full(n, END_S))
    size = files.people.where.size[files.people.where.of_lead]
    know_renew = (passages.entered_s[:, _RENEW] < END_S - 31 * DAY) & ~shown
    know_seats = (renewed < END_S - 56 * DAY) & ~shown
    return (
        counted(NO_DIGEST, digest > paid + DIGEST_DAY * DAY, left, know_renew, size),
        counted(GOAL_SET, goal <= renewed + GOAL_DAY * DAY, seats, know_seats, size),
        counted(ALERT_FIRST, alert, left, know_renew & both, size),
    )


def _by_day(rng: Rng, start: Seconds, share: Seconds, late: float, day: int) -> Seconds:
    """Draw who has something before a day, or some time after it; NEVER for the others."""
    n = start.size
    early = rng.random(n) < share
    within = start + ((0.5 + (day - 1) * rng.random(n)) * DAY).astype(np.int64)
    after = start + ((day + 1 + 25 * rng.random(n)) * DAY).astype(np.int64)
    other = np.where(rng.random(n) < late, after, NEVER)
    return np.where(start == NEVER, NEVER, np.where(early, within, other))


def _seen(passages: Passages, done: Done, shown: Mask) -> Done:
    """Leave out what was never done, or by who had gone, or by the lead that is shown."""
    keep = (done.time_s != NEVER) & (done.time_s <= passages.gone_s[done.who]) & ~shown[done.who]
    return Done(done.who[keep], done.time_s[keep], done.name)
