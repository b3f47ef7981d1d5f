from dataclasses import dataclass

import numpy as np
import pytest

from tests.strategies import batch, walk_of
from trod.journeys.batch import JourneyBatch
from trod.testing import check_fold, joined, single_customers

BATCHES = [batch([walk_of("visit call"), []]), batch([walk_of("buy buy buy")], first=10)]


@dataclass(frozen=True)
class Total:
    n: np.ndarray

    def __add__(self, other):
        return Total(self.n + other.n)

    def __sub__(self, other):
        return Total(self.n - other.n)


@dataclass(frozen=True)
class Touchpoints:
    """How many touchpoints there are: the smallest fold that keeps the laws."""

    def empty(self):
        return Total(np.zeros(1, np.int64))

    def read(self, batch: JourneyBatch):
        return Total(np.array([batch.n_events]))

    def finish(self, state):
        return int(state.n[0])


class Longest(Total):
    def __add__(self, other):
        return Longest(np.maximum(self.n, other.n))


class LongestJourney(Touchpoints):
    def empty(self):
        return Longest(np.zeros(1, np.int64))

    def read(self, batch):
        return Longest(np.array([np.diff(batch.offsets).max()]))


class Share(Touchpoints):
    def read(self, batch):
        return Total(np.array([batch.n_events / 5]))


class Batches(Touchpoints):
    def read(self, batch):
        return Total(np.array([1]))


class StartsAtOne(Touchpoints):
    def empty(self):
        return Total(np.ones(1, np.int64))


class Changed(Total):
    def __add__(self, other):
        total = Changed(self.n + other.n)
        other.n[:] = 0
        return total


class ChangesStates(Touchpoints):
    def empty(self):
        return Changed(np.zeros(1, np.int64))

    def read(self, batch):
        return Changed(np.array([batch.n_events]))


def test_a_fold_that_keeps_the_laws_passes():
    check_fold(Touchpoints(), BATCHES)
    check_fold(Touchpoints(), [])


@pytest.mark.parametrize(
    ("fold", "law"),
    [
        (LongestJourney(), r"\(a \+ b\) - b is a"),
        (Share(), "integers only"),
        (Batches(), r"read\(\) of each customer adds up|read\(a\) \+ read\(b\)"),
        (StartsAtOne(), r"empty\(\) \+ s is s"),
        (ChangesStates(), "is"),
    ],
)
def test_a_fold_that_breaks_a_law_is_told_which(fold, law):
    with pytest.raises(AssertionError, match=law):
        check_fold(fold, BATCHES)


def test_batches_are_joined_and_taken_apart_without_loss():
    whole = joined(BATCHES)
    assert whole.customer.to_pylist() == ["c0000", "c0001", "c0010"]
    assert whole.offsets.tolist() == [0, 2, 2, 5]
    again = joined(list(single_customers(whole)))
    for name in ("offsets", "code", "time_us", "score", "value", "row"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
    np.testing.assert_array_equal(again.states["plan"], whole.states["plan"])
