"""Specs as SQL expressions over the columns of one file.

Names and texts go in quoted, so a column may be called anything. Every expression gives NULL, and
never an error, where a value cannot be read: the mapping counts those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from trod.events.clock_times import Clocks
from trod.events.moments import LEAP, Rules
from trod.events.pieces import AnchorSpec, ScoreSpec, TextSpec, TimeSpec, ValueSpec, WordsSpec
from trod.events.tables import JOINT
from trod.sources.engine import literal, quoted

_UNIT_US: Final = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_FLOATS: Final = ("DOUBLE", "FLOAT")
_INTEGERS: Final = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_NUMBER: Final = r"^\s*([-+]?\d+(?:[.,]\d+)?)"
_OFFSET: Final = r":\d\d(\.\d+)?\s*(Z|UTC|[+-]\d\d(:?\d\d)?)$"
_TAGS: Final = (
    (r"\s*<(br|/p|/div|/li|/h\d|/blockquote)\b[^>]*>\s*", "chr(10)"),
    (r"<[^>]*>", "''"),
)
_ENTITIES: Final = (
    ("&nbsp;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&amp;", "&"),
)
_LEAP: Final = r"(\d\d:(?:59|29|14|44)):60"
_AUTO_FIRST_S: Final = 631_152_000  # 1990
_AUTO_LAST_S: Final = 4_102_444_800  # 2100
EARLIEST_US: Final = -2_208_988_800_000_000  # 1900-01-01
LATEST_US: Final = 7_258_118_400_000_000  # 2200-01-01
NPS_NEUTRAL: Final = 7.5
"""Answer to a net promoter question that is neither glad nor sad: the middle of the passives."""


@dataclass(frozen=True, slots=True)
class Row:
    """The columns at hand, and what stands for nothing in them."""

    types: Mapping[str, str]
    nulls: tuple[str, ...] = ()

    def raw(self, name: str) -> str:
        """Give a column, with null markers taken out."""
        column = quoted(name)
        if self.nulls and self.types[name] == "VARCHAR":
            marks = ", ".join(literal(mark) for mark in self.nulls)
            return f"CASE WHEN {column} NOT IN ({marks}) THEN {column} END"
        return column

    def text(self, name: str) -> str:
        """Give a column as text without blanks around it; an empty text is nothing."""
        kind = self.types[name]
        if kind == "VARCHAR":
            return f"nullif(trim({self.raw(name)}), '')"
        if kind in _FLOATS:
            # pandas turns integers into floats where one is missing: 123.0 means 123.
            column = quoted(name)
            whole = f"{column} = trunc({column}) AND abs({column}) < 9007199254740992"
            return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        return f"{quoted(name)}::VARCHAR"

    def number(self, name: str) -> str:
        """Give a column as a number."""
        kind = self.types[name]
        if kind == "VARCHAR":
            return f"TRY_CAST({self.text(name)} AS DOUBLE)"
        if kind.startswith("DECIMAL") or kind in _FLOATS or _INTEGERS.fullmatch(kind):
            return quoted(name)
        return f"TRY_CAST({quoted(name)}::VARCHAR AS DOUBLE)"


def words_sql(words: WordsSpec, row: Row) -> str:
    """Write a text made from a row; NULL where a part of it is missing."""
    if words.constant is not None:
        return _if(words.when, literal(words.constant))
    if words.first_of:
        made = f"coalesce({', '.join(words_sql(each, row) for each in words.first_of)})"
    elif words.template is not None:
        parts = re.split(r"\{([^{}]+)\}", words.template)
        pieces = [row.text(p) if i % 2 else literal(p) for i, p in enumerate(parts) if p]
        made = " || ".join(f"({piece})" for piece in pieces)
    else:
        made = f" || {literal(JOINT)} || ".join(f"({row.text(name)})" for name in words.columns)
    return _if(words.when, _renamed(words, made))


def _if(condition: str | None, made: str) -> str:
    """Write a text that stands only where a condition holds."""
    if condition is None:
        return made
    return f"CASE WHEN coalesce(({condition})::BOOLEAN, false) THEN {made} END"


def _renamed(words: WordsSpec, made: str) -> str:
    """Write other words for some values."""
    if not words.map:
        return made
    cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in words.map.items())
    other = literal(words.otherwise) if words.otherwise is not None else made
    return f"CASE WHEN ({made}) IS NOT NULL THEN CASE ({made}) {cases} ELSE {other} END END"


def raw_time_sql(time: TimeSpec, row: Row) -> str:
    """Write a time as it stands in the row, as text; NULL where none does."""
    if time.first_of:
        return f"coalesce({', '.join(f'({row.text(name)})' for name in time.first_of)})"
    return " || ' ' || ".join(f"({row.text(name)})" for name in time.column)


def time_sql(time: TimeSpec, row: Row, zone: str, rules: Rules, clocks: Clocks) -> str:
    """Write a time as microseconds UTC times KINDS, and what is special about it; NULL if unread.

    Parameters
    ----------
    time
        Where the time stands and how it is written.
    row
        The columns at hand.
    zone, rules
        Zone of times that name none, and how hours are read that its clocks repeat or skip.
    clocks
        Takes the clock times that must be computed before.
    """
    if time.first_of and not _texts_alike(time, row):
        cases = " ".join(
            f"WHEN ({raw_time_sql(one, row)}) IS NOT NULL "
            f"THEN {time_sql(one, row, zone, rules, clocks)}"
            for one in time.one_by_one()
        )
        return f"CASE {cases} END"
    own = Rules(time.repeated_hour or rules.repeated_hour, time.skipped_hour or rules.skipped_hour)
    if time.unit is not None:
        count = _count_us(time, row)
        if time.since is None:
            return clocks.coded(f"TRY({count})")
        local = f"TRY(make_timestamp(epoch_us({anchor_sql(time, row)}) + ({count})))"
        return clocks.moment(local, zone, own)
    kind = row.types[time.column[0]] if len(time.column) == 1 else "VARCHAR"  # or `first_of`
    if kind == "TIMESTAMP WITH TIME ZONE":
        return clocks.coded(f"epoch_us({quoted(time.column[0])})")
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return clocks.moment(f"{quoted(time.column[0])}::TIMESTAMP", zone, own)
    return _written_sql(time, row, zone, own, clocks)


def _texts_alike(time: TimeSpec, row: Row) -> bool:
    """Say whether the first time that stands can be read without asking in which column it is."""
    return time.unit is None and all(row.types[name] == "VARCHAR" for name in time.first_of)


def _written_sql(time: TimeSpec, row: Row, zone: str, rules: Rules, clocks: Clocks) -> str:
    """Write a time that stands as text in the row."""
    said = raw_time_sql(time, row)
    leap = f"contains({said}, ':60')"
    # A leap second is read as the second before it, which the clock shows for two seconds.
    before = f"regexp_replace({said}, '{_LEAP}', '\\1:59')"
    # DuckDB takes the words epoch and infinity for moments, whatever the format.
    raw = f"(CASE WHEN {leap} THEN {before} WHEN regexp_matches({said}, '\\d') THEN {said} END)"
    parts = (_formatted if time.format else _iso)(time, raw, zone, rules, clocks)
    found = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    return f"({found} + CASE WHEN {leap} THEN {LEAP} ELSE 0 END)"


def _iso(_: TimeSpec, raw: str, zone: str, rules: Rules, clocks: Clocks) -> list[str]:
    """Write a time in ISO 8601, which may name its zone or not."""
    aware = f"epoch_us(TRY_CAST({raw} AS TIMESTAMPTZ))"
    if zone == "UTC":
        return [clocks.coded(aware)]  # the session reads times without a zone in UTC
    offset = offset_sql(raw)
    naive = f"CASE WHEN NOT {offset} THEN TRY_CAST({raw} AS TIMESTAMP) END"
    zoned = f"CASE WHEN {offset} THEN {aware} END"
    return [clocks.moment(naive, zone, rules), clocks.coded(zoned)]


def _formatted(time: TimeSpec, raw: str, zone: str, rules: Rules, clocks: Clocks) -> list[str]:
    """Write a time in each of its formats: those that name their zone, and those that do not."""
    parts = []
    for zoned in (False, True):
        formats = [literal(f) for f in time.format if names_zone((f,)) == zoned]
        if not formats:
            continue
        listed = formats[0] if len(formats) == 1 else f"[{', '.join(formats)}]"
        parsed = f"try_strptime({raw}, {listed})"
        aware = f"epoch_us({parsed})"
        parts.append(clocks.coded(aware) if zoned else clocks.moment(parsed, zone, rules))
    return parts


def offset_sql(raw: str) -> str:
    """Write whether a text names its zone, as 2024-01-05T10:00:00+01:00 does."""
    return f"regexp_matches({raw}, {literal(_OFFSET)})"


def names_zone(formats: tuple[str, ...]) -> bool:
    """Say whether times in these formats name their zone."""
    return any("%z" in text or "%Z" in text for text in formats)


def _count_us(time: TimeSpec, row: Row) -> str:
    """Write a number of units as microseconds."""
    (name,) = time.column[:1]
    if time.unit == "auto":
        return _told_by_size(row, name)
    if time.unit == "ns":
        return f"TRY_CAST({row.raw(name)} AS BIGINT) // 1000"
    factor = _UNIT_US[str(time.unit)]
    start = f" - {time.first}" if time.first else ""
    whole = f"(TRY_CAST({row.raw(name)} AS BIGINT){start}) * {factor}"
    if _INTEGERS.fullmatch(row.types[name]):
        return whole
    part = f"round(({row.number(name)}{start}) * {factor})::BIGINT"
    if row.types[name] == "VARCHAR":
        # A cast from text to integer rounds; only digits may take the exact way.
        exact = f"regexp_full_match({row.text(name)}, '[-+]?\\d+')"
        return f"CASE WHEN {exact} THEN {whole} ELSE {part} END"
    return part


def _told_by_size(row: Row, name: str) -> str:
    """Write a number whose size tells its unit, as all four give other years; NULL for others."""
    x = row.number(name)
    cases = " ".join(
        f"WHEN abs({x}) BETWEEN {_AUTO_FIRST_S * per_s} AND {_AUTO_LAST_S * per_s} "
        f"THEN {_exactly(row, name, per_s)}"
        for per_s in (1, 1_000, 1_000_000, 1_000_000_000)
    )
    return f"CASE {cases} END"


def _exactly(row: Row, name: str, per_s: int) -> str:
    """Write a number of parts of a second as microseconds, without rounding whole numbers."""
    if per_s > 1_000_000:
        return f"TRY_CAST({row.raw(name)} AS BIGINT) // {per_s // 1_000_000}"
    factor = 1_000_000 // per_s
    return (
        f"CASE WHEN contains({row.raw(name)}::VARCHAR, '.') "
        f"THEN round({row.number(name)} * {factor})::BIGINT "
        f"ELSE TRY_CAST({row.raw(name)} AS BIGINT) * {factor} END"
    )


def anchor_sql(time: TimeSpec, row: Row) -> str:
    """Write the moment from which a time counts."""
    since = time.since
    if isinstance(since, date):
        return f"TIMESTAMP {literal(since.isoformat())}"
    assert isinstance(since, AnchorSpec)
    if since.dates:
        cases = " ".join(
            f"WHEN {literal(name)} THEN TIMESTAMP {literal(day.isoformat())}"
            for name, day in since.dates.items()
        )
        return f"CASE {row.text(since.column)} {cases} END"
    if since.format:
        return f"try_strptime({row.text(since.column)}, {literal(since.format)})"
    return f"TRY_CAST({row.raw(since.column)} AS TIMESTAMP)"


def said_sql(role: ValueSpec | ScoreSpec, row: Row) -> str:
    """Write what stands where an amount or an answer is read; NULL where none is asked for."""
    return f"({_if(role.when, row.text(role.column))})"


def text_sql(part: TextSpec, row: Row) -> str:
    """Write what a customer wrote; tags of HTML become line ends or nothing."""
    said = row.text(part.column)
    if part.html:
        for pattern, plain in _TAGS:
            said = f"regexp_replace({said}, {literal(pattern)}, {plain}, 'gi')"
        for entity, letter in _ENTITIES:
            said = f"replace({said}, {literal(entity)}, {literal(letter)})"
        said = f"nullif(trim({said}, chr(10) || ' '), '')"
    return _if(part.when, said)


def value_sql(value: ValueSpec, row: Row) -> str:
    """Write money in millionths; NULL where it cannot be read, or is in another currency."""
    return _if(value.when, _amount(value, row))


def foreign_sql(value: ValueSpec, row: Row) -> str:
    """Say whether an amount is in another currency than the one that counts."""
    if value.currency_column is None:
        return "false"
    said = f"upper({row.text(value.currency_column)})"
    counts = literal(value.currency.upper()) if value.currency is not None else "NULL"
    return f"{said} IS NOT NULL AND {said} IS DISTINCT FROM {counts}"


def _amount(value: ValueSpec, row: Row) -> str:
    factor = 1_000_000 // value.parts_of_one()
    kind = row.types[value.column]
    column = quoted(value.column)
    if kind in _FLOATS:
        amount = f"TRY(round({column} * {factor})::BIGINT)"
    elif kind == "VARCHAR":
        amount = f"TRY((({_decimal(row.raw(value.column), value.decimal)}) * {factor})::BIGINT)"
    else:
        amount = f"TRY((TRY_CAST({column} AS DECIMAL(24,6)) * {factor})::BIGINT)"
    if value.currency_column is None:
        return amount
    return f"CASE WHEN NOT ({foreign_sql(value, row)}) THEN {amount} END"


def _decimal(raw: str, mark: str) -> str:
    """Write an amount such as (1.234,50 €) or -$1,234.50 as a decimal number."""
    digits = f"regexp_replace({raw}, '[^0-9,.()\\-\\x{{2212}}]', '', 'g')"
    if mark == ",":
        digits = f"replace(replace({digits}, '.', ''), ',', '.')"
    else:
        digits = f"replace({digits}, ',', '')"
    digits = f"replace({digits}, chr(8722), '-')"
    signed = f"regexp_replace({digits}, '^\\((.*)\\)$', '-\\1')"
    dressed = f"TRY_CAST(regexp_replace({signed}, '^(.*)-$', '-\\1') AS DECIMAL(24,6))"
    bare = (
        raw
        if mark == "."
        else f"CASE WHEN NOT contains({raw}, '.') THEN replace({raw}, ',', '.') END"
    )
    return f"coalesce(TRY_CAST({bare} AS DECIMAL(24,6)), {dressed})"  # mostly numbers stand bare


def score_sql(score: ScoreSpec, row: Row) -> str:
    """Write a survey answer as a mood from -1000 to 1000; NULL where it is not on the scale."""
    low, high = score.ends()
    if score.map:
        cases = " ".join(f"WHEN {literal(a)} THEN {b!r}" for a, b in score.map.items())
        x = f"(CASE {row.text(score.column)} {cases} END)::DOUBLE"
    elif row.types[score.column] == "VARCHAR":
        digits = f"regexp_extract({row.raw(score.column)}, {literal(_NUMBER)}, 1)"
        x = f"TRY_CAST(replace(nullif({digits}, ''), ',', '.') AS DOUBLE)"
    else:
        x = f"{row.number(score.column)}::DOUBLE"
    if score.scale == "nps":
        under = f"({x} - {NPS_NEUTRAL}) / {NPS_NEUTRAL}"
        over = f"({x} - {NPS_NEUTRAL}) / {10 - NPS_NEUTRAL}"
        mood = f"CASE WHEN {x} < {NPS_NEUTRAL} THEN {under} ELSE {over} END"
    else:
        mood = f"({x} - {low}) / {high - low} * 2 - 1"
    least, most = min(low, high), max(low, high)
    answer = f"CASE WHEN {x} BETWEEN {least} AND {most} THEN round(({mood}) * 1000)::SMALLINT END"
    return _if(score.when, answer)
