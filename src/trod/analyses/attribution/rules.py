"""Rules that share a conversion out by the place of each step: first, last, linear, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attribution.table import MILLION, PathTable
from trod.analyses.attribution.weights import Weights

ENDS: Final = 0.4
"""Of a conversion, what the first and the last step of a path get each, by position."""

Shares = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A fixed share for every step; those of a path add up to one."""

    table: PathTable
    share: NDArray[np.float64]  # (2, n_steps) of conversions, of value

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Add up the shares of each name."""
        del draws
        path, n = self.table.path_of_step, len(self.table.names)
        both = (weights.conversions, weights.value)
        return np.array(
            [
                np.bincount(self.table.step, amount[path] * share, minlength=n)
                for amount, share in zip(both, self.share, strict=True)
            ]
        )


def by_place(table: PathTable, shares: Shares) -> Rule:
    """Make a rule from the place of a step (0 is the first) and the length of its path."""
    length = np.diff(table.offsets)
    of = np.repeat(length, length)
    place = np.arange(table.step.size) - np.repeat(table.offsets[:-1], length)
    share = shares(place, of)
    return Rule(table, np.array([share, share]))


def first(place: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give all to the first step."""
    del length
    return np.where(place == 0, 1.0, 0.0)


def last(place: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give all to the last step."""
    return np.where(place == length - 1, 1.0, 0.0)


def linear(place: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give every step the same."""
    del place
    return np.asarray(1.0 / length, np.float64)


def position(place: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the ends 40 % each, and what lies between 20 % together; halves where nothing does."""
    end = (place == 0) | (place == length - 1)
    inner = (1 - 2 * ENDS) / np.maximum(length - 2, 1)
    ends = np.where(length == 1, 1.0, np.where(length == 2, 0.5, ENDS))
    return np.where(end, ends, inner)


def halving(place: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give every step half of what the one after it gets: decay where no times are known."""
    weight = 2.0 ** (place - length + 1)
    return np.asarray(weight / (2.0 - 2.0 ** (1.0 - length)), np.float64)


def decay(table: PathTable) -> Rule:
    """Share by the age of the steps, as counted; by their place where no times are known."""
    if table.decay is None:
        return by_place(table, halving)
    path = table.path_of_step
    won = table.conversions[path] * float(MILLION)
    share = np.divide(table.decay[:, 0], won, out=np.zeros(path.size), where=won > 0)
    worth = table.value[path].astype(np.float64)
    of_value = np.divide(table.decay[:, 1], worth, out=share.copy(), where=worth != 0)
    return Rule(table, np.array([share, of_value]))
