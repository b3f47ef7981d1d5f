"""A closer look at why a row could not be read: from what it said, and from its bytes.

The query over a file tells rows apart only as far as it must, for all rows pay for that. What is
wrong with the few that were left out is told here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from trod.sources.records import MOST_PARTS

_PLACEHOLDERS: Final = frozenset(
    [
        "null",
        "none",
        "nan",
        "nat",
        "n/a",
        "na",
        "nil",
        "undefined",
        "unknown",
        "-",
        "--",
        "?",
        "\\n",
    ]
)
_ERRORS: Final = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)")
_DAY: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SURROGATE: Final = re.compile(r"\\u[dD][89abAB]")


def refined(code: str, detail: str | None, original: bytes, header: bytes) -> str:
    """Give the code of the closest reason.

    Parameters
    ----------
    code
        What the query said.
    detail
        The time as it stands in the row.
    original
        The record.
    header
        The line of the file that names the columns.

    Examples
    --------
    >>> refined("time_unreadable", "2024-02-30", b"", b"")
    'day_does_not_exist'
    >>> refined("no_id", None, b",,", b"who,what,at")
    'row_empty'
    """
    if code == "not_a_json_object":
        return _of_json(original)
    if header and original.strip() == header.strip():
        return "header_repeated"
    if code in ("no_id", "time_missing", "touchpoint_missing") and not _WORD.search(original):
        return "row_empty"
    if code in _OF_TIME and b"\0" in original:
        return "nul_byte"
    if code in _OF_TIME and detail is not None:
        return _OF_TIME[code](detail.strip())
    return code


_WORD: Final = re.compile(rb"[^\s,;|\t\"']")


def _unreadable(said: str) -> str:
    """Say what is wrong with a time that is written."""
    if said.lower() in _PLACEHOLDERS:
        return "time_is_placeholder"
    if _ERRORS.match(said):
        return "time_is_formula_error"
    if re.match(r"0000-00-00|00[./]00[./]0000", said):
        return "time_is_zero"
    if not re.search(r"\d", said):
        return "time_is_a_word"
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?", said):
        return _number(said)
    return _written(said)


def _number(said: str) -> str:
    """Say what is wrong with a number that stands for a time."""
    size = abs(float(said.replace(",", ".")))
    return "time_in_other_unit" if size >= 1e8 else "time_is_a_number"


def _written(said: str) -> str:
    """Say what is wrong with a day or a clock."""
    if (day := _DAY.match(said)) and not _exists(*(int(part) for part in day.groups())):
        return "day_does_not_exist"
    if clock := _CLOCK.search(said):
        hour, minute, second = (int(part or 0) for part in clock.groups())
        if hour > 23 or minute > 59 or second > 59:
            return "clock_does_not_exist"
    for shape, code in _SHAPES:
        if shape.search(said):
            return code
    return "time_unreadable"


_SHAPES: Final = (
    (re.compile(r"^\d{1,2}:\d{2}"), "clock_without_day"),
    (re.compile(r"\d{2} ?([A-Z]{2,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)$"), "time_zone_unknown"),
    (re.compile(r"^\d{4}-\d{2}-\d{2}[T ].*[^\d:.+\-TZ ]"), "time_with_more_behind"),
    (re.compile(r"^\d{4}-\d{2}$"), "time_without_day"),
)


def _exists(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _out_of_range(said: str) -> str:
    """Say what is wrong with a time that no business has lived through."""
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?", said) and abs(float(said.replace(",", "."))) >= 1e8:
        return "time_in_other_unit"
    if re.search(r"(?<!\d)0001(?!\d)", said):
        return "year_1"
    if re.search(r"(?<!\d)9999(?!\d)", said):
        return "year_9999"
    if found := re.search(r"(?<!\d)(\d{4})(?!\d)", said):
        return "time_before_1900" if int(found[1]) < 1900 else "time_after_2200"
    return "time_out_of_range"


_OF_TIME: Final[Mapping[str, Callable[[str], str]]] = {
    "time_unreadable": _unreadable,
    "time_out_of_range": _out_of_range,
}


def _of_json(original: bytes) -> str:
    """Say why a line is no JSON object."""
    if original.count(b"[") + original.count(b"{") > MOST_PARTS:
        return "json_too_many_parts"
    try:
        text = original.decode()
        value = json.loads(text)
    except json.JSONDecodeError as problem:
        return _of_broken_json(text, problem)
    except UnicodeDecodeError:
        return "wrong_encoding"
    except RecursionError:
        return "not_a_json_object"
    if isinstance(value, dict):
        return "lone_surrogate" if _SURROGATE.search(text) else "not_a_json_object"
    return _OF_KIND.get(type(value).__name__, "json_is_a_value")


_OF_KIND: Final = {
    "NoneType": "json_is_null",
    "list": "json_is_a_list",
    "str": "json_is_a_text",
}


def _of_broken_json(text: str, problem: json.JSONDecodeError) -> str:
    """Say where a JSON text breaks."""
    said = text.strip()
    for begins, code in _BROKEN:
        if problem.msg.startswith(begins):
            return code
    if said.startswith("{'"):
        return "json_single_quotes"
    if re.match(r"\{\s*[A-Za-z_]\w*\s*:", said):
        return "json_unquoted_key"
    cut_off = said[:1] in ("{", "[") and not said.endswith(("}", "]"))
    return "json_cut_off" if cut_off else "not_a_json_object"


_BROKEN: Final = (
    ("Extra data", "json_more_behind"),
    ("Invalid control character", "json_control_character"),
    ("Invalid \\", "json_bad_escape"),
)
