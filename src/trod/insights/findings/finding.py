"""A finding: one kind of object for everything that is worth a person's attention."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from trod.insights.journey_map import Count, Fact

Kind = Literal[
    "friction",
    "early warning",
    "anomaly",
    "change",
    "emerging segment",
    "blind spot",
    "coverage gap",
]
Evidence = Literal["Observed", "Estimated", "Tested"]
_PREFIX: Final[dict[Kind, str]] = {
    "friction": "fr",
    "early warning": "ew",
    "anomaly": "an",
    "change": "ch",
    "emerging segment": "es",
    "blind spot": "bs",
    "coverage gap": "cg",
}


@dataclass(frozen=True, slots=True)
class Impact:
    """What acting on it may bring: a range, its unit, and how it was reckoned."""

    low: float
    high: float
    unit: str  # "customers kept", "conversions", "EUR" ...
    level: int  # of the interval, in per cent
    formula: str
    over_days: int | None = None  # what it was counted over; None: once, of those there now


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth a person's attention.

    What it is about, `about`, holds no figures: the same thing found again next week has the same
    id, whatever its size has become.
    """

    kind: Kind
    about: (
        str  # such as "Onboard" of a friction: with kind, journey and unit it tells findings apart
    )
    journey: str  # "" where it belongs to none
    unit: str  # "person" or "account"
    title: str
    statement: str  # one or two sentences; every figure in it is in `facts`
    facts: tuple[Fact, ...]
    population: Count  # whom it concerns
    evidence: Evidence
    grade: str  # "strong" | "moderate" | "weak"
    cause: str  # a hypothesis in words; "" where nothing is known
    recommendation: str  # what to do; "" where nothing fits
    lever: str  # id in the library of levers; "" without one
    measure: str  # by what it would show that it helped
    impact: Impact | None  # None: not known
    stage: str = ""
    since: str | None = None  # ISO date
    as_of: str = ""  # ISO date of the data it was found in
    serves: str = ""  # what becomes more: see ObjectiveSpec; "" where the stage tells
    ends: str = ""  # stage in which they leave, where it is another than `stage`
    touchpoint: str = ""  # name in the data of what it is about; "" where it is about none
    wholes: tuple[str, ...] = ()  # for each fact: key of those its share is of; "" without one
    contrast: str = ""  # key of those beside whom the population stands
    data_grade: str = ""  # of the data behind it; with a blocking one nothing is claimed

    @property
    def id(self) -> str:
        """Name it, the same name whenever it is found again.

        Examples
        --------
        >>> from trod.insights.journey_map import Count
        >>> nobody = Count(0, "")
        >>> Finding("friction", "Onboard", "Trial", "account", "", "", (), nobody, "Observed",
        ...         "weak", "", "", "", "", None).id
        'fr-8c213443'
        """
        told = "\x1f".join((self.kind, self.journey, self.unit, self.about))
        return f"{_PREFIX[self.kind]}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
