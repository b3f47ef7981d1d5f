"""Whether a file is an export that a shipped mapping reads, told by its columns and values."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from trod.errors import DataError
from trod.events.like import Shipped, names, shipped
from trod.events.roles_of_file import Role
from trod.events.scene import named_columns
from trod.events.spec import SourceSpec
from trod.events.sql import Row, said_sql
from trod.sources.engine import Engine
from trod.sources.faults import in_words
from trod.sources.table import Table, open_table

_ROWS: Final = 200  # looked at to see whether values fit
_FITTING: Final = 0.9
_LEAST: Final = 0.8  # confidence where nothing but the marks of an export is there
_LISTED: Final = 6


class Recognised(NamedTuple):
    """An export that was recognised: what a source says of it, and why."""

    spec: dict[str, Any]
    roles: tuple[Role, ...]


def recognised(engine: Engine, table: Table, zone: str | None = None) -> Recognised | None:
    """Find the mapping that reads a file; the one with most marks where several do.

    Parameters
    ----------
    engine
        Where the file was opened.
    table
        The file, as it is read without knowing more.
    zone
        Zone of times that name none, if it is known.
    """
    with in_words(table.told):
        fitting = []
        for name in names():
            if (found := _as_export(engine, table, shipped(name))) is not None:
                about = shipped(name).about
                fitting.append((len(about.recognise) + len(about.values), name, found))
        if not fitting:
            return None
        _, name, found = max(fitting, key=lambda one: (one[0], one[1]))
        told: dict[str, Any] = {"like": name}
        roles = [_why(found, shipped(name))]
        if (money := _currency(engine, found, _spec(name))) is not None:
            told["value"] = {"currency": money.column}
            roles.append(money)
        if zone is not None:
            told["zone"] = zone
        return Recognised(told, tuple(roles))


@cache
def _spec(name: str) -> SourceSpec:
    """Give a mapping as a source of no file."""
    return SourceSpec.model_validate({"name": name, "files": "any", "like": name})


def _as_export(engine: Engine, table: Table, mapping: Shipped) -> Table | None:
    """Open a file as the export that a mapping reads; None where it is another one."""
    spec = _spec(mapping.name)
    if not _may_be(table, spec, mapping):
        return None
    try:
        found = open_table(engine, table.path, spec)
    except DataError:
        return None
    marks = (*mapping.about.recognise, *mapping.about.values)
    if not set(found.names).issuperset(marks) or found.lacking.intersection(marks):
        return None
    fits = all(
        _fits(engine, found, column, pattern) for column, pattern in mapping.about.values.items()
    )
    return found if fits else None


def _may_be(table: Table, spec: SourceSpec, mapping: Shipped) -> bool:
    """Say at a glance whether a file can be an export, before it is opened as one."""
    if isinstance(spec.header, tuple):
        return table.format == "csv" and len(table.names) == len(spec.header)
    outermost = {name.split(".")[0] for name in mapping.about.recognise}
    return {name.split(".")[0] for name in table.names}.issuperset(outermost)


def _fits(engine: Engine, table: Table, column: str, pattern: str) -> bool:
    """Say whether nearly all values of a column fit a pattern."""
    text = Row({c.name: c.type for c in table.columns}).text(column)
    rows = engine.rows(f"SELECT {text} FROM (SELECT * FROM ({table.sql}) LIMIT {_ROWS})")
    values = [str(value) for (value,) in rows if value is not None]
    fitting = sum(re.fullmatch(pattern, value) is not None for value in values)
    return bool(values) and fitting >= _FITTING * len(values)


def _why(table: Table, mapping: Shipped) -> Role:
    """Say by what an export was recognised, and how sure that is."""
    about = mapping.about
    marks = list(dict.fromkeys((*about.recognise, *about.values)))
    more = [n for n in named_columns(_spec(mapping.name)) if n not in marks]
    there = [n for n in more if n in table.names and n not in table.lacking]
    share = len(there) / len(more) if more else 1.0
    listed = ", ".join(marks[:_LISTED]) + (", ..." if len(marks) > _LISTED else "")
    why = f"an export of {about.tool}: it has {listed}"
    if more:
        why += f", and {len(there)} of {len(more)} columns that it may have"
    return Role("like", mapping.name, round(_LEAST + (0.99 - _LEAST) * share, 2), why)


def _currency(engine: Engine, table: Table, spec: SourceSpec) -> Role | None:
    """Find the currency that most amounts are in, where each names its own."""
    value = spec.value
    if value is None or value.currency or not value.currency_column:
        return None
    row = Row({column.name: column.type for column in table.columns})
    rows = engine.rows(
        f"SELECT upper({row.text(value.currency_column)}) AS money, count(*) FROM ({table.sql}) "
        f"WHERE {said_sql(value, row)} IS NOT NULL AND money IS NOT NULL "
        "GROUP BY money ORDER BY count(*) DESC, money"
    )
    if not rows:
        return None
    total = sum(int(str(n)) for _, n in rows)
    most, n = str(rows[0][0]), int(str(rows[0][1]))
    why = f"{n:,} of {total:,} amounts are in it; those in others are left out and counted"
    return Role("currency", most, round(n / total, 2), why)


def place_of(path: Path, sheet: str | None = None) -> dict[str, Any]:
    """Write where rows stand, as a source says it."""
    at: dict[str, Any] = {"files": (str(path.resolve()),)}
    return at if sheet is None else {**at, "sheet": sheet}


def source_of(name: str, place: dict[str, Any], found: Recognised) -> SourceSpec:
    """Write the source that a recognised export is."""
    return SourceSpec.model_validate({"name": name, **place, **found.spec})
