"""What can be said about the data before anything is said about customers: one typed value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from trod.insights.blind_spots import BlindSpot
from trod.insights.completeness import StageGrade
from trod.insights.journey_map import Count, Time
from trod.insights.readiness import Support
from trod.insights.wording import duration, share

Level = Literal["problem", "note"]


class Remark(NamedTuple):
    """One thing that was found, in a sentence."""

    level: Level
    source: str | None
    what: str  # such as gap, paused, silent, skew, hours, apart, late, repeated, drift, personal
    text: str
    first_day: str | None = None  # ISO dates, where it has any
    last_day: str | None = None
    rows: int = 0
    days: int = 0  # how long it lasted, where it did


class Failure(NamedTuple):
    """A gate that the data did not pass."""

    gate: str
    source: str | None
    found: str
    wanted: str

    def words(self) -> str:
        """Say what failed.

        Examples
        --------
        >>> Failure("quarantined", "calls", "2.1%", "at most 1%").words()
        'calls: quarantined: 2.1%; at most 1% is allowed.'
        """
        where = f"{self.source}: " if self.source else ""
        return f"{where}{self.gate}: {self.found}; {self.wanted} is allowed."


@dataclass(frozen=True, slots=True)
class SourceAudit:
    """One source: received = stored + duplicate + quarantined + dropped."""

    source: str
    files: int
    received: int
    stored: int
    duplicate: int
    quarantined: int
    dropped: int
    first_read: int  # rows of its files when each was first read
    doubled: int  # of them, rows that were on record already
    held: int  # rows in quarantine now, each once; those replayed are not among them
    touchpoints: int  # rows of the log
    nobodys: int  # of them, rows that lead to nobody
    first_day: str | None  # ISO dates in the zone of the audit
    last_day: str | None
    behind_us: int  # how long before the last row of any source its own last row lies
    zone: str  # in words
    customers: Count  # people it ever shows
    share_of_customers: float
    looked: int  # rows read for personal data and clocks
    personal: tuple[tuple[str, int], ...]  # kind, of the rows looked at
    weeks: tuple[int, ...]  # rows by week from the first day of the audit on


@dataclass(frozen=True, slots=True)
class ChannelAudit:
    """One channel: how much it brings, and whether it is offline or human."""

    channel: str
    offline: bool
    touchpoints: int
    customers: int


@dataclass(frozen=True, slots=True)
class SilentBefore:
    """Customers whose journey ended by a touchpoint, and how long they were unseen before it."""

    outcome: Literal["left", "done"]
    customers: int
    unseen: Time | None
    met: int  # of them, customers with an offline or human touchpoint in the 30 days before

    def words(self, *, offline: bool) -> str:
        """Say how long they were unseen, and where there are offline channels who met a person.

        Examples
        --------
        >>> unseen = Time(40, 3 * 86_400_000_000, 0, 0.0)
        >>> print(SilentBefore("left", 40, unseen, 10).words(offline=False))
        Before they left by a touchpoint (40), half were unseen for 3 days.
        """
        verb = "left" if self.outcome == "left" else "succeeded"
        spent = f"half were unseen for {duration(self.unseen.median_us)}" if self.unseen else ""
        met = f"{share(self.met, self.customers)} met a person in the 30 days before"
        told = "; ".join(text for text in (spent, met if offline else "") if text)
        return f"Before they {verb} by a touchpoint ({self.customers:,}), {told}."


class Pilot(NamedTuple):
    """The journey to begin with, and why."""

    journey: str
    why: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The state of the data of a workspace at one moment."""

    as_of: str  # ISO moment up to which freshness is judged
    zone: str
    journey: str | None
    first_day: str  # ISO date of the first day on record, rows apart left out
    last_day: str
    customers: int
    sources: tuple[SourceAudit, ...]
    channels: tuple[ChannelAudit, ...]
    channels_per_customer: tuple[int, ...]  # customers with 1, 2, 3 ... channels
    remarks: tuple[Remark, ...]
    blind_spots: tuple[BlindSpot, ...]
    silent: tuple[SilentBefore, ...]
    grades: tuple[StageGrade, ...]
    readiness: tuple[Support, ...]
    pilot: Pilot | None
    failures: tuple[Failure, ...] = field(default=())

    @property
    def has_offline(self) -> bool:
        """Whether any channel is offline or human."""
        return any(channel.offline for channel in self.channels)

    def problems(self) -> tuple[Remark, ...]:
        """Give the remarks that call for something to be mended."""
        return tuple(remark for remark in self.remarks if remark.level == "problem")
