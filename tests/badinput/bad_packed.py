"""Compressed files cut off and damaged, Parquet with bytes gone, things that are no text."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.badinput.badfile import HEADER, BadFile, Files, csv, records, rows
from tests.badinput.badfile import lines as written

_TEXT = csv(written(rows(2000))).encode()
_SHARES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


def _gzip(data: bytes, level: int = 6) -> bytes:
    return gzip.compress(data, level, mtime=0)


def _zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def packed() -> Files:
    """Files that gzip or zstandard have packed."""
    for name, pack in {"gz": _gzip, "zst": _zstd}.items():
        whole = pack(_TEXT)
        for share in _SHARES:
            yield BadFile(
                "compressed",
                f"cut-{share}.csv.{name}",
                f"{name} cut at {share:.0%}",
                whole[: int(len(whole) * share)],
                0,
                0,
                must_refuse=True,
            )
        for n in (1, 4, 8, 12):
            yield BadFile(
                "compressed",
                f"cut-{n}.csv.{name}",
                f"{name} without the last {n}",
                whole[:-n],
                0,
                0,
                may_refuse=True,
            )
        for share in _SHARES:
            at = int(len(whole) * share)
            flipped = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
            yield BadFile(
                "compressed",
                f"flip-{share}.csv.{name}",
                f"{name} with a wrong byte",
                flipped,
                0,
                0,
                may_refuse=True,
            )
        yield BadFile(
            "compressed",
            f"twice.csv.{name}",
            f"{name} in {name}",
            pack(whole),
            0,
            0,
            must_refuse=True,
        )
        yield BadFile(
            "compressed",
            f"members.csv.{name}",
            f"two {name} files put together",
            whole + pack(csv(written(rows(10, 5000)), header=None).encode()),
            2010,
            2010,
        )
        yield BadFile(
            "compressed",
            f"behind.csv.{name}",
            f"something behind the {name}",
            whole + b"garbage",
            0,
            0,
            may_refuse=True,
        )
        yield BadFile(
            "compressed",
            f"zeros-behind.csv.{name}",
            f"zeros behind the {name}",
            whole + bytes(512),
            0,
            0,
            may_refuse=True,
        )
        yield BadFile("compressed", f"{name}-named.csv", f"{name} named .csv", whole, 2000, 2000)
        yield BadFile(
            "compressed", f"plain.csv.{name}", f"a plain file named .{name}", _TEXT, 2000, 2000
        )
        yield BadFile(
            "compressed",
            f"empty.csv.{name}",
            "an empty file, packed",
            pack(b""),
            0,
            0,
            must_refuse=True,
        )
        yield BadFile(
            "compressed",
            f"lines.jsonl.{name}",
            "JSON lines, packed, one broken",
            pack("\n".join([*records(20), "{"]).encode()),
            21,
            20,
        )
    crc = _gzip(_TEXT)
    yield BadFile(
        "compressed",
        "crc.csv.gz",
        "a wrong checksum",
        crc[:-8] + bytes(4) + crc[-4:],
        0,
        0,
        must_refuse=True,
    )
    yield BadFile(
        "compressed", "length.csv.gz", "a wrong length", crc[:-4] + bytes(4), 0, 0, must_refuse=True
    )
    yield BadFile(
        "compressed",
        "bz2.csv.bz2",
        "packed with bzip2",
        __import__("bz2").compress(_TEXT),
        0,
        0,
        must_refuse=True,
    )
    yield BadFile(
        "compressed",
        "xz.csv.xz",
        "packed with xz",
        __import__("lzma").compress(_TEXT),
        0,
        0,
        must_refuse=True,
    )
    yield BadFile(
        "compressed", "zlib.csv", "packed with zlib", zlib.compress(_TEXT), 0, 0, must_refuse=True
    )


def _parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _table(n: int = 20, **other: Any) -> pa.Table:
    columns = dict(zip(HEADER, map(list, zip(*rows(n), strict=True)), strict=True))
    return pa.table({**columns, **other})


def parquets() -> Files:
    """Parquet files."""
    whole = _parquet(_table(2000), row_group_size=500)
    for share in _SHARES:
        yield BadFile(
            "parquet",
            f"cut-{share}.parquet",
            f"cut at {share:.0%}",
            whole[: int(len(whole) * share)],
            0,
            0,
            must_refuse=True,
        )
    for n in (1, 4, 8, 100):
        yield BadFile(
            "parquet",
            f"cut-{n}.parquet",
            f"without the last {n}",
            whole[:-n],
            0,
            0,
            must_refuse=True,
        )
    draw = random.Random(7)
    footer = struct.unpack("<I", whole[-8:-4])[0]
    for i in range(24):
        inside = (
            draw.randrange(len(whole) - 8 - footer, len(whole) - 8)
            if i < 16
            else draw.randrange(4, len(whole) - 8 - footer)
        )
        flipped = bytearray(whole)
        flipped[inside] ^= 1 << draw.randrange(8)
        yield BadFile(
            "parquet",
            f"flip-{i:02d}.parquet",
            "a wrong bit in the footer" if i < 16 else "a wrong bit in the data",
            bytes(flipped),
            0,
            0,
            may_refuse=True,
        )
    yield BadFile(
        "parquet",
        "magic.parquet",
        "a wrong mark at the end",
        whole[:-4] + b"PARX",
        0,
        0,
        must_refuse=True,
    )
    yield BadFile(
        "parquet",
        "footer-huge.parquet",
        "a footer of 4 GB",
        whole[:-8] + b"\xff\xff\xff\xffPAR1",
        0,
        0,
        must_refuse=True,
    )
    yield BadFile(
        "parquet",
        "footer-none.parquet",
        "a footer of 0",
        whole[:-8] + bytes(4) + b"PAR1",
        0,
        0,
        must_refuse=True,
    )
    yield BadFile("parquet", "mark-only.parquet", "only a mark", b"PAR1", 0, 0, must_refuse=True)
    yield BadFile(
        "parquet", "marks-only.parquet", "only marks", b"PAR1" * 3, 0, 0, must_refuse=True
    )
    yield BadFile(
        "parquet",
        "encrypted.parquet",
        "an encrypted footer",
        b"PARE" + whole[4:-4] + b"PARE",
        0,
        0,
        must_refuse=True,
    )
    yield BadFile("parquet", "named.csv", "Parquet named .csv", whole, 2000, 2000)
    yield BadFile("parquet", "text.parquet", "CSV named .parquet", _TEXT, 2000, 2000)
    yield BadFile("parquet", "none.parquet", "no rows", _parquet(_table(20).slice(0, 0)), 0, 0)
    yield from _odd_columns()


def _odd_columns() -> Files:
    n = 20
    odd: dict[str, tuple[Any, int]] = {
        "lists": (pa.array([[[i], []] for i in range(n)]), 20),
        "all-null": (pa.nulls(n), 20),
        "structs": (pa.array([{"a": {"b": [i]}} for i in range(n)]), 20),
        "maps": (pa.array([[("k", i)] for i in range(n)], pa.map_(pa.string(), pa.int64())), 20),
        "decimals": (pa.array([Decimal("1e30")] * n, pa.decimal128(38, 2)), 20),
        "binary": (pa.array([b"\xff\0\xfe"] * n), 20),
        "nan": (pa.array([float("nan"), float("inf")] * 10), 20),
        "dictionary": (pa.array(["x" * 1000, "y"] * 10).dictionary_encode(), 20),
        "times-ns": (pa.array([2**62] * n, pa.timestamp("ns")), 20),
        "dates-far": (pa.array([2**31 - 1] * n, pa.date32()), 20),
        "timestamps-far": (pa.array([2**62] * n, pa.timestamp("us")), 20),
        "durations": (pa.array([5] * n, pa.duration("us")), 20),
        "time-of-day": (pa.array([5] * n, pa.time64("us")), 20),
        "uint64": (pa.array([2**64 - 1] * n, pa.uint64()), 20),
        "long-text": (pa.array(["x" * (1 << 20)] * n), 20),
    }
    for name, (column, good) in odd.items():
        yield BadFile(
            "parquet",
            f"note-{name}.parquet",
            f"a column of {name}",
            _parquet(_table(n, note=column)),
            n,
            good,
        )
    for name, at in {
        "ns-far": pa.array([2**63 - 1] * n, pa.timestamp("ns")),
        "us-far": pa.array([2**62] * n, pa.timestamp("us")),
        "us-null": pa.nulls(n, pa.timestamp("us")),
        "date-far": pa.array([2**31 - 1] * n, pa.date32()),
        "numbers": pa.array(range(n)),
        "floats": pa.array([1.5, float("nan")] * 10),
        "lists": pa.array([["2024-01-05"]] * n),
        "binary": pa.array([b"2024-01-05"] * n),
    }.items():
        yield BadFile(
            "parquet",
            f"at-{name}.parquet",
            f"times that are {name}",
            _parquet(_table(n, at=at)),
            n,
            0,
        )
    for name, who in {
        "int64": pa.array([2**53 + 1 + i for i in range(n)]),
        "uint64": pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()),
        "floats": pa.array([float(2**53 + 2 * i) for i in range(n)]),
        "lists": pa.array([["c1"]] * n),
        "binary": pa.array([b"\xff\xfe"] * n),
        "decimals": pa.array([Decimal(10) ** 30 + i for i in range(n)], pa.decimal128(38, 0)),
    }.items():
        yield BadFile(
            "parquet",
            f"who-{name}.parquet",
            f"ids that are {name}",
            _parquet(_table(n, who=who)),
            n,
            0,
        )
    old = _table(
        n, at=pa.array([1_704_448_800_000_000_000 + i for i in range(n)], pa.timestamp("ns"))
    )
    yield BadFile(
        "parquet",
        "int96.parquet",
        "times as int96",
        _parquet(old, use_deprecated_int96_timestamps=True),
        n,
        n,
    )
    for codec in ("gzip", "zstd", "brotli", "lz4", "none"):
        yield BadFile(
            "parquet",
            f"codec-{codec}.parquet",
            f"compressed with {codec}",
            _parquet(_table(n), compression=codec),
            n,
            n,
        )
    yield BadFile(
        "parquet",
        "v1.parquet",
        "the first version of the format",
        _parquet(_table(n), version="1.0"),
        n,
        n,
    )
    twice = pa.Table.from_arrays([*_table(n).columns, *_table(n).columns], names=[*HEADER, *HEADER])
    yield BadFile("parquet", "names-twice.parquet", "every name twice", _parquet(twice), n, n)


def binaries() -> Files:
    """Things that are no tables, under names of tables."""
    for kind, content in _things():
        for ending in ("csv", "jsonl", "parquet"):
            yield BadFile(
                "binaries",
                f"{kind}.{ending}",
                f"{kind} named .{ending}",
                content,
                0,
                0,
                may_refuse=True,
                must_refuse=kind not in ("html", "xml", "rtf", "svg", "sql", "email"),
            )


def _things() -> Iterator[tuple[str, bytes]]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("log.csv"), _TEXT)
    noise = random.Random(3).randbytes(20_000)
    yield "zip", zipped.getvalue()
    yield "png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0" + noise[:2000]
    yield "pdf", b"%PDF-1.7\n1 0 obj << /Length 9 >> stream\n" + noise + b"\nendstream %%EOF"
    yield "elf", b"\x7fELF\x02\x01\x01" + bytes(9) + noise
    yield "noise", noise
    yield "sqlite", b"SQLite format 3\0" + bytes(2000) + noise
    yield "xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + noise
    yield "jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + noise
    yield "arrow", b"ARROW1\0\0" + noise
    yield "pickle", b"\x80\x04\x95" + noise[:500]
    yield "html", b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>\n"
    yield "xml", b'<?xml version="1.0"?><log><trace/></log>\n'
    yield "sql", b"INSERT INTO log VALUES ('c1', '2024-01-05', 'visit');\n" * 5
    yield "rtf", b"{\\rtf1\\ansi c1, 2024-01-05, visit}\n"
    yield "email", b"From: a@b.example\nSubject: Export\n\nSee the attachment.\n"
