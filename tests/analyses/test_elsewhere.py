"""What each source brings of customers that were known before agrees with the definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tests.examples import examples
from tests.strategies import batch, customers
from trod.analyses.elsewhere import Elsewhere
from trod.analyses.over_time import Days
from trod.journeys.batch import JourneyBatch

DAYS = Days(("a", "b", "c"), (2, 5, 9), 15)
ASK = Elsewhere(DAYS, ("web", "app", "crm"), (np.arange(1000) * 7 // 2) % 3)


def slow(one: JourneyBatch) -> np.ndarray:
    """Count by going through all touchpoints, one after the other."""
    counts = np.zeros((3, 3, 3), np.int64)
    for c in range(one.n_customers):
        rows = range(one.offsets[c], one.offsets[c + 1])
        day = {r: sum(int(one.time_us[r]) >= s for s in DAYS.start_us) - 1 for r in rows}
        of = {r: int(ASK.of_row[one.row[r]]) for r in rows}
        for r in rows:
            if day[r] < 0 or one.time_us[r] >= DAYS.end_us:
                continue
            earlier = [of[q] for q in rows if day[q] < day[r]]
            counts[0, of[r], day[r]] += any(s != of[r] for s in earlier)
            counts[1, of[r], day[r]] += bool(earlier)
            counts[2, of[r], day[r]] += r == rows[0]
    return counts


@given(customers)
@settings(max_examples=examples(40), deadline=None)
def test_N1_who_was_known_from_elsewhere_agrees_with_slow_twin(some):
    one = batch(some)
    found = ASK.finish(ASK.read(one))
    np.testing.assert_array_equal(np.stack([found.met, found.known, found.first]), slow(one))


def test_N1_one_source_alone_knows_nobody_from_elsewhere():
    one = batch([[(1, 0, 0, 0), (6, 1, 0, 0)]])
    alone = Elsewhere(DAYS, ("web",), np.zeros(10, np.int64))
    found = alone.finish(alone.read(one))
    assert (found.met.sum(), found.known.sum(), found.first.sum()) == (0, 1, 0)
