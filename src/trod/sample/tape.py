"""What was done, by whom, when: rows of one source before they are written to its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import END_S, NEVER, Seconds, office_time
from trod.sample.draws import Index, Mask

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Touchpoints of one source, in order of time."""

    person: Index  # (n_rows,)
    time_s: Seconds  # (n_rows,) in office hours
    name: Texts  # (n_rows,) touchpoint
    mood: NDArray[np.int8]  # (n_rows,) how it felt, -2 to 2
    detail: Texts  # (n_rows,) what else the source notes, "" for nothing

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.person.size

    def take(self, which: Index | Mask) -> Rows:
        """Give some of the rows."""
        return Rows(
            self.person[which],
            self.time_s[which],
            self.name[which],
            self.mood[which],
            self.detail[which],
        )


class _Part(NamedTuple):
    person: Index
    time_s: Seconds
    name: str
    mood: NDArray[np.int8]
    detail: Texts
    late: bool
    exact: bool


@dataclass(slots=True)
class Tape:
    """Collects rows; `rows` cuts them at the end of the data and puts them in order."""

    _parts: list[_Part] = field(default_factory=list)

    def add(
        self,
        person: Index,
        time_s: Seconds,
        name: str,
        mood: NDArray[np.int8] | int,
        *,
        detail: Texts | str = "",
        late: bool = False,
        exact: bool = False,
    ) -> None:
        """Note that each person did `name` at that moment; NEVER notes nothing.

        `late` touchpoints may come after a person's last own one; `exact` ones stay out of office
        hours.
        """
        felt = np.broadcast_to(np.asarray(mood, np.int8), person.shape)
        said = np.broadcast_to(np.asarray(detail, object), person.shape)
        keep = time_s != NEVER
        part = _Part(person[keep], time_s[keep], name, felt[keep], said[keep], late, exact)
        self._parts.append(part)

    def rows(self, until_s: Seconds) -> Rows:
        """Give the rows, without those after the last moment of each person."""
        parts = self._parts
        size = [part.person.size for part in parts]
        person = np.concatenate([part.person for part in parts])
        time_s = np.concatenate([part.time_s for part in parts])
        late = np.repeat([part.late for part in parts], size)
        exact = np.repeat([part.exact for part in parts], size)
        which = np.repeat(np.arange(len(parts)), size)
        names = np.array([part.name for part in parts], object)
        moved = np.where(exact, time_s, office_time(time_s))
        keep = np.flatnonzero((late | (time_s <= until_s[person])) & (moved < END_S))
        order = keep[np.lexsort((which[keep], person[keep], time_s[keep], moved[keep]))]
        return Rows(
            person[order],
            moved[order],
            names[which[order]],
            np.concatenate([part.mood for part in parts])[order],
            np.concatenate([part.detail for part in parts])[order],
        )
