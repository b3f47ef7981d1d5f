"""Outcomes of real businesses, foretold from their journeys."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tests import real_data
from tests.real_data import ROOT, drawn
from trod.journeys.passage import compile_plan
from trod.models.features.build import features
from trod.models.features.catalog import catalog
from trod.models.features.moments import Moments
from trod.models.ground import Ground
from trod.models.outcomes.fit import fit
from trod.models.outcomes.table import TableModel, learn
from trod.models.quality import Estimate, auc, auc_difference
from trod.models.spec import ModelsSpec
from trod.project.load import load

pytestmark = [real_data.needed, pytest.mark.slow]
DAY_US = 86_400_000_000
STARTS = {"2013B": datetime(2013, 2, 1, tzinfo=UTC), "2013J": datetime(2013, 9, 30, 23, tzinfo=UTC)}


class Enrolments:
    """Who is enrolled on day 30 of a presentation, what is known of them, who withdraws later."""

    def __init__(self) -> None:
        journeys = drawn("oulad_lite", "oulad.yml").journeys
        plan = compile_plan(load(ROOT / "examples" / "oulad.yml").journeys[0], journeys)
        starts = {name: int(at.timestamp()) * 1_000_000 for name, at in STARTS.items()}
        gone, began = (journeys.vocabulary.touchpoint(n) for n in ("Withdrew", "Registered"))
        moments, start, withdrew = [], [], []
        for batch in journeys:
            rows = []
            for c, name in enumerate(batch.customer.to_pylist()):
                presentation = name.rpartition("·")[2]
                at = starts.get(presentation, -1) + 30 * DAY_US
                mine = slice(batch.offsets[c], batch.offsets[c + 1])
                code, time_us = batch.code[mine], batch.time_us[mine]
                left = time_us[code == gone]
                if presentation not in starts or not (time_us[code == began] <= at).any():
                    continue
                if (left <= at).any():
                    continue
                rows.append((c, at))
                start.append(presentation)
                withdrew.append(left.size > 0)
            told = np.array(rows, np.int64).reshape(-1, 2)
            moments.append(Moments(told[:, 0], told[:, 1]))
        table = features(journeys, plan, moments, catalog(journeys, plan, most=150))
        self.start, self.withdrew = np.array(start), np.array(withdrew)
        self.columns = {f.key: table.values[:, k] for k, f in enumerate(table.features)}
        assert journeys.attributes is not None
        profile = {each["customer"]: each for each in journeys.attributes.to_pylist()}
        for name in journeys.attributes.column_names[1:]:
            cells = [profile.get(i, {}).get(name) or "" for i in table.customer.to_pylist()]
            self.columns[name] = np.array(cells, object)

    def of(self, start: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Give one start: what is known on day 30, and who withdraws later."""
        here = self.start == start
        return {n: column[here] for n, column in self.columns.items()}, self.withdrew[here]


@pytest.fixture(scope="module")
def university() -> Enrolments:
    return Enrolments()


def beside_regression(
    model: TableModel, known, withdrew, later, came
) -> tuple[Estimate, Estimate, Estimate]:
    """Give the AUC of the score, of plain regression on the same columns, and their gap."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    a, b = (np.nan_to_num(model.read(each)) for each in (known, later))
    scale = StandardScaler().fit(a)
    plain = LogisticRegression(max_iter=3_000).fit(scale.transform(a), withdrew)
    simple = plain.decision_function(scale.transform(b))
    score = model.margin(later)
    return auc(score, came), auc(simple, came), auc_difference(score, simple, came)


def test_M3_day_30_withdrawal_learned_in_february_and_asked_in_october(university):
    """Little is known on day 30, and less of it holds in October: that is what the figures say."""
    known, withdrew = university.of("2013B")
    later, came = university.of("2013J")
    assert (withdrew.size, int(withdrew.sum())) == (4_103, 773)
    assert (came.size, int(came.sum())) == (7_678, 1_212)
    model = learn(known, withdrew)
    assert [leak.name for leak in model.refused] == ["final_result"]
    score, simple, gap = beside_regression(model, known, withdrew, later, came)
    print(f"score {score}, regression {simple}, difference {gap}")
    assert score.low > 0.55
    assert gap.low > -0.01
    assert gap.low < gap.value < gap.high


def test_M2_coupons_of_a_grocer_are_foretold_beside_the_share_of_the_stage():
    journeys = drawn("complete_journey", "complete_journey.yml").journeys
    plan = compile_plan(load(ROOT / "examples" / "complete_journey.yml").journeys[0], journeys)
    spec = {"name": "Redeems", "touchpoints": "Coupon redeemed", "within": "30d"}
    models = ModelsSpec.model_validate({"outcomes": [spec]})
    (found,) = fit(Ground(journeys, plan.remembering(), models))
    told = {each.name: each for each in found.card.measures}
    print(told)
    assert found.card.verdict == "fitted"
    assert told["AUC"].low > 0.7
    assert told["precision of 25 a mark"].value > 3 * told["precision of 25 a mark"].baseline_value
