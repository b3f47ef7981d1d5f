"""A sheet of a workbook is a table like any other, and its rows keep their numbers."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from trod import project as projects
from trod import workspace
from trod.errors import DataError
from trod.events.infer import guess
from trod.sources.engine import engine
from trod.sources.spec import FileOptions
from trod.sources.table import open_table
from trod.workspace import Workspace

WHEN = datetime(2024, 1, 5, 10, 11, 12, 345000)


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a workbook; a cell is a value, or a function that writes itself."""
    with xlsxwriter.Workbook(path) as out:
        formats = {
            date: out.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: out.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}),
            time: out.add_format({"num_format": "hh:mm:ss"}),
        }
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if callable(cell):
                        cell(sheet, r, c)
                    elif type(cell) in formats:
                        sheet.write_datetime(r, c, cell, formats[type(cell)])
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return path


def read(path: Path, **options: Any) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    with engine() as duck:
        table = open_table(duck, path, FileOptions.model_validate(options))
        names = ", ".join(f'"{name}"' for name in table.names)
        return table.names, duck.rows(f"SELECT {names} FROM ({table.sql})")


def formula(text: str, cached: Any):
    return lambda sheet, r, c: sheet.write_formula(r, c, text, None, cached)


def merged(value: Any, rows: int):
    return lambda sheet, r, c: sheet.merge_range(r, c, r + rows - 1, c, value)


def test_D2_cells_are_read_as_what_they_are(tmp_path):
    file = book(
        tmp_path / "book.xlsx",
        Data=[
            ["id", "at", "day", "clock", "n", "share", "ok", "sum", "broken"],
            [7, WHEN, date(2024, 1, 5), time(9, 30), 3.0, 0.1, True, formula("=1+1", 2), None],
            ["a", None, None, None, 2**40, -0.5, False, None, formula("=NA()", "#N/A")],
        ],
    )
    names, rows = read(file)
    assert names == ("id", "at", "day", "clock", "n", "share", "ok", "sum", "broken")
    assert rows == [
        (
            *("7", "2024-01-05 10:11:12.345000", "2024-01-05", "09:30:00", "3", "0.1", "true"),
            *("2", None),
        ),
        ("a", None, None, None, str(2**40), "-0.5", "false", None, None),
    ]


def test_the_header_is_found_below_titles_and_right_of_empty_columns(tmp_path):
    file = book(
        tmp_path / "book.xlsx",
        Data=[[], [None, "Orders of May"], [], [None, "id", "at"], [None, 1, date(2024, 5, 1)]],
    )
    assert read(file) == (("id", "at"), [("1", "2024-05-01")])


def test_the_first_sheet_with_rows_is_read_unless_another_one_is_named(tmp_path):
    file = book(
        tmp_path / "book.xlsx",
        Cover=[["Made by finance"]],
        May=[["id", "at"], [1, date(2024, 5, 1)]],
        June=[["id", "at"], [2, date(2024, 6, 1)]],
    )
    assert read(file)[1] == [("1", "2024-05-01")]
    assert read(file, sheet="June")[1] == read(file, sheet=3)[1] == [("2", "2024-06-01")]
    with pytest.raises(DataError, match="unknown sheet 'Jun': did you mean 'June'"):
        read(file, sheet="Jun")
    with pytest.raises(DataError, match=r"no sheet 4\. Sheets: 1 Cover, 2 May, 3 June"):
        read(file, sheet=4)


def test_what_is_merged_downwards_holds_for_every_row(tmp_path):
    file = book(
        tmp_path / "book.xlsx",
        Data=[["who", "what"], [merged("ann", 2), "call"], [None, "visit"], ["bob", "call"]],
    )
    assert read(file)[1] == [("ann", "call"), ("ann", "visit"), ("bob", "call")]


def test_a_sheet_may_lack_a_header_and_say_what_means_nothing(tmp_path):
    file = book(tmp_path / "book.xlsx", Data=[["ann", 3], ["n/a", 4]])
    assert read(file, header=["who", "n"], nulls=["n/a"]) == (
        ("who", "n"),
        [("ann", "3"), (None, "4")],
    )


def test_an_open_document_is_a_workbook_too(tmp_path):
    cells = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in (
            _text("id") + _text("at"),
            _text("7") + '<table:table-cell office:value-type="date" '
            'office:date-value="2024-05-01T10:00:00"><text:p>1 May</text:p></table:table-cell>',
        )
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(tmp_path / "book.ods", "w") as out:
        out.writestr("mimetype", kind)
        out.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        out.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="May">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    names, rows = read(tmp_path / "book.ods")
    assert (names, rows[0][0], str(rows[0][1])[:10]) == (("id", "at"), "7", "2024-05-01")


def _text(value: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    )


def test_R7_a_row_of_a_sheet_is_quarantined_with_its_number_in_the_sheet(tmp_path):
    book(
        tmp_path / "book.xlsx",
        Calls=[
            ["Calls of May"],
            [],
            ["who", "at", "what"],
            ["ann", datetime(2024, 5, 1, 9), "call"],
            [],
            ["bob", "tomorrow", "call"],
            [12345678901234567890, datetime(2024, 5, 1, 9), "call"],
        ],
    )
    yml = "sources: [{name: calls, files: book.xlsx, customer: who, time: at, touchpoint: what}]\n"
    (tmp_path / "trod.yml").write_text(yml)
    space = Workspace.open(tmp_path)
    (report,) = space.ingest()
    assert (report.received, report.stored, report.n_quarantined) == (3, 1, 2)
    assert {(held.code, held.line) for held in space.quarantined()} == {
        ("time_is_a_word", 6),
        ("id_number_over_2_53", 7),
    }
    (tmp_path / "trod.yml").write_text(yml.replace("touchpoint", "nulls: tomorrow, touchpoint"))
    (again,) = Workspace.open(tmp_path).replay(code="time_is_a_word")
    assert (again.received, again.n_quarantined) == (1, 1)


def test_sheets_of_a_workbook_are_sources_of_a_map_and_of_a_first_trod_yml(tmp_path):
    visits = [[f"c{i % 9}", datetime(2024, 5, 1 + i % 28, 9), "visit"] for i in range(60)]
    orders = [[f"c{i % 9}", datetime(2024, 6, 1 + i % 28, 9), f"p{i % 3}"] for i in range(30)]
    products = [[f"p{i}", f"Bike {i}"] for i in range(3)]
    file = book(
        tmp_path / "book.xlsx",
        Visits=[["customer_id", "timestamp", "event"], *visits],
        Orders=[["customer_id", "ordered_at", "product_id"], *orders],
        Products=[["product_id", "bike"], *products],
    )
    found = guess([file])
    assert [(s.name, s.sheet) for s in found.sources] == [
        ("Visits", "Visits"),
        ("Orders", "Orders"),
    ]
    text = projects.starting_text(found, root=tmp_path)
    assert '# join: {file: book.xlsx, sheet: "Products", on: product_id, columns: [bike]}' in text
    (tmp_path / "trod.yml").write_text(text.replace("# join:", "join:"))
    space = Workspace.open(tmp_path)
    assert {r.source: r.stored for r in space.ingest()} == {"Visits": 60, "Orders": 30}
    assert workspace.map_files(file).data.population.n == 9


@pytest.mark.parametrize("keep", [40, 2000])
def test_R14_a_damaged_workbook_is_refused_in_words(tmp_path, keep):
    file = book(tmp_path / "book.xlsx", Data=[["id", "at"], [1, 2]])
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(DataError, match="the workbook is damaged or cut off"):
        read(file)


def test_R15_a_workbook_that_would_unpack_to_a_mountain_is_refused(tmp_path):
    file = tmp_path / "book.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/workbook.xml", "<workbook/>")
        with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(40):
                part.write(bytes(8 << 20))
    with pytest.raises(DataError, match=r"unpacks to 0.3 GB, 1,0\d\d times its size"):
        read(file)
