"""The card of a model: what it was made of, how it was judged, what it may be used for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["fitted", "not enough data", "no structure", "no better than the baseline"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure by which a model was judged, beside that of a simpler way."""

    name: str  # such as "hit rate" or "AUC"
    value: float
    n: int  # cases it was judged on
    low: float | None = None  # 95 % interval
    high: float | None = None
    baseline: str | None = None  # the simpler way, in words
    baseline_value: float | None = None
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """What anybody must know before using a model.

    A model that could not be fitted has a card too: the verdict says why there is nothing else.
    """

    model: str  # name, such as "next" or "outcome/Churn"
    says: str  # what it predicts, of whom, in one sentence
    verdict: Verdict
    unit: str  # "person" or "account"
    n: int  # customers, or cases, it was fitted on
    first_us: int  # span of the data behind it, microseconds UTC
    last_us: int
    validated: str  # how: on what, in which order of time
    measures: tuple[Measure, ...] = ()
    remarks: tuple[str, ...] = ()  # limits, leaks refused, what to mind
    settings: Mapping[str, Any] = field(default_factory=dict)  # as used, JSON
    version: int = 0  # set when it is kept
    made: str = ""  # when it was kept, ISO in UTC

    @property
    def usable(self) -> bool:
        """Whether the model may be asked anything."""
        return self.verdict in ("fitted", "no better than the baseline")

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Card:
        """Read what `told` gave."""
        measures = tuple(Measure(**each) for each in told["measures"])
        return cls(**{**told, "measures": measures, "remarks": tuple(told["remarks"])})
