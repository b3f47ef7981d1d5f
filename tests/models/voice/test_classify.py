"""Classes of texts, learned from labels."""

import csv

import numpy as np
import pytest

from tests.strategies import DATA
from trod.errors import DataError
from trod.models.stored import Stored
from trod.models.voice.classify import Classifier, calibrated, fit_classifier
from trod.models.voice.intent import cross_validated
from trod.models.voice.labelled import Labelled

BANKING = DATA / "banking77" / "train.csv"
needs_banking = pytest.mark.skipif(not BANKING.exists(), reason="banking77 lies beside the project")
SAID = [f"{a} {b}" for a in ("where is my card", "card lost", "new card") for b in "abcd"] + [
    f"{a} {b}" for a in ("refund me", "money back", "refund please") for b in "abcd"
]
MEANT = ["card"] * 12 + ["money"] * 12


def banking() -> Labelled:
    with BANKING.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Labelled(tuple(r["text"] for r in rows), tuple(r["category"] for r in rows))


@needs_banking
def test_V1_one_fold_of_banking77_beats_the_best_of_plain_tfidf_with_a_linear_svm():
    right, sharpness = cross_validated(banking(), seed=0, run=1)
    assert right.size == 2001
    assert right.mean() >= 0.89
    assert sharpness > 1


@needs_banking
@pytest.mark.slow
def test_V1_five_folds_of_banking77():
    """Stratified, shuffled with seed 0, all 10,003 questions of train.csv."""
    right, _ = cross_validated(banking(), seed=0)
    assert right.size == 10_003
    assert right.mean() >= 0.89


def test_the_same_labels_in_any_order_give_the_same_bytes_and_what_was_stored_predicts_alike():
    one = fit_classifier(SAID, MEANT)
    other = fit_classifier(SAID[::-1], MEANT[::-1])
    assert one.stored().to_bytes() == other.stored().to_bytes()
    again = Classifier.of(Stored.of_bytes(one.stored().to_bytes()))
    np.testing.assert_array_equal(again.margins(SAID), one.margins(SAID))


def test_probabilities_sum_to_one_and_a_word_with_a_typing_error_is_known_by_its_pieces():
    found = calibrated(fit_classifier(SAID, MEANT), SAID, MEANT)
    chance = found.probabilities(["my cardd", "refnd plese"])
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    assert found.predict(["my cardd", "refnd plese"]) == ["card", "money"]


def test_labels_that_are_all_the_same_teach_nothing():
    with pytest.raises(DataError, match="nothing to tell apart"):
        fit_classifier(["a", "b"], ["x", "x"])
