"""What people of the company believe, as a workshop wrote it down: some of it is so."""

from __future__ import annotations

from typing import Final

FILE: Final = "hypotheses.yml"
HYPOTHESES_YML: Final = """\
# What people of Tallyfern believe: `trod hypotheses hypotheses.yml` asks the record.
# answers.json says under `rules` which of it is so.

hypotheses:
  - statement: Who works alone leaves more often.
    source: Workshop of 3 June, Bram Visser
    test: {without: invite_team, stage: Activate, within: 14d}

  - statement: Without the weekly digest they do not renew.
    source: Workshop of 3 June, Ines Maas
    test: {without: weekly_digest_on, stage: Adopt, within: 14d, leaving: Renew}

  - statement: Who sets a goal buys more seats.
    source: Sales
    test: {with: usage_goal_set, stage: Expand, within: 7d, toward: Seats added}

  - statement: Alerts before boards is the wrong way round.
    source: Support
    test: {with: alert_rule_made, before: kpi_board_made, stage: Adopt, within: 21d,
           leaving: Renew}

  - statement: Without single sign-on they leave.
    source: Workshop of 3 June, sales
    test: {without: sso_configured, stage: Activate, within: 30d, leaving: Adopt}

  - statement: Whoever leaves the profile empty leaves us, too.
    source: Ines Maas
    test: {without: profile_completed, stage: Activate, within: 14d}

  - statement: The cancellation survey foretells who leaves.
    source: Support
    test: {with: Cancellation survey, stage: Adopt, within: 90d}

  - statement: Onboarding loses more than one in ten.
    source: Ines Maas
    test: {stage: Onboard, loses_over: 10%}

  - statement: Half of the trials become subscriptions.
    source: The board
    test: {metric: Trial to subscription, above: 50%}
"""
