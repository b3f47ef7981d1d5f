"""Why the ratio of all customers and the ratio of like with like differ, in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING, Final

from trod.analyses.signals.ratio import Ratio
from trod.analyses.signals.strata import Strata
from trod.insights.early_warnings.warning import Level
from trod.insights.wording import in_words, share

if TYPE_CHECKING:
    from trod.insights.early_warnings.deciding import Case

_DIFFER: Final = log(1.1)


def why_they_differ(
    ratio: Ratio,
    naive: Ratio,
    levels: Sequence[Level],
    closed: Sequence[tuple[str, Sequence[Level]]],
    case: Case,
    strata: Strata,
) -> str:
    """Say why two ratios differ by a tenth or more; "" where they do not.

    The sentence names the kinds of customers that make the difference: groups in which the
    touchpoint is not due by the day (lacking it says which group somebody is of), or else the
    level in which most lack it and the outcome is rarest or most frequent.
    """
    if abs(log(ratio.value) - log(naive.value)) < _DIFFER or not levels:
        return ""
    kind = strata.all[case.kinds.strata[0]].name
    hidden = abs(log(ratio.value)) > abs(log(naive.value))
    said = (
        f"In all customers the ratio is {naive.value:.2f}; within each {kind} it is"
        f" {ratio.value:.2f}."
    )
    if closed:
        return f"{said} {_not_due(closed)} {_mixed(hidden)}"
    little = min(levels, key=lambda each: (each.had / each.n, each.name))
    much = max(levels, key=lambda each: (each.had / each.n, each.name))
    return (
        f"{said} In {kind} {little.name} {_of(little.had, little.n)} had it and"
        f" {_of(round(little.share * little.n), little.n)} had the outcome; in {much.name}"
        f" {_of(much.had, much.n)} and {_of(round(much.share * much.n), much.n)}. {_mixed(hidden)}"
    )


def _not_due(closed: Sequence[tuple[str, Sequence[Level]]]) -> str:
    told = []
    for kind, levels in closed:
        names = in_words([each.name for each in levels], most=6, last="and")
        n, had = sum(each.n for each in levels), sum(each.had for each in levels)
        hits = sum(round(each.share * each.n) for each in levels)
        never = "There it is not on record at all"
        late = f"There it usually comes after that day: {_of(had, n)} had it by then"
        told.append(
            f"Not eligible: {kind} {names}, {n:,} customers. {late if had else never}, and"
            f" {_of(hits, n)} had the outcome later. Lacking it says nothing there, and they are"
            " left out."
        )
    return " ".join(told)


def _mixed(hidden: bool) -> str:
    if hidden:
        return "Taken together, the mix of groups hides what is seen inside each of them."
    return "Taken together, the mix of groups makes the sign look stronger than it is."


def _of(part: int, whole: int) -> str:
    return share(part, whole)
