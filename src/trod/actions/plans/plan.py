"""A plan for one stage of a journey, the same for a described context and for data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["not measured", "Observed", "Estimated", "Tested", "not supported"]


@dataclass(frozen=True, slots=True)
class Item:
    """One signal, friction point, intervention or metric."""

    rank: int
    id: str
    title: str
    status: Status
    why: str  # why it is plausible, or what was seen
    order: str = ""  # why it stands where it does
    needed: str = ""  # customers needed to decide, in words
    ask: str = ""  # the query or export that tests it
    command: str = ""  # the same with Trod, once the data are there
    when_not: str = ""
    measure: str = ""  # how to see whether it helped
    figures: tuple[str, ...] = ()  # each with n and range


@dataclass(frozen=True, slots=True)
class Flag:
    """Something in the context that has to be settled first."""

    about: str
    problem: str
    write: str  # what to write instead, or whom to ask


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a plan and where it comes from."""

    value: str
    source: str  # "given", "from the windows given", or how it was computed


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for, what may be behind it, what to do, and how to see."""

    journey: str
    stage: str  # that it is about
    unit: str  # "customers" or "accounts"
    measured: bool
    headline: str
    given: tuple[str, ...]  # what is known, as it was said
    flags: tuple[Flag, ...]
    signals: tuple[Item, ...]
    frictions: tuple[Item, ...]
    interventions: tuple[Item, ...]
    metrics: tuple[Item, ...]
    not_supported: tuple[Item, ...] = ()
    missing: tuple[str, ...] = ()  # why there are fewer than there could be
    notes: tuple[str, ...] = ()
    definition: str = ""  # a journey for trod.yml
    numbers: tuple[Number, ...] = ()
    as_of: str = ""


SECTIONS = (
    ("signals", "Early-warning signals"),
    ("frictions", "Friction points"),
    ("interventions", "Interventions"),
    ("metrics", "Metrics"),
)
