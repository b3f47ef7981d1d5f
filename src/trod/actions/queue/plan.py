"""One week as it is planned: who is seen to, who is held back, who falls below the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Fate = Literal["treated", "held back", "below"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One customer whom one playbook fits, and what acting is expected to bring."""

    customer: str
    playbook: str
    stage: str
    owners: tuple[str, ...]  # who may do it; () for plays that take no time
    minutes: int
    value: float  # expected, in the unit of the plan; costs beside the time are taken off
    low: float
    high: float
    chance: float | None  # of the outcome, without acting; None for money
    chance_from: str  # in words
    uplift: float  # share of an outcome, or money
    stratum: str
    why: str  # reasons, in words
    cost: float = 0.0  # money beside the time
    at_stake: float | None = None  # money one success is worth
    stake_from: str = ""  # in words
    renews_in: int | None = None  # days; below zero: overdue
    wait_days: int = 0  # until the week in which it should be done; 0: now
    due_days: int = 7
    changed: float | None = None  # of the chance, since the scoring before
    finding: str = ""
    days: int | None = None  # in the stage
    chance_of: str = ""  # what the chance is of, such as "to leave"
    bad: bool = False  # whether that is something to keep from happening

    @property
    def scored(self) -> bool:
        """Say whether the chance is their own, and not that of everyone beside them."""
        return self.chance is None or self.chance_from.startswith("score of")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    candidate: Candidate
    fate: Fate
    owner: str
    design: str  # "randomised", "edge", "chosen"
    propensity: float
    due: str  # ISO date
    do: str  # first step
    stratum: str = ""  # within which chance decided

    @property
    def drawn(self) -> bool:
        """Whether chance decided."""
        return 0.0 < self.propensity < 1.0


@dataclass(frozen=True, slots=True)
class Hours:
    """The time of one person, in minutes."""

    name: str
    minutes: int  # there are
    used: int
    another_hour: float  # value it would bring, by planning again


@dataclass(frozen=True, slots=True)
class Learning:
    """What the draws of one playbook cost and tell."""

    playbook: str
    treated: int  # by chance
    held_back: int
    given_up: float  # expected value
    weeks: int | None  # of weeks like this one until an effect worth having could be told
    why: str = ""  # why nothing is drawn


@dataclass(frozen=True, slots=True)
class Plan:
    """A week."""

    id: str
    week: str  # such as "2026-W48"
    as_of: str  # ISO date: last day on record
    journey: str
    unit: str
    currency: str | None  # None: values count customers
    rows: tuple[Row, ...]  # the most valuable first: treated, held back, below
    waiting: tuple[Candidate, ...]  # their best time comes later
    hours: tuple[Hours, ...]
    value: float  # expected of those treated
    best: float  # of the best plan found, before anything is left to chance
    bound: float  # nothing brings more in these hours
    below: float  # expected value below the line
    given_up: float  # by leaving some to chance
    draws: tuple[tuple[str, str, tuple[str, ...], int], ...]  # cell, stratum, members, places
    learning: tuple[Learning, ...]
    remarks: tuple[str, ...] = ()

    @property
    def treated(self) -> tuple[Row, ...]:
        """Give those who are seen to."""
        return tuple(row for row in self.rows if row.fate == "treated")

    @property
    def held_back(self) -> tuple[Row, ...]:
        """Give those held back."""
        return tuple(row for row in self.rows if row.fate == "held back")

    @property
    def under(self) -> tuple[Row, ...]:
        """Give those below the line."""
        return tuple(row for row in self.rows if row.fate == "below")

    @property
    def unscored(self) -> tuple[str, ...]:
        """Name the stages of those seen to of whom no score speaks."""
        return tuple(sorted({r.candidate.stage for r in self.treated if not r.candidate.scored}))

    @property
    def gap(self) -> float:
        """How far from the best possible it may be, as a share; 0: proved best."""
        return max(0.0, self.bound - self.best) / self.bound if self.bound else 0.0

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


def plan_of(told: Mapping[str, Any]) -> Plan:
    """Read what `Plan.told` gave."""
    rows = tuple(Row(**{**row, "candidate": _candidate(row["candidate"])}) for row in told["rows"])
    return Plan(
        **{
            **told,
            "rows": rows,
            "waiting": tuple(_candidate(each) for each in told["waiting"]),
            "hours": tuple(Hours(**each) for each in told["hours"]),
            "draws": tuple((c, s, tuple(m), n) for c, s, m, n in told["draws"]),
            "learning": tuple(Learning(**each) for each in told["learning"]),
            "remarks": tuple(told["remarks"]),
        }
    )


def _candidate(told: Mapping[str, Any]) -> Candidate:
    return Candidate(**{**told, "owners": tuple(told["owners"])})
