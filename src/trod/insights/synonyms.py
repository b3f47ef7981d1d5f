"""Touchpoints that may be one: spelled alike, or one began where the other ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final, NamedTuple

from trod.events.names import folded

_LEAST: Final = 0.5
_APART_DAYS: Final = 3
_FEW: Final = 20  # rows, below which nothing is said about when a name began or ended
_STOP: Final = frozenset({"a", "an", "the", "of", "to", "in", "on", "for", "new", "my", "your"})


class Seen(NamedTuple):
    """What is known of a touchpoint."""

    name: str
    rows: int
    first_day: int
    last_day: int
    sources: frozenset[str]


class Synonym(NamedTuple):
    """Two touchpoints that may be one, how sure that is, and why."""

    name: str  # the one with more rows
    other: str
    confidence: float
    why: str


def synonyms(
    found: Sequence[Seen],
    *,
    span: tuple[int, int],
    both: Callable[[str, str], float] = lambda _one, _other: 0.0,
) -> tuple[Synonym, ...]:
    """Propose which touchpoints are one, the surest first.

    Parameters
    ----------
    found
        Touchpoints with their rows, days and sources.
    span
        First and last day of all data, to tell a name that began or ended inside it.
    both
        Share of the customers of the rarer of two touchpoints who have both, 0 to 1. Two names of
        one thing seldom meet in one customer; a notice and an invoice often do.

    Notes
    -----
    Names are compared as sets of word stems and letter by letter. Names that follow each other in
    time within three days and never overlap were probably renamed; names of different sources more
    often mean the same than two of one source, which had a reason to tell them apart. O(n squared)
    in touchpoints.

    Examples
    --------
    >>> web, app = frozenset({"web"}), frozenset({"app"})
    >>> names = [Seen("sign_up", 90, 0, 99, web), Seen("User signed up", 50, 0, 99, app)]
    >>> [(s.name, s.other, s.confidence) for s in synonyms(names, span=(0, 99))]
    [('sign_up', 'User signed up', 0.88)]
    """
    made = []
    for one, other in combinations(sorted(found, key=lambda s: (-s.rows, s.name)), 2):
        alike = _alike(one.name, other.name)
        follows = _renamed(one, other, span)
        apart = not one.sources & other.sources
        if alike < (0.3 if follows else _LEAST):
            continue
        sure = min(0.99, alike * 0.85 + 0.3 * follows + 0.1 * apart)
        if sure >= _LEAST and not follows:
            sure *= 1 - both(one.name, other.name)
        if sure >= _LEAST:
            made.append(Synonym(one.name, other.name, round(sure, 2), _why(follows, apart)))
    return tuple(sorted(made, key=lambda s: (-s.confidence, s.name, s.other)))


def _why(follows: bool, apart: bool) -> str:
    said = ["the names are alike"]
    if follows:
        said.append("one began where the other ended")
    if apart:
        said.append("they come from different sources")
    return ", and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def _renamed(one: Seen, other: Seen, span: tuple[int, int]) -> bool:
    """Say whether one name ends inside the data and the other begins there."""
    first, then = (one, other) if one.first_day <= other.first_day else (other, one)
    near = 0 <= then.first_day - first.last_day <= _APART_DAYS
    inside = first.last_day < span[1] and then.first_day > span[0]
    return near and inside and min(one.rows, other.rows) >= _FEW


def _alike(one: str, other: str) -> float:
    """Say how alike two names are, 0 to 1: by their words, and by their letters."""
    words, others = _stems(one), _stems(other)
    shared = len(words & others) / max(len(words | others), 1)
    letters = SequenceMatcher(None, " ".join(sorted(words)), " ".join(sorted(others))).ratio()
    return max(shared, letters if letters >= 0.75 else 0.0)


def _stems(name: str) -> frozenset[str]:
    words = [word for word in folded(name).split() if word not in _STOP and word != "user"]
    return frozenset(map(_stem, words or folded(name).split()))


def _stem(word: str) -> str:
    for end in ("ing", "ed", "es", "s", "e"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)].removesuffix("n") if end == "ed" else word[: -len(end)]
    return word


def as_yaml(found: Sequence[Synonym]) -> str:
    """Write proposals as lines of trod.yml, to be looked through.

    Examples
    --------
    >>> print(as_yaml([Synonym("Sign up", "signed: up", 0.9, "the names are alike")]))
    events:
      names:
        same:
          Sign up: ["signed: up"]  # 90%: the names are alike
    """
    if not found:
        return ""
    lines = ["events:", "  names:", "    same:"]
    grouped: dict[str, list[Synonym]] = {}
    taken: set[str] = set()
    for one in found:  # the surest first; a name stands in one place only
        if one.other not in taken | grouped.keys() and one.name not in taken:
            grouped.setdefault(one.name, []).append(one)
            taken.add(one.other)
    for name, others in grouped.items():
        listed = ", ".join(_quoted(one.other) for one in others)
        said = "; ".join(f"{one.confidence:.0%}: {one.why}" for one in others)
        lines.append(f"      {_key(name)}: [{listed}]  # {said}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(text: str) -> str:
    return text if text.replace(" ", "").replace("_", "").isalnum() else _quoted(text)
