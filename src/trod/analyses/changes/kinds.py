"""Kinds of customers by which a change is split: their attributes, and where they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.analyses.attributes import attributes_of, rows_of
from trod.errors import DefinitionError, unknown
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.described import key_of

MOST_VALUES: Final = 12
CAME_BY: Final = "channel they came by"
UNKNOWN: Final = "not known"
_OTHERS: Final = "other"


class Split(NamedTuple):
    """One way to tell customers apart, and its cells among all."""

    name: str
    labels: tuple[str, ...]
    first: int  # cell of the first label; cell 0 is everyone

    @property
    def cells(self) -> slice:
        """The cells of its labels."""
        return slice(self.first, self.first + len(self.labels))

    def key(self, at: int) -> str:
        """Give the key of the customers of a label; "" where they came by a channel.

        Examples
        --------
        >>> by_size = Split("Size", ("small", UNKNOWN), 1)
        >>> by_size.key(0), by_size.key(1)
        ('attribute:Size=small', 'attribute:Size=')
        """
        if self.name == CAME_BY:
            return ""
        return key_of(self.name, self.labels[at] if at < len(self.labels) - 1 else "")


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """All ways to tell customers apart; every customer counts in one cell of each."""

    splits: tuple[Split, ...]
    _rows: pa.Array | None = field(repr=False, default=None)
    _codes: tuple[NDArray[np.int64], ...] = field(repr=False, default=())  # by row of attributes
    _channels: NDArray[np.int64] | None = field(repr=False, default=None)  # label of each channel

    @property
    def n_cells(self) -> int:
        """How many cells there are, everyone's included."""
        return 1 + sum(len(each.labels) for each in self.splits)

    def named(self, name: str) -> Split:
        """Give the split of a name.

        Raises
        ------
        DefinitionError
            If there is none, or it has too many values.
        """
        for one in self.splits:
            if one.name == name:
                return one
        known = [one.name for one in self.splits]
        raise DefinitionError(
            [unknown("attribute", name, known) if known else "no attribute has 2 to 12 values."]
        )

    def cells(self, batch: JourneyBatch) -> NDArray[np.int64]:
        """Give the cells each customer counts in, (n_customers, 1 + n_splits)."""
        found = np.zeros((batch.n_customers, 1 + len(self.splits)), np.int64)
        if self._codes and self._rows is not None:
            row = rows_of(batch, self._rows)
            for q, code in enumerate(self._codes):
                split = self.splits[q]
                mine = np.where(row < 0, len(split.labels) - 1, code[np.maximum(row, 0)])
                found[:, 1 + q] = split.first + mine
        if self._channels is not None:
            first = np.minimum(batch.offsets[:-1], max(batch.n_events - 1, 0))
            split = self.splits[-1]
            some = batch.channel[first] if batch.n_events else np.zeros(first.size, np.uint8)
            known = np.minimum(some, self._channels.size - 1)
            found[:, len(self.splits)] = split.first + self._channels[known]
        return found


def kinds(journeys: Journeys) -> Kinds:
    """List the ways to tell customers apart that the data have.

    Attributes of 2 to 12 values, those without a value being one more, and the channel of the first
    touchpoint on record.
    """
    splits: list[Split] = []
    codes: list[NDArray[np.int64]] = []
    first = 1
    table = journeys.attributes
    for each in attributes_of(table, MOST_VALUES):
        if len(each.values) >= 2:
            splits.append(Split(each.name, (*each.values, UNKNOWN), first))
            codes.append(each.code)
            first += len(each.values) + 1
    rows = table["customer"].combine_chunks() if table is not None else None
    channels = None
    names = journeys.vocabulary.channels
    if len(names) > 1:
        most = min(len(names), MOST_VALUES)
        labels = (*(name or UNKNOWN for name in names[:most]), _OTHERS)
        splits.append(Split(CAME_BY, labels, first))
        channels = np.minimum(np.arange(len(names) + 1), most)
    return Kinds(tuple(splits), rows, tuple(codes), channels)
