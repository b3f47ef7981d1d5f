"""A source and one of its files as the SQL that maps each row to the record of a touchpoint.

Passes, each a query around the one before: the file; joined tables; what each row says; which
rows cannot be mapped, and why; rows that are one touchpoint put together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from trod.errors import DefinitionError, unknown
from trod.events.pieces import TimeSpec
from trod.events.spec import SourceSpec
from trod.events.sql import (
    EARLIEST_US,
    LATEST_US,
    Row,
    raw_time_sql,
    said_sql,
    score_sql,
    text_sql,
    time_sql,
    value_sql,
    words_sql,
)
from trod.events.tables import ID, JOINT, STATE
from trod.sources.engine import Engine, literal, quoted
from trod.sources.records import RECORD
from trod.sources.table import Column, Table

DROPPED: Final = "dropped:"
"""Begins the reason of rows that a policy leaves out on purpose; the policy follows."""
REASON: Final = "_trod_reason"
N_ROWS: Final = "_trod_rows"  # rows of the file behind a record; 0 for further dates of a row
N_OFFERED: Final = "_trod_offered"  # touchpoints offered before rows were put together
SAID: Final = "_trod_said"  # what the row said where it could not be read
BAD_VALUE: Final = "_trod_bad_value"
BAD_SCORE: Final = "_trod_bad_score"

_TAKEN: Final = frozenset({"source", "message_id", "id_hi", "id_lo", "customer"})
"""Names of columns beside the attributes, in the log or in what is made of it."""
_GROUPED_TEXT: Final = (
    "CASE WHEN min(text) IS NOT DISTINCT FROM max(text) THEN min(text) "
    "ELSE string_agg(text, chr(10) ORDER BY time_us, text) END"
)
"""What was written, in order of time: the lines of a chat are one text."""
_GROUPED_PROPERTIES: Final = (
    "to_json(struct_pack(rows := count(*), same := CASE WHEN min(properties) IS NOT DISTINCT FROM "
    "max(properties) THEN min(properties)::JSON END))::VARCHAR"
)
"""How many rows were put together, and what their other columns are where all agree."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A table that adds columns."""

    table: Table
    on: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """The file with its joined tables: one query and the columns it has."""

    sql: str
    row: Row
    own: tuple[str, ...]  # columns of the file itself
    added: tuple[str, ...]  # columns of joined tables
    table: Table


def scene(spec: SourceSpec, table: Table, joins: Sequence[Joined]) -> Scene:
    """Put a file and its joined tables side by side."""
    types = {column.name: column.type for column in table.columns}
    parts, tables, added = ["_trod_own.*"], f"({table.sql}) AS _trod_own", []
    for i, join in enumerate(joins):
        alias = f"_trod_join_{i}"
        keys = " AND ".join(
            f"_trod_own.{quoted(ours)}::VARCHAR = {alias}.{quoted(theirs)}::VARCHAR"
            for ours, theirs in join.on.items()
        )
        tables += f" LEFT JOIN ({join.table.sql}) AS {alias} ON {keys}"
        for column in _taken(join):
            name = (
                column.name if column.name not in types else f"{join.table.path.stem}.{column.name}"
            )
            types[name] = column.type
            added.append(name)
            parts.append(f"{alias}.{quoted(column.name)} AS {quoted(name)}")
    sql = table.sql if not joins else f"SELECT {', '.join(parts)} FROM {tables}"
    nulls = spec.nulls if table.format != "csv" else ()  # CSV has them taken out while reading
    return Scene(sql, Row(types, nulls), table.names, tuple(added), table)


def _taken(join: Joined) -> list[Column]:
    wanted = join.columns or tuple(n for n in join.table.names if n not in join.on.values())
    return [column for column in join.table.columns if column.name in wanted]


def named_columns(spec: SourceSpec) -> tuple[str, ...]:
    """List every column that a source names, each once."""
    names = [*spec.group_by, *(n for n in spec.ignore if n != "*"), *spec.used()]
    names += [name for words in spec.id_words().values() for name in words.needs()]
    names += [name for w in (spec.touchpoint, spec.channel) if w for name in w.needs()]
    names += [n for time in (spec.time, *spec.dates.values()) if time for n in time.needs()]
    names += spec.attributes if spec.attributes != "*" else ()
    return tuple(dict.fromkeys(names))


def check(spec: SourceSpec, at: Scene, engine: Engine) -> None:
    """Refuse a source that names columns the file does not have; report all of them at once."""
    problems = [
        unknown("column", name, list(at.row.types))
        for name in named_columns(spec)
        if name not in at.row.types
    ]
    if not problems:
        problems += [p for c in spec.conditions() if (p := _condition_problem(c, at, engine))]
    if problems:
        where = f"source {spec.name!r}, {at.table.path.name}: "
        raise DefinitionError([where + problem for problem in problems])


def _condition_problem(condition: str, at: Scene, engine: Engine) -> str | None:
    """Say what is wrong with a condition; None where it is one plain expression over the row."""
    (found,) = engine.rows(f"SELECT json_serialize_sql({literal(f'SELECT ({condition})')})")[0]
    tree = json.loads(str(found))
    if tree.get("error"):
        return f"the condition `{condition}` is not SQL: {tree.get('error_message')}."
    statements = tree["statements"]
    node = statements[0]["node"]
    single = len(statements) == 1 and node["type"] == "SELECT_NODE"
    if not single or len(node["select_list"]) != 1 or '"SUBQUERY"' in str(found):
        return f"the condition `{condition}` must be one plain comparison over columns of the row."
    try:
        engine.connection.sql(f"SELECT ({condition})::BOOLEAN FROM ({at.sql}) LIMIT 0").fetchall()
    except duckdb.Error as problem:
        first = str(problem).splitlines()[0]
        return f"the condition `{condition}` does not fit the columns: {first}"
    return None


def touchpoints_sql(spec: SourceSpec, at: Scene, zone: str, *, numbered: bool = False) -> str:
    """Write the query that gives touchpoints and, beside them, rows that cannot be mapped.

    Parameters
    ----------
    spec
        The source.
    at
        Its file and joined tables.
    zone
        Zone of times that name none.
    numbered
        Also give the number of the row in the file, as `_trod_row`: for the few that are shown.
    """
    base = f"SELECT *, row_number() OVER () AS _trod_row FROM ({at.sql})" if numbered else at.sql
    said = _said(spec, at, zone, base, numbered=numbered)
    judged = _judged(spec, said, numbered=numbered)
    if numbered or not (spec.group_by or spec.repeats == "once"):
        return judged
    return _together(spec, judged)


def _said(spec: SourceSpec, at: Scene, zone: str, base: str, *, numbered: bool) -> str:
    """Write what each row says: one row for each touchpoint it offers."""
    row = at.row
    keep = [
        f"{words_sql(words, row)} AS {quoted(ID + kind)}" for kind, words in spec.id_words().items()
    ]
    keep += [
        f"{words_sql(words, row)} AS {quoted(STATE + name)}" for name, words in spec.states.items()
    ]
    message = words_sql(spec.message_id, row) if spec.message_id else "NULL::VARCHAR"
    channel = words_sql(spec.channel, row) if spec.channel else "NULL::VARCHAR"
    keep += [
        f"{message} AS message_id",
        f"{channel} AS channel",
        f"{value_sql(spec.value, row) if spec.value else 'NULL::BIGINT'} AS value",
        f"{score_sql(spec.score, row) if spec.score else 'NULL::SMALLINT'} AS score",
        f"{_text(spec, row)} AS text",
        f"{properties_sql(spec, at)} AS properties",
        f"{_fault(spec, at)} AS _trod_fault",
    ]
    if spec.value:
        keep.append(f"{said_sql(spec.value, row)} IS NOT NULL AND value IS NULL AS {BAD_VALUE}")
    if spec.score:
        keep.append(f"{said_sql(spec.score, row)} IS NOT NULL AND score IS NULL AS {BAD_SCORE}")
    keep += [
        f"({row.text(name)}) AS {quoted(f'_trod_by_{i}')}" for i, name in enumerate(spec.group_by)
    ]
    keep += ["_trod_row"] if numbered else []
    if spec.dates:
        return _wide(spec, row, zone, base, keep)
    assert spec.time is not None
    assert spec.touchpoint is not None
    return (
        f"SELECT {', '.join(keep)}, {words_sql(spec.touchpoint, row)} AS touchpoint, "
        f"{time_sql(spec.time, row, spec.time.zone or zone)} AS time_us, "
        f"{_stands(spec.time, row)} AS _trod_stands, "
        f"{raw_time_sql(spec.time, row)} AS {SAID} FROM ({base})"
    )


def _stands(time: TimeSpec, row: Row) -> str:
    """Write whether a time stands in the row at all."""
    return f"({raw_time_sql(time, row)}) IS NOT NULL"


def _wide(spec: SourceSpec, row: Row, zone: str, base: str, keep: list[str]) -> str:
    """Write one row for each date that stands in a row; one without a time where none does."""
    made = []
    for i, (name, time) in enumerate(spec.dates.items()):
        when = f" AND coalesce(({time.when})::BOOLEAN, false)" if time.when else ""
        made.append(
            f"{{'i': {i}, 'name': {literal(name)}, 'us': {time_sql(time, row, time.zone or zone)}, "
            f"'raw': {raw_time_sql(time, row)}, 'stands': {_stands(time, row)}{when}}}"
        )
    dates = f"list_filter([{', '.join(made)}], lambda d: d.stands)"
    empty = "{'i': 0, 'name': '', 'us': NULL::BIGINT, 'raw': NULL::VARCHAR, 'stands': false}"
    listed = f"SELECT {', '.join(keep)}, {dates} AS _trod_dates FROM ({base})"
    unnested = (
        "SELECT *, unnest(CASE WHEN len(_trod_dates) = 0 OR _trod_fault IS NOT NULL "
        f"THEN [{empty}] ELSE _trod_dates END) AS _trod_date FROM ({listed})"
    )
    first = "(NOT _trod_date.stands OR _trod_date.i = _trod_dates[1].i)"
    # An amount is paid, an answer given and a text written once, however many dates a row has.
    once = ", ".join(f"CASE WHEN {first} THEN {n} END AS {n}" for n in ("value", "score", "text"))
    return (
        f"SELECT * REPLACE ({once}, message_id || {literal(JOINT)} || _trod_date.name "
        "AS message_id), _trod_date.name AS touchpoint, _trod_date.us AS time_us, "
        f"_trod_date.stands AS _trod_stands, _trod_date.raw AS {SAID}, "
        f"{first}::INTEGER AS _trod_first FROM ({unnested})"
    )


def _text(spec: SourceSpec, row: Row) -> str:
    if not spec.text:
        return "NULL::VARCHAR"
    return f"nullif(concat_ws(chr(10), {', '.join(text_sql(part, row) for part in spec.text)}), '')"


def _fault(spec: SourceSpec, at: Scene) -> str:
    """Write why a row is not looked at: it is no record, or `where` leaves it out."""
    fault = at.table.fault or "NULL::VARCHAR"
    if spec.where is None:
        return fault
    kept = f"coalesce(({spec.where})::BOOLEAN, false)"
    return f"coalesce({fault}, CASE WHEN NOT {kept} THEN {literal(DROPPED + 'where')} END)"


def _judged(spec: SourceSpec, said: str, *, numbered: bool) -> str:
    """Write the record, and beside it the reason why a row cannot be mapped."""
    kinds = [quoted(ID + kind) for kind in spec.id_words()]
    states = [quoted(STATE + name) for name in spec.states]
    reason = (
        "CASE WHEN _trod_fault IS NOT NULL THEN _trod_fault "
        f"WHEN coalesce({', '.join(kinds)}) IS NULL THEN 'no_id' "
        "WHEN _trod_stands IS NOT TRUE THEN 'time_missing' "
        "WHEN time_us IS NULL THEN 'time_unreadable' "
        f"WHEN time_us NOT BETWEEN {EARLIEST_US} AND {LATEST_US} "
        "THEN 'time_out_of_range' "
        "WHEN coalesce(touchpoint, '') = '' THEN 'touchpoint_missing' END"
    )
    extra = [f"_trod_by_{i}" for i in range(len(spec.group_by))]
    extra += [BAD_VALUE] if spec.value else []
    extra += [BAD_SCORE] if spec.score else []
    extra += ["_trod_first"] if spec.dates else []
    extra += ["_trod_row", SAID] if numbered else []
    more = f", {', '.join(extra)}" if extra else ""
    return (
        f"SELECT {literal(spec.name)} AS source, message_id, time_us, touchpoint, channel, "
        f"{', '.join(kinds)}, value, score, text, {''.join(s + ', ' for s in states)}properties, "
        f"{reason} AS {REASON}{more} FROM ({said})"
    )


def _together(spec: SourceSpec, judged: str) -> str:
    """Write rows that are one touchpoint as one: values added up, the earliest time."""
    first = "sum(_trod_first)" if spec.dates else "count(*)"
    counted = f"{first}::BIGINT AS {N_ROWS}, count(*)::BIGINT AS {N_OFFERED}"
    kinds = [quoted(ID + kind) for kind in spec.id_words()]
    states = [quoted(STATE + name) for name in spec.states]
    bad = [name for name, role in ((BAD_VALUE, spec.value), (BAD_SCORE, spec.score)) if role]
    tail = "".join(f", bool_or({name}) AS {name}" for name in bad)
    if spec.group_by:
        by = ["source", "touchpoint", *kinds, REASON]
        by += [f"_trod_by_{i}" for i in range(len(spec.group_by))]
        return (
            "SELECT source, min(message_id) AS message_id, min(time_us) AS time_us, touchpoint, "
            f"min(channel) AS channel, {', '.join(kinds)}, sum(value)::BIGINT AS value, "
            f"min(score) AS score, {_GROUPED_TEXT} AS text, "
            f"{''.join(f'min({s}) AS {s}, ' for s in states)}{_GROUPED_PROPERTIES} "
            f"AS properties, {REASON}, {counted}{tail} FROM ({judged}) "
            f"GROUP BY {', '.join(by)} ORDER BY time_us, {', '.join(by)}"
        )
    same = ["source", "message_id", "time_us", "touchpoint", "channel", *kinds]
    same += ["value", "score", "text", *states, "properties", REASON]
    return (
        f"SELECT {', '.join(same)}, {counted}{tail} FROM ({judged}) "
        f"GROUP BY {', '.join(same)} ORDER BY time_us, {', '.join(same)}"
    )


def spare_columns(spec: SourceSpec, at: Scene) -> list[str]:
    """List the columns without a role, which become properties."""
    if "*" in spec.ignore:
        return []
    left_out = {*spec.used(), *spec.ignore, *spec.group_by}
    if spec.attributes:
        left_out |= set(attribute_columns(spec, at))
    return [name for name in (*at.own, *at.added) if name not in left_out]


def properties_sql(spec: SourceSpec, at: Scene) -> str:
    """Write every column without a role as one JSON object."""
    spare = spare_columns(spec, at)
    if at.table.paths and "*" not in spec.ignore:
        gone: dict[str, object] = {}
        for name in at.own:
            if name not in spare:
                _put(gone, at.table.paths[name])
        rest = f"json_merge_patch({RECORD}, {literal(json.dumps(gone))}::JSON)::VARCHAR"
        return f"nullif({rest}, '{{}}')" if not spec.group_by else rest
    if not spare:
        return "NULL::VARCHAR"
    pack = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in spare)
    return f"to_json(struct_pack({pack}))::VARCHAR"


def _put(tree: dict[str, object], keys: tuple[str | int, ...]) -> None:
    """Mark a key for removal by RFC 7396: null takes it away; what is in a list stays."""
    if not all(isinstance(key, str) for key in keys):
        return
    for key in map(str, keys[:-1]):
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[str(keys[-1])] = None


def attribute_columns(spec: SourceSpec, at: Scene) -> tuple[str, ...]:
    """List the columns that describe the customer."""
    if spec.attributes != "*":
        return spec.attributes
    hidden = {*spec.used(), *spec.ignore}
    return tuple(name for name in (*at.own, *at.added) if name not in hidden)


def attribute_name(column: str) -> str:
    """Give the name of an attribute; it must not hide a column of the record.

    Examples
    --------
    >>> attribute_name("age"), attribute_name("source")
    ('age', 'source_')
    """
    return f"{column}_" if column in _TAKEN or column.startswith(ID) else column


def attributes_sql(spec: SourceSpec, at: Scene, *, numbered: bool = False) -> str:
    """Write the query that gives a profile for each row, once where rows are equal."""
    row = at.row
    ids = {kind: words_sql(words, row) for kind, words in spec.id_words().items()}
    kinds = [quoted(ID + kind) for kind in ids]
    names = attribute_columns(spec, at)
    made = [f"{sql} AS {quoted(ID + kind)}" for kind, sql in ids.items()]
    made += [f"{row.text(name)} AS {quoted(f'_trod_a{i}')}" for i, name in enumerate(names)]
    number = ", row_number() OVER () AS _trod_row" if numbered else ""
    said = f"SELECT {', '.join(made)}, {_fault(spec, at)} AS _trod_fault{number} FROM ({at.sql})"
    shown = [attribute_name(name) for name in names]
    out = [f"_trod_a{i} AS {quoted(name)}" for i, name in enumerate(shown)]
    reason = (
        "CASE WHEN _trod_fault IS NOT NULL THEN _trod_fault "
        f"WHEN coalesce({', '.join(kinds)}) IS NULL THEN 'no_id' END"
    )
    inner = (
        f"SELECT {literal(spec.name)} AS source, {', '.join([*kinds, *out])}, {reason} AS {REASON}"
    )
    if numbered:
        return f"{inner}, _trod_row, NULL::VARCHAR AS {SAID} FROM ({said})"
    same = ", ".join(["source", *kinds, *map(quoted, shown), REASON])
    return (
        f"SELECT {same}, count(*)::BIGINT AS {N_ROWS}, count(*)::BIGINT AS {N_OFFERED} "
        f"FROM ({inner} FROM ({said})) GROUP BY {same} ORDER BY {same}"
    )
