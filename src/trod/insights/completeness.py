"""How complete the data of each stage are, as a grade that findings inherit.

Of the touchpoints that should stand in a stage, which share does? Missing are those that a gap in
tracking kept away, rows in quarantine, and rows that lead to nobody. Where a source says nothing of
the stage of a missing row, it is spread over the stages as the rows of that source are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

GRADES: Final = (("A", 980), ("B", 950), ("C", 850), ("D", 0))
"""Grades, and the thousandths of all touchpoints that must be there for each."""
NOT_KNOWN: Final = "U"
"""The grade of a stage of which nothing is on record, and nothing is known to be missing."""
BLOCKING: Final = frozenset({"D", NOT_KNOWN})
"""With these grades nothing is claimed about a stage."""


class StageGrade(NamedTuple):
    """How complete one stage is."""

    stage: str
    grade: str  # "A" to "D", or "U": not known
    recorded: int  # touchpoints in the stage
    unseen: int  # estimated: kept away by gaps
    quarantined: int  # estimated share of the rows in quarantine
    nobodys: int  # estimated share of the rows that lead to nobody

    @property
    def missing(self) -> int:
        """How many touchpoints are estimated to be missing, for any reason."""
        return self.unseen + self.quarantined + self.nobodys

    @property
    def permille(self) -> int:
        """Thousandths of all touchpoints that are there, rounded down."""
        return self.recorded * 1_000 // max(self.recorded + self.missing, 1)

    def words(self) -> str:
        """Say the grade with its reason.

        Examples
        --------
        >>> StageGrade("Renew", "C", 900, 80, 10, 0).words()
        'Renew: C. 909 in 1,000 touchpoints are there; 80 missing in gaps, 10 in quarantine.'
        """
        why = [
            f"{n:,} {what}"
            for n, what in (
                (self.unseen, "missing in gaps"),
                (self.quarantined, "in quarantine"),
                (self.nobodys, "of nobody"),
            )
            if n
        ]
        told = f"; {', '.join(why)}" if why else ""
        if self.grade == NOT_KNOWN:
            return f"{self.stage}: not known. No touchpoint is on record."
        return (
            f"{self.stage}: {self.grade}. {self.permille:,} in 1,000 touchpoints are there{told}."
        )


def grade(recorded: int, missing: int) -> str:
    """Give the grade of what is there beside what is missing.

    Examples
    --------
    >>> [grade(1_000, n) for n in (0, 20, 21, 60, 200)], grade(0, 0)
    (['A', 'A', 'B', 'C', 'D'], 'U')
    """
    if not recorded + missing:
        return NOT_KNOWN
    permille = recorded * 1_000 // (recorded + missing)
    return next(name for name, bar in GRADES if permille >= bar)


def grades(
    stages: tuple[str, ...],
    rows: NDArray[np.int64],
    unseen: NDArray[np.int64],
    quarantined: NDArray[np.int64],
    nobodys: NDArray[np.int64],
) -> tuple[StageGrade, ...]:
    """Grade every stage.

    Parameters
    ----------
    stages
        Their names.
    rows
        Shape (n_stages, n_sources). Touchpoints of each source in each stage.
    unseen
        Shape (n_stages,). Touchpoints that gaps kept away, estimated by stage.
    quarantined, nobodys
        Shape (n_sources,). Rows of each source in quarantine, and rows that lead to nobody.

    Examples
    --------
    >>> one = np.array([[90, 10], [0, 100]])
    >>> none = np.zeros(2, np.int64)
    >>> [(g.grade, g.quarantined) for g in grades(("a", "b"), one, none, np.array([9, 11]), none)]
    [('C', 10), ('C', 10)]
    """
    total = np.maximum(rows.sum(axis=0), 1)
    shared = [(rows * lost // total).sum(axis=1) for lost in (quarantined, nobodys)]
    made = []
    for s, stage in enumerate(stages):
        recorded = int(rows[s].sum())
        lost = int(unseen[s]), int(shared[0][s]), int(shared[1][s])
        made.append(StageGrade(stage, grade(recorded, sum(lost)), recorded, *lost))
    return tuple(made)


def incomplete(found: Sequence[StageGrade]) -> Iterator[str]:
    """Say which stages the reader of a map must doubt, and by how much.

    Examples
    --------
    >>> list(incomplete([StageGrade("Pay", "A", 9, 0, 0, 0), StageGrade("Renew", "D", 8, 2, 0, 0)]))
    ['Renew: data graded D (800 in 1,000 touchpoints are there), so nothing is claimed about why.']
    """
    for one in found:
        if one.grade >= "C" and one.grade != NOT_KNOWN:
            so = ", so nothing is claimed about why" if one.grade in BLOCKING else ""
            there = f"{one.permille:,} in 1,000 touchpoints are there"
            yield f"{one.stage}: data graded {one.grade} ({there}){so}."
