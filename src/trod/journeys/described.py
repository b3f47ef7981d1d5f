"""Customers by what an attribute says of them: the key ``attribute:NAME=VALUE``."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from trod.errors import DefinitionError, unknown
from trod.journeys.key import decode, encode
from trod.journeys.predicate import Among, Named, Predicate

KIND: Final = "attribute"


def key_of(name: str, *values: str) -> str:
    """Write the key of those of whom an attribute says one of some values; ``""``: nothing.

    Examples
    --------
    >>> key_of("Country", "Germany"), key_of("Band", "0-10%", ""), key_of("Size", "")
    ('attribute:Country=Germany', 'attribute:Band=0-10%25>', 'attribute:Size=')
    """
    return f"{KIND}:{encode(name)}={'>'.join(encode(value) for value in dict.fromkeys(values))}"


def names_of(table: pa.Table | None) -> list[str]:
    """Name the attributes that a table of attributes tells."""
    if table is None:
        return []
    return [
        name
        for name in table.column_names
        if name != "customer" and not pa.types.is_nested(table[name].type)
    ]


def told(table: pa.Table | None, name: str) -> pa.StringArray:
    """Give what a table says by an attribute, as texts, one a row; an empty text says nothing.

    Raises
    ------
    DefinitionError
        If the table has no attribute of this name.
    """
    known = names_of(table)
    if table is None or name not in known:
        raise DefinitionError([unknown("attribute", name, known)])
    return said(table[name].cast(pa.string()).combine_chunks())


def said(column: pa.Array) -> pa.Array:
    """Give a column of attributes without texts that are empty.

    Examples
    --------
    >>> said(pa.array(["small", "", None])).to_pylist()
    ['small', None, None]
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)


def described(table: pa.Table | None, key: str) -> Predicate:
    """Give the predicate of a key: whoever is in no row, or of whom it says nothing, has none.

    Raises
    ------
    DefinitionError
        If no attribute has this name, or none of its values is this one.

    Examples
    --------
    >>> from trod.journeys.bare import from_arrow
    >>> from trod.journeys.predicate import customers
    >>> rows = {"customer": ["a", "b", "c"], "touchpoint": ["x"] * 3, "time": [0, 0, 0]}
    >>> size = pa.table({"customer": ["b", "c"], "Size": ["small", None]})
    >>> [customers(described(size, f"attribute:Size={v}"), from_arrow(pa.table(rows)))
    ...  for v in ("small", "")]
    [['b'], ['a', 'c']]
    """
    name, equals, rest = key.partition(":")[2].partition("=")
    column = told(table, decode(name))
    known = pc.unique(column.drop_null())
    if not equals:
        example = key_of(decode(name), min(known.to_pylist(), default=""))
        raise DefinitionError(
            [f"{key!r} says no value. Write {example}, or {key}= for those without one."]
        )
    values = [decode(value) for value in rest.split(">")]
    if wrong := [value for value in values if value and pc.index(known, value).as_py() < 0]:
        every = known.to_pylist()
        raise DefinitionError(unknown(f"{decode(name)} value", value, every) for value in wrong)
    assert table is not None
    meant = pc.is_in(column, value_set=pa.array(values, pa.string()))
    without = "" in values  # then everyone is meant but those of whom it says something else
    rows = pc.and_(pc.invert(meant), column.is_valid()) if without else meant
    listed = table["customer"].cast(pa.string()).combine_chunks().filter(rows)
    return Among(key_of(decode(name), *values), listed, on=not without)


def finder(table: pa.Table | None, lists: Named | None) -> Named:
    """Give what finds the predicates that only the data at hand know: attributes, and lists."""

    def find(key: str) -> Predicate | None:
        if key.partition(":")[0] == KIND:
            return described(table, key)
        return None if lists is None else lists(key)

    return find
