"""R8: a file for every reason; the row is quarantined with exactly that one, others are stored."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.events.test_quarantine import workspace
from trod.events.quarantined import reasons, rows
from trod.events.reasons import REASONS

UNIT = {"time": {"column": "at", "unit": "s"}}
SINCE = {"time": {"column": "at", "unit": "d", "since": {"column": "s"}}}
DAYS = {"time": {"column": "at", "unit": "d", "since": "2024-01-01"}}
BERLIN = {"zone": "Europe/Berlin", "skipped_hour": "quarantine"}


def timed(said: str) -> str:
    """Give a CSV file of one good row and one with this time."""
    return f'who,what,at\n1,a,2024-01-05\n2,b,"{said}"\n'


def counted(said: str) -> str:
    """Give a CSV file of one good row and one with this number."""
    return f"who,what,at\n1,a,1704448800\n2,b,{said}\n"


def line(said: str) -> str:
    """Give JSON lines of one good record and this."""
    return f'{{"who":1,"what":"a","at":"2024-01-05"}}\n{said}\n'


GOOD = "who,what,at\n1,a,2024-01-05\n"
FILES: dict[str, tuple[str, str | bytes, dict]] = {
    "too_many_columns": ("csv", GOOD + "2,b,2024-01-05,x\n", {}),
    "wrong_encoding": ("csv", GOOD.encode() + b"2,\xff\xfe,2024-01-05\n", {"encoding": "utf-8"}),
    "line_too_long": ("csv", GOOD + "2," + "x" * (5 << 20) + ",2024-01-05\n", {}),
    "quote_misplaced": ("csv", GOOD + '2,"b"c,2024-01-05\n', {"quote": '"'}),
    "quote_never_closed": ("csv", GOOD + '2,b,"2024-01-05\n', {"quote": '"'}),
    "not_a_json_object": ("jsonl", line("hello"), {}),
    "json_is_a_list": ("jsonl", line("[1]"), {}),
    "json_is_a_text": ("jsonl", line('"x"'), {}),
    "json_is_a_value": ("jsonl", line("5"), {}),
    "json_is_null": ("jsonl", line("null"), {}),
    "json_cut_off": ("jsonl", line('{"who":2,"what":'), {}),
    "json_too_many_parts": ("jsonl", line(f'{{"who":2,"a":{"[" * 200_001}'), {}),
    "json_more_behind": ("jsonl", line('{"who":2} x'), {}),
    "json_control_character": ("jsonl", line('{"who":"\x01"}'), {}),
    "json_bad_escape": ("jsonl", line('{"who":"\\x"}'), {}),
    "json_single_quotes": ("jsonl", line("{'who':2}"), {}),
    "json_unquoted_key": ("jsonl", line("{who:2}"), {}),
    "lone_surrogate": ("jsonl", line('{"who":"\\ud800"}'), {}),
    "header_repeated": ("csv", GOOD + "who,what,at\n", {}),
    "row_empty": ("csv", GOOD + ",,\n", {}),
    "no_id": ("csv", GOOD + ",b,2024-01-05\n", {}),
    "id_number_over_2_53": ("csv", GOOD + "9.00719925474099E+15,b,2024-01-05\n", {}),
    "time_missing": ("csv", GOOD + "2,b,\n", {}),
    "time_unreadable": ("csv", timed("5th of May 24"), {}),
    "nul_byte": ("csv", timed("5th of\0 May 24"), {"encoding": "utf-8"}),
    "time_is_placeholder": ("csv", timed("N/A"), {}),
    "time_is_formula_error": ("csv", timed("#REF!"), {}),
    "time_is_zero": ("csv", timed("0000-00-00 00:00:00"), {}),
    "time_is_a_word": ("csv", timed("soon"), {}),
    "time_is_a_number": ("csv", timed("45296"), {}),
    "time_in_other_unit": ("csv", counted("1704448800123"), UNIT),
    "time_anchor_missing": ("csv", "who,what,at,s\n1,a,3,2024-01-01\n2,b,3,\n", SINCE),
    "time_with_more_behind": ("csv", timed("2024-01-05 10:00 (local)"), {}),
    "time_without_day": ("csv", timed("2024-01"), {}),
    "time_zone_unknown": ("csv", timed("2024-01-05 10:00 XYZST"), {}),
    "day_does_not_exist": ("csv", timed("2023-02-29"), {}),
    "clock_does_not_exist": ("csv", timed("2024-01-05 25:00:00"), {}),
    "clock_without_day": ("csv", timed("10:30"), {}),
    "time_in_skipped_hour": ("csv", timed("2024-03-31 02:30"), BERLIN),
    "year_1": ("csv", timed("0001-01-01"), {}),
    "year_9999": ("csv", timed("9999-12-31"), {}),
    "time_before_1900": ("csv", timed("1066-10-14"), {}),
    "time_after_2200": ("csv", timed("2999-01-01"), {}),
    "time_out_of_range": ("csv", "who,what,at\n1,a,3\n2,b,999999\n", DAYS),
    "touchpoint_missing": ("csv", GOOD + "2,,2024-01-05\n", {}),
    "group_incomplete": (
        "csv",
        GOOD + "2,b,2024-01-05\n2,b,soon\n",
        {"group_by": "who", "touchpoint": {"constant": "buys"}},
    ),
}


@pytest.mark.parametrize("code", sorted(FILES))
def test_R8_a_row_is_quarantined_with_exactly_its_reason(tmp_path: Path, code: str) -> None:
    ending, content, keys = FILES[code]
    raw = content.encode() if isinstance(content, str) else content
    (tmp_path / f"f.{ending}").write_bytes(raw)
    keys = {"delimiter": ",", "header": True, **keys} if ending == "csv" else keys
    space = workspace(tmp_path, **keys)
    (report,) = space.ingest()
    assert report.stored == 1
    held = rows(space.store, limit=5)
    beside = {"time_is_a_word"} if code == "group_incomplete" else set()
    assert {row.code for row in held} == {code} | beside
    assert report.quarantined == dict.fromkeys({code} | beside, 1)
    for row in held:
        assert row.original in raw
        assert row.line == raw[: raw.rindex(row.original)].count(b"\n") + 1


def test_R8_every_reason_is_reached_by_some_file() -> None:
    elsewhere = {
        "message_id_conflict",
        "value_unreadable",
        "value_in_other_currency",
        "score_unreadable",
    }
    fallbacks = {"line_unreadable"}  # what DuckDB may say in some later version
    assert set(REASONS) == {*FILES, *elsewhere, *fallbacks}
    assert len(FILES) + len(elsewhere) >= 40


def test_R5_contents_of_one_message_id_are_listed_by_their_reason(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "id,who,what,at\n1,1,a,2024-01-05\n1,1,b,2024-01-05\n2,1,c,2024-01-05\n"
    )
    space = workspace(tmp_path, message_id="id")
    (report,) = space.ingest()
    assert report.quarantined == {"message_id_conflict": 1}
    (found,) = reasons(space.store)
    assert (found.code, found.n, found.file) == ("message_id_conflict", 1, "f.csv")


def test_values_that_cannot_be_read_leave_the_touchpoint_and_a_word(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "who,what,at,paid,nps\n1,a,2024-01-05,free,12\n2,a,2024-01-05,7,9\n"
    )
    score = {"column": "nps", "scale": "nps"}
    space = workspace(tmp_path, value="paid", score=score)
    (report,) = space.ingest()
    assert (report.stored, report.n_quarantined) == (2, 0)
    assert [line.split(": ", 1)[1] for line in space.rows_left_out()] == [
        f"1 touchpoint kept {REASONS[code].what} (row 1)."
        for code in ("score_unreadable", "value_unreadable")
    ]


def test_R8_a_rounded_id_of_parquet_is_not_taken_for_an_id(tmp_path: Path) -> None:
    table = pa.table({"who": [1.0, float(2**53)], "what": ["a", "b"], "at": ["2024-01-05"] * 2})
    pq.write_table(table, tmp_path / "f.parquet")
    space = workspace(tmp_path)
    (report,) = space.ingest()
    assert report.quarantined == {"id_number_over_2_53": 1}


def test_every_reason_says_who_can_mend_it_and_how() -> None:
    for code, reason in REASONS.items():
        assert code == reason.code
        assert reason.todo.endswith(".")
        assert reason.who in ("source", "trod.yml", "nobody")
        assert json.dumps(reason.what)
