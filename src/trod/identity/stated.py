"""What statements come to: ids that are one person, and ids that are not.

Statements are taken from the newest to the oldest. One that contradicts those taken already, as
they follow from one another, is *overruled*: so the later word on a pair of ids wins, and so does
a later separation over a chain of earlier links. A statement about an id that is not in the log
waits until the id arrives.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.identity.ids import Ids
from trod.identity.statements import LINK, RETRACT, IdOf, Statement, retracted


class Pairs(NamedTuple):
    """Pairs of ids, each with the number of the statement that names them."""

    one: NDArray[np.int32]  # (n,)
    other: NDArray[np.int32]  # (n,)
    number: NDArray[np.int64]  # (n,)

    @classmethod
    def of(cls, listed: Sequence[tuple[int, int, int]]) -> Pairs:
        """Lay a list of pairs out, those of small numbers first."""
        one, other, number = np.array(sorted(listed, key=lambda p: p[2]), np.int64).reshape(-1, 3).T
        return cls(one.astype(np.int32), other.astype(np.int32), number)


class Stated(NamedTuple):
    """Statements as they bear on the ids of the log."""

    group: NDArray[np.int32]  # (n_ids,) the id that stands for all that are stated to be one
    links: Pairs  # in force
    apart: Pairs  # in force
    overruled: tuple[int, ...]  # numbers of statements that newer ones contradict
    waiting: tuple[int, ...]  # numbers of statements about an id that is not in the log
    retracted: frozenset[int]  # numbers of statements that were taken back

    @property
    def in_groups(self) -> NDArray[np.bool_]:
        """Say which ids, shape (n_ids,), are linked to another one."""
        size = np.bincount(self.group, minlength=self.group.size)
        return np.asarray(size[self.group] > 1, np.bool_)

    def standing(self, number: int) -> str:
        """Say how a statement stands: in force, retracted, overruled, or waiting for an id."""
        if number in self.overruled:
            return "overruled by a newer one"
        if number in self.waiting:
            return "waiting for an id that is not in the log"
        return "retracted" if number in self.retracted else "in force"


def bear(ids: Ids, statements: Sequence[Statement], known: Collection[str]) -> Stated:
    """Find what statements come to for the ids of the log."""
    numbers = _numbers(ids, statements)
    taken = _Taken()
    overruled, waiting = [], []
    gone = retracted(statements)
    for each in reversed(statements):
        if each.verb == RETRACT or each.number in gone:
            continue
        assert each.one is not None
        assert each.other is not None
        one, other = numbers[each.one], numbers[each.other]
        if min(one, other) < 0:
            waiting.append(each.number)
        elif not taken.take(each.verb == LINK, one, other, each.number):
            overruled.append(each.number)
    group = np.arange(ids.n_ids, dtype=np.int32)
    for members in taken.groups():
        group[members] = _standing_for(ids, members, known)
    return Stated(
        group,
        Pairs.of(taken.links),
        Pairs.of(taken.apart),
        tuple(sorted(overruled)),
        tuple(sorted(waiting)),
        gone,
    )


def _numbers(ids: Ids, statements: Sequence[Statement]) -> dict[IdOf, int]:
    """Give the number of every id that statements name, -1 where it is not in the log."""
    named = sorted({id_ for each in statements for id_ in (each.one, each.other) if id_})
    found: dict[IdOf, int] = {}
    for kind in {id_.kind for id_ in named}:
        wanted = [id_ for id_ in named if id_.kind == kind]
        numbers = ids.numbers(kind, [id_.value for id_ in wanted])
        found.update(zip(wanted, numbers.tolist(), strict=True))
    return found


def _standing_for(ids: Ids, members: Sequence[int], known: Collection[str]) -> int:
    """Choose the id that stands for a group: the smallest known one, else the smallest."""
    kinds = ids.kind_of(np.array(members))
    return min(
        zip(members, kinds.tolist(), strict=True), key=lambda m: (ids.kinds[m[1]] not in known, m)
    )[0]


class _Taken:
    """Links and separations taken so far, and what follows from them."""

    def __init__(self) -> None:
        self.links: list[tuple[int, int, int]] = []
        self.apart: list[tuple[int, int, int]] = []
        self._of: dict[int, int] = {}  # id to the number of its group
        self._members: dict[int, list[int]] = {}
        self._against: dict[int, set[int]] = {}  # group to the groups it is held apart from

    def take(self, is_link: bool, one: int, other: int, number: int) -> bool:
        """Take a statement; say False where those taken contradict it."""
        a, b = self._group(one), self._group(other)
        if is_link:
            if b in self._against[a]:
                return False
            self.links.append((one, other, number))
            if a != b:
                self._join(a, b)
            return True
        if a == b:
            return False
        self.apart.append((one, other, number))
        self._against[a].add(b)
        self._against[b].add(a)
        return True

    def groups(self) -> list[list[int]]:
        """Give the ids of each group of more than one."""
        return [sorted(members) for members in self._members.values() if len(members) > 1]

    def _group(self, id_: int) -> int:
        if id_ not in self._of:
            self._of[id_], self._members[id_], self._against[id_] = id_, [id_], set()
        return self._of[id_]

    def _join(self, a: int, b: int) -> None:
        """Put the smaller group into the larger one."""
        into, small = (a, b) if len(self._members[a]) >= len(self._members[b]) else (b, a)
        for id_ in self._members[small]:
            self._of[id_] = into
        self._members[into] += self._members.pop(small)
        for enemy in self._against.pop(small):
            self._against[enemy].discard(small)
            self._against[enemy].add(into)
            self._against[into].add(enemy)
