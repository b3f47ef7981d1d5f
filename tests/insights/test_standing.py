"""P4: the stall that the sample company plants, and the list of those on the way."""

from collections import Counter

import numpy as np

from tests.company import known
from trod.analyses.stall import left_us, stall
from trod.insights.standing import standings
from trod.journeys.passage import LEFT, NEVER, compile_plan, passages


def test_P4_those_beyond_the_threshold_of_onboarding_are_those_whose_connection_fails():
    """Planted: connecting fails, a call saves nearly all; tickets, docs and silence do not."""
    company = known()
    journeys = company.workspace.journeys("account")
    plan = compile_plan(company.workspace.project.journeys[0], journeys).remembering()
    limit = stall(journeys, plan).data.threshold[1]
    assert limit is not None
    assert limit.low_us <= limit.stuck_us
    assert limit.high_us is not None
    assert limit.chance_stuck < limit.chance / 2  # beyond it, going on is far less likely
    routes = {p.account: p.route for p in company.truth.people if p.lead}
    seen: Counter[tuple[bool, bool]] = Counter()
    for batch in journeys:
        walked = passages(batch, plan)
        gone = left_us(batch, plan)
        for c, account in enumerate(batch.customer.to_pylist()):
            entered, later = walked.entered_us[c, 1], walked.entered_us[c, 2:]
            ends = later[later != NEVER].tolist()
            if walked.furthest[c] == 1 and walked.status[c] == LEFT:
                ends = [int(gone[c])]
            if entered == NEVER or not ends or routes.get(account) is None:
                continue
            beyond = min(ends) - int(entered) > limit.stuck_us
            seen[beyond, routes[account] in {"ticket", "docs", "alone"}] += 1
    planted_beyond = seen[True, True] / (seen[True, True] + seen[True, False])
    planted_within = seen[False, True] / (seen[False, True] + seen[False, False])
    assert planted_beyond > 2 * planted_within, seen


def test_P4_the_list_has_as_many_as_are_counted_longest_first():
    company = known()
    journeys = company.workspace.journeys("account")
    plan = compile_plan(company.workspace.project.journeys[0], journeys).remembering()
    found = stall(journeys, plan).data
    everyone = standings(journeys, plan, found)
    assert len(everyone) == int(found.there.sum())
    days = [each.waited_us // 86_400_000_000 for each in everyone]
    assert days == sorted(days, reverse=True)
    renew = standings(journeys, plan, found, stage="Renew", order="value")
    assert len(renew) == int(found.there[plan.stage("Renew")])
    money = [each.value_micros or 0 for each in renew]
    assert money == sorted(money, reverse=True)
    assert np.unique([each.customer for each in everyone]).size == len(everyone)
