"""Whose each row of the log is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod.identity.ids import PartIds, first_by_kind


@dataclass(frozen=True, slots=True, eq=False)
class Whose:
    """Persons of ids, and of the rows that carry them.

    A row belongs to the person of its most telling id that leads to one. A row that carries only
    ids that several people use belongs to the most telling of these itself, unless that one was
    handed over and the row is older (`trod.identity.handover`).
    """

    kinds: tuple[str, ...]  # the most telling first
    person_of_id: NDArray[np.int32]  # (n_ids,) -1 for ids that are used for nobody
    first: NDArray[np.int32]  # (n_ids + 1,) the same, -1 where an id stands for itself, -1 at last
    itself: NDArray[np.int32]  # (n_ids + 1,) as `person_of_id`, -1 at last
    n_persons: int  # test accounts have numbers from here on
    handed: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int32]]]  # by part: rows, persons

    def rows(self, part: PartIds) -> NDArray[np.int32]:
        """Give the person of each row of a part, shape (n,), -1 for nobody's."""
        person = self.with_tests(part)
        person[person >= self.n_persons] = -1
        return person

    def with_tests(self, part: PartIds) -> NDArray[np.int32]:
        """Give the person of each row of a part, test accounts with their own numbers."""
        person = first_by_kind(part, self.kinds, self.first)
        if part.part.path in self.handed:
            rows, first = self.handed[part.part.path]
            person[rows] = first
        if (person < 0).any():
            itself = first_by_kind(part, self.kinds, self.itself)
            person = np.where(person < 0, itself, person)
        return person.astype(np.int32)
