"""Numbers under the small-number rule, and names from any system."""

from hypothesis import given
from hypothesis import strategies as st

from tests.figures.edges import EVIL
from tests.figures.pieces import rate
from trod.figures import numbers
from trod.figures.labels import label, plain


@given(st.integers(0, 29), st.integers(0, 29))
def test_few_customers_are_counted_not_shared(a, b):
    text = numbers.rate(rate(min(a, b), max(a, b)), 30)
    assert "%" not in text


@given(st.integers(1, 10**6), st.integers(30, 10**6))
def test_a_share_claims_no_certainty_that_rounding_made(part, whole):
    text = numbers.rate(rate(min(part, whole), whole), 30)
    assert (text == "100%") == (part >= whole)
    assert text != "0%"


@given(st.floats(-1, 1))
def test_a_mood_shows_its_sign_with_a_true_minus(value):
    text = numbers.mood(value)
    assert "-" not in text
    assert text == "0.00" or text[0] == ("−" if value < 0 else "+")


@given(st.text())
def test_a_label_is_never_empty_and_turns_no_direction(text):
    shown = label(text)
    assert shown
    assert not any(0x202A <= ord(char) <= 0x202E or ord(char) < 32 for char in shown)


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


def test_names_of_other_scripts_are_kept():
    assert label("Подключение источника") == "Подключение источника"
    assert label("初回ログイン") == "初回ログイン"
    assert all(label(name) for name in EVIL)
