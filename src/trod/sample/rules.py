"""Early-warning rules: signs that foretell leaving, and signs that only seem to."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from trod.sample.accounts import SIZES
from trod.sample.calendar import NEVER
from trod.sample.draws import Index, Mask
from trod.sample.passage import LEAVE_ALONE, LEAVE_WITH_TEAM, Passages
from trod.sample.people import People
from trod.sample.tape import Rows

TRUE, CONFOUNDED, NULL, LEAKY = KINDS = ("true", "confounded", "null", "leaky")
_WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class RuleTruth:
    """A rule that somebody may find in the data, and what it is worth.

    Counts are of leads with a first dashboard of whom it is known whether they left by their
    renewal: those with the sign, and those without it. A crude difference is what a table shows;
    `hazard_ratio` is what was planted.
    """

    name: str
    kind: str  # one of KINDS
    sign: str
    touchpoint: str | None  # whose absence (or, for leaky ones, presence) is the sign
    within_days: int | None  # after first_dashboard
    outcome: str
    hazard_ratio: float | None  # planted; None where the sign comes after the outcome
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


def _rule(
    head: tuple[str, str, str, str | None, int | None, str],
    ratio: float | None,
    why: str,
    *,
    sign: Mask,
    left: Mask,
    judged: Mask,
    size: Index,
) -> RuleTruth:
    def count(mask: Mask) -> tuple[int, int]:
        return int((left & mask & judged).sum()), int((mask & judged).sum())

    return RuleTruth(
        *head,
        ratio,
        count(sign),
        count(~sign),
        {
            name: (count(sign & (size == s)), count(~sign & (size == s)))
            for s, name in enumerate(SIZES)
        },
        why,
    )


def truth(
    passages: Passages, everyone: People, rows: dict[str, Rows], left: Mask, judged: Mask
) -> tuple[RuleTruth, ...]:
    """Say of each planted rule which kind it is, with the counts the files show.

    `left` are leads who left in Activate, Adopt or Renew; `judged` those whose end is known.
    """
    app, survey = rows["app"], rows["survey"]
    in_activate = left & (passages.left_in == 2)
    in_adopt = left & (passages.left_in == 3)
    size = everyone.where.size[everyone.where.of_lead]
    paid = judged & (passages.entered_s[:, 3] != NEVER)
    ratio = round(log(1 - LEAVE_ALONE) / log(1 - LEAVE_WITH_TEAM), 2)
    asked = _did(survey, "Cancellation survey", passages)
    return (
        _rule(
            (
                "No colleague invited",
                TRUE,
                "no invite_team within 30 days of first_dashboard",
                "invite_team",
                _WINDOW_DAYS,
                "left in Activate",
            ),
            ratio,
            "Planted: who works alone leaves far more often, in every size of company.",
            sign=~_did(app, "invite_team", passages),
            left=in_activate,
            judged=judged,
            size=size,
        ),
        _rule(
            (
                "No single sign-on",
                CONFOUNDED,
                "no sso_configured within 30 days of first_dashboard",
                "sso_configured",
                _WINDOW_DAYS,
                "left in Adopt",
            ),
            1.0,
            "Small companies seldom set it up and leave more often; within a size it says nothing.",
            sign=~_did(app, "sso_configured", passages),
            left=in_adopt,
            judged=paid,
            size=size,
        ),
        _rule(
            (
                "Profile not completed",
                NULL,
                "no profile_completed within 30 days of first_dashboard",
                "profile_completed",
                _WINDOW_DAYS,
                "left in Activate, Adopt or Renew",
            ),
            1.0,
            "Drawn for each lead without regard to anything.",
            sign=~_did(app, "profile_completed", passages),
            left=left,
            judged=judged,
            size=size,
        ),
        _rule(
            (
                "Answered the cancellation survey",
                LEAKY,
                "a Cancellation survey; just so Churn_Reason__c of crm_contacts.csv is filled in",
                "Cancellation survey",
                None,
                "left in Adopt or Renew",
            ),
            None,
            "Known only after the customer has left; it foretells nothing.",
            sign=asked,
            left=left & (passages.left_in > 2),
            judged=paid,
            size=size,
        ),
    )
