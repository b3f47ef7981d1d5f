"""The names in the log, counted, so that a new delivery can be coded without the old ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

import numpy as np
import pyarrow as pa

from trod._store.codes import encode, unify
from trod._store.manifest import Part
from trod._store.store import Store
from trod._store.threads import in_order
from trod.events.log_part import columns_of, read_part
from trod.events.names import AS_THEY_ARE, NamesSpec, rename
from trod.journeys.columns import STATE, naming_of
from trod.journeys.vocabulary import Naming

TOUCHPOINT: Final = "touchpoint"
CHANNEL: Final = "channel"


@dataclass(frozen=True, slots=True)
class Texts:
    """Every name in some parts of the log; texts of two sets of parts add up.

    Attributes
    ----------
    parts
        Paths of these parts, in order.
    rows
        Raw names of touchpoints, and how many rows have each.
    values
        For ``channel`` and each ``state.<name>``: the texts that stand there.
    unknown_channel
        Whether the channel of any row is not known.
    """

    parts: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, frozenset[str]] = field(default_factory=lambda: {CHANNEL: frozenset()})
    unknown_channel: bool = False

    def __add__(self, other: Self) -> Texts:
        rows = Counter(self.rows)
        rows.update(other.rows)
        names = sorted({*self.values, *other.values})
        none: frozenset[str] = frozenset()
        return Texts(
            self.parts + other.parts,
            dict(sorted(rows.items())),
            {name: self.values.get(name, none) | other.values.get(name, none) for name in names},
            self.unknown_channel or other.unknown_channel,
        )

    def called(self, names: NamesSpec) -> dict[str, str]:
        """Give the raw names that are called something else."""
        if names == AS_THEY_ARE:
            return {}
        return {raw: one.name for raw, one in rename(names, self.rows).items() if one.name != raw}

    def told(self) -> bytes:
        """Write it down."""
        told = {
            "parts": self.parts,
            "rows": self.rows,
            "values": {name: sorted(texts) for name, texts in self.values.items()},
            "unknown_channel": self.unknown_channel,
        }
        return json.dumps(told, ensure_ascii=False).encode()

    @classmethod
    def read(cls, text: bytes) -> Texts:
        """Read what was written down."""
        told = json.loads(text)
        values = {name: frozenset(texts) for name, texts in told["values"].items()}
        return cls(tuple(told["parts"]), told["rows"], values, told["unknown_channel"])


class Chunk(NamedTuple):
    """The names in one part of the log in the order of their codes in this part."""

    texts: Texts
    values: Mapping[str, pa.StringArray]  # by column


def chunks(store: Store, log: Iterable[Part]) -> list[Chunk]:
    """Read the names of parts of the log: every text column that journeys keep."""
    return list(in_order(lambda part: _chunk(store, part), log))


def _chunk(store: Store, part: Part) -> Chunk:
    there = columns_of(store, part)
    named = [n for n in there if n in (TOUCHPOINT, CHANNEL) or n.startswith(STATE)]
    table = read_texts(store, part, named)
    coded = {name: encode(table[name]) for name in named}
    counts = np.bincount(coded[TOUCHPOINT].code, minlength=len(coded[TOUCHPOINT].values))
    rows = dict(zip(coded[TOUCHPOINT].values.to_pylist(), counts.tolist(), strict=True))
    values = {
        name: frozenset(one.values.to_pylist()) for name, one in coded.items() if name != TOUCHPOINT
    }
    unknown = CHANNEL not in named or table[CHANNEL].null_count > 0
    texts = Texts((part.path,), rows, {CHANNEL: frozenset(), **values}, unknown)
    return Chunk(texts, {name: one.values for name, one in coded.items()})


def read_texts(store: Store, part: Part, wanted: Sequence[str]) -> pa.Table:
    """Read some columns of a part of the log, names as codes."""
    there = set(columns_of(store, part))
    names = [name for name in wanted if name in there]
    texts = [name for name in names if name.startswith((TOUCHPOINT, CHANNEL, STATE))]
    return read_part(store, part, names, codes=texts).unify_dictionaries()


def rows_of_log(store: Store) -> Counter[str]:
    """Count the rows of every touchpoint in the log, by its raw name."""
    every = (chunk.texts for chunk in chunks(store, store.manifest.of("touchpoints")))
    return Counter(sum(every, Texts()).rows)


def codes_of(
    texts: Texts, parts: Sequence[Chunk], order: Sequence[str], names: NamesSpec
) -> dict[str, Naming]:
    """Give codes to all names, and lead the codes of each of these parts there."""
    every = {TOUCHPOINT: list(texts.rows), **{n: sorted(t) for n, t in texts.values.items()}}
    none = pa.array([], pa.string())
    unified = {
        name: unify([*(c.values.get(name, none) for c in parts), pa.array(own, pa.string())])
        for name, own in every.items()
    }
    return naming_of(
        unified, order, unknown_channel=texts.unknown_channel, called=texts.called(names)
    )
