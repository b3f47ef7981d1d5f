"""What profile tables say about customers: one row for each, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._store.store import Store
from trod.events.event_id import SOURCE
from trod.events.log_part import ID_HI, ID_LO, read_part
from trod.events.tables import ID
from trod.identity.resolve import People


def attribute_table(store: Store, people: People, unit: str) -> pa.Table:
    """Give one row for each customer that a profile table describes, ordered by customer.

    Profile rows carry no time, so none is later than another. Where rows disagree, the source
    whose name comes first decides, and in it the smallest text.
    """
    parts = [part for part in people.ids.parts if part.part.kind == "attributes"]
    tables = [read_part(store, part.part) for part in parts]
    owners = [people.of_rows(part, unit) for part in parts]
    names = sorted({name for table in tables for name in table.column_names if _told(name)})
    described = np.unique(np.concatenate([np.zeros(0, np.int32), *owners]))
    described = described[described >= 0]
    columns = {name: _told_once(name, tables, owners, described) for name in names}
    table = pa.table({"customer": people.names(unit).take(pa.array(described)), **columns})
    return table.sort_by("customer")


def all_told(store: Store, people: People, unit: str, name: str) -> pa.Table:
    """Give everything that rows say of one attribute, `customer` and `value`: also what disagrees.

    For questions where a contradiction must not be decided by the names of sources, such as who
    agreed to what.
    """
    tables = [pa.table({"customer": pa.array([], pa.string()), "value": pa.array([], pa.string())})]
    for part in people.ids.parts:
        if part.part.kind != "attributes":
            continue
        table = read_part(store, part.part)
        if name not in table.column_names:
            continue
        owner = people.of_rows(part, unit)
        whose = people.names(unit).take(pa.array(owner, mask=owner < 0))
        told = pa.table({"customer": whose, "value": table[name].cast(pa.string())})
        tables.append(told.filter(pc.and_(told["customer"].is_valid(), told["value"].is_valid())))
    return pa.concat_tables(tables, promote_options="permissive")


def _told(name: str) -> bool:
    return name not in (SOURCE, ID_HI, ID_LO) and not name.startswith(ID)


def _told_once(
    name: str,
    tables: Sequence[pa.Table],
    owners: Sequence[NDArray[np.int32]],
    described: NDArray[np.int32],
) -> pa.Array:
    """Choose one value of an attribute for each customer that is described."""
    found = [
        pa.table({"owner": owner, SOURCE: table[SOURCE], "value": table[name]})
        for table, owner in zip(tables, owners, strict=True)
        if name in table.column_names
    ]
    every = pa.concat_tables(found)
    every = every.filter(pc.and_(every["value"].is_valid(), pc.greater_equal(every["owner"], 0)))
    keys = [("owner", "ascending"), (SOURCE, "ascending"), ("value", "ascending")]
    every = every.sort_by(keys)
    owner = every["owner"].to_numpy()
    values = every["value"].combine_chunks()
    at = np.searchsorted(owner, described)
    there = at < owner.size
    there[there] = owner[at[there]] == described[there]
    return values.take(pa.array(at, mask=~there))
