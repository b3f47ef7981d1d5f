"""What was tried on customers, with chance deciding on whom: plays whose true effect is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from trod.sample.calendar import DAY, NEVER, Seconds, at, iso
from trod.sample.draws import Mask, Rng, chance
from trod.sample.tape import Tape

ASSIGNED: Final = "play_assigned"
ARMS: Final = ("holdout", "treated")
CAME_BACK: Final = 0.08


@dataclass(frozen=True, slots=True)
class Play:
    """One play, and what it truly does."""

    name: str
    message: str  # touchpoint that only the treated get
    whom: str
    outcome: str
    treated: float  # share
    effect: float  # on the outcome, as a share: -0.15 is 15 points less
    begins: str
    ends: str = "2026-07-01"


CALL_OFFER: Final = Play(
    "Onboarding call offer",
    "Call offer",
    "met an error while connecting and took no call, from October 2025",
    "left in Onboard",
    0.7,
    -0.16,
    "2025-10-01",
)
WIN_BACK: Final = Play(
    "Win-back mail",
    "Win-back mail",
    "left in Activate or Adopt, 35 days ago, from July 2025",
    "looked at a dashboard again within 30 days",
    0.5,
    0.0,
    "2025-07-01",
)
REMINDER: Final = Play(
    "Early renewal reminder",
    "Renewal reminder",
    "got a renewal notice for a term that ends in 2026",
    "left in Renew",
    0.6,
    0.06,
    "2025-12-01",
    "2026-05-25",
)
PLAYS: Final = (CALL_OFFER, WIN_BACK, REMINDER)


class Draw(NamedTuple):
    """Who was in a play, on which side, and when it was decided."""

    eligible: Mask  # (n_leads,)
    treated: Mask  # (n_leads,) never True outside `eligible`
    time_s: Seconds  # (n_leads,) NEVER outside `eligible`


def draw(rng: Rng, play: Play, eligible: Mask, time_s: Seconds) -> Draw:
    """Let chance decide who is treated."""
    begun = eligible & (time_s >= at(play.begins)) & (time_s < at(play.ends))
    treated = begun & chance(rng, play.treated, begun.size)
    return Draw(begun, treated, np.where(begun, time_s, NEVER))


def coming_back(rng: Rng, win_back: Draw) -> Seconds:
    """Draw when who looks in again after the win-back mail, or without it: the mail is idle.

    NEVER for those who do not; shape (n_leads,).
    """
    n = win_back.eligible.size
    back = np.zeros(n, bool)
    for treated in (True, False):
        # The same share of both sides, so that small companies do not show an effect by luck.
        side = rng.permutation(np.flatnonzero(win_back.eligible & (win_back.treated == treated)))
        back[side[: round(side.size * CAME_BACK)]] = True
    wait = ((2 + 24 * rng.random(n)) * DAY).astype(np.int64)
    return np.where(back, np.where(back, win_back.time_s, 0) + wait, NEVER)


def touchpoints(app: Tape, email: Tape, plays: Mapping[str, Draw], back_s: Seconds) -> None:
    """Write down the decision of each play, its message, and who came back."""
    for play in PLAYS:
        drawn = plays[play.name]
        who = np.flatnonzero(drawn.eligible)
        arm = [f"{play.name}·{ARMS[int(t)]}" for t in drawn.treated[who]]
        app.add(who, drawn.time_s[who], ASSIGNED, 0, detail=np.array(arm, object), late=True)
        got = np.flatnonzero(drawn.treated)
        email.add(got, drawn.time_s[got] + 1_800, play.message, 0, late=True)
    back = np.flatnonzero(back_s != NEVER)
    app.add(back, back_s[back], "dashboard_viewed", 0, late=True)


@dataclass(frozen=True, slots=True)
class PlayTruth:
    """A play in the data: `play_assigned` of app.jsonl carries its name and the arm."""

    name: str
    message: str
    whom: str
    outcome: str
    effect_points: float  # planted, on the outcome
    treated: tuple[int, int]  # with the outcome, of all
    holdout: tuple[int, int]
    first_day: str
    last_day: str


def truth(plays: Mapping[str, Draw], outcome: Mapping[str, Mask], seen: Mask) -> list[PlayTruth]:
    """Count the outcome on both sides of each play."""
    told = []
    for play in PLAYS:
        drawn = plays[play.name]
        sides = [drawn.eligible & drawn.treated & seen, drawn.eligible & ~drawn.treated & seen]
        treated, holdout = (
            (int((outcome[play.name] & side).sum()), int(side.sum())) for side in sides
        )
        when = drawn.time_s[drawn.eligible]
        first, last = (
            iso(np.array([when.min(), when.max()])) if when.size else (play.begins, play.begins)
        )
        told.append(
            PlayTruth(
                play.name,
                play.message,
                play.whom,
                play.outcome,
                round(100 * play.effect, 1),
                treated,
                holdout,
                first[:10],
                last[:10],
            )
        )
    return told
