"""Times that do not exist, ids that name nobody, and files with nothing in them."""

from __future__ import annotations

import codecs

from tests.badinput.badfile import BadFile, Files, around, csv, lines, row

_TIMES = (
    "2024-02-30T10:00:00Z", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32",
    "2024-01-05T24:00:00Z", "2024-01-05T25:00:00Z", "2024-01-05T10:60:00Z", "2024-01-05T10:00:60Z",
    "2024-01-05T10:00:61Z", "2016-12-31T23:59:60Z", "0001-01-01", "9999-12-31", "0000-00-00",
    "0000-00-00 00:00:00", "10000-01-01", "-0001-01-01", "1899-12-31", "2200-01-01T00:00:00Z",
    "2024-01-05T10:00:00+25:00", "2024-01-05T10:00:00+14:00", "2024-01-05T10:00:00-12:00",
    "2024-01-05T10:00:00 XYZ", "2024-01-05T10:00:00 CEST", "2024-01-05T10:00:00[Europe/Berlin]",
    "2024-W05-3", "2024-123", "05/01/2024", "01/05/2024 10:00", "5.1.2024", "January 5, 2024",
    "Jan 5 2024", "1704448800", "1704448800000", "1704448800000000", "1.7044488E9", "45296.4",
    "10:00:00", "2024", "2024-01", "yesterday", "N/A", "NULL", "-", "#REF!", "#######", "1e400",
    "NaN", "inf", "٢٠٢٤-٠١-٠٥", "2024‑01‑05", "2024-01-05T10:00:00.123456789Z",
    "2024-01-05T10:00:00,5Z", "2024-01-05t10:00:00z", "20240105T100000Z", "20240105",
    "2024-01-05 10:00:00 AM", "2024-01-05 13:00 PM", "'2024-01-05", "=DATE(2024,1,5)", "9" * 400,
)  # fmt: skip
_CLOCKS = {"gap": "2024-03-31T02:30:00", "fold": "2024-10-27T02:30:00"}
_IDS = (
    "0",
    "-1",
    "null",
    "None",
    "undefined",
    "anonymous",
    "00000000-0000-0000-0000-000000000000",
    "9007199254740993",
    "1.70E+18",
    "1,70E+18",
    "12345.0",
    " ",
    "\u00a0",
    "\u200b",
    "\u202e",
    "x" * 100_000,
    "😀",
    "a@b",
    "ａ",
    "e\u0301",
    "'; DROP TABLE x; --",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "%s%n",
    "{{7*7}}",
    "${jndi:x}",
    "\x7f",
    "\x1b[31m",
    "\ufffe",
    "\U000e0001",
    "NaN",
    "true",
)
_EMPTY = {
    "nothing": b"", "line": b"\n", "lines": b"\n" * 100, "crlf": b"\r\n", "mark": codecs.BOM_UTF8,
    "mark-16": codecs.BOM_UTF16_LE, "mark-32": codecs.BOM_UTF32_LE, "blanks": b" " * 100,
    "tabs": b"\t\t\t", "blanks-and-lines": b"  \n  \n", "mark-and-line": codecs.BOM_UTF8 + b"\n",
    "nul": b"\0", "letter": b"x", "comma": b",", "quote": b'"', "two-quotes": b'""',
    "commas": b",,,\n", "control-z": b"\x1a", "ff": b"\xff", "half-mark": b"\xef\xbb",
}  # fmt: skip


def times() -> Files:
    """One bad time among good ones, and columns written in several ways."""
    for i, said in enumerate(_TIMES):
        bad = ",".join(row(1, at=f'"{said}"'))
        yield BadFile(
            "times",
            f"time-{i:02d}.csv",
            f"a time that says {said[:30]}",
            csv(around([bad])).encode(),
            21,
            20,
        )
    for name, said in _CLOCKS.items():
        for skipped in ("forward", "quarantine"):
            bad = ",".join(row(1, at=said))
            yield BadFile(
                "times",
                f"{name}-{skipped}.csv",
                f"in the {name}, {skipped}",
                csv(around([bad])).encode(),
                21,
                20,
                options={"zone": "Europe/Berlin", "skipped_hour": skipped},
            )
    columns = {
        "mixed-zones": ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00+05:45", "2024-01-05 10:00"),
        "mixed-formats": ("2024-01-05", "05.01.2024", "01/05/2024", "Jan 5 2024"),
        "mixed-epochs": ("1704448800", "1704448800000", "1704448800000000", "1704448800000000000"),
        "day-or-month": ("01/02/2024", "13/02/2024", "02/13/2024"),
        "two-digit-years": ("05.01.24", "05.01.99", "05.01.00"),
    }
    for name, said in columns.items():
        some = lines(row(i, at=said[i % len(said)]) for i in range(20))
        yield BadFile("times", f"{name}.csv", name, csv(some).encode(), 20, 0)
        yield BadFile(
            "times",
            f"{name}-auto.csv",
            f"{name}, unit: auto",
            csv(some).encode(),
            20,
            20 * (name == "mixed-epochs"),
            options={"time": {"column": "at", "unit": "auto"}},
        )


def ids() -> Files:
    """One odd id among good ones."""
    for i, said in enumerate(_IDS):
        bad = ",".join(row(1, who=f'"{said}"'))
        yield BadFile(
            "ids",
            f"id-{i:02d}.csv",
            f"an id that is {said[:20]!r}",
            csv(around([bad])).encode(),
            21,
            20,
        )
    blank = lines(row(i, who="") for i in range(20))
    yield BadFile("ids", "all-blank.csv", "no id at all", csv(blank).encode(), 20, 0)
    one = lines(row(i, who="0") for i in range(20))
    yield BadFile("ids", "all-zero.csv", "one id for all", csv(one).encode(), 20, 0)


def empties() -> Files:
    """Files with nothing in them, under every name."""
    for name, content in _EMPTY.items():
        for ending in ("csv", "jsonl"):
            yield BadFile(
                "empty",
                f"nothing-but-{name}.{ending}",
                f"nothing but {name}",
                content,
                0,
                0,
                may_refuse=True,
            )
