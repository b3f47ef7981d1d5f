"""Which signs are early warnings, and why the others are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import N_BINS, quantile
from trod.analyses.signals.compared import Within
from trod.analyses.signals.ratio import Ratio, pooled
from trod.analyses.signals.sign import Sign
from trod.insights.early_warnings.judging import Judged, Kinds, grouped
from trod.insights.early_warnings.warning import Era, Reason
from trod.insights.wording import SMALL_N
from trod.journeys.passage import DAY_US

_FALSE: Final = 0.05
_MATERIAL: Final = log(1.2)
_Z: Final = 1.96
_HARDLY: Final = 0.05
_SHRUNK: Final = 0.75
_AGAIN: Final = 1.2816
"""One-sided 90 %: what those who came later must show by themselves."""
_EMPTY: Final = np.zeros((0, 2, 2), np.int64)
_NOTHING: Final = Judged(
    None, None, None, None, (Era(None, None, 0), Era(None, None, 0)), None, _EMPTY, 0
)


@dataclass(slots=True, eq=False)
class Case:
    """One sign on its way through the judgement."""

    sign: Sign
    place: int  # among the signs compared
    within: Within
    kinds: Kinds
    judged: Judged
    lead: NDArray[np.int64]  # (2, N_BINS)
    q: float | None = None
    tested: int = 1
    reason: Reason | None = None
    why: str = ""
    says: Case | None = field(default=None, repr=False)  # the stronger sign it repeats

    @classmethod
    def unjudged(cls, sign: Sign, reason: Reason, why: str) -> Case:
        """Give a case that was never compared."""
        return cls(
            sign,
            -1,
            Within(0),
            Kinds((), ()),
            _NOTHING,
            np.zeros((2, N_BINS), np.int64),
            None,
            1,
            reason,
            why,
        )

    @property
    def had(self) -> bool:
        """Whether the sign is having the touchpoint: those with it have the outcome more."""
        ratio = self.judged.ratio_all or self.judged.naive_all
        return ratio is None or ratio.value >= 1

    @property
    def strength(self) -> float:
        """How far from no difference, in standard errors."""
        return abs(self.judged.ratio.z) if self.judged.ratio else 0.0


Beside = Callable[[Sequence[tuple[Case, Case]]], list[NDArray[np.int64]]]


def decide(cases: Sequence[Case], beside: Beside) -> list[Case]:
    """Give every case a reason to be set aside, or none.

    `beside` gives the tables of signs within the groups of stronger signs.
    """
    for case in cases:
        case.reason, case.why = _alone(case)
    held = [case for case in cases if case.reason is None]
    held.sort(key=lambda c: (-round(c.strength, 9), c.sign))
    _same_touchpoint(held)
    rest = [case for case in held if case.reason is None]
    pairs = [
        (weak, strong)
        for i, weak in enumerate(rest)
        for strong in rest[:i]
        if weak.sign.outcome == strong.sign.outcome
    ]
    for (weak, strong), table in zip(pairs, beside(pairs), strict=True):
        if weak.reason is None and strong.reason is None and _repeats(weak, table):
            weak.reason, weak.says = "says the same", strong
    return list(cases)


def _alone(case: Case) -> tuple[Reason | None, str]:
    """Judge a sign by itself."""
    for asked in (_too_few, _no_difference, _no_warning, _not_again):
        if (found := asked(case)) is not None:
            return found
    return None, ""


def _too_few(case: Case) -> tuple[Reason, str] | None:
    judged = case.judged
    if judged.ratio is None or judged.ratio_all is None or judged.naive_all is None:
        return "too few", "nobody to compare like with like"
    few = int(judged.plain.sum(axis=2).min())
    if case.sign.other >= 0 and few < SMALL_N:
        return "too few", f"{few} with one of the two orders; {SMALL_N} are needed"
    return None


def _no_difference(case: Case) -> tuple[Reason, str] | None:
    """Say whether chance allows it, or the mix of customers makes it."""
    ratio, everyone, naive = case.judged.ratio, case.judged.ratio_all, case.judged.naive_all
    if ratio is None or everyone is None or naive is None:
        return "too few", ""
    agree = (ratio.value > 1) == case.had and abs(log(ratio.value)) >= _MATERIAL
    if case.q is not None and case.q <= _FALSE and agree:
        return None
    gone = abs(log(everyone.value)) < abs(log(naive.value)) * _SHRUNK and abs(everyone.z) < _Z
    shown = abs(naive.z) >= _Z and bool(case.kinds.strata)
    return ("confounded" if shown and gone else "chance"), ""


def _no_warning(case: Case) -> tuple[Reason, str] | None:
    """Say whether it is the outcome by another name, or comes on the same day."""
    lead, hits = case.lead[1 if case.had else 0], int(case.lead.sum())
    if case.had and case.sign.other < 0 and case.judged.without_ever < _HARDLY * hits:
        return "the step itself", "hardly anyone has the outcome without it: others may be unknown"
    if lead.any() and quantile(lead, (1, 2)) < DAY_US:
        return "comes with it", "half of those who had both had them on one day"
    return None


def _not_again(case: Case) -> tuple[Reason, str] | None:
    """Say whether those who came earlier, or later, do not show it."""
    later = case.judged.eras[1].ratio
    both_eras = all(_again(era.ratio, case.had) for era in case.judged.eras)
    if not both_eras or later is None or abs(later.z) < _AGAIN:
        return "not seen again", ""
    return None


def _again(ratio: Ratio | None, had: bool) -> bool:
    return ratio is not None and (ratio.value > 1) == had


def _same_touchpoint(held: Sequence[Case]) -> None:
    """Keep the strongest of the signs that speak of one touchpoint and outcome."""
    kept: dict[tuple[int, int], Case] = {}
    for case in held:
        sign = case.sign
        spoken = [(sign.outcome, k) for k in (sign.code, sign.other) if k >= 0]
        strong = next((kept[each] for each in spoken if each in kept), None)
        if strong is not None:
            case.reason, case.says = "says the same", strong
            continue
        kept.update(dict.fromkeys(spoken, case))


def _repeats(weak: Case, table: NDArray[np.int64]) -> bool:
    """Say whether a sign says little within the groups of a stronger one."""
    within = pooled(grouped(table, (0, 1)))
    plain = weak.judged.ratio_all
    if within is None or plain is None:
        return True
    small = abs(log(within.value)) < abs(log(plain.value)) / 2
    return abs(within.z) < _Z or small or (within.value > 1) != weak.had
