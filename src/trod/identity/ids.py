"""All ids of the log as whole numbers, in an order that no order of arrival changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._store.codes import Coded, encode, rank, unify, used
from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.conflicts import set_aside
from trod.events.log_part import columns_of, read_part
from trod.events.tables import ID
from trod.identity.spec import IdentitySpec, normal

ACCOUNT: Final = "account"
KINDS_OF_PARTS: Final = ("touchpoints", "attributes")


class PartIds(NamedTuple):
    """The ids in the rows of one part of the log."""

    part: Part
    ids: Mapping[str, NDArray[np.int32]]  # by kind, shape (n,): number of the id, -1 for none


class Refusals(NamedTuple):
    """Values of one kind that are not ids."""

    kind: str
    values: tuple[tuple[str, int], ...]  # value and in how many rows it stood, most rows first


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """Ids numbered by kind, the most telling first, then by value; accounts apart from people."""

    kinds: tuple[str, ...]  # of people, the most telling first
    first: NDArray[np.int64]  # (n_kinds + 1,) number of the first id of each kind
    values: pa.StringArray  # (n_ids,)
    accounts: pa.StringArray  # (n_accounts,) numbered from 0
    parts: tuple[PartIds, ...]
    refused: tuple[Refusals, ...]

    @property
    def n_ids(self) -> int:
        """How many ids of people there are."""
        return len(self.values)

    def by_kind(self) -> list[tuple[str, pa.StringArray]]:
        """Give the ids of each kind."""
        edges = self.first.tolist()
        return [
            (kind, self.values[start:end])
            for kind, start, end in zip(self.kinds, edges[:-1], edges[1:], strict=True)
        ]

    def are_of(self, kinds: Collection[str]) -> NDArray[np.bool_]:
        """Say which ids, shape (n_ids,), are of some kinds."""
        return np.repeat(np.array([k in kinds for k in self.kinds], np.bool_), np.diff(self.first))

    def kind_of(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Give the kind of ids, shape (n,), as index into `kinds`."""
        return np.searchsorted(self.first, ids, side="right") - 1

    def numbers(self, kind: str, given: Iterable[str | None]) -> NDArray[np.int64]:
        """Give the numbers of ids of a kind, shape (n,), -1 for those that are not in the log."""
        wanted = normal(kind, pa.array(given, pa.string()))
        if kind not in self.kinds:
            return np.full(len(wanted), -1, np.int64)
        at = self.kinds.index(kind)
        start, end = int(self.first[at]), int(self.first[at + 1])
        place = pc.index_in(wanted, value_set=self.values[start:end]).fill_null(-1)
        number = place.to_numpy(zero_copy_only=False).astype(np.int64)
        return np.where(number < 0, -1, number + start)

    def name(self, number: int) -> tuple[str, str]:
        """Give kind and value of an id."""
        kind = int(self.kind_of(np.array([number]))[0])
        return self.kinds[kind], str(self.values[number].as_py())


def first_by_kind(
    part: PartIds, kinds: Sequence[str], table: NDArray[np.integer[Any]]
) -> NDArray[np.int64]:
    """Look the ids of each row up in `table`, shape (n_ids + 1,), -1 at its end, in turn by kind.

    Returns, for each row, what the first kind says that says anything but -1.
    """
    found = np.full(part.part.rows, -1, np.int64)
    for kind in kinds:
        if kind in part.ids:
            found = np.where(found < 0, table[part.ids[kind]], found)
    return found


def read_ids(store: Store, spec: IdentitySpec) -> Ids:
    """Read all ids of rows that count, and leave out the values that cannot be ids."""
    parts = [part for kind in KINDS_OF_PARTS for part in store.manifest.of(kind)]
    aside = set_aside(store, parts)
    coded = [_read(store, part, aside.get(part.path, _NONE)) for part in parts]
    found = sorted({kind for columns in coded for kind in columns})
    kinds = spec.ordered([kind for kind in found if kind != ACCOUNT])
    numbered = {
        kind: _number(kind, [columns.get(kind) for columns in coded], spec) for kind in found
    }
    first = np.cumsum([0, *(len(numbered[kind].values) for kind in kinds)])
    start = {ACCOUNT: 0, **{kind: int(first[at]) for at, kind in enumerate(kinds)}}
    rows = tuple(
        PartIds(part, {kind: numbered[kind].of_rows(at, start[kind]) for kind in coded[at]})
        for at, part in enumerate(parts)
    )
    empty = pa.array([], pa.string())
    values = pa.concat_arrays([empty, *(numbered[kind].values for kind in kinds)])
    accounts = numbered[ACCOUNT].values if ACCOUNT in numbered else empty
    refused = tuple(Refusals(kind, numbered[kind].refused) for kind in found)
    return Ids(kinds, first, values, accounts, rows, tuple(r for r in refused if r.values))


def _read(store: Store, part: Part, aside: NDArray[np.int64]) -> dict[str, Coded]:
    """Read the id columns of one part; rows set aside have none."""
    names = [name for name in columns_of(store, part) if name.startswith(ID)]
    dictionaries = read_part(store, part, names, codes=names).unify_dictionaries()
    return {name.removeprefix(ID): _without(encode(dictionaries[name]), aside) for name in names}


def _without(column: Coded, rows: NDArray[np.int64]) -> Coded:
    if not rows.size:
        return column
    code = column.code.copy()
    code[rows] = -1
    return used(code, column.values)


_NONE: NDArray[np.int64] = np.zeros(0, np.int64)


class _Numbered(NamedTuple):
    """Ids of one kind in order of their values, and the way there from each part."""

    values: pa.StringArray
    coded: list[NDArray[np.int32] | None]
    to_values: list[NDArray[np.int32] | None]
    refused: tuple[tuple[str, int], ...]

    def of_rows(self, part: int, start: int) -> NDArray[np.int32]:
        """Give the numbers of the ids in the rows of a part, counted from `start`."""
        codes, table = self.coded[part], self.to_values[part]
        assert codes is not None
        assert table is not None
        numbers = np.where(table < 0, -1, table + start).astype(np.int32)
        return numbers[codes]


def _number(kind: str, columns: Sequence[Coded | None], spec: IdentitySpec) -> _Numbered:
    there = [coded for coded in columns if coded is not None]
    unified = unify([coded.values for coded in there])
    refused = spec.refused(kind, unified.values)
    distinct = normal(kind, unified.values).dictionary_encode()
    code = distinct.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    legal = np.zeros(len(distinct.dictionary), np.bool_)
    legal[code[~refused]] = True
    order = rank(distinct.dictionary)
    order = order[legal[order]]
    place = np.full(legal.size + 1, -1, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    to_values = iter(
        np.append(np.where(refused[own], -1, place[code[own]]), np.int32(-1)).astype(np.int32)
        for own in unified.to_values
    )
    return _Numbered(
        distinct.dictionary.take(pa.array(order)),
        [None if coded is None else coded.code for coded in columns],
        [None if coded is None else next(to_values) for coded in columns],
        _count_refused(there, unified.to_values, refused, unified.values),
    )


def _count_refused(
    columns: Sequence[Coded],
    to_values: Sequence[NDArray[np.int32]],
    refused: NDArray[np.bool_],
    values: pa.StringArray,
) -> tuple[tuple[str, int], ...]:
    """Count the rows in which each refused value stands."""
    rows = np.zeros(refused.size + 1, np.int64)
    if refused.any():
        for coded, table in zip(columns, to_values, strict=True):
            code = np.append(table, np.int32(-1))[coded.code]
            rows += np.bincount(np.where(code < 0, refused.size, code), minlength=rows.size)
    bad = np.flatnonzero(refused)
    pairs = zip(values.take(pa.array(bad)).to_pylist(), rows[bad].tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
