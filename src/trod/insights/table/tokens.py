"""Numbers, times and names as people write them in tables and sentences."""

from __future__ import annotations

import re
from typing import Final

PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|per ?cent\b)", re.I)
TIME = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*-?\s*"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?)\b",
    re.I,
)
COUNT = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,. '\u2009\u00a0]\d{3})+|\d+)(?:\s?([kKmM])\b)?(?![\d%]|\s*%|\.\d)"
)
PEOPLE = (
    r"(?:new |total |unique |active )*(?:users?|customers?|people|visitors?|accounts?|leads?|"
    r"entrants|sign-?ups|trials?|students?|patients?|sessions?)"
)
_UNITS: Final = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3_600,
    "hr": 3_600,
    "hour": 3_600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "wk": 604_800,
    "week": 604_800,
    "month": 2_629_800,
}
_LEAD = re.compile(
    r"^(?:[\s\-–—*•·>#|(\[,.:;→]|\d{1,2}[.)]\s|(?:step|stage)\s*\d+\s*[:.)\-–]|and\b|then\b|"
    r"finally\b|only\b|just\b|of\b|completed?\b|completion(?: rates?)? (?:of|for|rate)?|"
    r"reached\b|finish(?:ed)?\b|users?\b|customers?\b|did\b|who\b|the\b|were\b|used(?: an?)?\b|"
    r"made it to\b|returned for(?: an?)?\b)+",
    re.I,
)
_TAIL = re.compile(
    r"(?:[\s\-–—*•·>|()\[\],.:;=→]|\bat\b|\bis\b|\bwas\b|\bhas\b|\bwith\b|\bcompletion\b|\brate\b|"
    r"\bcompletes?\b|\bconverts?\b|\bby\b|~|\babout\b|\bonly\b|\band\b)+$",
    re.I,
)


def number(text: str) -> float:
    """Read a number with a decimal point or comma."""
    return float(text.replace(",", "."))


def whole(found: re.Match[str]) -> int:
    """Read a whole number with thousands separators, k or M."""
    size = {"k": 1_000, "m": 1_000_000}.get((found[2] or "").lower(), 1)
    return int(re.sub(r"\D", "", found[1])) * size


def time_us(found: re.Match[str]) -> int:
    """Read a time in microseconds."""
    unit = found[2].lower()
    size = _UNITS.get(unit) or _UNITS[unit.removesuffix("s")]
    return round(number(found[1]) * size * 1_000_000)


def clean(name: str) -> str:
    """Take bullets, filler words and punctuation off a step's name."""
    before = None
    while name != before:
        before = name
        name = _TAIL.sub("", _LEAD.sub("", name)).strip("*_\"'`“” ")
    opened, closed = name.count("("), name.count(")")
    return name + ")" * (opened - closed) if opened > closed else name
