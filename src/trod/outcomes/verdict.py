"""What is said of a play: works, harms, no effect found, or too early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trod.outcomes.effect import Verdict

Way = Literal["up", "down"]


def verdict(low: float, high: float, better: Way, worth_having: float) -> Verdict:
    """Judge an always-valid interval.

    *Works* where it lies on the good side of nothing, *harms* where on the bad side. *No effect
    found* where it holds nothing and both an effect and a harm worth speaking of are ruled out.
    Else it is *too early*; whether to stop is asked of `ruled_out`.

    Parameters
    ----------
    low, high
        Of the effect, at every look.
    better
        Which way is good.
    worth_having
        Smallest effect that would be worth having, above 0, in units of the outcome.

    Notes
    -----
    Of plays that do nothing or harm, at most one in twenty is ever called *works*; of those with an
    effect worth having, at most one in twenty is ever called *no effect found*.

    Examples
    --------
    >>> verdict(-0.12, -0.02, "down", 0.03), verdict(-0.12, 0.02, "down", 0.03)
    ('works', 'too early')
    >>> verdict(-0.02, 0.02, "down", 0.03), verdict(0.01, 0.05, "down", 0.03)
    ('no effect found', 'harms')
    """
    bad_end, good_end = (low, high) if better == "up" else (-high, -low)
    if bad_end > 0:
        return "works"
    if good_end < 0:
        return "harms"
    small = -worth_having < bad_end and good_end < worth_having
    return "no effect found" if small else "too early"


def spoken(said: str, evidence: str) -> str:
    """Say a verdict with a capital letter; an estimate only seems so.

    Examples
    --------
    >>> spoken("works", "Tested"), spoken("works", "Estimated")
    ('Works', 'Seems to work')
    """
    seems = {"works": "seems to work", "harms": "seems to harm"}
    return (seems.get(said, said) if evidence == "Estimated" else said).capitalize()


def ruled_out(low: float, high: float, better: Way, worth_having: float) -> bool:
    """Say whether an effect worth having is ruled out: enough to stop, whether or not it harms.

    Examples
    --------
    >>> ruled_out(-0.02, 0.09, "down", 0.03), ruled_out(-0.09, 0.02, "down", 0.03)
    (True, False)
    """
    return (high if better == "up" else -low) < worth_having


def beside_others(p: Sequence[float]) -> NDArray[np.float64]:
    """Correct p-values of several plays for their number, by Holm's method [1]_.

    Always-valid p-values stay always valid.

    References
    ----------
    .. [1] Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
       Journal of Statistics 6:65-70.

    Examples
    --------
    >>> beside_others([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p, np.float64)
    order = np.argsort(given, kind="stable")
    raised = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    found = np.empty(given.size)
    found[order] = np.minimum(raised, 1.0)
    return found
