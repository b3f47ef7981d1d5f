"""Links between ids: which joined them, which did not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._store.store import Store
from trod.identity.chain import shortest
from trod.identity.moments import Sighting, moments
from trod.identity.resolve import People
from trod.identity.statements import IdOf, Statement

ROW: Final = "seen in one row"
STATED: Final = "stated to be one person"


class Step(NamedTuple):
    """One link between two ids, or what could have been one."""

    one: IdOf
    other: IdOf
    rule: str  # ROW or STATED
    seen: tuple[Sighting, ...]  # by source; empty where it was stated
    statement: Statement | None
    not_used: str | None  # why it joins nobody; None where it does


class Links:
    """Reads the links of ids out of people."""

    def __init__(self, people: People, store: Store, zone: str) -> None:
        self.people, self.store, self.zone = people, store, zone
        evidence, links = people.evidence, people.stated.links
        self.rows = np.stack([evidence.one, evidence.other])
        self.links = np.stack([links.one, links.other])

    def every(self) -> NDArray[np.int32]:
        """Give all pairs that were seen in one row or are linked by a statement in force."""
        return np.concatenate([self.rows, self.links], axis=1)

    def used(self, root: int) -> NDArray[np.int32]:
        """Give the pairs that joined the ids of one person."""
        found = self.people.found
        rows = self.rows[:, (found.owner[self.rows] == root).all(axis=0)]
        rows = rows[:, ~found.silent[rows].any(axis=0)]
        links = self.links[:, (found.owner[self.links] == root).all(axis=0)]
        return np.concatenate([rows, links], axis=1)

    def way(self, pairs: NDArray[np.int32], start: int, end: int) -> list[tuple[int, int]]:
        """Give the pairs on the shortest way."""
        way = shortest(pairs, self.people.ids.n_ids, start, end)
        return list(pairwise(way))

    def ends_of(self, number: int) -> list[int]:
        """Give the ids that were seen with an id, or are linked to it by a statement."""
        return _ends(self.every(), number)

    def apart_from(self, number: int) -> list[int]:
        """Give the ids that a statement in force says are not one person with an id."""
        apart = self.people.stated.apart
        return _ends(np.stack([apart.one, apart.other]), number)

    def steps(self, pairs: Sequence[tuple[int, int]]) -> tuple[Step, ...]:
        """Describe what is between two ids each, and why it joins nobody where it does not."""
        seen = moments(self.store, self.people.ids, pairs, zone=self.zone)
        made = []
        for (one, other), sightings in zip(pairs, seen, strict=True):
            stated = self.number_of(one, other)
            held = self.held(one, other)
            rule = STATED if stated is not None else ROW
            spoken = held if stated is None else stated
            made.append(
                Step(
                    IdOf(*self.people.ids.name(one)),
                    IdOf(*self.people.ids.name(other)),
                    rule,
                    sightings,
                    None if spoken is None else self.people.statements[spoken - 1],
                    self.not_used(one, other, stated is not None),
                )
            )
        return tuple(made)

    def held(self, one: int, other: int) -> int | None:
        """Give the number of the statement that holds two ids apart, by their groups."""
        apart, group = self.people.stated.apart, self.people.stated.group
        sides = group[apart.one], group[apart.other]
        return _newest(sides, apart.number, int(group[one]), int(group[other]))

    def number_of(self, one: int, other: int) -> int | None:
        """Give the number of the newest statement about exactly these two ids."""
        links = self.people.stated.links
        return _newest((links.one, links.other), links.number, one, other)

    def not_used(self, one: int, other: int, stated: bool) -> str | None:
        """Say why what was seen of two ids does not make them one person; None where it does."""
        found = self.people.found
        held = self.held(one, other)
        if held is not None:
            return f"statement {held} says that they are not one person"
        if stated:
            return None
        silent = [id_ for id_ in (other, one) if found.silent[id_]]
        if silent:
            return self._silent(silent[0])
        return None if found.owner[one] == found.owner[other] else self._two(one, other)

    def _two(self, one: int, other: int) -> str:
        """Say why two ids that were seen in one row belong to two people by the rules."""
        ids = self.people.ids
        if {ids.name(one)[0], ids.name(other)[0]} <= self.people.spec.known():
            return "known ids are never merged where two of one kind would become one person"
        several = [id_ for id_ in (other, one) if self.people.found.several[id_]]
        if several:
            return f"{self._text(several[0])} is equally near to several people"
        return f"{self._text(other)} is nearer to {self.people.person_of(other) or 'nobody'}"

    def _silent(self, id_: int) -> str:
        if self.people.found.by_name[id_]:
            return f"{self._text(id_)} is shared by its name"
        most = self.people.spec.max_people_per_id
        return f"{self._text(id_)} was seen with more than {most} people"

    def _text(self, id_: int) -> str:
        return " ".join(self.people.ids.name(id_))


def _newest(
    sides: tuple[NDArray[np.int32], NDArray[np.int32]], number: NDArray[Any], a: int, b: int
) -> int | None:
    """Give the last number between two, whichever stands first."""
    one, other = sides
    hit = ((one == a) & (other == b)) | ((one == b) & (other == a))
    return int(number[hit][-1]) if hit.any() else None


def _ends(pairs: NDArray[np.int32], number: int) -> list[int]:
    """Give the other ends of the pairs that an id is in, in order."""
    ends: list[int] = np.unique(
        np.concatenate([pairs[1, pairs[0] == number], pairs[0, pairs[1] == number]])
    ).tolist()
    return ends
