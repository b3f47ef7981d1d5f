"""CSV files as they come: ragged, badly quoted, of several dialects, with NULs and huge values."""

from __future__ import annotations

from collections.abc import Callable

from tests.badinput.badfile import HEADER, BadFile, Files, around, csv, lines, row, rows

_RAGGED = {
    "short by one": ["c1,2024-01-05T10:00:00Z,visit"],
    "only an id": ["c1"],
    "only delimiters": [",,,"],
    "long by one": ["c1,2024-01-05T10:00:00Z,visit,x,y"],
    "long by a hundred": ["c1,2024-01-05T10:00:00Z,visit,x" + ",y" * 100],
    "trailing delimiter": ["c1,2024-01-05T10:00:00Z,visit,x,"],
    "empty line": [""],
    "line of blanks": ["   "],
    "line of tabs": ["\t\t"],
    "comment": ["# exported by a tool"],
    "total line": ["Total,,,20"],
    "separator hint": ["sep=,"],
    "header again": [",".join(HEADER)],
    "header in capitals again": [",".join(HEADER).upper()],
    "other delimiter": ["c1;2024-01-05T10:00:00Z;visit;x"],
    "form feed": ["\fc1,2024-01-05T10:00:00Z,visit,x"],
}
_GOOD_THOUGH = {"short by one", "trailing delimiter", "form feed"}
_NO_ROW = {"empty line"}
_QUOTED = {
    "never closed": ['c1,2024-01-05T10:00:00Z,visit,"x'],
    "never closed in the id": ['"c1,2024-01-05T10:00:00Z,visit,x'],
    "in the middle": ['c1,2024-01-05T10:00:00Z,visit,a "b" c'],
    "inch": ['c1,2024-01-05T10:00:00Z,visit,5" disk'],
    "doubled": ['c1,2024-01-05T10:00:00Z,visit,"a ""b"" c"'],
    "tripled": ['c1,2024-01-05T10:00:00Z,visit,"""b"""'],
    "backslash": ['c1,2024-01-05T10:00:00Z,visit,"a \\"b\\" c"'],
    "text behind": ['c1,2024-01-05T10:00:00Z,visit,"a"b'],
    "blank before": ['c1,2024-01-05T10:00:00Z,visit, "a"'],
    "blank behind": ['c1,2024-01-05T10:00:00Z,visit,"a" '],
    "newline inside": ['c1,2024-01-05T10:00:00Z,visit,"a', 'b"'],
    "blank line inside": ['c1,2024-01-05T10:00:00Z,visit,"a', "", 'b"'],
    "delimiter inside": ['c1,2024-01-05T10:00:00Z,visit,"a,b"'],
    "only a quote": ['"'],
    "only two quotes": ['""'],
    "single quotes": ["c1,2024-01-05T10:00:00Z,visit,'a,b'"],
    "curly quotes": ["c1,2024-01-05T10:00:00Z,visit,“a”"],
}
_FORMULAS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "=HYPERLINK(1)",
    "=DDE(1)",
    "=IMPORTXML(1)",
    "%0A=1",
    "|calc",
    "＝1+1",
    "-5",
)


def csvs() -> Files:
    """All of them."""
    for wrong, bad in _RAGGED.items():
        yield BadFile(
            "csv ragged",
            f"{_name(wrong)}.csv",
            wrong,
            csv(around(bad)).encode(),
            20 + (wrong not in _NO_ROW),
            20 + (wrong in _GOOD_THOUGH),
        )
        last = csv([*lines(rows(20)), *bad]).encode().rstrip(b"\n")
        yield BadFile(
            "csv ragged",
            f"{_name(wrong)}-last.csv",
            f"{wrong}, last, no line end",
            last,
            20 + (wrong not in _NO_ROW),
            20,
        )
        many = [line for i in range(10) for line in (*bad, *lines(rows(1, i)))]
        yield BadFile(
            "csv ragged",
            f"{_name(wrong)}-often.csv",
            f"{wrong}, every second line",
            csv([*lines(rows(5, 50)), *many]).encode(),
            15,
            15
            if wrong
            not in (
                "other delimiter",
                "comment",
                "total line",
                "only an id",
                "long by one",
                "long by a hundred",
                "trailing delimiter",
            )
            else 0,
            may_refuse=True,
        )
    for wrong, bad in _QUOTED.items():
        for end in ("\n", "\r\n", "\r"):
            said = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}[end]
            yield BadFile(
                "csv quotes",
                f"{_name(wrong)}-{said}.csv",
                f"quote {wrong}, {said}",
                csv(around(bad), end).encode(),
                20,
                20,
            )
        semi = [line.replace(",", ";") for line in around(bad)]
        yield BadFile(
            "csv quotes",
            f"{_name(wrong)}-semicolon.csv",
            f"quote {wrong}, semicolons",
            csv(semi, header=";".join(HEADER)).encode(),
            20,
            20,
        )
    yield from _line_ends()
    yield from _headers()
    yield from _nuls()
    yield from _values()
    yield from _huge()


def _name(wrong: str) -> str:
    return wrong.replace(" ", "-")


def _line_ends() -> Files:
    ends = ("\n", "\r\n", "\r")
    body = [line + ends[i % 3] for i, line in enumerate(lines(rows(20)))]
    mixed = "who,at,what,note\n" + "".join(body)
    yield BadFile("csv lines", "mixed-ends.csv", "three kinds of line end", mixed.encode(), 20, 20)
    for name, end in {
        "cr-cr-lf": "\r\r\n",
        "lf-cr": "\n\r",
        "line-separator": "\u2028",
        "next-line": "\x85",
        "vertical-tab": "\x0b",
    }.items():
        yield BadFile(
            "csv lines",
            f"{name}.csv",
            f"lines end with {name}",
            csv(lines(rows(20)), end).encode(),
            0,
            0,
            may_refuse=True,
        )
        inside = csv(lines(row(i, note=f"a{end.strip(chr(10) + chr(13))}b") for i in range(20)))
        yield BadFile(
            "csv lines", f"{name}-inside.csv", f"{name} inside values", inside.encode(), 20, 20
        )
    yield BadFile(
        "csv lines",
        "mark-inside.csv",
        "a byte order mark in the middle",
        csv(around(["\ufeffc1,2024-01-05T10:00:00Z,visit,x"])).encode(),
        21,
        20,
    )
    yield BadFile(
        "csv lines",
        "control-z.csv",
        "the end of file of DOS",
        csv(lines(rows(20))).encode() + b"\x1a",
        20,
        20,
    )
    two = csv(lines(rows(10))) + csv(lines(rows(10, 50)))
    yield BadFile(
        "csv lines", "two-files-in-one.csv", "two files put together", two.encode(), 21, 20
    )
    marked = "\ufeff" + csv(lines(rows(10))) + "\ufeff" + csv(lines(rows(10, 50)))
    yield BadFile(
        "csv lines",
        "two-marked-files-in-one.csv",
        "two files with marks put together",
        marked.encode(),
        21,
        20,
    )


def _headers() -> Files:
    body = lines(rows(20))
    same = {
        "names": "who,at,what,who",
        "empty-name": "who,at,what,",
        "blank-name": "who,at,what, ",
        "case": "who,at,what,WHO",
        "quoted": '"who","at","what","note"',
        "long-name": "who,at,what," + "n" * 100_000,
        "odd-name": "who,at,what,a.b\"c'd",
        "sql-name": "who,at,what,note); DROP TABLE x; --",
        "own-name": "who,at,what,_trod_reason",
        "own-name-2": "who,at,what,time_us",
        "emoji-name": "who,at,what,😀",
        "short": "who,at,what",
        "nul": "who,at,what,no\0te",
        "newline": 'who,at,what,"no\nte"',
    }
    for name, header in same.items():
        yield BadFile(
            "csv header",
            f"header-{name}.csv",
            f"header: {name}",
            csv(body, header=header).encode(),
            20,
            20 * (name != "short"),
            may_refuse=name in ("own-name", "own-name-2", "nul", "short"),
        )
    names = {"header": ["who", "at", "what", "note"]}
    yield BadFile(
        "csv header",
        "none.csv",
        "no header, declared",
        csv(body, header=None).encode(),
        20,
        20,
        options=names,
    )
    yield BadFile(
        "csv header",
        "none-undeclared.csv",
        "no header",
        csv(body, header=None).encode(),
        20,
        0,
        may_refuse=True,
    )
    yield BadFile("csv header", "only.csv", "only a header", csv([]).encode(), 0, 0)
    yield BadFile(
        "csv header",
        "only-no-end.csv",
        "only a header, no line end",
        csv([]).strip().encode(),
        0,
        0,
    )
    yield BadFile("csv header", "only-twice.csv", "only headers", (csv([]) * 2).encode(), 1, 0)
    for n in (1, 3, 15):
        titles = "".join(f"Report of the week {i}\n" for i in range(n)) + "\n"
        yield BadFile(
            "csv header",
            f"titles-{n}.csv",
            f"{n} titles above the table",
            (titles + csv(body)).encode(),
            20,
            20,
        )
    lacks = csv(lines(each[:2] for each in rows(20)), header="who,at")
    yield BadFile(
        "csv header",
        "column-missing.csv",
        "a declared column is not there",
        lacks.encode(),
        20,
        0,
        must_refuse=True,
    )


def _nuls() -> Files:
    for name, bad in {
        "value": "c1,2024-01-05T10:00:00Z,visit,a\0b",
        "id": "c\0,2024-01-05T10:00:00Z,visit,x",
        "time": "c1,2024-01-05\0T10:00:00Z,visit,x",
        "line": "\0\0\0\0\0\0\0\0",
        "quoted": 'c1,2024-01-05T10:00:00Z,visit,"a\0b"',
    }.items():
        yield BadFile(
            "csv NULs", f"nul-{name}.csv", f"NUL in a {name}", csv(around([bad])).encode(), 21, 20
        )
    tail = csv(lines(rows(200))).encode() + bytes(4096)
    yield BadFile(
        "csv NULs", "nul-tail.csv", "a block of NULs behind the last line", tail, 200, 200
    )
    yield BadFile(
        "csv NULs",
        "nul-head.csv",
        "a block of NULs before the header",
        bytes(64) + csv(lines(rows(20))).encode(),
        20,
        0,
        may_refuse=True,
    )
    yield BadFile(
        "csv NULs", "nul-all.csv", "nothing but NULs", bytes(4096), 0, 0, must_refuse=True
    )


def _values() -> Files:
    for i, cell in enumerate(_FORMULAS):
        yield BadFile(
            "csv formulas",
            f"formula-{i}.csv",
            f"a formula: {cell!r}",
            csv(lines(row(i, note=cell) for i in range(20))).encode(),
            20,
            20,
        )
    yield BadFile(
        "csv formulas",
        "formula-id.csv",
        "formulas as ids and touchpoints",
        csv(lines(row(i, who=f"=c{i}", what="@visit") for i in range(20))).encode(),
        20,
        20,
    )
    money = lines(
        ({**dict(zip(HEADER, row(i), strict=True)), "note": f"{i},50"}.values() for i in range(20)),
        ";",
    )
    yield BadFile(
        "csv values",
        "decimal-comma.csv",
        "decimal commas, semicolons",
        csv(money, header=";".join(HEADER)).encode(),
        20,
        20,
        options={"value": {"column": "note", "decimal": ",", "currency": "EUR"}},
    )
    for delimiter, name in {
        "\t": "tab",
        "|": "pipe",
        "\x1f": "unit",
        "^": "caret",
        "~": "tilde",
        ":": "colon",
        "||": "two-pipes",
    }.items():
        some = (
            [tuple(v.replace(":", "") for v in each) for each in rows(20)]
            if name == "colon"
            else rows(20)
        )
        time = {"time": {"column": "at", "format": "%Y-%m-%dT%H%M%SZ"}} if name == "colon" else {}
        more = {"delimiter": "||"} if name == "two-pipes" else {}
        yield BadFile(
            "csv values",
            f"delimiter-{name}.csv",
            f"delimited by {name}",
            csv(lines(some, delimiter), header=delimiter.join(HEADER)).encode(),
            20,
            20,
            options={**time, **more},
        )
    yield BadFile(
        "csv values",
        "one-column.csv",
        "one column",
        b"who\n" + b"c1\n" * 20,
        20,
        0,
        must_refuse=True,
    )


def _long_value(mega: int) -> Callable[[], bytes]:
    bad = "c1,2024-01-05T10:00:00Z,visit,"
    return lambda: csv(around([bad + "x" * (mega << 20)], 3)).encode()


def _huge() -> Files:
    for mega in (1, 3, 5, 7, 40):
        yield BadFile(
            "csv huge",
            f"field-{mega}mb.csv",
            f"a value of {mega} MB",
            _long_value(mega),
            7,
            6 + (mega < 4),
            may_refuse=mega > 8,
        )
    yield BadFile(
        "csv huge",
        "quoted-9mb.csv",
        "a quoted value of 9 MB",
        lambda: csv(
            around(['c1,2024-01-05T10:00:00Z,visit,"' + ("x" * 1023 + "\n") * (9 << 10) + '"'], 3)
        ).encode(),
        7,
        3,
    )
    for n in (300, 1000, 2900):
        wide = [",".join((*row(i), *(str(i) for _ in range(n)))) for i in range(3)]
        header = ",".join((*HEADER, *(f"k{i}" for i in range(n))))
        yield BadFile(
            "csv huge", f"columns-{n}.csv", f"{n} columns", csv(wide, header=header).encode(), 3, 3
        )
    yield BadFile(
        "csv huge",
        "long-id.csv",
        "an id of 1 MB",
        csv(around([f"{'c' * (1 << 20)},2024-01-05T10:00:00Z,visit,x"])).encode(),
        21,
        20,
    )
    yield BadFile(
        "csv huge",
        "many-empty-lines.csv",
        "100,000 empty lines",
        csv(lines(rows(20))).encode() + b"\n" * 100_000,
        20,
        20,
    )
