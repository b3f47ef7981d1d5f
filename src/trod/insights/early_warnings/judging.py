"""Whether a sign holds: like with like, on customers it was not chosen on, and in later ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.signals.compared import HAD, HAD_LATER, ComparedResult, Within
from trod.analyses.signals.ratio import Ratio, differs, pooled
from trod.analyses.signals.sign import Sign
from trod.analyses.signals.strata import Strata
from trod.insights.early_warnings.warning import Era, Level
from trod.insights.wording import SMALL_N

_MOVES: Final = log(1.1)
"""A kind of customer is adjusted for where that moves the ratio by a tenth [1]_.

.. [1] Maldonado & Greenland (1993), "Simulation study of confounder-selection strategies",
   American Journal of Epidemiology 138:923-936.
"""
_TELLS: Final = 0.9
Table = NDArray[np.int64]  # (n_strata, 2, 2) without and with; outcome


class Kinds(NamedTuple):
    """Of one sign: what it is adjusted for, and in which groups nothing can be learned."""

    strata: tuple[int, ...]
    not_eligible: tuple[tuple[int, tuple[int, ...]], ...]  # stratum, levels


class Judged(NamedTuple):
    """The ratios of one sign; above 1 where those with the touchpoint have the outcome more."""

    naive: Ratio | None  # on the customers judged on
    naive_all: Ratio | None
    ratio: Ratio | None  # like with like, on the customers judged on
    ratio_all: Ratio | None
    eras: tuple[Era, Era]
    differs: float | None
    plain: Table  # (1, 2, 2) of the customers judged on
    without_ever: int  # customers who had the outcome, and never the touchpoint


def grouped(table: NDArray[np.int64], halves: Sequence[int]) -> Table:
    """Take some halves together, and those who had it later or never."""
    some = table[:, list(halves)].sum(axis=1)  # (n_levels, 3, 2)
    return np.stack([some[:, :HAD].sum(axis=1), some[:, HAD]], axis=1)


def kinds(
    sign: Sign, tables: dict[int, NDArray[np.int64]], strata: Strata, leaks: Sequence[int]
) -> Kinds:
    """Choose what to adjust for, from tables by one stratum each: those that move the ratio most.

    At most two; the second is the one of the next larger move. Groups in which the touchpoint
    usually comes after the day are left out of each.
    """
    whole = pooled(grouped(next(iter(tables.values())).sum(axis=0, keepdims=True), (0, 1)))
    moves = []
    late = {q: _not_yet(table) for q, table in tables.items()} if sign.other < 0 else {}
    for q, table in tables.items():
        if q in leaks or q == strata.era(sign.stage):
            continue
        kept = np.setdiff1d(np.arange(table.shape[0]), late.get(q, ()))
        within = pooled(grouped(table[kept], (0, 1)))
        if whole is None or within is None or not _informs(table):
            continue
        moved = abs(log(within.value) - log(whole.value))
        if moved > _MOVES:
            moves.append((-round(moved, 9), q))
    chosen = tuple(sorted(q for _, q in sorted(moves)[:2]))
    return Kinds(chosen, tuple((q, late[q]) for q in chosen if late.get(q)))


def _informs(table: NDArray[np.int64]) -> bool:
    """Say whether at least half of the customers have somebody to be compared with."""
    groups = grouped(table, (0, 1)).sum(axis=2)
    return bool(2 * groups[(groups > 0).all(axis=1)].sum() >= groups.sum())


def _not_yet(table: NDArray[np.int64]) -> tuple[int, ...]:
    """List the levels where the touchpoint usually comes after the day, or never; elsewhere by it.

    Of those who ever had it there, fewer than a quarter had it by the day, and elsewhere more than
    half. Or nobody there ever had it, where five at least were to be expected.
    """
    by_group = table.sum(axis=(1, 3))  # (n_levels, 3)
    n, by, ever = by_group.sum(axis=1), by_group[:, HAD], by_group[:, HAD_LATER:].sum(axis=1)
    found: list[int] = []
    for i in range(n.size):
        rest_n, rest_by, rest_ever = (int(x.sum() - x[i]) for x in (n, by, ever))
        if n[i] < SMALL_N or not rest_ever or not rest_n:
            continue
        never = ever[i] == 0 and n[i] * rest_by >= 5 * rest_n
        late = ever[i] > 0 and 4 * by[i] < ever[i] and 2 * rest_by > rest_ever
        if never or late:
            found.append(i)
    return tuple(found)


def tells(ends: NDArray[np.int64]) -> bool:
    """Say whether an attribute is leaving by another name, and so known only afterwards.

    Levels in which nine in ten had left, where not nearly everyone does, hold a fifth of all who
    left: a reason for leaving, or a final result. Not levels in which most are still on the way: of
    a course that has just begun only those who left have ended.

    Parameters
    ----------
    ends
        Shape (n_levels, 3): customers who stayed to the end, who left, and who are on the way.
    """
    left, n = ends[:, 1], ends[:, :2].sum(axis=1)
    sure = (left >= _TELLS * n) & (n >= 10) & (n >= ends[:, 2])
    return bool(left.sum() * 4 < n.sum() * 3 and 5 * left[sure].sum() >= left.sum() > 0)


def judge(
    table: NDArray[np.int64], of: Within, found: Kinds, strata: Strata, halves: Sequence[int]
) -> Judged:
    """Judge one sign by its table; the last stratum of it is when customers came."""
    kept = _kept(table, of, found, strata)
    some = grouped(kept, halves)
    whole = grouped(table, halves)
    everyone = whole.sum(axis=0, keepdims=True)
    apart = some.reshape(-1, 2, 2, 2).sum(axis=1) if of.strata[:-1] else some
    return Judged(
        pooled(everyone),
        pooled(grouped(table, (0, 1)).sum(axis=0, keepdims=True)),
        pooled(some),
        pooled(grouped(kept, (0, 1))),
        (_era(some[0::2], whole[0::2]), _era(some[1::2], whole[1::2])),
        differs(apart),
        everyone,
        int(table[:, :, 0, 1].sum()),
    )


def _era(some: Table, whole: Table) -> Era:
    """Judge those who came earlier, or later."""
    together = whole.sum(axis=0, keepdims=True)
    return Era(pooled(some), pooled(together), int(together.sum()))


def _kept(table: NDArray[np.int64], of: Within, found: Kinds, strata: Strata) -> NDArray[np.int64]:
    """Leave out the groups in which nothing can be learned."""
    size = [len(strata.all[q].labels) for q in of.strata]
    shaped = table.reshape(*size, *table.shape[1:])
    for q, levels in found.not_eligible:
        shaped = np.delete(shaped, levels, axis=of.strata.index(q))
    return shaped.reshape(-1, *table.shape[1:])


def levels_of(
    table: NDArray[np.int64], labels: Sequence[str], halves: Sequence[int]
) -> tuple[Level, ...]:
    """Give the plain ratio in each level of one stratum."""
    some = grouped(table, halves)
    found = []
    for i, label in enumerate(labels):
        n = int(some[i].sum())
        if n:
            share = int(some[i, :, 1].sum()) / n
            found.append(Level(label, pooled(some[i][None]), n, int(some[i, 1].sum()), share))
    return tuple(found)


def of_sign(result: ComparedResult, tables: Sequence[Within], m: int) -> dict[int, Table]:
    """Give the tables by one stratum of a sign, by stratum."""
    return {
        t.strata[0]: table
        for t, table in zip(tables, result.tables, strict=True)
        if t.sign == m and len(t.strata) == 1
    }
