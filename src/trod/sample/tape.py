"""What was done, by whom, when: rows of one source before they are written to its file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import END_S, NEVER, Seconds, office_time

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Touchpoints of one source, in order of time."""

    person: Index  # (n_rows,)
    time_s: Seconds  # (n_rows,) in office hours
    name: NDArray[np.object_]  # (n_rows,) touchpoint
    mood: NDArray[np.int8]  # (n_rows,) how it felt, -2 to 2

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.person.size


@dataclass(slots=True)
class Tape:
    """Collects rows; `rows` cuts them at the end of the data and puts them in order."""

    _parts: list[tuple[Index, Seconds, str, NDArray[np.int8]]] = field(default_factory=list)

    def add(self, person: Index, time_s: Seconds, name: str, mood: NDArray[np.int8] | int) -> None:
        """Note that each person did `name` at that moment; NEVER notes nothing."""
        felt = np.broadcast_to(np.asarray(mood, np.int8), person.shape)
        keep = time_s != NEVER
        self._parts.append((person[keep], time_s[keep], name, felt[keep]))

    def rows(self, until_s: Seconds) -> Rows:
        """Give the rows, without those after the last moment of each person."""
        person = np.concatenate([part[0] for part in self._parts])
        time_s = np.concatenate([part[1] for part in self._parts])
        mood = np.concatenate([part[3] for part in self._parts])
        which = np.repeat(np.arange(len(self._parts)), [part[0].size for part in self._parts])
        names = np.array([part[2] for part in self._parts], object)
        moved = office_time(time_s)
        keep = np.flatnonzero((time_s <= until_s[person]) & (moved < END_S))
        order = keep[np.lexsort((which[keep], person[keep], time_s[keep]))]
        return Rows(person[order], moved[order], names[which[order]], mood[order])
