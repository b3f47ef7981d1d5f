"""Workbooks: cut off, locked, lying, with cells where none should be, with formulas."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.badinput.badfile import HEADER, BadFile, Files, row, rows
from tests.badinput.workbook import FOOT, HEAD, PARTS, SHEET, STRINGS, book, table, text, zipped

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.example","y")', "＝1+1")
_GOOD = [HEADER, *rows(20)]
_WHOLE = book(table(_GOOD))
DIRECTORY_LOST = _WHOLE.replace(b"PK\x01\x02", b"PK\0\0", 1)
"""A workbook whose list of parts is damaged, and whose end still says where it is."""


def sheets() -> Files:
    """Excel workbooks."""
    for share in (0.05, 0.3, 0.6, 0.9, 0.99):
        yield _refused(f"cut-{share}", f"cut at {share:.0%}", _WHOLE[: int(len(_WHOLE) * share)])
    draw = random.Random(11)
    for i in range(16):
        flipped = bytearray(_WHOLE)
        flipped[draw.randrange(30, len(_WHOLE))] ^= 1 << draw.randrange(8)
        yield _any(f"flip-{i:02d}", "a wrong bit", bytes(flipped))
    yield _refused("locked", "locked with a password", _locked())
    yield _refused("old-cut", "an old workbook without its sectors", _locked()[:512])
    yield _refused(
        "no-parts", "a zip with an empty sheet list", zipped({"xl/workbook.xml": "<w/>"})
    )
    for name in ("xl/workbook.xml", SHEET, "xl/_rels/workbook.xml.rels"):
        left = {k: v for k, v in {**PARTS, SHEET: HEAD + table(_GOOD) + FOOT}.items() if k != name}
        yield _refused(f"without-{name.split('/')[-1]}", f"without {name}", zipped(left))
    broken = HEAD + table(_GOOD)[:-40] + FOOT
    yield _any("broken-xml", "XML that does not nest", zipped({**PARTS, SHEET: broken}))
    yield _refused("cut-xml", "XML cut off", zipped({**PARTS, SHEET: broken[:900]}))
    yield _refused("no-sheet", "a sheet of zeros", zipped({**PARTS, SHEET: bytes(4000)}))
    yield _refused("empty", "no rows", book(""))
    yield _refused("header-alone", "a header and nothing below", book(table([HEADER])))
    yield from _lies()
    yield from _cells()


def _lies() -> Files:
    at = _WHOLE.rindex(b"PK\x01\x02")  # the last entry of the directory is the sheet
    for name, offset, value in (
        ("size-small", 24, 100),
        ("size-huge", 24, 0xFFFFFFF0),
        ("packed-huge", 20, 0x7FFFFFFF),
        ("place", 42, 0x7FFFFFFF),
        ("method", 10, 99),
        ("encrypted", 8, 1),
    ):
        lying = bytearray(_WHOLE)
        struct.pack_into("<I" if offset > 10 else "<H", lying, at + offset, value)
        yield _any(f"lie-{name}", f"a directory that lies about its {name}", bytes(lying))
    yield _refused("directory", "a directory that does not begin as one", DIRECTORY_LOST)
    version = bytearray(_WHOLE)
    struct.pack_into("<H", version, at + 6, 99)
    yield _any("lie-version", "a part for a version of zip to come", bytes(version))
    name = bytearray(_WHOLE)
    struct.pack_into("<H", name, at + 8, 0x800)  # names are UTF-8
    name[at + 46] = 0xFF
    yield _any("lie-name", "a part whose name is no text", bytes(name))


def _cells() -> Files:
    body = table(_GOOD)
    for i, cell in enumerate(FORMULAS):
        content = book(table([HEADER, *(row(n, note=cell) for n in range(20))]))
        yield _read(f"text-{i}", f"a text that looks like a formula: {cell!r}", content, 20)
    uncached = body.replace(text("D5", rows(20)[3][3]), '<c r="D5"><f>1+1</f></c>')
    yield _read("uncached", "a formula without its value", book(uncached), 20)
    no_time = body.replace(text("B5", rows(20)[3][1]), '<c r="B5"><f>NOW()</f></c>')
    yield _read(
        "uncached-time", "a time that is a formula without its value", book(no_time), 20, 19
    )
    error = body.replace(text("B5", rows(20)[3][1]), '<c r="B5" t="e"><v>#REF!</v></c>')
    yield _read("error-time", "a time that is an error", book(error), 20, 19)
    shared = '<c r="D5" t="s"><v>999999</v></c>'
    yield _any("string-missing", "a text that is not listed", book(_with(body, shared)))
    for name, cell in {
        "type": '<c r="D5" t="zz"><v>1</v></c>',
        "number": '<c r="D5"><v>1e999</v></c>',
        "no-number": '<c r="D5"><v>one</v></c>',
        "date-far": '<c r="D5" t="d"><v>99999-01-01</v></c>',
        "boolean": '<c r="D5" t="b"><v>7</v></c>',
        "reference": '<c r="?5"><v>1</v></c>',
        "column": '<c r="AAAAAAAA5"><v>1</v></c>',
        "row": '<c r="D99999999999"><v>1</v></c>',
        "row-0": '<c r="D0"><v>1</v></c>',
    }.items():
        yield _any(f"cell-{name}", f"a cell with a wrong {name}", book(_with(body, cell)))
    strings = "<sst>" + "<si><r><t>" * 20_000 + "</t></r></si>" * 20_000 + "</sst>"
    deep = zipped({**PARTS, SHEET: HEAD + body + FOOT, STRINGS: strings})
    yield _any("strings-deep", "texts nested 20,000 deep", deep)
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + HEAD + body + FOOT
    yield _any("entities", "a sheet that declares entities", zipped({**PARTS, SHEET: laughs}))
    macros = zipped({**PARTS, SHEET: HEAD + body + FOOT, "xl/vbaProject.bin": bytes(2000)})
    yield BadFile("sheets", "book-macros.xlsm", "macros", macros, 20, 20)
    yield _read("named", "another ending", _WHOLE, 20, file="book-named.csv")


def _with(body: str, cell: str) -> str:
    return body.replace(text("D5", rows(20)[3][3]), cell)


def _locked() -> bytes:
    """Give the beginning of what Excel writes for a locked workbook: an OLE file."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIIII", head, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head[80:512] = b"\xff" * 432
    table_of_sectors = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    entries = b"".join(
        _entry(name, kind) for name, kind in (("Root Entry", 5), ("EncryptedPackage", 2))
    )
    return bytes(head) + table_of_sectors + entries.ljust(512, b"\0")


def _entry(name: str, kind: int) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    nobody = b"\xff" * 8 + struct.pack("<I", 1 if kind == 5 else 0xFFFFFFFF)
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    return (head + nobody).ljust(116, b"\0") + struct.pack("<IQ", 0xFFFFFFFE, 0)


def _refused(name: str, wrong: str, content: bytes) -> BadFile:
    return BadFile("sheets", f"book-{name}.xlsx", wrong, content, 0, 0, must_refuse=True)


def _any(name: str, wrong: str, content: bytes) -> BadFile:
    return BadFile("sheets", f"book-{name}.xlsx", wrong, content, 0, 0, may_refuse=True)


def _read(
    name: str, wrong: str, content: bytes, n: int, good: int = 20, *, file: str = ""
) -> BadFile:
    return BadFile("sheets", file or f"book-{name}.xlsx", wrong, content, n, good)


def sheet_bombs(bomb: Callable[..., BadFile]) -> Files:
    """Workbooks that ask for much."""
    one = '<c r="{}"><v>1</v></c>'

    def corners(cell: str, row_number: int) -> Callable[[], bytes]:
        far = f'<row r="{row_number}">{one.format(cell)}</row>'
        return lambda: book(table(_GOOD) + far)

    for cell, number in (("XFD1048576", 1048576), ("A4000000000", 4_000_000_000)):
        yield bomb(f"corner-{cell}.xlsx", f"a cell in {cell}", corners(cell, number))
    yield bomb("column.xlsx", "a cell in column ZZZZZZ", corners("ZZZZZZ30", 30))
    yield bomb(
        "rows.xlsx",
        "600 MB of rows",
        lambda: zipped({**PARTS, SHEET: HEAD + table([row(1)]) * 1_500_000 + FOOT}),
    )
    yield bomb(
        "strings.xlsx",
        "400 MB of texts",
        lambda: zipped(
            {
                **PARTS,
                SHEET: HEAD + table(_GOOD) + FOOT,
                STRINGS: "<sst>" + "<si><t>x</t></si>" * 24_000_000 + "</sst>",
            }
        ),
    )
    yield bomb(
        "text.xlsx",
        "a text of 300 MB",
        lambda: book(table([HEADER, row(1, note="x" * (300 << 20))])),
    )
    yield bomb("merged.xlsx", "a text of 30 KB merged over 10,000 rows", _merged)
    yield bomb("lying.xlsx", "300 MB that say they are 100 bytes", _lying)
    yield bomb("parts.xlsx", "100,000 parts", _many_parts)
    yield bomb(
        "zip-in-itself.xlsx",
        "a workbook in a workbook in a workbook",
        lambda: zipped({**PARTS, SHEET: zipped({SHEET: bytes(200 << 20)})}),
    )


def _merged() -> bytes:
    body = table([HEADER, row(1, note="x" * 30_000), *(row(i, note="") for i in range(2, 10_000))])
    whole = HEAD + body + FOOT
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="D2:D10000"/></mergeCells>'
    return zipped({**PARTS, SHEET: whole.replace("</sheetData>", merged)})


def _lying() -> bytes:
    whole = bytearray(book(table([HEADER, row(1, note="x" * (300 << 20))])))
    at = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<I", whole, at + 24, 100)
    struct.pack_into("<I", whole, whole.rindex(b"PK\x03\x04", 0, at) + 22, 100)
    return bytes(whole)


def _many_parts() -> bytes:
    """Write a directory whose 100,000 entries all name the same part."""
    whole = book(table(_GOOD))
    at, end = whole.index(b"PK\x01\x02"), whole.rindex(b"PK\x05\x06")
    directory = whole[at:end]
    more = directory + directory[directory.rindex(b"PK\x01\x02") :] * 100_000
    foot = bytearray(whole[end:])
    struct.pack_into("<I", foot, 12, len(more))
    return whole[:at] + more + bytes(foot)
