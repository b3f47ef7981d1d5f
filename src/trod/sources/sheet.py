"""A sheet of a workbook as rows: Excel (.xlsx, .xlsb, .xls) and OpenDocument (.ods).

Workbooks are opened in a process of its own, which is this module when it is run; see `apart`.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import python_calamine as calamine

from trod.errors import DataError, unknown
from trod.sources.apart import answer, asked_apart
from trod.sources.dialect import header_of_rows
from trod.sources.limits import check_columns, check_packed
from trod.sources.rows import RowWriter, Written, said
from trod.sources.spec import FileOptions

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_MOST_BYTES: Final = 4 << 30
_MOST_SQUEEZED: Final = 1000
_MOST_DIRECTORY: Final = 2 << 20
_END_AT_MOST: Final = 22 + (1 << 16)
_LOOKED_AT: Final = 300
_OPTIONS: Final = {"sheet", "skip", "header", "nulls", "limits"}
_NO_ZIP: Final = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error)
"""What Python raises at a list of parts that is damaged."""
Cells = list[Any]


def is_book(path: Path, start: bytes) -> bool:
    """Say whether a file is a workbook, by its first bytes and what lies in it."""
    if start.startswith(_OLE):
        return True
    if not start.startswith(_ZIP):
        return False
    try:
        check_directory(path)
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except (*_NO_ZIP, OSError):
        return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def sheet_rows(path: Path, options: FileOptions, out: Path) -> Written:
    """Write the rows of a sheet; each stands on the line that has its number in the sheet.

    Parameters
    ----------
    path
        The workbook.
    options
        `sheet` says which one, by name or number; the first with rows by default. `skip` and
        `header` are those of the sheet.
    out
        File of JSON lines to write.

    Raises
    ------
    DataError
        If the workbook is damaged, locked or too large, or has no such sheet or no rows.
    """
    check_weight(path)
    asked = {"path": str(path), "out": str(out), "options": options.model_dump(include=_OPTIONS)}
    told = asked_apart(__name__, path, asked)
    return Written(out, told["n_lines"], tuple(told["names"]), told["nested"], told["size"])


def sheets_with_rows(path: Path) -> Sequence[str]:
    """Name the sheets of a workbook that are seen and have rows; none where it is damaged."""
    try:
        check_weight(path)
        names: list[str] = asked_apart(__name__, path, {"path": str(path)})
    except DataError:
        return ()
    return names


def _answer(asked: Mapping[str, Any]) -> Any:
    """Open a workbook: write the rows of a sheet, or name its sheets."""
    path = Path(asked["path"])
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            if "out" not in asked:
                return _with_rows(book)
            options = FileOptions.model_validate(asked["options"])
            name, sheet = _chosen(path, book, options.sheet)
            with RowWriter(Path(asked["out"])) as rows:
                _write(path, name, sheet, options, rows)
            told = ("n_lines", "names", "nested", "size")
            return {key: getattr(rows, key) for key in told}
    except calamine.PasswordError:
        raise DataError(
            f"{path}: the workbook is locked with a password. Save it without one."
        ) from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError) as problem:
        raise _damaged(path, problem) from problem


def check_directory(path: Path) -> None:
    """Refuse a workbook that lists more parts than one has."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_AT_MOST))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at >= 0 and len(end) >= at + 16:
        (size,) = struct.unpack_from("<I", end, at + 12)
        if size > _MOST_DIRECTORY:
            raise DataError(
                f"{path}: the list of what is in the workbook takes {size / 1e6:,.0f} MB, more "
                "than one has. Save the sheet as CSV."
            )


def check_weight(path: Path) -> None:
    """Refuse a workbook that would unpack to more than a machine should be asked to hold."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except _NO_ZIP as problem:
        raise _damaged(path, problem) from problem
    squeezed = size / max(1, path.stat().st_size)
    if size > _MOST_BYTES or (squeezed > _MOST_SQUEEZED and size > _MOST_BYTES // 16):
        raise DataError(
            f"{path}: the workbook unpacks to {size / 1e9:.1f} GB, {squeezed:,.0f} times its size. "
            "Save the sheet as CSV."
        )


def _damaged(path: Path, problem: Exception) -> DataError:
    why = _first_line(problem)
    return DataError(f"{path}: the workbook is damaged or cut off ({why}). Save it again.")


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0].rstrip(".") if str(problem).strip() else "no word"


def _chosen(path: Path, book: Any, wanted: str | int | None) -> tuple[str, Any]:
    """Give the sheet that is wanted: by name, by number from 1, or the first that has rows."""
    names = [
        one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(names):
            raise DataError(
                f"{path}: there is no sheet {wanted}. Sheets: {_numbered(names)}. "
                "Correct `sheet:` in trod.yml."
            )
        return names[wanted - 1], book.get_sheet_by_name(names[wanted - 1])
    if wanted is not None:
        if wanted not in names:
            raise DataError(f"{path}: {unknown('sheet', wanted, names)}")
        return wanted, book.get_sheet_by_name(wanted)
    hidden = {
        one.name for one in book.sheets_metadata if one.visible != calamine.SheetVisibleEnum.Visible
    }
    for name in sorted(names, key=lambda name: name in hidden):
        sheet = book.get_sheet_by_name(name)
        if sheet.height > 1:
            return name, sheet
    raise DataError(f"{path}: no sheet of the workbook has rows. Sheets: {_numbered(names)}.")


def _numbered(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name}" for i, name in enumerate(names[:12], 1)) or "none"


def _write(path: Path, name: str, sheet: Any, options: FileOptions, rows: RowWriter) -> None:
    what = f"{path.name}, sheet {name!r}"
    head = [_texts(row) for row in islice(sheet.iter_rows(), _LOOKED_AT)]
    while head and not head[-1]:
        head.pop()
    if not head:
        raise DataError(f"{what}: no row of data stands in it.")
    skip, header, names = header_of_rows(head, options, name=what)
    check_columns(path, len(names), options.limits)
    rows.named(names)
    nothing = {"", *options.nulls}
    below = _Merged(sheet, skip + header)
    size = path.stat().st_size
    for number, cells in enumerate(sheet.iter_rows()):
        filled = below.filled(number, cells)
        if number < skip + header or not _stands(filled):
            rows.blank()
            continue
        values = dict(zip(names, filled, strict=False))
        rows.row({k: None if said(v) in nothing else v for k, v in values.items()})
        check_packed(path, size, rows.size, options.limits)


def _stands(cells: Cells) -> bool:
    """Say whether a row holds anything; a row that is only formatted does not."""
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _texts(cells: Cells) -> list[str]:
    """Give a row as text, as far as something stands in it."""
    texts = ["" if cell == "" else str(said(cell)) for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


class _Merged:
    """Cells merged downwards: what stands in the first of them holds for all."""

    def __init__(self, sheet: Any, first: int) -> None:
        left = sheet.start[1] if sheet.start else 0
        self._open: dict[int, tuple[int, Any]] = {}
        self._begins: dict[int, list[tuple[int, int]]] = {}
        for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
            if bottom > top >= first:
                self._begins.setdefault(top, []).append((column - left, bottom))

    def filled(self, number: int, cells: Cells) -> Cells:
        """Give a row with what is merged into it."""
        if not self._begins:
            return cells
        for column, (bottom, value) in list(self._open.items()):
            if number > bottom:
                del self._open[column]
            elif column < len(cells) and cells[column] == "":
                cells = [*cells[:column], value, *cells[column + 1 :]]
        for column, bottom in self._begins.get(number, ()):
            if 0 <= column < len(cells):
                self._open[column] = (bottom, cells[column])
        return cells


def _with_rows(book: Any) -> list[str]:
    return [
        one.name
        for one in book.sheets_metadata
        if one.visible == calamine.SheetVisibleEnum.Visible
        and one.typ == calamine.SheetTypeEnum.WorkSheet
        and book.get_sheet_by_name(one.name).height > 1
    ]


if __name__ == "__main__":
    answer(_answer)
