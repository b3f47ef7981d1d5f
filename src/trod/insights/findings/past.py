"""What plays have changed before, as what may be expected of acting on a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from trod.insights.findings.finding import Impact
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.insights.findings.finding import Finding

_LEVEL = 95


class Past(NamedTuple):
    """The effect of a play that answers a finding, good being up: 0.05 is 5 points."""

    play: str
    low: float  # 95 %
    high: float
    n: int  # customers behind it
    evidence: Literal["Tested", "Estimated"]
    over_days: int | None  # what those whom the finding concerns were counted over; None: now

    @property
    def words(self) -> str:
        """Say what it is known by.

        Examples
        --------
        >>> Past("Set-up call", 0.02, 0.1, 240, "Tested", None).words
        'by the effect of Set-up call, tested on 240'
        """
        return f"by the effect of {self.play}, {self.evidence.lower()} on {self.n:,}"


def impact_of(finding: Finding, past: Past) -> Impact:
    """Give what the play may bring for those whom a finding concerns.

    What was harm stays harm: a range below zero is told, and ranked, as it is.
    """
    n, unit = finding.population.n, units(finding.unit)
    points = " to ".join(f"{100 * x:+.1f}".replace("-", "−") for x in (past.low, past.high))
    return Impact(
        past.low * n,
        past.high * n,
        f"{unit} expanded" if finding.serves == "expanded" else f"{unit} kept",
        _LEVEL,
        f"{n:,} × {points} points, {past.words}",
        past.over_days,
    )
