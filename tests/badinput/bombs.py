"""Small files that ask for much: packed zeros, endless lines, depth, width, sizes that are lies."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.badinput.bad_logs import log_bombs
from tests.badinput.bad_sheets import sheet_bombs
from tests.badinput.badfile import HEADER, BadFile, Files, csv, lines, record, row, rows

_GIGA = 1 << 30
_LINE = (",".join(row(1)) + "\n").encode()
_HEADER = (",".join(HEADER) + "\n").encode()
_RECORD = (json.dumps(record(1)) + "\n").encode()
_LINE_OF_TEXT = "x" * 1023 + "\n"


def _repeated(head: bytes, piece: bytes, size: int, tail: bytes = b"") -> Iterator[bytes]:
    yield head
    block = piece * max(1, (1 << 20) // len(piece))
    for _ in range(size // len(block)):
        yield block
    yield tail


def _gz(pieces: Iterator[bytes]) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def _zst(pieces: Iterator[bytes]) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as packer:
        for piece in pieces:
            packer.write(piece)
    return bytes(out.getvalue())


_PACKED = {
    "zeros": (b"", b"\0"),
    "blanks": (b"", b" "),
    "line ends": (b"", b"\n"),
    "rows": (_HEADER, _LINE),
    "one letter": (_HEADER, b"x"),
    "quotes": (_HEADER, b'"'),
    "open quote": (_HEADER + b'c1,2024-01-05,visit,"', b"x\n"),
    "delimiters": (_HEADER, b","),
    "records": (b"", _RECORD),
    "array": (b"[", _RECORD.strip() + b","),
    "lists": (b"", b"["),
}


def bombs() -> Files:
    """About seventy of them."""
    for wrong, (head, piece) in _PACKED.items():
        name = wrong.replace(" ", "-")
        kind = "jsonl" if wrong in ("records", "lists", "array") else "csv"
        yield _bomb(f"{name}.{kind}.gz", f"gzip of 1 GB of {wrong}", _packing(_gz, head, piece))
        yield _bomb(
            f"{name}.{kind}.zst", f"zstandard of 1 GB of {wrong}", _packing(_zst, head, piece)
        )
    yield _bomb(
        "gz-in-gz.csv.gz",
        "gzip in gzip of 1 GB of rows",
        lambda: gzip.compress(_gz(_repeated(_HEADER, _LINE, _GIGA)), 9),
    )
    yield _bomb(
        "many-members.csv.gz", "100,000 empty gzip members", lambda: gzip.compress(b"", 9) * 100_000
    )
    yield from _plain()
    yield from _parquets()
    yield from sheet_bombs(_bomb)
    yield from log_bombs(_bomb)


def _packing(
    pack: Callable[[Iterator[bytes]], bytes], head: bytes, piece: bytes
) -> Callable[[], bytes]:
    return lambda: pack(_repeated(head, piece, _GIGA))


def _bomb(name: str, wrong: str, content: Callable[[], bytes], **more: Any) -> BadFile:
    told = {"offered": 0, "good": 0, "must_refuse": True, **more}
    return BadFile("bombs", f"bomb-{name}", wrong, content, bomb=True, **told)


def _plain() -> Files:
    """Bombs that are not packed."""
    wide = ",".join((*HEADER, *(f"k{i}" for i in range(1_000_000))))
    yield _bomb(
        "columns.csv",
        "a million columns",
        lambda: csv([",".join(row(1)) + "," * 1_000_000], header=wide).encode(),
    )
    yield _bomb(
        "columns-10000.csv",
        "10,000 columns",
        lambda: csv(
            [",".join(row(1)) + "," * 10_000],
            header=",".join((*HEADER, *(f"k{i}" for i in range(10_000)))),
        ).encode(),
    )
    yield _bomb(
        "delimiters-in-a-row.csv",
        "a row of three million delimiters",
        lambda: csv([*lines(rows(3)), "," * 3_000_000, *lines(rows(3, 9))]).encode(),
        offered=7,
        good=6,
        must_refuse=False,
    )
    yield _bomb(
        "line.csv", "a line of 200 MB", lambda: csv([*lines(rows(3)), "x" * (200 << 20)]).encode()
    )
    yield _bomb("only-line.csv", "nothing but a line of 200 MB", lambda: b"x" * (200 << 20))
    yield _bomb(
        "line.jsonl",
        "a JSON line of 200 MB",
        lambda: "\n".join([json.dumps(record(1)), _long_record()]).encode(),
    )
    yield _bomb(
        "text.json",
        "a JSON text of 200 MB in an array",
        f"[{json.dumps(record(1))},{_long_record()}]".encode,
    )
    yield _bomb(
        "quoted.csv",
        "a quoted value of 32 MB",
        lambda: csv([",".join(row(1, note='"' + _LINE_OF_TEXT * (32 << 10) + '"'))]).encode(),
        must_refuse=False,
        may_refuse=True,
    )
    yield _bomb(
        "open-quote.csv",
        "200 MB behind a quote that nothing closes",
        lambda: csv([",".join(row(1, note='"' + _LINE_OF_TEXT * (200 << 10)))]).encode(),
        must_refuse=False,
        may_refuse=True,
    )
    yield _bomb(
        "short-lines.csv",
        "a quarter of a million lines of a letter behind a quote that nothing closes",
        lambda: csv([",".join(row(1, note='"' + "x\n" * (1 << 18)))]).encode(),
        must_refuse=False,
        may_refuse=True,
    )
    for depth in (100_000, 1_000_000, 5_000_000):
        yield _bomb(
            f"lists-{depth}.jsonl",
            f"{depth:,} lists inside each other",
            _deep("[", "]", depth),
            must_refuse=False,
            offered=2,
            good=1,
            may_refuse=True,
        )
        yield _bomb(
            f"objects-{depth}.jsonl",
            f"{depth:,} objects inside each other",
            _deep('{"a":', "}", depth, "1"),
            must_refuse=False,
            offered=2,
            good=1,
            may_refuse=True,
        )
        yield _bomb(
            f"lists-{depth}.json",
            f"{depth:,} lists inside each other in an array",
            _deep("[", "]", depth, array=True),
            must_refuse=False,
            may_refuse=True,
        )
    yield _bomb(
        "keys.jsonl",
        "40,000 records with a million different keys",
        lambda: "\n".join(
            json.dumps(record(i, **{f"k{i}-{k}": k for k in range(25)})) for i in range(40_000)
        ).encode(),
    )
    yield _bomb(
        "keys-in-one.jsonl",
        "a million keys in one record",
        lambda: json.dumps(record(1, **{f"k{k}": k for k in range(1_000_000)})).encode(),
        must_refuse=False,
        offered=1,
        good=1,
        may_refuse=True,
    )


def _long_record() -> str:
    return json.dumps(record(2, note="x" * (200 << 20)))


def _deep(
    left: str, right: str, depth: int, inner: str = "", *, array: bool = False
) -> Callable[[], bytes]:
    def made() -> bytes:
        fine = json.dumps(record(1))
        bad = fine[:-1] + ', "note": ' + left * depth + inner + right * depth + "}"
        return (f"[{fine},{bad}]" if array else f"{fine}\n{bad}\n").encode()

    return made


def _parquets() -> Files:
    """Parquet files that are larger inside than they look."""
    yield _bomb("zeros.parquet", "1 GB of one letter in Parquet", _one_letter)
    yield _bomb("rows.parquet", "a hundred million equal rows in Parquet", _equal_rows)
    yield _bomb("columns.parquet", "20,000 columns in Parquet", _columns)
    yield _bomb(
        "page.parquet",
        "a page that says it holds more than it does",
        _lying_page,
        must_refuse=False,
        may_refuse=True,
    )
    yield _bomb("footer.parquet", "a footer that says it holds 2 GB", _lying_footer)


def _parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _one_letter() -> bytes:
    notes = pa.array(["x" * (64 << 20)] * 1)
    one = pa.table(
        {**{name: [value] for name, value in zip(HEADER, row(1), strict=True)}, "note": notes}
    )
    out = io.BytesIO()
    with pq.ParquetWriter(out, one.schema, compression="zstd", use_dictionary=False) as writer:
        for _ in range(16):
            writer.write_table(one)
    return out.getvalue()


def _equal_rows() -> bytes:
    n = 10_000_000
    some = pa.table(
        {
            name: pa.DictionaryArray.from_arrays(
                pa.repeat(pa.scalar(0, pa.int8()), n), [value]
            ).dictionary_decode()
            for name, value in zip(HEADER, row(1, note="x" * 8), strict=True)
        }
    )
    out = io.BytesIO()
    with pq.ParquetWriter(out, some.schema, compression="zstd") as writer:
        for _ in range(10):
            writer.write_table(some)
    return out.getvalue()


def _columns() -> bytes:
    names = [*HEADER, *(f"k{i}" for i in range(20_000))]
    values = [*row(1), *("x" for _ in range(20_000))]
    return _parquet(pa.table({name: [value] for name, value in zip(names, values, strict=True)}))


def _lying_page() -> bytes:
    """Write the largest uncompressed size that there is room for into the header of a page."""
    table = pa.table(dict(zip(HEADER, map(list, zip(*rows(2000), strict=True)), strict=True)))
    whole = bytearray(_parquet(table, compression="snappy", use_dictionary=False))
    # A page header begins with its type (15 00 for data) and then 15 <uncompressed size>.
    at = whole.index(b"\x15\x00\x15", 4) + 3
    end = at
    while whole[end] & 0x80:
        end += 1
    whole[at : end + 1] = b"\xfe" * (end - at) + b"\x7f"
    return bytes(whole)


def _lying_footer() -> bytes:
    table = pa.table({"who": ["c1"]})
    whole = _parquet(table)
    return whole[:-8] + struct.pack("<I", 0x7FFFFFF0) + b"PAR1"
