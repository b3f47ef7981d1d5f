"""One alert, as it stands, and what happened to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trod.insights.watching.anomaly import Anomaly, Carrier, Window
from trod.insights.watching.series import Thing

Status = Literal["open", "acknowledged", "snoozed", "closed"]


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something that happened to an alert."""

    time_us: int
    who: str
    what: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something out of the ordinary that somebody is to look at."""

    id: str
    journey: str
    unit: str
    day: str  # ISO date of the data on which it was opened
    anomaly: Anomaly  # as it was last told
    opened_us: int
    waits_us: int
    status: Status
    owner: str | None
    snoozed_us: int | None
    step: int
    why: str | None
    closed_day: str | None
    events: tuple[AlertEvent, ...] = ()

    @property
    def lasts(self) -> bool:
        """Whether it is not closed."""
        return self.status != "closed"


def id_of(journey: str, unit: str, about: str, day: str) -> str:
    """Name an alert: the same thing opened on the same day is the same alert.

    Examples
    --------
    >>> id_of("Trial", "account", "volume/Login/fell", "2026-05-04")
    'al-9ca3db85'
    """
    told = "\x1f".join((journey, unit, about, day))
    return f"al-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def anomaly_from(told: Mapping[str, Any]) -> Anomaly:
    """Read an anomaly as it was written down."""
    parts = {
        **told,
        "thing": Thing(**told["thing"]),
        "window": Window(**told["window"]),
        "carriers": tuple(Carrier(**each) for each in told["carriers"]),
        "evidence": tuple(told["evidence"]),
        "also": tuple(told["also"]),
    }
    return Anomaly(**parts)
