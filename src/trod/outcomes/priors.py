"""What may be expected of a play: its own effect and those of the others together.

For ranking, and for the expected impact of findings. Verdicts rest on a play's own effect alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import numpy as np

from trod.analyses.interval import wilson
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

    Only tested effects are pooled; an estimated one stands as it is. None is more than there was
    to change among those held back, as far as their number tells: of 4 % who leave nobody keeps 60.

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
            drawn = Prior(float(whole.estimate[k]), *ends, n, "Tested")
            found[e.playbook] = _possible(drawn, e)
        mean, low, high = np.clip([whole.mean, whole.next_low, whole.next_high], -1, 1).tolist()
        found[NEVER_TRIED] = Prior(mean, low, high, 0, "Tested")
    for name, e in sorted(effects.items()):
        if name not in found and e.unit == "share" and e.design == "observed":
            ends = (e.low, e.high) if e.better == "up" else (-e.high, -e.low)
            n = e.n_treated + e.n_held_back
            estimate = e.estimate if e.better == "up" else -e.estimate
            found[name] = _possible(Prior(estimate, *ends, n, "Estimated"), e)
    return found


def _possible(prior: Prior, effect: Effect) -> Prior:
    """Cut an effect to what there was to change, at any share that those held back may have."""
    some = effect.n_held_back
    low, high = wilson(min(max(round(effect.held_back * some), 0), some), some)
    least, most = (-high, 1 - low) if effect.better == "up" else (low - 1, high)
    ends = np.clip([prior.estimate, prior.low, prior.high], least, most).tolist()
    return prior._replace(estimate=ends[0], low=ends[1], high=ends[2])


def _tested(effect: Effect) -> bool:
    return effect.unit == "share" and effect.design != "observed" and effect.se > 0
