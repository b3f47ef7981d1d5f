"""What may be expected of a play: its own effect and those of the others together.

For ranking, and for the expected impact of findings. Verdicts rest on a play's own effect alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import numpy as np

from trod.outcomes.effect import Effect
from trod.outcomes.pooling import pooled

NEVER_TRIED: Final = ""
"""Name of a play that was never tried, in what `expected` gives."""


class Prior(NamedTuple):
    """The effect to expect, good being up: 0.05 is 5 points of more success, or less leaving."""

    estimate: float
    low: float  # 95 %
    high: float
    n: int  # customers behind the play's own effect; 0 for one that was never tried
    evidence: Literal["Tested", "Estimated"]


def expected(effects: Mapping[str, Effect]) -> dict[str, Prior]:
    """Give what to expect of every play with an effect on a share, and of one never tried.

    Only tested effects are pooled; an estimated one stands as it is.

    Examples
    --------
    >>> expected({})
    {}
    """
    tested = [e for _, e in sorted(effects.items()) if _tested(e)]
    found: dict[str, Prior] = {}
    if tested:
        signs = np.array([1.0 if e.better == "up" else -1.0 for e in tested])
        values = signs * np.array([e.estimate for e in tested])
        whole = pooled(values, [e.se for e in tested])
        for k, e in enumerate(tested):
            n = e.n_treated + e.n_held_back
            ends = float(whole.low[k]), float(whole.high[k])
            found[e.playbook] = Prior(float(whole.estimate[k]), *ends, n, "Tested")
        found[NEVER_TRIED] = Prior(whole.mean, whole.next_low, whole.next_high, 0, "Tested")
    for name, e in sorted(effects.items()):
        if name not in found and e.unit == "share" and e.design == "observed":
            ends = (e.low, e.high) if e.better == "up" else (-e.high, -e.low)
            n = e.n_treated + e.n_held_back
            estimate = e.estimate if e.better == "up" else -e.estimate
            found[name] = Prior(estimate, *ends, n, "Estimated")
    return found


def _tested(effect: Effect) -> bool:
    return effect.unit == "share" and effect.design != "observed" and effect.se > 0
