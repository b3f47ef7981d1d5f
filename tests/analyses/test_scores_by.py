"""Survey scores by stage and by the touchpoint before, and who answered."""

import numpy as np
from hypothesis import given, settings

from tests.analyses.plans import plan
from tests.company import Known
from tests.examples import examples
from tests.strategies import NAMES, VOCABULARY, batch, customers
from trod.analyses.metrics.measure import metrics
from trod.analyses.scores_by import ScoresBy, scores_by
from trod.journeys.batch import NO_SCORE
from trod.workspace.measured import plan_of

SCORES = (-1000, 0, 1000)


@given(customers=customers)
@settings(max_examples=examples(60))
def test_V3_the_touchpoint_before_is_the_last_that_is_no_survey(customers):
    asked = ScoresBy(VOCABULARY, plan(), ("call", "mail"), SCORES)
    expected = np.zeros((len(NAMES) + 1, 4), np.int64)
    for events in customers:
        before = len(NAMES)
        for _, code, score, _ in events:
            if NAMES[code] not in ("call", "mail"):
                before = code
            elif score != NO_SCORE:
                expected[before, SCORES.index(score) if score in SCORES else 3] += 1
    found = asked.finish(asked.read(batch(customers)))
    np.testing.assert_array_equal(found.by_name, expected)
    np.testing.assert_array_equal(found.by_stage.sum(axis=0), expected.sum(axis=0))
    assert found.customers.sum() == len(customers)
    assert (found.answered <= found.customers).all()


def test_V3_nps_taken_apart_is_the_nps_of_the_metrics(tallyfern: Known):
    space = tallyfern.workspace
    (spec,) = (each for each in space.project.metrics if each.kind == "nps")
    for unit in ("person", "account"):
        journeys = space.journeys(unit)
        compiled = plan_of(space, None, journeys)
        found = scores_by(journeys, compiled, spec).data
        (measured,) = metrics(journeys, [spec], {None: compiled}).data.metrics
        assert found.whole[1:7] == measured.figure[1:7]
        assert sum(figure.n for _, figure in found.by_stage) == found.whole.n
        assert sum(figure.n for _, figure in found.by_name) == found.whole.n
        assert sum(figure.part for _, figure in found.by_stage) == found.whole.part


def test_V3_who_answered_is_said_and_that_those_who_left_answered_less_often(tallyfern: Known):
    space = tallyfern.workspace
    (spec,) = (each for each in space.project.metrics if each.kind == "nps")
    journeys = space.journeys("account")
    found = scores_by(journeys, plan_of(space, None, journeys), spec).data
    assert "Those who left answered less often: the figure speaks less for them." in found.note
    assert sum(figure.n for *_, figure in found.who) == journeys.n_customers
    worst = min(found.by_name, key=lambda it: (it[1].high or 10**9, it[0]))
    assert worst[0] == "Payment failed"
