"""Scores of the sample company: what is planted is found, ahead of time, and nothing leaks."""

import shutil

import numpy as np
import pytest

from tests.company import known
from tests.models.outcomes.planted import looked_back, manual_rule
from trod.errors import DataError, DefinitionError, NotEnoughDataError
from trod.journeys.batch import JourneyBatch, Journeys
from trod.models.outcomes.judged import alarmed
from trod.models.outcomes.model import OutcomeModel
from trod.models.outcomes.scoring import end_of_day, score
from trod.models.versions import last
from trod.workspace import Workspace
from trod.workspace import scoring as workspace_scoring
from trod.workspace.drifting import drifts
from trod.workspace.fitting import fit, ground
from trod.workspace.healthy import health

ONLY = """models:
  outcomes:
    - {name: Churn, ends: left, stages: [Adopt, Renew], capacity: 15, value: 900}
    - {name: Refers twice, touchpoints: Peer referred twice}
"""


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Workspace:
    """The company with one score fitted, and one of which there is nothing."""
    folder = tmp_path_factory.mktemp("scores") / "company"
    shutil.copytree(known().folder, folder)
    definition = (folder / "trod.yml").read_text(encoding="utf-8")
    (folder / "trod.yml").write_text(definition.partition("models:")[0] + ONLY, encoding="utf-8")
    workspace = Workspace.open(folder)
    fit(workspace, ["outcomes"])
    return workspace


def model_of(workspace: Workspace) -> OutcomeModel:
    found = last(workspace.store, "outcome/Churn")
    assert found is not None
    return OutcomeModel.of(found[1])


def test_M2_churn_is_flagged_three_weeks_ahead_and_the_card_says_how_sure_that_is(fitted):
    found = last(fitted.store, "outcome/Churn")
    assert found is not None
    card = found[0]
    told = {each.name: each for each in card.measures}
    assert card.verdict == "fitted"
    assert told["AUC"].low > 0.5
    assert told["precision when pointed out"].value >= 0.5
    assert told["days ahead"].value >= 21
    assert any("Cancellation survey" in remark for remark in card.remarks)


def test_M6_an_outcome_nobody_ever_had_has_a_card_that_says_so(fitted):
    found = last(fitted.store, "outcome/Refers twice")
    assert found is not None
    assert found[0].verdict == "not enough data"
    assert "did you mean 'Peer referred'" in found[0].remarks[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_M2_at_three_seeds_churn_is_flagged_early_and_expansion_beats_the_manual_rule(seed):
    workspace = known(2_000, seed).workspace
    alarms = alarmed(looked_back(workspace, "Churn").test)
    assert alarms is not None
    assert alarms.precision >= 0.5
    assert np.median(alarms.event_us - alarms.said_us) >= 21 * 86_400_000_000
    beside = manual_rule(looked_back(workspace, "Expansion"))
    assert beside.listed > 300
    assert beside.score >= 3 * max(beside.rule, 1)


def test_the_same_data_give_the_same_models_byte_for_byte(fitted):
    from dataclasses import replace

    from trod.models.outcomes.fit import fit as fit_outcomes

    on = replace(ground(fitted), before={})
    (one, _), (two, _) = fit_outcomes(on), fit_outcomes(on)
    assert one.stored.to_bytes() == two.stored.to_bytes()
    assert one.card == two.card
    again = OutcomeModel.of(one.stored)
    assert again.stored().to_bytes() == one.stored.to_bytes()


def shortened(journeys: Journeys, every: int) -> Journeys:
    """Give the journeys without the last touchpoint of every so many customers."""
    batches = []
    for batch in journeys:
        n = np.diff(batch.offsets)
        cut = (np.arange(batch.n_customers) % every == 0) & (n > 1)
        gone = batch.offsets[1:][cut] - 1
        keep = np.setdiff1d(np.arange(batch.n_events), gone)
        columns = {
            name: getattr(batch, name)[keep]
            for name in ("code", "time_us", "channel", "value", "score", "row")
        }
        offsets = np.concatenate([[0], np.cumsum(n - cut)])
        states = {name: codes[keep] for name, codes in batch.states.items()}
        batches.append(
            JourneyBatch(batch.vocabulary, batch.customer, offsets, **columns, states=states)
        )
    return Journeys(
        batches,
        journeys.vocabulary,
        journeys.unit,
        journeys.zone,
        attributes=journeys.attributes,
        currency=journeys.currency,
        people=journeys.people,
    )


def test_M4_scoring_those_with_news_is_scoring_everyone(fitted):
    on, model = ground(fitted), model_of(fitted)
    moment_us = end_of_day(on.plan.as_of_us, on.journeys.zone)
    from dataclasses import replace

    plan = replace(on.plan, remembered=None)
    before = score(shortened(on.journeys, 9), plan, model, moment_us)
    whole = score(on.journeys, plan, model, moment_us)
    some = score(on.journeys, plan, model, moment_us, before=before)
    assert 0 < some.fresh < whole.fresh == whole.n
    assert some.customer.equals(whole.customer)
    np.testing.assert_array_equal(some.margin, whole.margin)
    np.testing.assert_array_equal(some.digest, whole.digest)


def test_M4_scores_are_kept_say_why_and_what_changed(fitted):
    (first,) = workspace_scoring.score(fitted, ["Churn"], top=5)
    assert first.fresh == first.n
    assert all(one.reasons and one.before is None for one in first.shown)
    assert all(one.reasons[0][0] in "+-" for one in first.shown)
    (again,) = workspace_scoring.score(fitted, ["Churn"], top=5)
    assert again.fresh == 0
    assert again.shown == first.shown
    who = first.shown[0].customer
    (one,) = workspace_scoring.score(fitted, ["Churn"], customer=who)
    (kept,) = workspace_scoring.past(fitted, [one], who)["Churn"]
    assert kept.probability == first.shown[0].probability
    assert kept.reasons


def test_M10_the_window_lies_within_the_horizon_and_is_worth_its_chance(fitted):
    (found,) = workspace_scoring.score(fitted, ["Churn"], top=20)
    for one in found.shown:
        assert one.window is not None
        assert 0 <= one.window.first_day < one.window.last_day <= 60
        assert one.window.probability <= (one.probability or 0) + 1e-12
        assert one.window.value == pytest.approx(900 * one.window.probability)


def test_scores_of_names_and_ids_that_are_not_there(fitted):
    with pytest.raises(DefinitionError, match="did you mean 'Churn'"):
        workspace_scoring.score(fitted, ["Chrun"])
    with pytest.raises(DataError, match="nobody has the id 'ACC-99999'"):
        workspace_scoring.score(fitted, customer="ACC-99999")


def test_M7_right_after_fitting_hardly_anything_has_moved(fitted):
    found = drifts(fitted)["outcome/Churn"]
    assert not found.score.much
    assert found.judged == 0
    assert found.calibration is None


def test_M2_health_has_colours_only_where_the_backtest_was_passed(fitted):
    model = model_of(fitted)
    found = health(fitted, top=3)
    assert (found.colours is not None) == model.passed
    if found.colours is not None:
        assert sum(found.colours.values()) == found.n
    assert all({"up", "down"} <= {d.use, d.mood, d.money} for d in found.shown)


def test_M6_with_too_little_data_customers_are_ordered_by_signs(tmp_path):
    shutil.copytree(known(100).folder, tmp_path / "small")
    workspace = Workspace.open(tmp_path / "small")
    with pytest.raises(NotEnoughDataError, match="Run `trod fit outcomes`"):
        workspace_scoring.score(workspace)
    cards = {card.model: card for card in fit(workspace, ["outcomes"])}
    assert cards["outcome/Churn"].verdict == "not enough data"
    assert "30 are needed" in cards["outcome/Churn"].remarks[0]
    (found,) = workspace_scoring.score(workspace, ["Churn"], top=3)
    assert all(one.probability is None for one in found.shown)
    assert any(one.reasons for one in found.shown)


def test_M7_a_second_fit_meets_the_version_in_use_and_the_card_says_what_came_of_it(fitted):
    cards = {card.model: card for card in fit(fitted, ["outcomes"])}
    card = cards["outcome/Churn"]
    assert card.version == 2
    assert card.settings["champion"] == "replaced"
    assert any("fewer than the 10 to compare by" in remark for remark in card.remarks)
