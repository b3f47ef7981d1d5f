"""The scoreboard of plays: what a figure of them says, in words and in points of success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trod.outcomes.effect import Effect, Verdict
from trod.outcomes.judged import TooFew
from trod.outcomes.verdict import spoken

_SAYS: Final[dict[Verdict, tuple[str, str]]] = {
    "works": ("works", "work"),
    "harms": ("harms", "harm"),
    "no effect found": ("shows no effect", "show no effect"),
    "too early": ("needs more time", "need more time"),
}
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One play, good being up: 5.0 is 5 points more success, or less leaving."""

    play: str
    metric: str
    n_treated: int
    n_held_back: int
    points: float
    low: float  # always-valid 95 %
    high: float
    verdict: str  # as people read it
    tone: str  # "better", "worse" or "even"
    evidence: str
    treated: float  # share with the metric as it is, not turned to good
    held_back: float


@dataclass(frozen=True, slots=True)
class Board:
    """The plays that are drawn, and those that are not, with the reason."""

    title: str
    subtitle: str
    unit: str  # "customers" or "accounts"
    rows: tuple[BoardRow, ...]
    note: str


def board(effects: Sequence[Effect], few: Sequence[TooFew], unit: str) -> Board:
    """Put plays on a scoreboard, the best first.

    Plays judged by money have a scale of their own: they are named in the note.

    Examples
    --------
    >>> board([], [], "customers").title
    'No play was judged yet'
    """
    drawn = [e for e in effects if e.unit == "share"]
    rows = sorted((_row(e) for e in drawn), key=lambda r: (-r.points, r.play))
    whom = unit.capitalize()
    return Board(
        _title(effects, few),
        f"{whom} with the outcome wanted, treated less held back, in points; 95% range that holds "
        "at every look.",
        unit,
        tuple(rows),
        _note(effects, few),
    )


def _row(e: Effect) -> BoardRow:
    sign = 100.0 if e.better == "up" else -100.0
    low, high = sorted((sign * e.low, sign * e.high))
    tones = {"works": "better", "harms": "worse"} if e.evidence == "Tested" else {}
    return BoardRow(
        e.playbook, e.metric, e.n_treated, e.n_held_back, sign * e.estimate, low, high,
        spoken(e.verdict, e.evidence), tones.get(e.verdict, "even"), e.evidence, e.treated,
        e.held_back,
    )  # fmt: skip


def _title(effects: Sequence[Effect], few: Sequence[TooFew]) -> str:
    """Count the verdicts in a sentence; an estimate is no verdict."""
    if not effects and not few:
        return "No play was judged yet"
    tested = [e.verdict for e in effects if e.evidence == "Tested"]
    counts = {verdict: tested.count(verdict) for verdict in _SAYS}
    counts["too early"] += len(few)
    parts = [(n, _SAYS[verdict]) for verdict, n in counts.items()]
    parts.append((len(effects) - len(tested), ("is estimated only", "are estimated only")))
    told: list[str] = []
    for n, says in parts:
        if n:
            number = _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"
            noun = "" if told else (" play" if n == 1 else " plays")
            told.append(f"{number}{noun} {says[n != 1]}")
    said = ", ".join(told)
    return f"{said[0].upper()}{said[1:]}"


def _note(effects: Sequence[Effect], few: Sequence[TooFew]) -> str:
    said = ["Right of the line is better."]
    if money := [e.playbook for e in effects if e.unit != "share"]:
        said.append(f"Judged by money, not drawn: {', '.join(money)}.")
    if few:
        said.append(f"Too few to say anything: {', '.join(each.playbook for each in few)}.")
    return " ".join(said)
