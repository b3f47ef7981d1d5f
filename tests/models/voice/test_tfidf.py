"""Texts as numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.slow_twins.tfidf import tfidf
from trod.models.voice.tfidf import Grams, Tfidf, learn, words

TEXTS = st.lists(
    st.lists(st.sampled_from(["card", "late", "Größe", "can't", "送金", "ok"]), max_size=6).map(
        " ".join
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("grams", [Grams(2), Grams(0, (2, 4)), Grams(1, None, frozenset({"ok"}))])
@given(texts=TEXTS)
def test_V1_weights_agree_with_the_slow_twin(grams, texts):
    found = learn(texts, grams)
    rows = found(texts).toarray()
    for row, expected in zip(rows, tfidf(texts, grams.of), strict=True):
        told = dict(zip(found.terms, row.tolist(), strict=True))
        assert {t: w for t, w in told.items() if w} == pytest.approx(expected)


@given(texts=TEXTS)
def test_the_order_of_texts_changes_nothing_that_is_learned(texts):
    one, other = learn(texts, Grams(2)), learn(texts[::-1], Grams(2))
    assert one.terms == other.terms
    assert one.weight.tobytes() == other.weight.tobytes()


def test_what_was_stored_reads_texts_as_before_and_unknown_terms_count_for_nothing():
    found = learn(["card lost", "card late"], Grams(0, (2, 5)))
    again = Tfidf.of(*found.told())
    texts = ["late cards", "zzz", ""]
    np.testing.assert_array_equal(found(texts).toarray(), again(texts).toarray())
    assert not again(["qqq"]).nnz


def test_words_are_those_of_any_language_and_nothing_longer_than_a_word():
    assert words("Das geht nicht!  ¿Qué? 送金 " + "x" * 50) == [
        "das",
        "geht",
        "nicht",
        "qué",
        "送金",
    ]
