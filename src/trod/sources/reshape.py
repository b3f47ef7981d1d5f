"""Records within records: lists become rows, pairs become columns, text that is JSON is read.

Every step takes a query of JSON records and gives another one, so that all that comes after sees
plain records. A list that is unfolded is replaced by one of its elements in each row: the fields
of the record stay where they were, and those of the element are reached by the path of the list.
A record whose list is empty still gives one row, with nothing in the place of the list, so that no
record goes without a word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from trod.sources.engine import literal
from trod.sources.records import RECORD, Paths, Records, columns_sql, written
from trod.sources.spec import FileOptions, PairsSpec

Keys = tuple[str, ...]
"""Keys on the way to a place in a record; `*` stands for every key of an object."""
ROW: Final = "_trod_row"
"""Column with the number of the record that a row is of."""
ITSELF: Final = "."
ANY: Final = "*"
_NUMBER: Final = "_trod_number"
_FAULT: Final = "_trod_fault"
_UNNAMED: Final = "?"  # key of a pair that has none


def reshaped(records: Records, options: FileOptions) -> Records:
    """Read text that is JSON, unfold lists, and turn pairs into columns, as far as asked for."""
    sql = records.sql
    for path in options.unpack:
        sql = _unpacked(sql, _keys(path))
    if options.each:
        sql = _unfolded(sql, [_keys(path) for path in options.each])
    for path, pairs in options.pairs.items():
        sql = _paired(sql, _keys(path), pairs)
    return replace(records, sql=sql)


def reshapes(options: FileOptions) -> bool:
    """Say whether rows are looked into, so that they must be records."""
    return bool(options.unpack or options.each or options.pairs)


def as_records(sql: str, rejects: str | None) -> Records:
    """Make JSON records of the rows of a table; what is empty is left out."""
    return Records(
        f"SELECT json_merge_patch('{{}}', to_json(_trod_row))::VARCHAR AS j FROM ({sql}) _trod_row",
        rejects,
    )


def numbered(records: Records) -> Records:
    """Put its number into each record, so that it is known what unfolded rows came of."""
    number = f"'{_NUMBER}', row_number() OVER ()"
    whole = f"json_merge_patch(j, json_object({number}))::VARCHAR"
    none = f"json_object({number}, '{_FAULT}', true)::VARCHAR"
    marked = f"CASE WHEN j IS NULL THEN {none} ELSE {whole} END"
    return replace(records, sql=f"SELECT {marked} AS j FROM ({records.sql})")


def as_numbered(sql: str) -> Records:
    """Make JSON records of the rows of a table, with the number of each."""
    return numbered(as_records(sql, None))


def rows_numbered(records: Records, options: FileOptions, paths: Paths) -> str:
    """Look into records whose numbers stand in them, and give the numbers beside the rows."""
    number = written((_NUMBER,))
    sql = columns_sql(reshaped(records, options), paths)
    real = f"CASE WHEN json_extract({RECORD}, '$.{_FAULT}') IS NULL THEN {RECORD} END AS {RECORD}"
    return (
        f"SELECT * REPLACE ({real}), json_extract({RECORD}, '{number}')::BIGINT AS {ROW} "
        f"FROM ({sql})"
    )


def _keys(path: str) -> Keys:
    return () if path == ITSELF else tuple(path.split("."))


def _place(keys: Keys) -> Keys:
    """Give where something stands: a key of an object is put in the place of the object."""
    return tuple(key for key in keys if key != ANY)


def _unpacked(sql: str, keys: Keys) -> str:
    """Put the object or list that a text describes in the place of the text."""
    text = f"json_extract_string(j, {literal(written(keys))})"
    held = f"TRY(json_type({text})) IN ('OBJECT', 'ARRAY')"
    put = f"json_merge_patch(j, {_wrapped(keys, f'{text}::JSON')})::VARCHAR"
    return f"SELECT CASE WHEN {held} THEN {put} ELSE j END AS j FROM ({sql})"


def _wrapped(keys: Keys, inner: str) -> str:
    """Write an object that holds something at a place."""
    for key in reversed(keys):
        inner = f"json_object({literal(key)}, {inner})"
    return inner


def _unfolded(sql: str, paths: Sequence[Keys]) -> str:
    """Give a row for each element of each list, lists on the way included."""
    nodes = sorted(
        {path[:n] for path in paths for n in range(len(path) + 1)}, key=lambda k: (len(k), k)
    )
    number = {node: at for at, node in enumerate(nodes)}
    sql = f"SELECT j, 0 AS node FROM ({sql})"
    for node in nodes:
        children = [other for other in nodes if other[:-1] == node and other]
        if children:
            below = [path for path in paths if path[: len(node)] == node and path != node]
            stands = any(node[:n] in paths for n in range(len(node)))  # in a row of its own
            itself = "always" if node in paths else "never" if stands else "alone"
            sql = _step(sql, node, children, below, number, itself)
    return f"SELECT j FROM ({sql})"


def _step(
    sql: str,
    node: Keys,
    children: Sequence[Keys],
    below: Sequence[Keys],
    number: Mapping[Keys, int],
    itself: str,
) -> str:
    """Put one element of a list below a node in the place of the list, a row for each.

    What is around the lists is a row of its own always, never, or where it would be lost.
    """
    gone: dict[str, object] = {}
    for path in below:
        known = len(node)
        end = path.index(ANY, known) if ANY in path[known:] else len(path)
        take_out(gone, _place(path[:end]))
    bare = f"json_merge_patch(j, {literal(json.dumps(gone))}::JSON)::VARCHAR"
    lists = [
        f"list_transform({_elements(child)}, lambda e: {{'node': {number[child]}, 'e': e}})"
        for child in children
    ]
    found = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
    alone = f"[{{'node': {number[node]}, 'e': NULL::JSON}}]"
    rows = {
        "always": f"list_concat({alone}, {found})",
        "alone": f"CASE WHEN len({found}) = 0 THEN {alone} ELSE {found} END",
        "never": found,
    }[itself]
    elsewhere = f"node <> {number[node]} OR j IS NULL"
    listed = (
        f"SELECT j, node, CASE WHEN NOT ({elsewhere}) THEN {bare} END AS bare, "
        f"CASE WHEN {elsewhere} THEN [{{'node': node, 'e': NULL::JSON}}] ELSE {rows} END AS made "
        f"FROM ({sql})"
    )
    put = " ".join(
        f"WHEN {number[child]} THEN json_merge_patch(bare, {_wrapped(_place(child), 'u.e')})"
        "::VARCHAR"
        for child in children
    )
    return (
        f"SELECT CASE WHEN bare IS NULL THEN j ELSE CASE u.node {put} ELSE bare END END AS j, "
        f"u.node AS node FROM (SELECT j, bare, unnest(made) AS u FROM ({listed}))"
    )


def take_out(tree: dict[str, object], keys: Keys) -> None:
    """Mark a key for removal by RFC 7396, unless something around it goes anyway."""
    for key in keys[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[keys[-1]] = None


def _elements(keys: Keys) -> str:
    """Write what stands at a place as a list: its elements, the one thing there, or nothing."""
    none = "[]::JSON[]"
    if keys[-1] == ANY:
        around = written(_place(keys))
        safe = "replace(replace(k, chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"')"
        inner = f"json_extract(j, {literal(around + '.')} || '\"' || {safe} || '\"')"
        entry = f"json_object('key', k, 'value', {inner})"
        names = f"json_keys(j, {literal(around)})"
        return f"coalesce(list_transform({names}, lambda k: {entry}), {none})"
    at = literal(written(_place(keys)))
    every = literal(written(_place(keys)) + "[*]")
    return (
        f"CASE coalesce(json_type(j, {at}), 'NULL') WHEN 'ARRAY' THEN json_extract(j, {every}) "
        f"WHEN 'NULL' THEN {none} ELSE [json_extract(j, {at})] END"
    )


def _paired(sql: str, keys: Keys, pairs: PairsSpec) -> str:
    """Put an object in the place of a list of pairs; a key that comes again is numbered."""
    at = literal(written(keys))
    elements = f"json_extract(j, {literal(written(keys) + '[*]')})"
    name = f"coalesce(json_extract_string(e, {literal(written(_keys(pairs.key)))}), '{_UNNAMED}')"
    values = [
        f"nullif(json_extract(e, {literal(written(_keys(path)))})::VARCHAR, 'null')"
        for path in pairs.value
    ]
    value = f"coalesce({', '.join(values)}, e::VARCHAR)"
    listed = (
        f"SELECT j, list_transform({elements}, lambda e: {name}) AS names, "
        f"list_transform({elements}, lambda e: {value}) AS held FROM ({sql})"
    )
    before = "len(list_filter(names[1:i], lambda other: other = n))"
    numbered = f"CASE WHEN {before} > 1 THEN n || '_' || {before} ELSE n END"
    single = (
        "SELECT j, held, CASE WHEN len(list_distinct(names)) = len(names) THEN names "
        f"ELSE list_transform(names, lambda n, i: {numbered}) END AS names FROM ({listed})"
    )
    object_ = (
        "('{' || array_to_string(list_transform(names, "
        "lambda n, i: to_json(n) || ':' || held[i]), ',') || '}')::JSON"
    )
    put = f"json_merge_patch(j, {_wrapped(keys, object_)})::VARCHAR"
    return (
        f"SELECT CASE WHEN json_type(j, {at}) = 'ARRAY' THEN {put} ELSE j END AS j FROM ({single})"
    )
