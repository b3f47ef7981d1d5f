"""Credit by removal: how many conversions a chain of steps would lose without each channel.

Paths are read as a Markov chain: the last `order` steps say how likely each next step is, the
conversion, or the end without one. A channel is removed by losing whoever would meet it. What is
lost of the conversions, over the sum of all losses, is its share [1]_. Probabilities are those of
the absorbing chain itself, solved, or followed until less than 1e-13 is under way where it has more
than 200 states: nothing is simulated.

With null paths the chain also ends without a conversion, and a channel that is met by many who do
not convert loses credit. Without them every path converts, and a removal loses all paths through
the channel. Steps that stay in the same state are left out: they change no such probability.

References
----------
.. [1] Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey: lessons
   learned from graph-based online attribution modeling", IJRM 33:457-474.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.attribution import lost_by_inverse, without_each
from trod.analyses.attribution.table import PathTable
from trod.analyses.attribution.weights import Weights

UNDER_WAY: Final = 1e-13
MOST_SOLVED: Final = 200
"""States up to which a chain is solved as linear equations."""


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """States of the paths of a table, and the edges between them."""

    table: PathTable
    nulls: bool
    newest: NDArray[np.int64]  # (n_states,) name of the last step of a state; -1 for the start
    row: NDArray[np.int64]  # (n_states + 1,) edges of each state
    target: NDArray[np.int64]  # (n_edges,)
    source: NDArray[np.int64]  # (n_edges,)
    edge: NDArray[np.int64]  # (n_steps,) edge by which the step is reached; -1: the state stays
    end: NDArray[np.int64]  # (n_paths with a step,) state in which each path ends
    most_solved: int = MOST_SOLVED

    def credit(self, weights: Weights, draws: np.random.Generator) -> NDArray[np.float64]:
        """Give what is lost without each name, of conversions and of value."""
        del draws
        gone = weights.conversions + weights.nulls if self.nulls else weights.conversions
        moves = self.edge >= 0
        n_edges, n_states = self.target.size, self.newest.size
        on = np.bincount(self.edge[moves], gone[self.table.path_of_step[moves]], minlength=n_edges)
        some = self.table.some
        ended = np.bincount(self.end, gone[some], minlength=n_states)
        leaving = np.bincount(self.source, on, minlength=n_states) + ended
        chance = np.divide(on, leaving[self.source], out=np.zeros(n_edges), where=on > 0)
        reward = np.zeros((n_states, 2))
        for k, amount in enumerate((weights.conversions, weights.value)):
            here = np.bincount(self.end, amount[some], minlength=n_states)
            np.divide(here, leaving, out=reward[:, k], where=leaving > 0)
        return self._lost(chance, reward)

    def _lost(
        self, chance: NDArray[np.float64], reward: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Solve a small chain at once; follow a large one until it has ended."""
        n_names = len(self.table.names)
        told = (
            given(self.row, np.int64),
            given(self.target, np.int64),
            given(chance, np.float64),
            given(reward, np.float64),
            given(self.newest, np.int64),
        )
        if self.newest.size <= self.most_solved:
            lost = np.empty((n_names, 2))
            lost_by_inverse(*told, lost)
            return np.asarray(lost.T, np.float64)
        found = np.empty((n_names + 1, 2))
        without_each(*told, UNDER_WAY, found)
        return np.asarray((found[-1] - found[:-1]).T, np.float64)


def markov(table: PathTable, order: int, *, nulls: bool) -> Markov:
    """Make the chain of some order.

    Notes
    -----
    States are the different last `order` steps that occur, so a high order of many names costs as
    much as the data have different steps.
    """
    key = _state_keys(table, order)
    known, state = np.unique(key, return_inverse=True)
    state = state.reshape(-1) + 1
    newest = np.concatenate([[-1], known % (len(table.names) + 1) - 1])
    starts = table.offsets[:-1][table.some]
    before = np.concatenate([[0], state[:-1]]) if state.size else state
    before[starts] = 0
    moves = before != state
    pair = before[moves] * (known.size + 1) + state[moves]
    edges, of_step = np.unique(pair, return_inverse=True)
    source, target = edges // (known.size + 1), edges % (known.size + 1)
    edge = np.full(state.size, -1, np.int64)
    edge[moves] = of_step.reshape(-1)
    row = np.searchsorted(source, np.arange(known.size + 2))
    end = state[table.offsets[1:][table.some] - 1]
    return Markov(table, nulls, newest, row, target, source, edge, end)


def _state_keys(table: PathTable, order: int) -> NDArray[np.int64]:
    """Number the last `order` steps at each step; the newest in the last place, from 1."""
    base = len(table.names) + 1
    place = np.arange(table.step.size) - table.offsets[:-1][table.path_of_step]
    key = np.zeros(table.step.size, np.int64)
    for back in range(order - 1, -1, -1):
        shifted = np.zeros(table.step.size, np.int64)
        shifted[back:] = table.step[: table.step.size - back] + 1
        shifted[place < back] = 0
        key = key * base + shifted
    return key
