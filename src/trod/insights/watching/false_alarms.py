"""Of many series looked at day after day, which stand out: false alerts kept to a share.

Within a day the series tell of the same customers, in any manner: the rule of Benjamini and
Yekutieli holds whatever they share [1]_. From day to day the level is spent: every day has a 28th
of the share that may be false, and alerts allow more in the 28 days after them. In any 28 days the
levels sum to no more than that share, times one and a quarter more than the alerts of these days
and of the 28 before. That is the idea of LORD [2]_ with a memory of four weeks instead of for ever,
so that a watch that is kept for years goes on seeing.

References
----------
.. [1] Benjamini & Yekutieli (2001), "The control of the false discovery rate in multiple testing
   under dependency", Annals of Statistics 29:1165-1188.
.. [2] Javanmard & Montanari (2018), "Online rules for control of false discovery rate and false
   discovery exceedance", Annals of Statistics 46:526-554.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

MEMORY: Final = 28
SAVED: Final = 6


def discoveries(p: NDArray[np.float64], level: float, n: int | None = None) -> NDArray[np.bool_]:
    """Say which of `n` tests stand at a level, whatever they depend on each other.

    Parameters
    ----------
    p
        Shape (m,). The small ones among them; the others may be left out.
    n
        How many were tested; `m` by default.

    Examples
    --------
    >>> discoveries(np.array([1e-6, 0.004, 0.5]), 0.05).tolist()
    [True, True, False]
    """
    n = p.size if n is None else n
    if not p.size:
        return np.zeros(0, np.bool_)
    order = np.argsort(p, kind="stable")
    harmonic = float(np.sum(1 / np.arange(1, n + 1)))
    within = p[order] <= level * np.arange(1, p.size + 1) / (n * harmonic)
    stands = np.zeros(p.size, np.bool_)
    stands[order[: int(np.flatnonzero(within).max(initial=-1)) + 1]] = True
    return stands


@dataclass(slots=True)
class Budget:
    """The level of each day, from the share that may be false and the alerts of the last weeks.

    Days on which nothing is tested save their level for up to a week: what is mature once a week
    is judged once a week at the level of seven days. What alerts allowed is spent once, but a day's
    own level is never taken away: after a month with many alerts the next one is not missed.

    Examples
    --------
    >>> budget = Budget(0.1)
    >>> round(budget.level(), 5)
    0.00357
    >>> budget.spend(0.1 / 28, opened=3)
    >>> round(budget.level(), 5)  # three alerts a month allow as much as three months
    0.01071
    """

    share: float
    _spent: list[tuple[float, int]] = field(default_factory=list)  # level, alerts: by day
    _saved: int = 0

    def level(self) -> float:
        """Give the level of the next day."""
        recent = self._spent[-(MEMORY - 1) :]
        allowed = self.share * max(1, sum(opened for _, opened in recent))
        left = allowed - sum(level for level, _ in recent)
        days = 1 + self._saved
        return max(min(allowed / MEMORY * days, left), self.share / MEMORY * days)

    def spend(self, level: float, opened: int) -> None:
        """Note what a day was judged at, 0 where nothing was, and how many alerts it opened."""
        self._saved = 0 if level else min(self._saved + 1, SAVED)
        self._spent.append((level, opened))
