"""Credit by joining: what each channel adds to the others, on average over all orders of joining.

What some channels are **worth** to the customers of a path is the share of conversions among the
paths that hold just those of them: the path as it would be without the others [1]_. Paths that did
not convert are part of that share, so a channel can be worth less than nothing: with it fewer
converted. A combination that no path has is worth nothing, and so is none at all. Summed over all
paths, the worth of all channels is the number of conversions. The credit is the Shapley value of
this worth: exact over all 2^n coalitions up to 12 channels, over orders drawn by chance beyond.

From converting paths alone the worth of some channels is the number of conversions whose paths hold
no other [2]_. Its Shapley value shares each conversion equally among the different channels of its
path, which needs no coalitions at any number of channels.

References
----------
.. [1] Dalessandro, Perlich, Stitelman & Provost (2012), "Causally motivated attribution for online
   advertising", ADKDD. Here without their claim to causes.
.. [2] Zhao, Mahboobi & Bagheri (2018), "Shapley value methods for attribution modeling in online
   advertising", arXiv:1804.05327.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.attribution import joining_in_order
from trod.analyses.attribution.table import PathTable
from trod.analyses.attribution.weights import Weights

MOST_EXACT: Final = 12
ORDERS: Final = 500
"""Orders drawn for the credit itself."""
ORDERS_AGAIN: Final = 20
"""Orders drawn in each resample, so that its interval holds the chance of both."""


@dataclass(frozen=True, slots=True, eq=False)
class Equal:
    """Converting paths alone: each shared equally among its different names."""

    n_names: int
    path: NDArray[np.int64]  # (n_members,)
    member: NDArray[np.int64]  # (n_members,) different names of each path
    share: NDArray[np.float64]  # (n_members,)

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Add up the shares of each name."""
        del draws
        both = (weights.conversions, weights.value)
        return np.array(
            [
                np.bincount(self.member, amount[self.path] * self.share, minlength=self.n_names)
                for amount in both
            ]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Coalitions:
    """All coalitions of up to 12 names: bit k of a coalition is name k.

    The worth of a coalition S is the sum over paths of the rate of what S leaves of them, so it is
    a sum of unanimity games: the *dividend* of U is that of the rates, times the paths that hold U.
    Each dividend is shared equally among the names of U, and that is the Shapley value.
    """

    n_names: int
    some: NDArray[np.bool_]  # (n_paths,) with a step
    coalition: NDArray[np.int64]  # (n_paths with a step,)

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Give the Shapley value of each name."""
        del draws
        size, n = 1 << self.n_names, self.n_names
        gone = weights.conversions + weights.nulls
        conversions, value, paths = (
            np.bincount(self.coalition, amount[self.some], minlength=size)
            for amount in (weights.conversions, weights.value, gone)
        )
        dividend = np.zeros((2, size))
        np.divide(np.array([conversions, value]), paths, out=dividend, where=paths > 0)
        holding = paths.astype(np.float64)
        for k in range(n):
            cube = dividend.reshape(2, -1, 2, 1 << k)
            cube[:, :, 1] -= cube[:, :, 0]
            those = holding.reshape(-1, 2, 1 << k)
            those[:, 0] += those[:, 1]
        bits = np.array([max(b.bit_count(), 1) for b in range(size)])
        share = dividend * holding / bits
        return np.array(
            [share.reshape(2, -1, 2, 1 << k)[:, :, 1].sum(axis=(1, 2)) for k in range(n)]
        ).T


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Any number of names, by orders of joining drawn by chance."""

    some: NDArray[np.bool_]
    which: NDArray[np.int64]  # (n_paths with a step,) set of names of each path
    offsets: NDArray[np.int64]  # (n_sets + 1,)
    member: NDArray[np.int64]
    known: NDArray[np.uint64]  # (n_sets,) ascending
    key: NDArray[np.uint64]  # (n_names,)
    n_orders: int = ORDERS

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Give the mean of what each name adds, over the orders."""
        place = np.argsort(draws.random((self.n_orders // 2, self.key.size)), axis=1, kind="stable")
        place = np.concatenate([place, self.key.size - 1 - place])  # and back: that evens out
        gone = weights.conversions + weights.nulls
        conversions, value, paths = (
            np.bincount(self.which, amount[self.some], minlength=self.known.size)
            for amount in (weights.conversions, weights.value, gone)
        )
        rate = np.zeros((self.known.size, 2))
        both = np.column_stack([conversions, value])
        np.divide(both, paths[:, None], out=rate, where=paths[:, None] > 0)
        gained = np.empty((self.n_orders, 2, self.key.size))
        joining_in_order(
            given(self.offsets, np.int64),
            given(self.member, np.int64),
            given(paths, np.float64),
            given(rate, np.float64),
            given(self.known, np.uint64),
            given(self.key, np.uint64),
            given(place, np.int64),
            gained,
        )
        return np.asarray(gained.mean(axis=0), np.float64)


def _members(table: PathTable) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the different names of each path: which path, which name."""
    n = max(len(table.names), 1)
    pair = np.unique(table.path_of_step * n + table.step)
    return pair // n, pair % n


def equal(table: PathTable) -> Equal:
    """Make the Shapley value of converting paths."""
    path, member = _members(table)
    size = np.bincount(path, minlength=table.conversions.size)
    return Equal(len(table.names), path, member, 1.0 / size[path])


def shapley(
    table: PathTable, *, again: bool = False, most_exact: int = MOST_EXACT
) -> Coalitions | Orders:
    """Make the Shapley value of rates; `again` for one of many resamples."""
    path, member = _members(table)
    n, some = len(table.names), table.some
    if n <= most_exact:
        bits = np.zeros(some.size, np.int64)
        np.bitwise_or.at(bits, path, 1 << member)
        return Coalitions(n, some, bits[some])
    # Sets are known by the xor of random keys: two of them agree by chance once in 2^64.
    key = np.random.default_rng(0).integers(1, 2**64 - 1, n, np.uint64)
    mark = np.zeros(some.size, np.uint64)
    np.bitwise_xor.at(mark, path, key[member])
    known, first, which = np.unique(mark[some], return_index=True, return_inverse=True)
    size = np.bincount(path, minlength=some.size)[some]
    begin = np.concatenate([[0], np.cumsum(size)[:-1]])[first]
    at = np.concatenate([[0], np.cumsum(size[first])])
    ramp = np.arange(int(at[-1])) - np.repeat(at[:-1], size[first])
    members = member[np.repeat(begin, size[first]) + ramp]
    orders = ORDERS_AGAIN if again else ORDERS
    return Orders(some, which.reshape(-1), at, members, known, key, orders)
