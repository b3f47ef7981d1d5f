"""A source and one of its files as the SQL that maps each row to the record of a touchpoint.

Passes, each a query around the one before: the file; joined tables; what each row says; which
rows cannot be mapped, and why; rows that are one touchpoint put together.
"""

from __future__ import annotations

import json
from typing import Final

from trod.events.clock_times import Clocks
from trod.events.moments import KINDS, LEAP, REFUSED, REPEATED, SKIPPED, Rules
from trod.events.pieces import AnchorSpec, TimeSpec
from trod.events.scene import Scene
from trod.events.spec import SourceSpec
from trod.events.sql import (
    EARLIEST_US,
    LATEST_US,
    Row,
    anchor_sql,
    foreign_sql,
    raw_time_sql,
    said_sql,
    score_sql,
    text_sql,
    time_sql,
    value_sql,
    words_sql,
)
from trod.events.tables import ID, JOINT, STATE
from trod.sources.engine import literal, quoted
from trod.sources.records import RECORD
from trod.sources.reshape import ROW, take_out

DROPPED: Final = "dropped:"
"""Begins the reason of rows that a policy leaves out on purpose; the policy follows."""
REASON: Final = "_trod_reason"
_POLICY: Final = f"(CASE WHEN starts_with({REASON}, '{DROPPED}') THEN {REASON} END)"
N_ROWS: Final = "_trod_rows"  # rows of the file behind a record; 0 for further dates of a row
N_OFFERED: Final = "_trod_offered"  # touchpoints offered before rows were put together
SAID: Final = "_trod_said"  # what the row said where it could not be read
GROUP_CODE: Final = "group_incomplete"
BAD_VALUE: Final = "_trod_bad_value"
FOREIGN: Final = "_trod_foreign"  # whether the amount is in another currency
BAD_SCORE: Final = "_trod_bad_score"

TIME: Final = "_trod_time"  # the moment times KINDS, and what is special about it
_KIND: Final = f"({TIME} & {LEAP - 1})"
SPECIAL: Final = "_trod_special"  # what is special about it alone
MOVED: Final = {
    "_trod_repeated": f"{SPECIAL} & {LEAP - 1} = {REPEATED}",
    "_trod_skipped": f"{SPECIAL} & {LEAP - 1} = {SKIPPED}",
    "_trod_leap": f"{SPECIAL} & {LEAP} > 0",
}
"""Times that were read by a rule, and how they are told."""
RULES: Final = Rules()

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


def touchpoints_sql(
    spec: SourceSpec, at: Scene, zone: str, rules: Rules = RULES, *, numbered: bool = False
) -> str:
    """Write the query that gives touchpoints and, beside them, rows that cannot be mapped.

    Parameters
    ----------
    spec
        The source.
    at
        Its file and joined tables.
    zone, rules
        Zone of times that name none, and how hours are read that its clocks repeat or skip.
    numbered
        Also give ROW, and put nothing together: for the few rows that are shown or kept.
    """
    base = at.numbered if numbered else at.sql
    own = Rules(spec.repeated_hour or rules.repeated_hour, spec.skipped_hour or rules.skipped_hour)
    said = _said(spec, at, zone, own, base, numbered=numbered)
    judged = _judged(spec, said, numbered=numbered)
    if numbered:
        return _with_their_group(spec, judged) if spec.group_by else judged
    return _together(spec, judged) if spec.group_by or spec.repeats == "once" else judged


def _said(
    spec: SourceSpec, at: Scene, zone: str, rules: Rules, base: str, *, numbered: bool
) -> str:
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
        f"{_rounded_id(spec, row)} AS _trod_rounded",
    ]
    if spec.value:
        missed = f"{said_sql(spec.value, row)} IS NOT NULL AND value IS NULL"
        foreign = foreign_sql(spec.value, row)
        keep.append(f"{missed} AND NOT ({foreign}) AS {BAD_VALUE}")
        keep.append(f"{missed} AND ({foreign}) AS {FOREIGN}")
    if spec.score:
        keep.append(f"{said_sql(spec.score, row)} IS NOT NULL AND score IS NULL AS {BAD_SCORE}")
    keep += [
        f"({row.text(name)}) AS {quoted(f'_trod_by_{i}')}" for i, name in enumerate(spec.group_by)
    ]
    keep += [ROW] if numbered else []
    if spec.dates:
        return _wide(spec, row, zone, rules, base, keep)
    assert spec.time is not None
    assert spec.touchpoint is not None
    if _counts_from_column(spec):
        keep.append(f"({anchor_sql(spec.time, row)}) IS NULL AS _trod_no_anchor")
    clocks = Clocks()
    time = time_sql(spec.time, row, spec.time.zone or zone, rules, clocks)
    base = clocks.staged(base)
    return (
        f"SELECT {', '.join(keep)}, {words_sql(spec.touchpoint, row)} AS touchpoint, "
        f"{time} AS {TIME}, "
        f"{_stands(spec.time, row)} AS _trod_stands, "
        f"{raw_time_sql(spec.time, row)} AS {SAID} FROM ({base})"
    )


_ANCHOR_MISSING: Final = "WHEN _trod_no_anchor THEN 'time_anchor_missing' "


def _counts_from_column(spec: SourceSpec) -> bool:
    """Say whether times are counted from a moment that each row names."""
    return spec.time is not None and isinstance(spec.time.since, AnchorSpec)


def _rounded_id(spec: SourceSpec, row: Row) -> str:
    """Write whether a number stands as an id that a float cannot hold, or a spreadsheet cut."""
    named = dict.fromkeys(name for words in spec.id_words().values() for name in words.needs())
    found = []
    for name in named:
        if row.types[name] in ("DOUBLE", "FLOAT"):
            found.append(f"abs({quoted(name)}) >= {1 << 53}")
        elif row.types[name] == "VARCHAR":
            text = row.raw(name)
            cut = rf"regexp_full_match({text}, '\d[.,]\d+[eE]\+\d+')"
            found.append(f"(contains({text}, '+') AND {cut})")
    return f"coalesce({' OR '.join(found)}, false)" if found else "false"


def _stands(time: TimeSpec, row: Row) -> str:
    """Write whether a time stands in the row at all."""
    return f"({raw_time_sql(time, row)}) IS NOT NULL"


def _wide(spec: SourceSpec, row: Row, zone: str, rules: Rules, base: str, keep: list[str]) -> str:
    """Write one row for each date that stands in a row; one without a time where none does."""
    made, clocks = [], Clocks()
    for i, (name, time) in enumerate(spec.dates.items()):
        when = f" AND coalesce(({time.when})::BOOLEAN, false)" if time.when else ""
        read = time_sql(time, row, time.zone or zone, rules, clocks)
        made.append(
            f"{{'i': {i}, 'name': {literal(name)}, 'us': {read}, "
            f"'raw': {raw_time_sql(time, row)}, 'stands': {_stands(time, row)}{when}}}"
        )
    dates = f"list_filter([{', '.join(made)}], lambda d: d.stands)"
    empty = "{'i': 0, 'name': '', 'us': NULL::BIGINT, 'raw': NULL::VARCHAR, 'stands': false}"
    listed = f"SELECT {', '.join(keep)}, {dates} AS _trod_dates FROM ({clocks.staged(base)})"
    unnested = (
        "SELECT *, unnest(CASE WHEN len(_trod_dates) = 0 OR _trod_fault IS NOT NULL "
        f"THEN [{empty}] ELSE _trod_dates END) AS _trod_date FROM ({listed})"
    )
    first = "(NOT _trod_date.stands OR _trod_date.i = _trod_dates[1].i)"
    # An amount is paid, an answer given and a text written once, however many dates a row has.
    once = ", ".join(f"CASE WHEN {first} THEN {n} END AS {n}" for n in ("value", "score", "text"))
    return (
        f"SELECT * REPLACE ({once}, message_id || {literal(JOINT)} || _trod_date.name "
        f"AS message_id), _trod_date.name AS touchpoint, _trod_date.us AS {TIME}, "
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
        "WHEN _trod_rounded THEN 'id_number_over_2_53' "
        f"WHEN coalesce({', '.join(kinds)}) IS NULL THEN 'no_id' "
        "WHEN _trod_stands IS NOT TRUE THEN 'time_missing' "
        f"{_ANCHOR_MISSING if _counts_from_column(spec) else ''}"
        "WHEN time_us IS NULL THEN 'time_unreadable' "
        f"WHEN {_KIND} = {REFUSED} THEN 'time_in_skipped_hour' "
        f"WHEN time_us NOT BETWEEN {EARLIEST_US} AND {LATEST_US} "
        "THEN 'time_out_of_range' "
        "WHEN coalesce(touchpoint, '') = '' THEN 'touchpoint_missing' END"
    )
    extra = [f"_trod_by_{i}" for i in range(len(spec.group_by))]
    extra += [BAD_VALUE, FOREIGN] if spec.value else []
    extra += [BAD_SCORE] if spec.score else []
    extra += [f"({TIME} & {KINDS - 1})::UTINYINT AS {SPECIAL}"]
    extra += ["_trod_first"] if spec.dates else []
    extra += [ROW, SAID] if numbered else []
    more = ", ".join(extra)
    return (
        f"SELECT {literal(spec.name)} AS source, message_id, time_us, touchpoint, channel, "
        f"{', '.join(kinds)}, value, score, text, {''.join(s + ', ' for s in states)}properties, "
        f"{reason} AS {REASON}, {more} FROM (SELECT *, {TIME} >> {KINDS.bit_length() - 1} "
        f"AS time_us FROM ({said}))"
    )


def _together(spec: SourceSpec, judged: str) -> str:
    """Write rows that are one touchpoint as one: values added up, the earliest time."""
    first = "sum(_trod_first)" if spec.dates else "count(*)"
    counted = f"{first}::BIGINT AS {N_ROWS}, count(*)::BIGINT AS {N_OFFERED}"
    kinds = [quoted(ID + kind) for kind in spec.id_words()]
    states = [quoted(STATE + name) for name in spec.states]
    roles = ((BAD_VALUE, spec.value), (FOREIGN, spec.value), (BAD_SCORE, spec.score))
    bad = [name for name, role in roles if role]
    tail = "".join(f", bool_or({name}) AS {name}" for name in bad)
    tail += "".join(f", count_if({sql}) AS {name}" for name, sql in MOVED.items())
    if spec.group_by:
        by = ["source", *_group_keys(spec)]
        return (
            "SELECT source, min(message_id) AS message_id, min(time_us) AS time_us, touchpoint, "
            f"min(channel) AS channel, {', '.join(kinds)}, sum(value)::BIGINT AS value, "
            f"min(score) AS score, {_GROUPED_TEXT} AS text, "
            f"{''.join(f'min({s}) AS {s}, ' for s in states)}{_GROUPED_PROPERTIES} "
            f"AS properties, min({REASON}) AS {REASON}, {counted}{tail} FROM ({judged}) "
            f"GROUP BY {', '.join(by)} ORDER BY time_us, {', '.join(by)}"
        )
    same = ["source", "message_id", "time_us", "touchpoint", "channel", *kinds]
    same += ["value", "score", "text", *states, "properties", REASON]
    return (
        f"SELECT {', '.join(same)}, {counted}{tail} FROM ({judged}) "
        f"GROUP BY {', '.join(same)} ORDER BY time_us, {', '.join(same)}"
    )


def _group_keys(spec: SourceSpec) -> list[str]:
    """List by what rows are one touchpoint; rows that a policy drops are in no group.

    A row that cannot be read stays in its group, which is then quarantined as a whole: a basket
    without one of its lines would be another basket, and count twice once the line can be read.
    """
    kinds = [quoted(ID + kind) for kind in spec.id_words()]
    by = [f"_trod_by_{i}" for i in range(len(spec.group_by))]
    return ["touchpoint", *kinds, *by, _POLICY]


def _with_their_group(spec: SourceSpec, judged: str) -> str:
    """Write why a row is left out that could be read, but not all rows of its group."""
    keys = ", ".join(_group_keys(spec))
    return (
        f"SELECT * REPLACE (CASE WHEN {REASON} IS NULL AND count({REASON}) OVER "
        f"(PARTITION BY {keys}) > 0 THEN {literal(GROUP_CODE)} ELSE {REASON} END AS {REASON}) "
        f"FROM ({judged})"
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
            keys = at.table.paths[name]
            # What is in a list stays.
            if name not in spare and all(isinstance(key, str) for key in keys):
                take_out(gone, tuple(map(str, keys)))
        rest = f"json_merge_patch({RECORD}, {literal(json.dumps(gone))}::JSON)::VARCHAR"
        return f"nullif({rest}, '{{}}')" if not spec.group_by else rest
    if not spare:
        return "NULL::VARCHAR"
    pack = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in spare)
    return f"to_json(struct_pack({pack}))::VARCHAR"


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
    number = f", {ROW}" if numbered else ""
    base = at.numbered if numbered else at.sql
    said = f"SELECT {', '.join(made)}, {_fault(spec, at)} AS _trod_fault{number} FROM ({base})"
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
        return f"{inner}, {ROW}, NULL::VARCHAR AS {SAID} FROM ({said})"
    same = ", ".join(["source", *kinds, *map(quoted, shown), REASON])
    return (
        f"SELECT {same}, count(*)::BIGINT AS {N_ROWS}, count(*)::BIGINT AS {N_OFFERED} "
        f"FROM ({inner} FROM ({said})) GROUP BY {same} ORDER BY {same}"
    )
