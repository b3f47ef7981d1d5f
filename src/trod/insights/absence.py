"""Where a touchpoint is missing because some groups of customers can never have it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attributes import attributes_of, rows_of
from trod.analyses.touch import TouchIn
from trod.insights.answers import Answers
from trod.journeys.passage import NEVER, passages

_MOST_VALUES: Final = 50
_SHARE: Final = 5
_EXPECTED: Final = 5

Counts = NDArray[np.int64]
"""Customers by group: all, and those with the touchpoint, (n_groups, 2)."""


def absent_by_group(asked: Answers, s: int, k: int) -> bool:
    """Say whether an attribute explains who lacks a touchpoint in a stage.

    So it is where the touchpoint never occurs in groups of one attribute that hold a fifth of
    those who entered the stage: an exam that only one course has says nothing about the others.
    Only attributes of at most 50 values are asked, customers without a value are one group, and a
    group too small to expect five with the touchpoint is no group without it.
    """
    table = asked.journeys.attributes
    if table is None:
        return False
    customers = table["customer"].combine_chunks()
    groups = [(each.code, len(each.values)) for each in attributes_of(table, _MOST_VALUES)]
    counts = [np.zeros((n + 1, 2), np.int64) for _, n in groups]
    with_it = TouchIn(asked.plan.stages[s], asked.journeys.vocabulary.touchpoints[k], asked.plan)
    for batch in asked.journeys:
        entered = passages(batch, asked.plan).entered_us[:, s] != NEVER
        row = rows_of(batch, customers)[entered]
        had = with_it.mask(batch)[entered]
        for (code, n), count in zip(groups, counts, strict=True):
            group = np.where(row < 0, n, code[row])
            count[:, 0] += np.bincount(group, minlength=n + 1)
            count[:, 1] += np.bincount(group[had], minlength=n + 1)
    return any(_explains(count) for count in counts)


def _explains(count: Counts) -> bool:
    """Say whether the groups that never have it hold a fifth of all, beyond chance."""
    n, had = (int(x) for x in count.sum(axis=0))
    never = (count[:, 1] == 0) & (count[:, 0] * had >= _EXPECTED * n)
    return had > 0 and int(count[never, 0].sum()) * _SHARE >= n
