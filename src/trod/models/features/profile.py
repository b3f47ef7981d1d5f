"""What profiles say of customers. Nobody knows since when: see `catalog`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trod.journeys.label import readable
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature


@dataclass(frozen=True, slots=True)
class Profile:
    """Whether an attribute has a value; nothing to say of customers without a profile."""

    family: ClassVar[str] = "profile"
    pairs: tuple[tuple[str, str], ...]  # attribute and value

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return tuple(
            Feature(
                f"attribute:{name}={value}",
                f"{readable(name)} is {value}",
                "yes or no",
                "attribute",
            )
            for name, value in self.pairs
        )

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        told = look.journeys.attributes
        for at, (name, value) in enumerate(self.pairs, column):
            values[:, at] = np.nan
            if told is None or name not in told.column_names:
                continue
            place = pc.index_in(look.customers, told["customer"].combine_chunks())
            is_it = pc.equal(text_of(told[name]).take(place), value)
            values[:, at] = is_it.cast(pa.float32()).to_numpy(zero_copy_only=False)


def text_of(column: pa.ChunkedArray) -> pa.Array:
    """Give an attribute as text."""
    return column.combine_chunks().cast(pa.string())
