"""How likely each touchpoint is to come next: counts of contexts, the old ones weighing less.

The chance after a context of `k` touchpoints is a mean of what its own counts say and of the chance
after its last ``k - 1`` touchpoints, which weighs as much as `prior` moves do [1]_. The shortest
context, of none, leans in the same way on all touchpoints being equally likely. A context that was
never seen, or not lately, so leaves the word to a shorter one.

Last, where the setting says so, the chance after the last touchpoint at so long after the first one
leans in the same way on the chance after the longest context: what is due depends on the time a
customer has been with us.

A count from `age` ago weighs ``0.5 ** (age / half_life)``: ways change, and an old way should not
be predicted because it was once usual. Whether anything comes at all is judged apart, from settled
counts only.

References
----------
.. [1] MacKay & Bauman Peto (1995), "A hierarchical Dirichlet language model", Natural Language
   Engineering 1:289-308, with one concentration for all contexts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.next.grams import N_AGES, GramsResult

HALF_LIVES: Final = (None, 728, 364, 182, 91, 42, 28)
"""Days after which a count weighs half, as tried; None: all weigh the same."""
PRIORS: Final = (2, 8, 32)
MOST_ORDER: Final = 5
_HALF: Final = 0.5
"""An end and no end, half of each, are added to those on record: neither is ever impossible."""
_WEEKS: Final = np.array([0.5, *(1.5 * 2.0**k for k in range(N_AGES - 1))])  # middle of each age


class Setting(NamedTuple):
    """How counts become chances."""

    order: int  # longest context, in touchpoints
    half_life_days: int | None
    prior: int  # moves that the shorter context weighs as much as
    lasting: bool = False  # whether it matters how long the journey has lasted


class Table(NamedTuple):
    """Chances after some contexts; row i is context i."""

    chance: NDArray[np.float64]  # (n, n_names) of each touchpoint, where anything comes; sum to 1
    end: NDArray[np.float64]  # (n,) that nothing comes
    length: NDArray[np.int64]  # (n,) touchpoints of the longest context that was seen before
    seen: NDArray[np.int64]  # (n,) moves counted after that context, whatever their age


def weights(half_life_days: int | None) -> NDArray[np.float64]:  # (N_AGES,)
    """Say how much a count of each age weighs.

    Examples
    --------
    >>> weights(None)[:2], weights(7)[:3].round(3)
    (array([1., 1.]), array([0.707, 0.354, 0.125]))
    """
    if half_life_days is None:
        return np.ones(N_AGES)
    return np.asarray(0.5 ** (_WEEKS * 7 / half_life_days), np.float64)


def weighed(count: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum counts by age, (n, N_AGES), with their weights: one age after the other, on any machine.

    Examples
    --------
    >>> weighed(np.array([[2, 4] + [0] * 8]), weights(7)).round(3)
    array([2.828])
    """
    total = np.zeros(count.shape[0])
    for age in range(N_AGES):
        total += count[:, age] * weight[age]
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Counts of contexts, ready to be asked. Rows of context c are ``start[c]:start[c + 1]``."""

    n_names: int
    setting: Setting
    context: NDArray[np.int64]  # (n_contexts,) ascending
    start: NDArray[np.int64]  # (n_contexts + 1,)
    following: NDArray[np.int64]  # (n_moves,) code of the touchpoint that came
    weight: NDArray[np.float64]  # (n_moves,)
    total: NDArray[np.float64]  # (n_contexts,) weight of all that came
    seen: NDArray[np.int64]  # (n_contexts,) how often something came
    settled: NDArray[np.float64]  # (n_contexts,) weight of settled counts
    ended: NDArray[np.float64]  # (n_contexts,) weight of those after which nothing came

    @classmethod
    def of(cls, counts: GramsResult, setting: Setting) -> Chances:
        """Weigh counts by age."""
        by_age = weights(setting.half_life_days)
        context, place = np.unique(counts.context, return_inverse=True)
        ends = counts.following == counts.base - 2
        whole = weighed(counts.n.sum(axis=2), by_age)
        settled = weighed(counts.n[:, :, 1], by_age)
        n = counts.n.sum(axis=(1, 2)).astype(np.float64)

        def by_context(rows: NDArray[np.bool_], value: NDArray[np.float64]) -> NDArray[np.float64]:
            found = np.bincount(place[rows], value[rows], context.size)
            return found.astype(np.float64)

        came = ~ends
        per_context = np.bincount(place[came], minlength=context.size)
        return cls(
            n_names=counts.base - 3,
            setting=setting,
            context=context,
            start=np.concatenate([[0], per_context.cumsum()]),
            following=counts.following[came],
            weight=whole[came],
            total=by_context(came, whole),
            seen=by_context(came, n).astype(np.int64),
            settled=by_context(np.ones(ends.size, np.bool_), settled),
            ended=by_context(ends, settled),
        )

    @property
    def knows_end(self) -> bool:
        """Whether the record is long enough that an end could be seen at all."""
        return bool(self.settled.any())

    def table(self, contexts: NDArray[np.int64]) -> Table:
        """Give the chances after some contexts.

        Parameters
        ----------
        contexts
            Shape (n, longest order + 2). Numbers by length, -1 where there is none, and of how long
            the journey has lasted, as `trod.models.next.grams.contexts` gives them.

        Notes
        -----
        O(n * n_names * order) in time, O(n * n_names) in memory: ask in parts.
        """
        n, prior = contexts.shape[0], self.setting.prior
        chance = np.full((n, self.n_names), 1 / max(self.n_names, 1))
        end, length, seen = np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64)
        lasting = [contexts.shape[1] - 1] if self.setting.lasting else []
        for k in (*range(self.setting.order + 1), *lasting):
            rows, at = self._found(contexts[:, k])
            chance[rows] *= (prior / (self.total[at] + prior))[:, None]
            size = self.start[at + 1] - self.start[at]
            move = np.repeat(self.start[at] - (size.cumsum() - size), size) + np.arange(size.sum())
            gain = self.weight[move] / np.repeat(self.total[at] + prior, size)
            chance[np.repeat(rows, size), self.following[move]] += gain
            before, weight = (prior * end[rows], prior) if k else (_HALF, 2 * _HALF)
            end[rows] = (self.ended[at] + before) / (self.settled[at] + weight)
            if k <= self.setting.order:
                some = self.seen[at] > 0
                length[rows[some]], seen[rows[some]] = k, self.seen[at[some]]
        return Table(chance, end, length, seen)

    def _found(self, wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Say which of the contexts are known, and where."""
        if self.context.size == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self.context, wanted), self.context.size - 1)
        rows = np.flatnonzero(self.context[at] == wanted)
        return rows, at[rows]


def best_first(chance: NDArray[np.float64], most: int) -> NDArray[np.int64]:  # (n, most)
    """Give the codes of the likeliest touchpoints of each row; of equal ones the lower code."""
    return np.argsort(-chance, axis=1, kind="stable")[:, :most]


@dataclass(frozen=True, slots=True, eq=False)
class Came:
    """What came after some contexts, found in the counts: settings are chosen by its chances.

    Gives what `Chances.table` gives to one touchpoint, without the rest of the row.
    """

    n_names: int
    count: NDArray[np.int64]  # (n_moves, N_AGES) of what came after a context
    place: NDArray[np.int64]  # (n_moves,) context of each
    own: NDArray[np.int64]  # (n, order + 2) row of `count`, or -1
    whole: NDArray[np.int64]  # (n, order + 2) context, or -1

    @classmethod
    def of(
        cls,
        counts: GramsResult,
        contexts: NDArray[np.int64],  # (n, order + 2)
        came: NDArray[np.int64],  # (n,)
    ) -> Came:
        """Find contexts and what came after them."""
        touch = counts.following < counts.base - 3
        context, following = counts.context[touch], counts.following[touch]
        known, place = np.unique(context, return_inverse=True)
        gram = context * counts.base + following
        asked = np.where(contexts < 0, -1, contexts * counts.base + came[:, None])
        count = counts.n[touch].sum(axis=2)
        return cls(counts.base - 3, count, place, _where(gram, asked), _where(known, contexts))

    def chances(
        self, half_life_days: int | None, priors: Sequence[int]
    ) -> Iterator[NDArray[np.float64]]:  # (2, order + 1, n) for each prior
        """Give the chance of what came by the longest context of so many touchpoints.

        In the second half it matters how long the journey has lasted.
        """
        weight = np.append(weighed(self.count, weights(half_life_days)), 0.0)
        size = int(self.place.max(initial=-1)) + 1
        total = np.append(np.bincount(self.place, weight[:-1], size), 0.0)
        own, whole = weight[self.own].T, total[self.whole].T  # -1 is the zero at the end
        for prior in priors:
            before = np.full(own.shape[1], 1 / max(self.n_names, 1))
            found = np.empty((2, own.shape[0] - 1, own.shape[1]))
            for k in range(own.shape[0] - 1):
                before = (own[k] + prior * before) / (whole[k] + prior)
                found[0, k] = before
            found[1] = (own[-1] + prior * found[0]) / (whole[-1] + prior)
            yield found


def _where(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the place of each key; -1 where it is not known."""
    if keys.size == 0:
        return np.full(wanted.shape, -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.where(keys[at] == wanted, at, -1)
