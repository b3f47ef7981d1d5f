"""What is new: ways of beginning, and ways of behaving, that come up among newcomers.

Newcomers of a period are those whose first touchpoint lies in it. For every pattern and period the
newcomers with the pattern are compared with all who came before. With many patterns and periods
some will always look new, so the list is cut where one in twenty of it would be there by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FEWEST: Final = 5
TIMES: Final = 3.0
FALSE_SHARE: Final = 0.05
_BEFORE: Final = 50  # who came before: with fewer, everything is new


class Emerging(NamedTuple):
    """A pattern that came up: the first period in which it stands out, and the last of the data."""

    pattern: str
    since: int  # period
    customers: int  # newcomers with it in that period
    newcomers: int
    before: int  # with it, of all who came before that period
    came_before: int
    p: float  # how often chance gives as many, had nothing changed
    so_far: int  # customers with it, from that period to the end


def emerging(
    period: NDArray[np.int64], patterns: Mapping[str, NDArray[np.bool_]],
    among: Mapping[str, NDArray[np.bool_]] | None = None,
) -> tuple[Emerging, ...]:  # fmt: skip
    """Find patterns that are several times as frequent among newcomers as ever before.

    Fisher's exact test, one-sided, of each pattern in each period against all periods before it;
    the false discovery rate over all of these tests is held at 5 % [1]_. A pattern must have five
    newcomers in the period, and three times the share of before.

    Parameters
    ----------
    period
        Shape (n_customers,): when each came, from 0.
    patterns
        By name, shape (n_customers,): who has it.
    among
        By name, of whom a pattern could be known; everyone by default.

    Returns
    -------
    tuple of Emerging
        One for each pattern, at the first period in which it stands out; the latest first.

    Notes
    -----
    O(n_customers) for each pattern. The test takes newcomers to come independently of each other: a
    campaign that brings many at once is new, and is rightly said to be.

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), "Controlling the false discovery rate", Journal of the
       Royal Statistical Society B 57:289-300.

    Examples
    --------
    >>> came = np.repeat([0, 1, 2], 60)
    >>> new = np.arange(180) >= 160
    >>> [(one.since, one.customers, one.before) for one in emerging(came, {"gallery": new})]
    [(2, 20, 0)]
    """
    found = tried(period, patterns, among or {})
    standing = [
        one
        for one, stands in zip(found, discoveries(np.array([one.p for one in found])), strict=True)
        if stands and matters(one)
    ]
    first: dict[str, Emerging] = {}
    for one in standing:
        first.setdefault(one.pattern, one)
    return tuple(sorted(first.values(), key=lambda one: (-one.since, one.p, one.pattern)))


def tried(
    period: NDArray[np.int64],
    patterns: Mapping[str, NDArray[np.bool_]],
    among: Mapping[str, NDArray[np.bool_]],
) -> list[Emerging]:
    """Test every pattern in every period against all periods before it; see `emerging`.

    For those who judge the tests together with others.
    """
    return [
        one
        for name in sorted(patterns)
        for one in _of_pattern(name, period, patterns[name], among.get(name))
    ]


def matters(one: Emerging) -> bool:
    """Say whether a pattern has five newcomers in the period, and three times the share of before.

    Examples
    --------
    >>> matters(Emerging("gallery", 2, 20, 60, 0, 120, 0.0, 20))
    True
    """
    often = one.customers * one.came_before >= TIMES * one.before * one.newcomers
    return one.customers >= FEWEST and often


def _of_pattern(
    name: str, period: NDArray[np.int64], has: NDArray[np.bool_], known: NDArray[np.bool_] | None
) -> list[Emerging]:
    """Test one pattern in every period, oldest first."""
    from scipy.stats import hypergeom

    known = np.ones(period.size, np.bool_) if known is None else known
    n_periods = int(period.max(initial=-1)) + 1
    came = np.bincount(period[known], minlength=n_periods)
    had = np.bincount(period[known & has], minlength=n_periods)
    before, came_before = np.cumsum(had) - had, np.cumsum(came) - came
    later = had[::-1].cumsum()[::-1]
    tested = np.flatnonzero((came_before >= _BEFORE) & (came > 0) & (before + had >= FEWEST))
    p = np.atleast_1d(
        hypergeom.sf(
            had[tested] - 1,
            (came_before + came)[tested],
            (before + had)[tested],
            came[tested],
        )
    )
    return [
        Emerging(name, t, int(had[t]), int(came[t]), int(before[t]), int(came_before[t]), float(q),
                 int(later[t]))
        for t, q in zip(tested.tolist(), p, strict=True)
    ]  # fmt: skip


def discoveries(p: NDArray[np.float64], share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """Say which of many tests stand, of which no more than a share are false on average.

    Benjamini and Hochberg's step-up rule.

    Examples
    --------
    >>> discoveries(np.array([0.001, 0.02, 0.04, 0.5])).tolist()
    [True, True, False, False]
    """
    order = np.argsort(p, kind="stable")
    within = p[order] <= share * np.arange(1, p.size + 1) / max(p.size, 1)
    stands = np.zeros(p.size, np.bool_)
    stands[order[: int(np.flatnonzero(within).max(initial=-1)) + 1]] = True
    return stands
