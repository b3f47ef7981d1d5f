"""A power cut or a kill at any call to the disk leaves the state before or after, never between."""

from collections import Counter

import pytest

from tests._store.bugs import BUGS
from tests._store.outage import campaign

CASES = 14_000


def test_R2_R3_power_cuts_kills_and_faults_at_every_call_break_no_promise():
    cases = 0
    for outage in campaign(2):
        assert not outage.found
        cases += outage.cases
    assert cases >= CASES


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_R2_a_seeded_durability_bug_is_found(bug, monkeypatch):
    bug(monkeypatch)
    outages = (outage for size in (0.1, 0.3, 1.0) for outage in campaign(2, size=size))
    assert any(outage.found for outage in outages), "the outages do not find it"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_R2_R3_a_long_campaign_of_outages(seed):
    cases = Counter()
    for outage in campaign(1000 * seed, size=2.0):
        assert not outage.found
        cases["all"] += outage.cases
    assert cases["all"] >= 25_000
