"""Whether a contrast is one of like with like, or turns round within kinds of customers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attributes import attributes_of, rows_of
from trod.analyses.landmark import AtLandmark, Landmark
from trod.analyses.signals.ends import ended
from trod.analyses.signals.ratio import pooled
from trod.analyses.stages import Left
from trod.insights.answers import Answers
from trod.insights.early_warnings.judging import tells
from trod.journeys.passage import passages

_MOST_VALUES: Final = 50

Table = NDArray[np.int64]
"""Customers by kind, by group (without, with), by fate (not left, left): (n_kinds, 2, 2)."""


def turns_round(asked: Answers, mark: Landmark, *, harmful: bool) -> bool:
    """Say whether a contrast is gone, or the other way round, within the kinds of an attribute.

    A course with much tutored work loses many, and within every course those who hand it in stay:
    of all together, work handed in seems to go with leaving (Simpson's paradox). The customers
    still there at the landmark are compared within each kind, by the Mantel-Haenszel risk ratio.
    Attributes of at most 50 values are asked; not those that are leaving by another name, nor those
    by which fewer than half of the customers have somebody to be compared with.
    """
    for table, ends in _tables(asked, mark):
        if tells(ends) or not _compares(table):
            continue
        within = pooled(table)
        if within is not None and (within.value <= 1 if harmful else within.value >= 1):
            return True
    return False


def _tables(asked: Answers, mark: Landmark) -> list[tuple[Table, NDArray[np.int64]]]:
    """Count customers at a landmark by every attribute, and how all of each kind ended."""
    attributes = asked.journeys.attributes
    if attributes is None:
        return []
    customers = attributes["customer"].combine_chunks()
    known = list(attributes_of(attributes, _MOST_VALUES))
    tables = [np.zeros((len(each.values) + 1, 2, 2), np.int64) for each in known]
    ends = [np.zeros((len(each.values) + 1, 3), np.int64) for each in known]
    stage = asked.plan.stages[mark.stage]
    name = asked.journeys.vocabulary.touchpoints[mark.code]
    groups = [AtLandmark(stage, name, mark.after_us, had, asked.plan) for had in (False, True)]
    for batch in asked.journeys:
        row = rows_of(batch, customers)
        left = Left(asked.plan, stage).mask(batch).astype(np.int64)
        walked = passages(batch, asked.plan)
        entered, end = walked.furthest >= 0, ended(walked)
        here = [place.mask(batch) for place in groups]
        for each, table, told in zip(known, tables, ends, strict=True):
            kind = np.where(row < 0, len(each.values), each.code[row])
            np.add.at(told, (kind[entered], end[entered]), 1)
            for group, there in enumerate(here):
                np.add.at(table[:, group], (kind[there], left[there]), 1)
    return list(zip(tables, ends, strict=True))


def _compares(table: Table) -> bool:
    """Say whether half of the customers have somebody of their kind in the other group."""
    sizes = table.sum(axis=2)
    return bool(2 * sizes[(sizes > 0).all(axis=1)].sum() >= sizes.sum())
