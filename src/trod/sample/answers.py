"""What is true about the company, as the answer file tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from trod.sample.anomaly import AnomalyTruth
from trod.sample.dirt import (
    BrokenRows,
    ClockChange,
    ClockOff,
    DeliveredTwice,
    Drift,
    LateFile,
    PersonalData,
    SkewedDevice,
)
from trod.sample.gaps import GapTruth
from trod.sample.growth import GrowthTruth
from trod.sample.plays import PlayTruth
from trod.sample.rules import RuleTruth
from trod.sample.sharing import SharedId, TestAccount

FILE: Final = "answers.json"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody truly is, and how far they truly came."""

    ids: Mapping[str, tuple[str, ...]]  # by kind; ids shared with others are not here
    account: str
    lead: bool  # False for a colleague, who walks no journey of their own
    furthest: str | None  # stage
    status: str | None  # open, left or done
    route: str | None  # how their data source got connected
    segment: str  # of the lead, or of the lead who invited them


@dataclass(frozen=True, slots=True)
class StageTruth:
    """One stage, counted over the leads."""

    name: str
    reached: int
    left: int
    open: int
    done: int
    median_days: float | None  # of those who went on


@dataclass(frozen=True, slots=True)
class PlantedFriction:
    """A place where customers are lost on purpose."""

    stage: str
    touchpoints: tuple[str, ...]  # by which it can be recognised
    what: str
    with_it: tuple[int, int]  # left, of those who met it
    without: tuple[int, int]  # left, of those who did not, or did the other thing
    since: str | None  # month from which it is worse, as 2025-07
    recoverable: int  # lost in this stage, times the share of those who went on and were done


@dataclass(frozen=True, slots=True)
class PlantedPath:
    """A way through the stage Onboard, and who took it to the first dashboard."""

    name: str
    steps: tuple[str, ...]
    customers: int


@dataclass(frozen=True, slots=True)
class SegmentTruth:
    """A group of leads who behave alike."""

    name: str
    what: str
    leads: int
    left: int
    open: int
    done: int
    emerging_since: str | None  # month, for the one that is new


@dataclass(frozen=True, slots=True)
class SubjectTruth:
    """What some tickets, chats and posts are about."""

    name: str
    marks: tuple[str, ...]  # a text with one of these is about it


@dataclass(frozen=True, slots=True)
class Showcase:
    """One customer whose journey runs through many channels."""

    customer: str
    account: str
    channels: tuple[str, ...]  # in the order in which they were first used
    touchpoints: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that is true about a sample company; ``answers.json`` holds the same."""

    company: str
    customers: int
    seed: int
    zone: str
    first_moment: str
    last_moment: str
    accounts: int  # that the files can know: somebody of theirs logged in or gave an address
    sources: Mapping[str, Mapping[str, int]]  # file: rows, resent, broken, nobody
    stages: tuple[StageTruth, ...]
    frictions: tuple[PlantedFriction, ...]  # by recoverable value
    paths: tuple[PlantedPath, ...]
    shared_ids: Mapping[str, tuple[str, ...]]  # by kind: ids that belong to nobody alone
    sharing: tuple[SharedId, ...]  # the same ids, with the kind of sharing
    illegal_ids: tuple[str, ...]
    test_accounts: tuple[TestAccount, ...]
    gaps: tuple[GapTruth, ...]
    anomaly: AnomalyTruth
    growth: GrowthTruth
    rules: tuple[RuleTruth, ...]
    segments: tuple[SegmentTruth, ...]
    plays: tuple[PlayTruth, ...]
    subjects: tuple[SubjectTruth, ...]
    showcase: Showcase
    skewed_devices: tuple[SkewedDevice, ...]  # of web.jsonl
    clocks_off: tuple[ClockOff, ...]
    clock_changes: tuple[ClockChange, ...]
    delivered_twice: tuple[DeliveredTwice, ...]
    late_files: tuple[LateFile, ...]
    broken_rows: tuple[BrokenRows, ...]
    drift: tuple[Drift, ...]
    personal_data: tuple[PersonalData, ...]
    people: tuple[Person, ...]

    def save(self, file: Path) -> None:
        """Write the answers as JSON, one person a line."""
        told: dict[str, Any] = asdict(self)
        people = told.pop("people")
        head = json.dumps(told, ensure_ascii=False, indent=1)
        lines = ",\n".join(json.dumps(p, ensure_ascii=False) for p in people)
        file.write_text(f'{head[:-2]},\n "people": [\n{lines}\n ]\n}}\n', encoding="utf-8")
