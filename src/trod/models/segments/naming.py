"""Names of segments: what most of the members do, and most of the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.journeys.label import readable

TELLING: Final = 0.5
"""A rule tells a group apart whose share among members is so much larger than among others."""
_OFTEN: Final = (1.25, 1.5, 2.0, 3.0)  # times the usual; seldom: the usual, divided by it
_GIVES_UP: Final = 0.05  # of that difference, for a second thing that is true of members
_ADDS: Final = 0.15

Kind = Literal["often", "seldom", "never"]
_RANK: Final[dict[Kind, int]] = {"never": 4, "often": 2, "seldom": 0}
Mask = NDArray[np.bool_]


class Condition(NamedTuple):
    """One thing that is true of a customer or not."""

    kind: Kind
    touchpoint: str
    times: float  # the usual, from which it is often, or seldom; 0 for never

    @property
    def words(self) -> str:
        """Such as "often query written"; the touchpoint as people read it."""
        name = readable(self.touchpoint)
        return f"{self.kind} {name if name[1:2].isupper() else name[:1].lower() + name[1:]}"

    @property
    def meaning(self) -> str:
        """The same, said exactly."""
        name = f"“{readable(self.touchpoint)}”"
        return {
            "often": f"{name} more than {self.times:g} times as often as usual",
            "seldom": f"{name} less than {1 / max(self.times, 1):.2g} times as often as usual",
            "never": f"{name} never",
        }[self.kind]


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of nobody."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Name:
    """One or two conditions, and for how many they hold."""

    conditions: tuple[Condition, ...]
    members: Share  # of the members, those for whom all conditions hold
    others: Share  # of everybody else who was judged

    @property
    def words(self) -> str:
        """The name, such as "Often query written, never support ticket"."""
        text = ", ".join(condition.words for condition in self.conditions)
        return text[:1].upper() + text[1:]

    @property
    def tells(self) -> float:
        """How much larger the share is among members than among others, -1 to 1."""
        return self.members.share - self.others.share


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """Every condition that a name may be made of, and for whom it holds."""

    all: tuple[Condition, ...]
    holds: Mask  # (n_customers, n_conditions)

    def name(self, members: Mask, others: Mask | None = None, *, taken: Sequence[str] = ()) -> Name:
        """Name some customers, beside some others: everyone else by default.

        The single condition whose share among members is larger than among others by most comes
        first; it is one beside the usual, because who left early never did most things. A second
        one is added that makes it larger still, or that holds for members far more often than for
        others and costs next to nothing. Of equals, the first by kind and name.

        Parameters
        ----------
        members, others
            Shape (n_customers,).
        taken
            Names that are given already.
        """
        beside = ~members if others is None else others
        whole = int(np.count_nonzero(members)), int(np.count_nonzero(beside))
        inside = self.holds[members].mean(axis=0) if whole[0] else np.zeros(len(self.all))
        outside = self.holds[beside].mean(axis=0) if whole[1] else np.zeros(len(self.all))
        usual = np.array([condition.kind != "never" for condition in self.all])
        order = np.argsort(-np.where(usual, inside - outside, -np.inf), kind="stable")
        for first in order[: np.count_nonzero(usual)].tolist():
            found = self._with_second(first, members, beside, inside - outside)
            if found.words not in taken:
                return found
        raise AssertionError("more groups than conditions.")

    def _with_second(
        self, first: int, members: Mask, others: Mask, apart: NDArray[np.float64]
    ) -> Name:
        both = self.holds & self.holds[:, [first]]
        gain = both[members].mean(axis=0) - both[others].mean(axis=0) - apart[first]
        name = self.all[first].touchpoint
        fit = np.array([condition.touchpoint != name for condition in self.all])
        fit &= (apart >= _ADDS) & (gain >= -_GIVES_UP)
        parts = [first]
        if fit.any():  # what members never do says more than what they do less
            rank = gain + apart + np.array([_RANK[condition.kind] for condition in self.all])
            parts.append(int(np.argmax(np.where(fit, rank, -np.inf))))
        holds: Mask = np.asarray(self.holds[:, parts].all(axis=1), np.bool_)
        return Name(
            tuple(self.all[part] for part in parts),
            _of(holds, members),
            _of(holds, others),
        )


def _of(holds: Mask, whom: Mask) -> Share:
    return Share(int(np.count_nonzero(holds & whom)), int(np.count_nonzero(whom)))


def conditions(
    names: Sequence[str], counts: NDArray[np.int32], ratios: NDArray[np.float64]
) -> Conditions:
    """Ask everybody everything that a name may say.

    Parameters
    ----------
    names
        Touchpoints.
    counts
        Shape (n_customers, n_names): how often.
    ratios
        Shape (n_customers, n_names): logarithm of seen over expected, see `behaviour`.

    Examples
    --------
    >>> asked = conditions(["call"], np.array([[0], [5]]), np.array([[-0.1], [1.2]]))
    >>> found = asked.name(np.array([False, True]))
    >>> found.words, found.conditions[0].meaning
    ('Often call', '“Call” more than 1.25 times as often as usual')
    """
    logs = [float(np.log(times)) for times in _OFTEN]
    holds = [*(ratios > log for log in logs), *(ratios < -log for log in logs), counts == 0]
    kinds: list[tuple[Kind, float]] = [("often", times) for times in _OFTEN]
    kinds += [("seldom", times) for times in _OFTEN]
    made = tuple(Condition(kind, n, t) for kind, t in [*kinds, ("never", 0.0)] for n in names)
    return Conditions(made, np.concatenate(holds, axis=1))
