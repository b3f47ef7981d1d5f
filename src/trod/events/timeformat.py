"""How a column writes times: found from all values at hand, not from the first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trod.events.pieces import Unit
from trod.sources.engine import Engine, literal

_DATE: Final = (
    (re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}"), ("%Y{s}%m{s}%d",)),
    (re.compile(r"\d{1,2}([-/. ])\d{1,2}\1\d{4}"), ("%d{s}%m{s}%Y", "%m{s}%d{s}%Y")),
    (re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}"), ("%d{s}%m{s}%y", "%m{s}%d{s}%y")),
    (re.compile(r"\d{1,2}([-/ ])[A-Za-z]{3}\1\d{4}"), ("%d{s}%b{s}%Y",)),
    (re.compile(r"\d{1,2}([-/ ])[A-Za-z]{3}\1\d{2}"), ("%d{s}%b{s}%y",)),
    (re.compile(r"\d{1,2}( )[A-Za-z]{4,9} \d{4}"), ("%d %B %Y",)),
    (re.compile(r"[A-Za-z]{3}( )\d{1,2}, \d{4}"), ("%b %d, %Y",)),
    (re.compile(r"[A-Za-z]{4,9}( )\d{1,2}, \d{4}"), ("%B %d, %Y",)),
    (re.compile(r"(?:19|20)\d{2}[01]\d[0-3]\d()"), ("%Y%m%d",)),
)
_CLOCK: Final = re.compile(
    r"(?P<gap>T|,? +)(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2})?(?P<f>\.\d+)?(?P<p> ?[AaPp][Mm])?"
    r"(?P<z> ?(?:[+-]\d{2}(?::?\d{2})?|Z|UTC|GMT))?"
)
_WEEKDAY: Final = re.compile(r"([A-Z][a-z]{2}),? ")
_ISO: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:\d{2})?)?)?"
)
_EPOCHS: Final[tuple[tuple[Unit, float], ...]] = (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9))
_LEAST: Final = 0.95
_LEAST_NAMED: Final = 0.8
"""Share of different values that must be read, and where the name of the column speaks of time."""
_EPOCH_FIRST: Final = 631_152_000  # 1990
_EPOCH_LAST: Final = 4_102_444_800  # 2100


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How times are written."""

    formats: tuple[str, ...]  # empty for ISO 8601
    unit: Unit | None
    zone: str | None  # zone that the values themselves name
    parsed: float  # share of values that can be read so
    sure: bool  # False where day and month could be the other way round
    why: str


def find_format(engine: Engine, values: Sequence[str], *, timelike: bool) -> TimeFormat | None:
    """Find how times are written.

    Parameters
    ----------
    engine
        Parses, so that a format found is a format that the mapping reads.
    values
        Different values of the column, as text.
    timelike
        Whether the name of the column speaks of time; numbers are taken for times only then.
    """
    if not values:
        return None
    if all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in values):
        return _number(values, timelike=timelike)
    shaped = sum(bool(_ISO.fullmatch(value)) for value in values)
    least = _LEAST_NAMED if timelike else _LEAST
    if shaped >= least * len(values):
        return _iso(values, shaped)
    return _written(engine, values, least)


def _iso(values: Sequence[str], shaped: int) -> TimeFormat:
    zoned = sum(
        bool(re.search(r":\d\d(\.\d+)?\s*(Z|[+-]\d\d(:?\d\d)?)$", value)) for value in values
    )
    zone = "UTC" if zoned == len(values) else None
    how = "ISO 8601 with a zone" if zone else "ISO 8601"
    return TimeFormat((), None, zone, shaped / len(values), True, how)


def _number(values: Sequence[str], *, timelike: bool) -> TimeFormat | None:
    """Read numbers as seconds, milli-, micro- or nanoseconds since 1970, or as 20240105."""
    numbers = [float(value) for value in values]
    if all(re.fullmatch(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])", value) for value in values):
        return TimeFormat(("%Y%m%d",), None, None, 1.0, True, "20240105") if timelike else None
    for unit, factor in _EPOCHS:
        if all(_EPOCH_FIRST * factor <= n <= _EPOCH_LAST * factor for n in numbers):
            names = {
                "s": "seconds",
                "ms": "milliseconds",
                "us": "microseconds",
                "ns": "nanoseconds",
            }
            if timelike or len(values) > 50:
                return TimeFormat((), unit, "UTC", 1.0, timelike, f"{names[unit]} since 1970")
    return None


def _written(engine: Engine, values: Sequence[str], least: float) -> TimeFormat | None:
    """Try every format that the shapes of the values allow."""
    candidates = sorted({c for value in values for c in _candidates(value)})
    if not candidates or len(candidates) > 24:
        return None
    shares = _shares(engine, values, candidates)
    best = max(shares.values())
    if best < 0.5:
        return None
    tied = [c for c in candidates if shares[c] >= best - 1e-9]
    chosen, sure, why = _day_or_month(values, tied)
    if best < least:
        rest = [c for c in candidates if shares[c] > 0.02 and _order(c) == _order(chosen)]
        formats = tuple(sorted(rest, key=lambda c: (-shares[c], c)))
        best = min(1.0, sum(shares[c] for c in formats))
        if any("%z" in c or "%Z" in c for c in formats) or best < least:
            return None
        return TimeFormat(formats, None, None, best, sure, why)
    zone = "UTC" if "%z" in chosen or "%Z" in chosen or chosen.endswith("Z") else None
    return TimeFormat((chosen,), None, zone, best, sure, why)


def _candidates(value: str) -> list[str]:
    """Give the formats that fit the shape of one value."""
    day = ""
    if found := _WEEKDAY.match(value):
        day, value = f"%a{value[3 : found.end()]}", value[found.end() :]
    for shape, formats in _DATE:
        if (found := shape.match(value)) is None:
            continue
        rest = value[found.end() :]
        if (clock := _clock(rest)) is not None:
            return [day + text.format(s=found[1]) + clock for text in formats]
    return []


def _clock(rest: str) -> str | None:
    """Give the format of what follows a date."""
    if not rest:
        return ""
    if (found := _CLOCK.fullmatch(rest)) is None:
        return None
    half = found["p"]
    out = found["gap"] + ("%I" if half else "%H") + ":%M"
    out += ":%S" if found["s"] else ""
    out += ".%f" if found["f"] else ""
    out += (" %p" if half.startswith(" ") else "%p") if half else ""
    if zone := found["z"]:
        blank = " " if zone.startswith(" ") else ""
        named = zone.strip()
        out += blank + ("Z" if named == "Z" else "%Z" if named in ("UTC", "GMT") else "%z")
    return out


def _shares(engine: Engine, values: Sequence[str], candidates: Sequence[str]) -> dict[str, float]:
    """Say which share of the values each format reads."""
    listed = ", ".join(f"({literal(value)})" for value in values)
    counted = ", ".join(f"count(try_strptime(v, {literal(c)}))" for c in candidates)
    (row,) = engine.rows(f"SELECT {counted} FROM (VALUES {listed}) AS t(v)")
    return {c: int(str(n)) / len(values) for c, n in zip(candidates, row, strict=True)}


def _order(text: str) -> str:
    """Give the order of day, month and year in a format."""
    return "".join(re.findall(r"%([dmYybB])", text)).lower()


def _day_or_month(values: Sequence[str], tied: list[str]) -> tuple[str, bool, str]:
    """Choose between day first and month first where both read everything."""
    orders = {_order(c) for c in tied}
    if len(orders) == 1:
        first = "day first" if _order(tied[0])[0] == "d" else "month first"
        why = first if _order(tied[0])[0] in "dm" else "year first"
        return (
            tied[0],
            True,
            f"written {tied[0]}, {why}: every value fits only so" if "first" in why else why,
        )
    parts = [re.match(r"\D*(\d{1,2})\D(\d{1,2})", value) for value in values]
    firsts = {m[1].lstrip("0") for m in parts if m}
    seconds = {m[2].lstrip("0") for m in parts if m}
    if len(firsts) != len(seconds):
        # Days change faster than months: the part with more different values is the day.
        day_first = len(firsts) > len(seconds)
        why = "the part that changes more is the day"
    else:
        day_first = "/" not in values[0]
        why = "nothing tells day from month; dots and dashes are mostly day first"
    chosen = next(c for c in tied if _order(c).startswith("d" if day_first else "m"))
    return chosen, False, f"written {chosen}: {why}"
