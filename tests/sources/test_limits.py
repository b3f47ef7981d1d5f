"""R15: the limits of a source hold whatever its rows are taken out of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from trod.errors import DataError
from trod.sources.engine import batch_rows, engine
from trod.sources.spec import FileOptions
from trod.sources.table import open_table
from trod.workspace import Workspace

MEGA = 1 << 20
Rows = list[dict[str, str]]


def rows(n_columns: int = 0, note: int = 0) -> Rows:
    """Give two rows, the second with so many columns more, or a value so long."""
    first = {"who": "a", "at": "2025-01-01", "what": "visit"}
    more = {f"k{i}": "x" for i in range(n_columns)} | ({"note": "x" * note} if note else {})
    return [first, {**first, "who": "b", **more}]


def xes(folder: Path, given: Rows) -> Mapping[str, Any]:
    def event(row: dict[str, str]) -> str:
        return "".join(f'<string key="{key}" value="{row[key]}"/>' for key in row)

    events = "".join(f"<event>{event(row)}</event>" for row in given)
    (folder / "rows.xes").write_text(f"<log><trace>{events}</trace></log>")
    return {"files": "rows.xes"}


def ocel(folder: Path, given: Rows) -> Mapping[str, Any]:
    def event(i: int, row: dict[str, str]) -> dict[str, Any]:
        told = [{"name": key, "value": value} for key, value in row.items() if key != "at"]
        to = [{"objectId": "a", "qualifier": "by"}]
        own = {"id": f"e{i}", "type": "visit", "time": row["at"]}
        return {**own, "attributes": told, "relationships": to}

    log = {"eventTypes": [], "objectTypes": [], "objects": [{"id": "a", "type": "customer"}]}
    events = [event(i, row) for i, row in enumerate(given)]
    (folder / "rows.json").write_text(json.dumps({**log, "events": events}))
    return {
        "files": "rows.json",
        "customer": "customer",
        "time": "time",
        "touchpoint": "type",
        "format": "ocel",
    }


def workbook(folder: Path, given: Rows) -> Mapping[str, Any]:
    with xlsxwriter.Workbook(folder / "rows.xlsx") as out:
        sheet = out.add_worksheet("all")
        names = list(given[1])
        sheet.write_row(0, 0, names)
        for i, row in enumerate(given, 1):
            sheet.write_row(i, 0, [row.get(name, "") for name in names])
    return {"files": "rows.xlsx"}


def database(folder: Path, given: Rows) -> Mapping[str, Any]:
    names = list(given[1])
    with closing(sqlite3.connect(folder / "rows.db")) as out, out:
        out.execute(f"CREATE TABLE rows ({', '.join(names)})")
        for row in given:
            told = {name: row.get(name) for name in names}
            out.execute(
                f"INSERT INTO rows VALUES ({', '.join('?' * len(names))})", [*told.values()]
            )
    return {"database": "sqlite:///rows.db", "table": "rows"}


def program(folder: Path, given: Rows) -> Mapping[str, Any]:
    return {"rows": True}


WAYS = [xes, ocel, workbook, database, program]
Way = Callable[[Path, Rows], Mapping[str, Any]]


def ingested(folder: Path, way: Way, given: Rows, **limits: Any) -> Workspace:
    keys = {"name": "log", "customer": "who", "time": "at", "touchpoint": "what"}
    source = {**keys, **way(folder, given), "limits": limits}
    (folder / "trod.yml").write_text(json.dumps({"sources": [source]}))
    space = Workspace.open(folder)
    if way is program:
        space.ingest_rows("log", given)
    else:
        space.ingest()
    return space


def stored(space: Workspace) -> int:
    return sum(part.rows for part in space.store.manifest.of("touchpoints"))


@pytest.mark.parametrize("way", [one for one in WAYS if one is not database])
def test_R15_more_columns_than_a_table_has_are_taken_where_a_source_allows_them(tmp_path, way):
    assert stored(ingested(tmp_path, way, rows(n_columns=3_500), columns=30_000)) == 2


def test_R15_attributes_of_objects_beyond_the_limit_are_one_value(tmp_path):
    assert stored(ingested(tmp_path, ocel, rows(n_columns=60), columns=50)) == 2


@pytest.mark.parametrize("way", [one for one in WAYS if one is not ocel])
def test_R15_columns_beyond_the_limit_are_told_by_the_name_that_people_know(tmp_path, way):
    with pytest.raises(DataError, match=r"more than 50 .* `limits: \{columns: 500\}`") as caught:
        ingested(tmp_path, way, rows(n_columns=60), columns=50)
    assert "rows" in str(caught.value)
    assert "trod-" not in str(caught.value)
    assert "room-" not in str(caught.value)


@pytest.mark.parametrize("way", [one for one in WAYS if one is not workbook])
def test_R15_a_long_row_is_taken_where_a_source_allows_it(tmp_path, way):
    assert stored(ingested(tmp_path, way, rows(note=5 * MEGA), row="32MB")) == 2


def test_rows_that_are_long_come_in_small_batches(tmp_path):
    xes(tmp_path, rows(note=MEGA) * 2)
    with engine() as duck:
        table = open_table(duck, tmp_path / "rows.xes", FileOptions.model_validate({}))
        assert table.row_bytes > MEGA // 4
        assert batch_rows(table.row_bytes) < 1 << 15


def test_R15_attributes_of_a_trace_do_not_fill_the_disk(tmp_path):
    events = '<event><string key="what" value="visit"/></event>' * 1_500
    trace = f'<string key="note" value="{"x" * (48 << 10)}"/>{events}'
    (tmp_path / "rows.xes").write_text(f"<log><trace>{trace}</trace></log>")
    with engine() as duck, pytest.raises(DataError, match=r"rows\.xes: .* become 64 MB"):
        open_table(duck, tmp_path / "rows.xes", FileOptions.model_validate({}))


def test_R15_a_merged_cell_does_not_fill_the_disk(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx") as out:
        sheet = out.add_worksheet()
        sheet.write_row(0, 0, ["who", "note"])
        for i in range(1, 4_000):
            sheet.write(i, 0, "a")
        sheet.merge_range(1, 1, 3_999, 1, "x" * 30_000)
    with engine() as duck, pytest.raises(DataError, match=r"rows\.xlsx: .* become 64 MB"):
        open_table(duck, tmp_path / "rows.xlsx", FileOptions.model_validate({}))
