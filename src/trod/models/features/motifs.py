"""How often two touchpoints followed each other directly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from trod._kernels.arrays import given
from trod._kernels.features import count_motifs
from trod.journeys.label import readable
from trod.models.features.counted import slots
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature


@dataclass(frozen=True, slots=True)
class Motifs:
    """Counts of some pairs of touchpoints."""

    family: ClassVar[str] = "motifs"
    pairs: tuple[tuple[str, str], ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return tuple(
            Feature(
                f"motif:{_escaped(a)}>{_escaped(b)}",
                f"{readable(a)}, then {readable(b)} next, times so far",
                "count",
                "motif",
            )
            for a, b in self.pairs
        )

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        names = look.batch.vocabulary.touchpoints
        firsts = tuple(dict.fromkeys(a for a, _ in self.pairs))
        code = {name: k for k, name in enumerate(names)}
        motif = np.full((len(firsts) + 1, max(len(names), 1)), len(self.pairs), np.int16)
        for m, (a, b) in enumerate(self.pairs):
            if b in code:
                motif[firsts.index(a), code[b]] = m
        count_motifs(
            look.span,
            given(look.batch.code, np.uint16),
            given(slots(firsts, names).astype(np.int64) * motif.shape[1], np.int64),
            given(motif.ravel(), np.int16),
            len(self.pairs),
            values,
            column,
        )


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace(">", "%3E")
