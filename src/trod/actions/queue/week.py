"""What a week is planned with: hours, playbooks, and how much of each is left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.queue.plan import Candidate

UNTRIED: Final = 0.25
"""Share of the hours of a play that is untried, while others could use them better."""
_KEPT_UP: Final = 0.2
_LEAST: Final = 0.03
"""Once a play is known to work, this part of its draw goes on, and at least so much of a share."""


@dataclass(frozen=True, slots=True)
class Week:
    """What a week is planned with."""

    week: str
    today: date
    as_of: str
    journey: str
    unit: str
    currency: str | None
    hours: Mapping[str, int]  # minutes, by person
    playbooks: Mapping[str, PlaybookSpec]
    edge: float = 0.3  # share of the places that chance may give out
    not_drawn: frozenset[str] = frozenset()
    worth_having: float = 0.03
    untried: float | None = None  # share of the hours of a play of which nothing is known
    known: frozenset[str] = frozenset()  # plays of which an effect was measured
    helps: frozenset[str] = frozenset()  # of those, plays that are expected to help
    settled: frozenset[str] = frozenset()  # plays that are known to work
    remarks: tuple[str, ...] = ()

    def held_back(self, play: str) -> float | None:
        """Give the share of a play that is held back; None where none is.

        Once a play is known to work there is little left to learn: a small share goes on, so that
        it is seen when the play works no longer.
        """
        asked = self.playbooks[play].holdout
        if not isinstance(asked, float):
            return None
        return min(asked, max(_LEAST, _KEPT_UP * asked)) if play in self.settled else asked

    def edge_of(self, play: str) -> float:
        """Give the share of the places of a play that chance gives out at the edge."""
        return _KEPT_UP * self.edge if play in self.settled else self.edge

    def reserved(self, one: Candidate, parts: int = 1) -> int:
        """Give the parts of minutes to set aside for a customer, as who is held back takes none."""
        drawn = one.customer not in self.not_drawn
        share = (self.held_back(one.playbook) or 0.0) if drawn else 0.0
        return ceil(round(parts * one.minutes * (1 - share), 6))

    def kept_up(self) -> tuple[str, ...]:
        """Say of which plays less is held back than trod.yml says, and why."""
        said = []
        for name in sorted(self.settled & self.playbooks.keys()):
            share, asked = self.held_back(name), self.playbooks[name].holdout
            if share is not None:
                said.append(
                    f"{name} is known to work: {share:.0%} are held back instead of {asked:.0%}, "
                    "to see it if it stops working."
                )
            elif asked == "edge" and self.edge:
                said.append(
                    f"{name} is known to work: chance gives out {self.edge_of(name):.0%} of its "
                    f"places instead of {self.edge:.0%}, to see it if it stops working."
                )
        return tuple(said)
