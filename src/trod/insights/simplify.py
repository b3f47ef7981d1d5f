"""Fewer touchpoints on a map, and what that hides: stated in bits and in customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.transitions import TransitionsResult

BUDGET: Final = 40
"""Touchpoints beyond which a map is hard to read: eight stages with five each."""


class Simplification(NamedTuple):
    """What is left when the rarest touchpoints are counted as one."""

    kept: tuple[str, ...]  # most rows first
    merged: tuple[str, ...]  # into one
    rows_kept: int
    rows: int
    bits_before: float  # what a touchpoint tells about the next one
    bits_after: float

    @property
    def lost(self) -> float:
        """The share of what a touchpoint tells about the next one that is lost."""
        return 1 - self.bits_after / self.bits_before if self.bits_before > 0 else 0.0

    def words(self) -> str:
        """Say what is kept and what is lost.

        Examples
        --------
        >>> Simplification(("a", "b"), ("c",), 97, 100, 2.0, 1.9).words()
        '2 of 3 touchpoints keep 97 of 100 rows; of what one tells about the next 5% is lost.'
        """
        kept, n = len(self.kept), len(self.kept) + len(self.merged)
        return (
            f"{kept:,} of {n:,} touchpoints keep {self.rows_kept:,} of {self.rows:,} rows; "
            f"of what one tells about the next {self.lost:.0%} is lost."
        )


def simplification(
    found: TransitionsResult, rows: Mapping[str, int], budget: int
) -> Simplification:
    """Say what it costs to keep a number of touchpoints and count all others as one.

    Parameters
    ----------
    found
        Transitions between all touchpoints.
    rows
        Rows of each touchpoint.
    budget
        How many to keep, the one that stands for all others included.

    Notes
    -----
    What a touchpoint tells about the next one is their mutual information, in bits [1]_, from the
    counts of transitions, start and end included. Merging names can only lower it.

    References
    ----------
    .. [1] Cover and Thomas (2006), "Elements of Information Theory", section 2.3; the data
       processing inequality, section 2.8.
    """
    ranked = sorted(rows, key=lambda name: (-rows[name], name))
    few = len(ranked) <= budget
    kept, merged = (ranked, []) if few else (ranked[: budget - 1], ranked[budget - 1 :])
    pairs = found.matrix(found.n)
    place = {name: i for i, name in enumerate([*kept, *merged])}
    group = np.array(
        [min(place.get(n, len(kept)), len(kept)) for n in found.names] + [len(kept) + 1], np.int64
    )
    after = np.zeros((len(kept) + 2, len(kept) + 2), np.int64)
    np.add.at(after, (group[:, None], group[None, :]), pairs)
    return Simplification(
        tuple(kept),
        tuple(merged),
        sum(rows[name] for name in kept),
        sum(rows.values()),
        round(information(pairs), 6),
        round(information(after), 6),
    )


def information(pairs: NDArray[np.int64]) -> float:
    """Give the mutual information of row and column of a table of counts, in bits.

    Examples
    --------
    >>> information(np.array([[5, 0], [0, 5]])), information(np.array([[5, 5], [5, 5]]))
    (1.0, 0.0)
    """
    total = int(pairs.sum())
    if not total:
        return 0.0
    joint = pairs[pairs > 0] / total
    rows, columns = pairs.sum(axis=1) / total, pairs.sum(axis=0) / total
    at = np.nonzero(pairs)
    return float(np.sum(joint * np.log2(joint / (rows[at[0]] * columns[at[1]]))))
