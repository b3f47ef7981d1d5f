"""A found segmentation: what it is made of, at rest and in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.segments.behaviour import Expected, Seen, look
from trod.models.segments.grouping import nearest
from trod.models.segments.naming import Condition, Conditions, Name, Share, conditions
from trod.models.segments.space import Space
from trod.models.stored import Stored

_AT_ONCE: Final = 50_000
Floats = NDArray[np.float64]


class Segment(NamedTuple):
    """One segment, in words and figures."""

    id: str
    name: Name

    @property
    def n(self) -> int:
        """How many members it has."""
        return self.name.members.whole

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        parts = [condition._asdict() for condition in self.name.conditions]
        return {
            "id": self.id,
            "conditions": parts,
            "members": list(self.name.members),
            "others": list(self.name.others),
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Segment:
        """Read what `told` gave."""
        parts = tuple(Condition(**each) for each in told["conditions"])
        return cls(told["id"], Name(parts, Share(*told["members"]), Share(*told["others"])))


class Rising(NamedTuple):
    """Something new among newcomers."""

    id: str
    words: str  # what they do, as in "customers who begin with …"
    since: str  # month
    customers: int  # of the newcomers of that month
    newcomers: int
    before: int  # of all who came before
    came_before: int
    p: float
    now: bool  # since one of the last two months
    so_far: int


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Segments, whose members are known by name, and whoever comes later by the nearest centre.

    Members are those of the day of the fit: the count that is shown and the list behind it stay
    the same until the next one.
    """

    expected: Expected
    space: Space
    centres: Floats  # (n_segments, n_axes)
    segments: tuple[Segment, ...]
    member: pa.StringArray  # (n_judged,) sorted
    label: NDArray[np.int8]  # (n_judged,) place in `segments`
    rising: tuple[Rising, ...] = ()
    rose: tuple[tuple[str, ...], ...] = ()  # customers behind each of `rising`
    next_id: int = 1
    changes: Mapping[str, Any] = field(default_factory=dict)  # since the fit before

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the segments."""
        return tuple(segment.id for segment in self.segments)

    @property
    def in_any(self) -> pa.StringArray:
        """The customers who are in a segment."""
        return self.member.take(pa.array(np.flatnonzero(self.label >= 0)))

    def members(self, which: str) -> pa.StringArray | None:
        """Give the customers of a segment, or of something new, by its id; None without one."""
        if which in self.ids:
            rows = np.flatnonzero(self.label == self.ids.index(which))
            return self.member.take(pa.array(rows))
        for one, customers in zip(self.rising, self.rose, strict=True):
            if one.id == which:
                return pa.array(customers, pa.string())
        return None

    def assign(self, journeys: Journeys, plan: StagePlan) -> NDArray[np.int64]:
        """Say into which segment each customer falls by what they did up to now.

        Returns
        -------
        numpy.ndarray
            Shape (n_customers,): place in `segments`; -1 for who did too little to be judged.

        Notes
        -----
        Needs nothing but NumPy: the nearest centre.
        """
        seen, _, _ = look(journeys, plan, self.expected.names)
        label = np.full(len(seen.customer), -1, np.int64)
        rows = np.flatnonzero(seen.enough)
        if self.segments:
            label[rows] = assigned(seen.take(rows), self.expected, self.space, self.centres)
        return label

    def stored(self) -> Stored:
        """Give what it is made of."""
        return Stored(
            {
                "touchpoints": list(self.expected.names),
                "segments": [segment.told() for segment in self.segments],
                "rising": [one._asdict() for one in self.rising],
                "rose": [list(customers) for customers in self.rose],
                "next_id": self.next_id,
                "changes": dict(self.changes),
            },
            {
                **self.expected.arrays(),
                "middle": self.space.middle,
                "axes": self.space.axes,
                "centres": self.centres,
                "member": _bytes(self.member),
                "label": self.label,
            },
        )

    @classmethod
    def of(cls, stored: Stored) -> Segmentation:
        """Read what `stored` gave."""
        facts, arrays = stored.facts, stored.arrays
        return cls(
            Expected(tuple(facts["touchpoints"]), arrays["rate"], arrays["growth"]),
            Space(arrays["middle"], arrays["axes"]),
            arrays["centres"],
            tuple(Segment.of(each) for each in facts["segments"]),
            pa.array([one.decode() for one in arrays["member"].tolist()], pa.string()),
            arrays["label"],
            tuple(Rising(**each) for each in facts["rising"]),
            tuple(tuple(customers) for customers in facts["rose"]),
            facts["next_id"],
            facts["changes"],
        )


def _bytes(names: pa.StringArray) -> NDArray[Any]:
    return np.array([name.encode() for name in names.to_pylist()] or np.empty(0, "S1"))


def assigned(seen: Seen, expected: Expected, space: Space, centres: Floats) -> NDArray[np.int64]:
    """Put customers to the nearest centre, some at a time."""
    parts = [nearest(space.places(expected.ratios(part)), centres) for part in _parts(seen)]
    return np.concatenate([np.empty(0, np.int64), *parts])


def recounted(
    names: Sequence[Name], seen: Seen, expected: Expected, label: NDArray[np.int64]
) -> tuple[Name, ...]:
    """Count again, among everybody judged, for how many each name holds."""
    holds = np.concatenate([_holds(names, part, expected) for part in _parts(seen)])
    return tuple(_of(name, label == g, holds[:, g]) for g, name in enumerate(names))


def _of(name: Name, mine: NDArray[np.bool_], holds: NDArray[np.bool_]) -> Name:
    inside, outside = (
        Share(int(np.count_nonzero(holds & whom)), int(np.count_nonzero(whom)))
        for whom in (mine, ~mine)
    )
    return Name(name.conditions, inside, outside)


def _holds(names: Sequence[Name], seen: Seen, expected: Expected) -> NDArray[np.bool_]:
    asked: Conditions = conditions(seen.names, seen.counts, expected.ratios(seen))
    place = {condition: k for k, condition in enumerate(asked.all)}
    columns = [[place[condition] for condition in name.conditions] for name in names]
    return np.stack([asked.holds[:, some].all(axis=1) for some in columns], axis=1)


def _parts(seen: Seen) -> list[Seen]:
    n = len(seen.customer)
    if n <= _AT_ONCE:
        return [seen]
    return [seen.take(np.arange(at, min(at + _AT_ONCE, n))) for at in range(0, n, _AT_ONCE)]
