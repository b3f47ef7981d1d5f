"""What a play is expected to change: a belief, sharpened by what was measured, for each customer.

Risk is not uplift. Until trials show for whom a play works, it is taken to move everybody's
log-odds by the same step: little for those who stay anyway, little for those who are lost anyway.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_ENDS: Final = 1.96
_TINY: Final = 1e-6
_BELIEVED: Final = 1 / 2
_MOST: Final = 0.9
"""Shares of what there is to change: a belief takes no more, and nothing that is measured does."""


class Measured(NamedTuple):
    """An effect that was measured, in the direction that is good."""

    estimate: float
    low: float  # 95 %
    high: float
    evidence: Literal["Tested", "Estimated"]
    n: int  # customers it was seen in
    at: float | None = None  # share with the outcome among those held back; None: of money


class Expected(NamedTuple):
    """An effect to reckon with, in the direction that is good, with its 95 % range."""

    middle: float
    low: float
    high: float
    evidence: Literal["Tested", "Estimated", "Assumed"]
    words: str


def expected(prior: tuple[float, float], measured: Measured | None = None) -> Expected:
    """Join what was believed with what was measured: both weigh as much as they are sure.

    A trial of few customers moves a belief little; the estimate of a large one stands by itself.
    A belief that lies outside of what was measured weighs less, however sure somebody was of it.

    Parameters
    ----------
    prior
        Low and high end of what was believed, taken as a 95 % range.
    measured
        What trials or observation gave, if anything.

    Returns
    -------
    Expected
        Precision-weighted mean of both, as a normal prior gives it. The variance of the prior is
        at least the squared gap between both, as far as it is more than the trial's own 95 %.

    Examples
    --------
    >>> round(expected((0.02, 0.10)).middle, 6)
    0.06
    >>> found = expected((0.02, 0.10), Measured(0.12, 0.08, 0.16, "Tested", 900))
    >>> round(found.middle, 3), found.evidence
    (0.11, 'Tested')
    """
    middle, width = (prior[0] + prior[1]) / 2, (prior[1] - prior[0]) / 2
    if measured is None:
        return Expected(middle, *prior, "Assumed", "believed before there was any trial")
    seen = max((measured.high - measured.low) / 2, _TINY)
    gap = (measured.estimate - middle) ** 2 - seen**2
    own, other = 1 / max(width**2, _ENDS**2 * gap), 1 / seen**2
    joined = (own * middle + other * measured.estimate) / (own + other)
    half = (1 / (own + other)) ** 0.5
    words = f"{measured.evidence.lower()} on {measured.n:,}, drawn towards what was believed"
    return Expected(joined, joined - half, joined + half, measured.evidence, words)


def moved(measured: Measured, to: float, *, bad: bool) -> Measured:
    """Say what an effect would have been where the outcome has another chance.

    A trial of customers at high risk saves more of them than the same play would of all whom it
    fits. Taken for those, as it stands, it would promise too much of everybody.

    Parameters
    ----------
    measured
        An effect; without `at` it is given back as it is.
    to
        Mean chance of the outcome, without acting, of those it is asked of.
    bad
        Whether the outcome is something to keep from happening.

    Examples
    --------
    >>> found = moved(Measured(0.15, 0.05, 0.25, "Tested", 400, at=0.4), 0.1, bad=True)
    >>> round(found.estimate, 3), round(found.low, 3)
    (0.047, 0.018)
    """
    if measured.at is None:
        return measured
    ends = (measured.estimate, measured.low, measured.high)
    there = [float(uplift([to], end, bad=bad, at=measured.at)[0]) for end in ends]
    return measured._replace(estimate=there[0], low=there[1], high=there[2])


def fitting(prior: tuple[float, float], at: float, *, bad: bool) -> tuple[float, float]:
    """Give what a belief comes to at a chance that may leave no room for it.

    Who says "0 to 10 points" did not think of customers of whom 4 % leave. An end that takes more
    than half of what there is, or leaves so little on the other side, is taken to be said of the
    nearest chance at which it does not, and carried over from there by its step of log-odds.

    Parameters
    ----------
    prior
        Low and high end, in the direction that is good.
    at
        Mean chance of the outcome, without acting, of those it is asked of.
    bad
        Whether the outcome is something to keep from happening.

    Examples
    --------
    >>> fitting((0.02, 0.10), 0.5, bad=True)
    (0.02, 0.1)
    >>> low, high = fitting((0.1, 0.6), 0.6, bad=False)
    >>> round(low, 2), round(high, 2)
    (0.1, 0.36)
    """
    low, high = (float(uplift([at], end, bad=bad, most=_BELIEVED)[0]) for end in prior)
    # To the last digit as it was written, where it fits.
    ends = [end if abs(end - e) < _TINY else e for end, e in zip(prior, (low, high), strict=True)]
    return ends[0], ends[1]


def uplift(
    chance: ArrayLike, effect: float, *, bad: bool, at: float | None = None, most: float = _MOST
) -> Floats:
    """Spread a mean effect over customers by one step of log-odds.

    Parameters
    ----------
    chance
        Shape (n,). Of the outcome without acting.
    effect
        Change of the share in the direction that is good, at the chance `at`.
    bad
        Whether the outcome is something to keep from happening.
    at
        Chance at which the effect holds; the mean of `chance` by default.
    most
        Share of what there is to change that the effect may take at `at`.

    Returns
    -------
    ndarray
        Shape (n,). Share of an outcome that acting on each is expected to bring, or to avert.
        Never more than there is to change.

    Notes
    -----
    Near the end of the scale a step of log-odds has no bounds: an effect of 5 points where 5 %
    leave would be a step that keeps everybody. No step is longer than that of the same effect
    where it takes `most` of what there is; of an effect so large that the shortest of all steps
    that give it, the one across the middle, takes more, it is that one, and nobody gains more than
    the effect. So the step depends on `at` without a jump and grows with the effect.

    Examples
    --------
    >>> uplift([0.02, 0.5, 0.98], 0.1, bad=True, at=0.5).round(3).tolist()
    [0.007, 0.1, 0.01]
    """
    b = np.clip(np.asarray(chance, np.float64), _TINY, 1 - _TINY)
    if b.size == 0 or effect == 0:
        return np.zeros(b.size)
    at = float(np.clip(b.mean() if at is None else at, _TINY, 1 - _TINY))
    falls = bad == (effect > 0)
    step = _step(at if falls else 1 - at, min(abs(effect), 1 - _TINY), most)
    after = 1 / (1 + np.exp(-(_logit(b) - step if falls else _logit(b) + step)))
    return np.asarray(b - after if bad else after - b, np.float64)


def _step(there: float, size: float, most: float) -> float:
    """Give the step of log-odds that takes so much of what is there, within its bound."""
    start = min(size / most, (1 + size) / 2)
    longest = float(_logit(start) - _logit(start - size))
    return longest if there <= size else min(longest, float(_logit(there) - _logit(there - size)))


def _logit(p: float | Floats) -> Floats:
    return np.asarray(np.log(p) - np.log1p(-p), np.float64)
