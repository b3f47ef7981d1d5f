"""Early-warning rules: signs that foretell leaving, and signs that only seem to."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final, NamedTuple

import numpy as np

from trod.sample.accounts import SIZES
from trod.sample.calendar import NEVER
from trod.sample.draws import Index, Mask
from trod.sample.passage import LEAVE_ALONE, LEAVE_WITH_TEAM, Passages
from trod.sample.people import People
from trod.sample.tape import Rows

TRUE, CONFOUNDED, NULL, LEAKY = KINDS = ("true", "confounded", "null", "leaky")
_WINDOW_DAYS: Final = 30


class Rule(NamedTuple):
    """A rule that somebody may find in the data, as it was planted."""

    name: str
    kind: str  # one of KINDS
    sign: str
    touchpoint: str | None  # whose absence (or, for leaky ones, presence) is the sign
    within_days: int | None  # after first_dashboard, or what the sign says
    outcome: str
    hazard_ratio: float | None  # planted; None where the sign comes after the outcome
    why: str


NO_COLLEAGUE: Final = Rule(
    "No colleague invited",
    TRUE,
    "no invite_team within 30 days of first_dashboard",
    "invite_team",
    _WINDOW_DAYS,
    "left in Activate",
    round(log(1 - LEAVE_ALONE) / log(1 - LEAVE_WITH_TEAM), 2),
    "Planted: who works alone leaves far more often, in every size of company.",
)
NO_SIGN_ON: Final = Rule(
    "No single sign-on",
    CONFOUNDED,
    "no sso_configured within 30 days of first_dashboard",
    "sso_configured",
    _WINDOW_DAYS,
    "left in Adopt",
    1.0,
    "Small companies seldom set it up and leave more often; within a size it says nothing.",
)
NO_PROFILE: Final = Rule(
    "Profile not completed",
    NULL,
    "no profile_completed within 30 days of first_dashboard",
    "profile_completed",
    _WINDOW_DAYS,
    "left in Activate, Adopt or Renew",
    1.0,
    "Drawn for each lead without regard to anything.",
)
SURVEYED: Final = Rule(
    "Answered the cancellation survey",
    LEAKY,
    "a Cancellation survey; just so Churn_Reason__c of crm_contacts.csv is filled in",
    "Cancellation survey",
    None,
    "left in Adopt or Renew",
    None,
    "Known only after the customer has left; it foretells nothing.",
)


@dataclass(frozen=True, slots=True)
class RuleTruth:
    """A rule, and what it is worth.

    Counts are of leads with a first dashboard of whom it is known whether they left by their
    renewal: those with the sign, and those without it. A crude difference is what a table shows;
    `hazard_ratio` is what was planted.
    """

    name: str
    kind: str
    sign: str
    touchpoint: str | None
    within_days: int | None
    outcome: str
    hazard_ratio: float | None
    with_sign: tuple[int, int]  # left, of all
    without: tuple[int, int]
    by_size: dict[str, tuple[tuple[int, int], tuple[int, int]]]  # the same, within each size
    why: str


def _did(rows: Rows, name: str, passages: Passages) -> Mask:
    """Say which leads ever did something; signs of the app come within 30 days, or never."""
    first = np.full(passages.n, NEVER, np.int64)
    some = (rows.name == name) & (rows.person < passages.n)
    np.minimum.at(first, rows.person[some], rows.time_s[some])
    did: Mask = first != NEVER
    return did


def counted(rule: Rule, sign: Mask, left: Mask, judged: Mask, size: Index) -> RuleTruth:
    """Count who left with the sign and without it, in all and within each size of company."""

    def count(mask: Mask) -> tuple[int, int]:
        return int((left & mask & judged).sum()), int((mask & judged).sum())

    by_size = {
        name: (count(sign & (size == s)), count(~sign & (size == s)))
        for s, name in enumerate(SIZES)
    }
    return RuleTruth(
        rule.name,
        rule.kind,
        rule.sign,
        rule.touchpoint,
        rule.within_days,
        rule.outcome,
        rule.hazard_ratio,
        count(sign),
        count(~sign),
        by_size,
        rule.why,
    )


def truth(
    passages: Passages, everyone: People, rows: dict[str, Rows], left: Mask, judged: Mask
) -> tuple[RuleTruth, ...]:
    """Say of each planted rule which kind it is, with the counts the files show.

    `left` are leads who left in Activate, Adopt or Renew; `judged` those whose end is known.
    """
    app, where = rows["app"], passages.left_in
    size = everyone.where.size[everyone.where.of_lead]
    paid = judged & (passages.entered_s[:, 3] != NEVER)
    alone = ~_did(app, "invite_team", passages)
    no_sign_on = ~_did(app, "sso_configured", passages)
    no_profile = ~_did(app, "profile_completed", passages)
    asked = _did(rows["survey"], "Cancellation survey", passages)
    return (
        counted(NO_COLLEAGUE, alone, left & (where == 2), judged, size),
        counted(NO_SIGN_ON, no_sign_on, left & (where == 3), paid, size),
        counted(NO_PROFILE, no_profile, left, judged, size),
        counted(SURVEYED, asked, left & (where > 2), paid, size),
    )
