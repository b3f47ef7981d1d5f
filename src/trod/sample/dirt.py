"""What is wrong with the files on purpose, and the record of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, HOUR, Seconds, at
from trod.sample.draws import Rng

OFF_FROM: Final = "2025-10-26"
OFF_TO: Final = "2025-11-09"
DRIFT_DAY: Final = "2026-01-01"
_YEARS_OFF: Final = -6 * 365 * DAY


@dataclass(frozen=True, slots=True)
class SkewedDevice:
    """A device whose clock is wrong."""

    anonymous: str
    seconds: int  # it shows this much more than the true time


@dataclass(frozen=True, slots=True)
class ClockOff:
    """A source that was off for a while: its clock was not turned back."""

    source: str
    seconds: int  # its times are this much too late
    first_day: str
    last_day: str
    rows: int


@dataclass(frozen=True, slots=True)
class ClockChange:
    """Rows in the hours of a night when clocks change."""

    file: str
    day: str
    kind: str  # gap: times that do not exist; fold: times that exist twice
    rows: int


@dataclass(frozen=True, slots=True)
class DeliveredTwice:
    """Rows that stand in two files."""

    file: str
    also_in: str
    rows: int
    how: str  # whole file, or overlap


@dataclass(frozen=True, slots=True)
class LateFile:
    """A file with rows of past months."""

    file: str
    source: str
    delivered: str  # day
    first_day: str
    last_day: str
    rows: int


@dataclass(frozen=True, slots=True)
class BrokenRows:
    """Rows that nobody can read as they are."""

    file: str
    kind: str  # bad time, no id, torn line, too many columns
    rows: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Columns that changed in an export."""

    source: str
    since: str
    renamed: tuple[tuple[str, str], ...]  # from, to
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A text in which somebody wrote what should not stand there."""

    file: str
    row: str  # id of the row
    kind: str  # email, phone, card or iban
    value: str


@dataclass(slots=True)
class Dirt:
    """Everything that was made dirty while the files were written."""

    skewed: list[SkewedDevice] = field(default_factory=list)
    clocks: list[ClockOff] = field(default_factory=list)
    changes: list[ClockChange] = field(default_factory=list)
    twice: list[DeliveredTwice] = field(default_factory=list)
    late: list[LateFile] = field(default_factory=list)
    broken: list[BrokenRows] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)
    personal: list[PersonalData] = field(default_factory=list)


def skew(rng: Rng, devices: Sequence[str]) -> dict[str, int]:
    """Draw the devices whose clock is wrong: minutes, days, and one by six years."""
    some = rng.permutation(len(devices))[: max(len(devices) // 30, 8)].tolist()
    minutes = (
        rng.integers(2, 55, size=len(some)) * 60 * np.where(rng.random(len(some)) < 0.5, -1, 1)
    )
    off = {devices[i]: int(s) for i, s in zip(some, minutes, strict=True)}
    for i, length in zip(some[1:6], (-9, -2, 1, 3, 6), strict=True):
        off[devices[i]] = length * DAY
    off[devices[some[0]]] = _YEARS_OFF
    return off


def clock_not_turned(time_s: Seconds) -> tuple[Seconds, int]:
    """Give how much too late a clock shows that stayed in summer for two weeks, and how often."""
    off = (time_s >= at(OFF_FROM) + HOUR) & (time_s < at(OFF_TO))
    return off * np.int64(HOUR), int(off.sum())


def _luhn(digits: str) -> str:
    """Add the digit that makes a card number right."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def card(number: int) -> str:
    """Write a card number of no bank, with the right check digit."""
    whole = _luhn(f"9999{number % 10**11:011d}")
    return " ".join(whole[i : i + 4] for i in range(0, 16, 4))


def iban(number: int) -> str:
    """Write an account number of no bank, with the right check digits."""
    bank = f"TFLY{number % 10**10:010d}"
    spelled = "".join(str(int(c, 36)) for c in f"{bank}NL00")
    whole = f"NL{98 - int(spelled) % 97:02d}{bank}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


_CONFIDED: Final = {
    "email": "Please write to {value} instead.",
    "phone": "You can call me on {value}.",
    "card": "The card is {value}, try again.",
    "iban": "Take it from {value} then.",
}


def confide(
    rng: Rng, dirt: Dirt, file: str, texts: NDArray[np.object_], rows: Sequence[str]
) -> NDArray[np.object_]:
    """Let some writers give away an address, a number, a card or an account."""
    texts = texts.copy()
    for i in np.flatnonzero(rng.random(texts.size) < 0.03).tolist():
        number = int(rng.integers(10**11))
        kind = tuple(_CONFIDED)[number % 4]
        value = {
            "email": f"private{number % 10**6}@mail.example",
            "phone": f"+999 40 {number % 10**7:07d}",
            "card": card(number),
            "iban": iban(number),
        }[kind]
        texts[i] = f"{texts[i]} {_CONFIDED[kind].format(value=value)}"
        dirt.personal.append(PersonalData(file, rows[i], kind, value))
    return texts
