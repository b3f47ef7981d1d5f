"""Workbooks written by hand, so that anything can be wrong with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEAD = f'<worksheet xmlns="{_MAIN}"><sheetData>'
FOOT = "</sheetData></worksheet>"
PARTS: Mapping[str, str] = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OF}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OF}"><sheets>'
    '<sheet name="Log" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OF}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OF}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Put parts together, always in the same way."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def book(rows: str, **more: str | bytes) -> bytes:
    """Give a workbook whose sheet holds rows as XML; `more` stands in place of its parts."""
    named = {name.replace("__", "/"): content for name, content in more.items()}
    return zipped({**PARTS, SHEET: HEAD + rows + FOOT, **named})


def text(cell: str, value: str) -> str:
    """Give a cell with a text."""
    return f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def table(rows: Iterable[Iterable[str]], first: int = 1) -> str:
    """Give rows of texts."""
    return "".join(
        f'<row r="{number}">'
        + "".join(text(f"{chr(65 + i)}{number}", value) for i, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, first)
    )
