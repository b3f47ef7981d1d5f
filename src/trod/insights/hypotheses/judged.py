"""Verdicts: supported, refuted or undecidable, from a figure with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import Final, Literal, get_args

from trod.analyses.signals.ratio import Ratio
from trod.insights.journey_map import Count

Verdict = Literal["supported", "refuted", "undecidable"]
WAITS: Final = "how those still there end decides it, not more customers"
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
_MOST: Final = 10_000_000
"""More customers than this are not a number anybody waits for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the record says about a hypothesis: an association, whatever the verdict."""

    verdict: Verdict
    n: int  # customers, or answers, compared
    why: str  # the figures in a sentence
    value: float | None = None
    low: float | None = None  # 95 %
    high: float | None = None
    unit: str = "ratio"  # "ratio", "share", or the unit of a metric
    needed: int | None = None  # more customers until it can be told, should the value stay
    counts: tuple[Count, ...] = ()  # customers behind the figures
    remarks: tuple[str, ...] = ()
    evidence: str = "Observed"

    @property
    def waits(self) -> bool:
        """Whether only time tells."""
        return WAITS in self.remarks


def of_ratio(ratio: Ratio, n: int, *, matters_from: float) -> tuple[Verdict, int | None]:
    """Judge that something comes more often: supported where the whole interval lies above 1.

    Refuted where the whole interval lies below the ratio that would matter, so that a small number
    of customers refutes nothing. Between the two it is undecidable, and the second value says how
    many more customers like these would decide it, should the ratio stay where it is: the width of
    the interval falls with the root of their number.

    Examples
    --------
    >>> of_ratio(Ratio(2.0, 1.2, 3.3, 2.7), 400, matters_from=1.5)
    ('supported', None)
    >>> of_ratio(Ratio(1.0, 0.8, 1.25, 0.0), 400, matters_from=1.5)
    ('refuted', None)
    >>> of_ratio(Ratio(1.0, 0.5, 2.0, 0.0), 400, matters_from=1.5)
    ('undecidable', 769)
    """
    if ratio.low > 1:
        return "supported", None
    if ratio.high < matters_from:
        return "refuted", None
    at = log(ratio.value)
    half = (log(ratio.high) - log(ratio.low)) / 2
    to_go = [at, log(matters_from) - at]
    return "undecidable", more_needed(n, half, [x for x in to_go if x > 0])


def of_value(
    value: float, low: float, high: float, n: int, *, above: float | None, below: float | None
) -> tuple[Verdict, int | None]:
    """Judge that a figure lies above a value, or below one, by its interval.

    Examples
    --------
    >>> of_value(0.2, 0.18, 0.22, 1500, above=0.15, below=None)
    ('supported', None)
    >>> of_value(0.2, 0.18, 0.22, 1500, above=0.21, below=None)
    ('undecidable', 4500)
    """
    limit = above if above is not None else below
    assert limit is not None
    over, under = low > limit, high < limit
    if over or under:
        return ("supported" if over == (above is not None) else "refuted"), None
    half = max(value - low, high - value)
    return "undecidable", more_needed(n, half, [abs(value - limit)])


def more_needed(n: int, half: float, to_go: list[float]) -> int | None:
    """Say how many more customers shrink half an interval to the way that is left.

    None where no number that anybody waits for would do.
    """
    way = [x for x in to_go if x > 0]
    if not way:
        return None
    more = n * ((half / max(way)) ** 2 - 1)
    return max(1, ceil(round(more, 6))) if more <= _MOST else None


def turned(ratio: Ratio, *, less: bool) -> Ratio:
    """Give the ratio of a hypothesis that says less in place of more."""
    return ratio.turned if less else ratio


def no_number(why: str, n: int = 0) -> Judged:
    """Say that it cannot be told, and why."""
    return Judged("undecidable", n, why)
