"""A family of features: what is looked at together, by one loop."""

from __future__ import annotations

from typing import ClassVar, Protocol

from trod.models.features.look import Look, Values
from trod.models.features.table import Feature


class Family(Protocol):
    """A frozen dataclass whose fields are names, numbers and tuples of them, as JSON keeps them."""

    family: ClassVar[str]

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features, in the order of their columns."""
        ...

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns, from `column` on, for one batch; names not known there count zero."""
        ...
