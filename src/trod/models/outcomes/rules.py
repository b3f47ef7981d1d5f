"""Signs that anybody could check: what orders customers where there is too little to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.features.table import FeatureTable
from trod.models.outcomes.spec import OutcomeSpec

SORT: Final = "signs"


class Sign(NamedTuple):
    """One sign: a feature, and from which value on it is one."""

    key: str  # of the feature
    least: float | None  # a sign from this value up
    most: float | None  # a sign from this value down
    words: str


_BAD: Final = (
    Sign("gap:overdue", 3.0, None, "silent for three of their usual gaps or more"),
    Sign("tempo:change", None, -1 / 3, "half as many touchpoints as the month before, or fewer"),
    Sign("mood:last", None, -0.25, "the last mood on record is bad"),
    Sign("support:waiting", 7.0, None, "a call for help with nothing after it for a week"),
    Sign("support:count@30d", 2.0, None, "two calls for help or more in a month"),
)
_GOOD: Final = (
    Sign("tempo:change", 0.2, None, "half as many touchpoints again as the month before, or more"),
    Sign("breadth:touchpoints@30d", 4.0, None, "four sorts of touchpoints or more in a month"),
    Sign("mood:last", 0.25, None, "the last mood on record is good"),
    Sign("seats:people@30d", 3.0, None, "three people or more active in a month"),
)


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one outcome."""

    spec: OutcomeSpec
    unit: str
    journey: str

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What is looked for."""
        return _BAD if self.spec.bad else _GOOD

    def met(self, table: FeatureTable) -> NDArray[np.bool_]:
        """Say which signs each row has, (n_rows, n_signs); what is not known is none."""
        keys = [feature.key for feature in table.features]
        out = np.zeros((table.n, len(self.signs)), np.bool_)
        for k, sign in enumerate(self.signs):
            if sign.key not in keys:
                continue
            value = table.values[:, keys.index(sign.key)]
            if sign.least is not None:
                out[:, k] = value >= sign.least
            elif sign.most is not None:
                out[:, k] = value <= sign.most
        return out

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        spec = self.spec.told()
        return {"sort": SORT, "spec": spec, "unit": self.unit, "journey": self.journey}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Signs:
        """Read what `told` gave."""
        spec = OutcomeSpec.read(facts["spec"])
        return cls(spec, facts["unit"], facts["journey"])


def rules_of(spec: OutcomeSpec, unit: str, journey: str) -> Signs:
    """Give the signs of an outcome: of trouble where it is bad, of growth where it is good."""
    return Signs(spec, unit, journey)
