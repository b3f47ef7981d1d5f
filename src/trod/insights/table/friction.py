"""What an aggregate table says, as one typed value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

Reading = Literal["cumulative", "conditional", "counts"]
"""What the figures of a table are shares of, or whether they are counts."""


@dataclass(frozen=True, slots=True)
class TableStep:
    """One step: what was written, and what follows from it."""

    name: str
    written: str  # the figure as given, such as "52%"
    before: int  # people at the step before
    reached: int
    lost: int
    rate: float  # reached of before, 6 digits
    low: float  # 95 % Wilson interval of the rate
    high: float
    time_us: int | None
    time_from: str | None
    goes_on: float  # share of those who reach the step who reach the last one, 6 digits
    recovered: int  # people that a tenth of the lost is
    value: int  # people more at the last step if a tenth of the lost behave like the rest
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Steps by one measure, the worst first."""

    by: str
    order: tuple[str, ...]
    figures: tuple[str, ...]  # as shown, one per step of `order`
    nearly_tied: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Idea:
    """A lever for a step, as a hypothesis."""

    step: str
    lever: str
    sentence: str
    why: str
    when_not: str
    measure: str
    evidence: str = "not measured"


@dataclass(frozen=True, slots=True)
class TableFriction:
    """What an aggregate table says, and what it cannot say."""

    entered: int
    entered_known: bool
    reading: Reading
    reading_why: str
    ambiguous: bool
    override: str
    outcome: str  # the last step
    steps: tuple[TableStep, ...]
    rankings: tuple[Ranking, ...]  # by people lost, by step rate, by value of recovering a tenth
    disagree: str
    formula: str
    missing_times: tuple[str, ...]
    warnings: tuple[str, ...]
    ideas: tuple[Idea, ...]


def to_json(table: TableFriction) -> str:
    """Write the same figures for programs; the same bytes for the same table."""
    return json.dumps(asdict(table), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
