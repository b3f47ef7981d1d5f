"""Texts in every encoding, with and without a mark, mixed, cut off and overlong."""

from __future__ import annotations

import codecs

from tests.badinput.badfile import BadFile, Files, csv, lines, row, rows

TEXTS = {
    "western": ("Müller kündigt", ("utf-8", "cp1252", "latin-1", "iso8859-15", "cp850")),
    "japanese": ("返品したいです。ありがとう", ("utf-8", "shift_jis", "euc_jp", "cp932")),
    "korean": ("환불해 주세요 감사합니다", ("utf-8", "euc_kr", "cp949")),
    "chinese": ("我要退货谢谢你们的服务", ("utf-8", "gb18030", "gbk")),
    "russian": ("Верните деньги, спасибо", ("utf-8", "cp1251", "koi8_r", "iso8859-5")),
    "greek": ("Θέλω επιστροφή", ("utf-8", "cp1253", "iso8859-7")),
    "emoji": ("great 😀 👩‍👩‍👧", ("utf-8",)),
}
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
BROKEN = {
    "cut off": b"\xe2\x82",
    "stray continuation": b"\x80\xbf",
    "overlong slash": b"\xc0\xaf",
    "overlong NUL": b"\xc0\x80",
    "overlong in three": b"\xe0\x80\xaf",
    "surrogate as UTF-8": b"\xed\xa0\x80",
    "CESU pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "latin-1 letter": b"caf\xe9",
    "FE and FF": b"\xfe\xff",
}


def _texts(said: str, n: int = 20) -> str:
    return csv(lines(row(i, note=f"{said.replace(',', '')} {i}") for i in range(n)))


def encodings() -> Files:
    """Whole files in one encoding: none of their rows is bad."""
    for tongue, (said, encodings) in TEXTS.items():
        for encoding in encodings:
            content = _texts(said).encode(encoding)
            yield BadFile(
                "encodings", f"{tongue}-{encoding}.csv", f"written in {encoding}", content, 20, 20
            )
            if encoding != "utf-8":
                yield BadFile(
                    "encodings",
                    f"{tongue}-{encoding}-declared.csv",
                    f"{encoding}, declared",
                    content,
                    20,
                    20,
                    options={"encoding": encoding},
                )
                yield BadFile(
                    "encodings",
                    f"{tongue}-{encoding}-as-utf8.csv",
                    f"{encoding}, declared as utf-8",
                    content,
                    20,
                    0,
                    may_refuse=True,
                    options={"encoding": "utf-8"},
                )
    yield from _marked()
    yield from _broken()


def _marked() -> Files:
    for encoding, mark in MARKS.items():
        for tongue in ("western", "japanese", "emoji"):
            body = _texts(TEXTS[tongue][0]).encode(encoding)
            yield BadFile(
                "encodings",
                f"{tongue}-{encoding}-mark.csv",
                f"{encoding} with a mark",
                mark + body,
                20,
                20,
            )
            if encoding.startswith("utf-16"):
                yield BadFile(
                    "encodings",
                    f"{tongue}-{encoding}-bare.csv",
                    f"{encoding} without a mark",
                    body,
                    20,
                    20,
                    may_refuse=tongue == "japanese",
                )
        odd = mark + _texts("plain").encode(encoding)
        yield BadFile(
            "encodings",
            f"{encoding}-cut.csv",
            f"{encoding} cut inside a letter",
            odd[:-2] if "8" not in encoding else odd + b"\xc3",
            20,
            0,
            may_refuse="8" not in encoding,
        )
    twice = codecs.BOM_UTF8 + codecs.BOM_UTF8 + _texts("plain").encode()
    yield BadFile("encodings", "two-marks.csv", "two marks at the beginning", twice, 20, 20)


def _broken() -> Files:
    good = csv(lines(rows(10))).encode()
    behind = csv(lines(rows(10, 100)), header=None).encode()
    for name, bad in BROKEN.items():
        at = {
            "value": b"c1,2024-01-05T10:00:00Z,visit," + bad + b"\n",
            "id": bad + b",2024-01-05T10:00:00Z,visit,x\n",
            "time": b"c1,2024-01-05" + bad + b",visit,x\n",
        }
        for place, line in at.items():
            yield BadFile(
                "encodings",
                f"broken-{name.replace(' ', '-')}-{place}.csv",
                f"{name} in the {place} of one row",
                good + line + behind,
                21,
                20,
            )
    half = csv(lines(row(i, note="Müller") for i in range(10))).encode()
    other = csv(lines(row(i, note="Müller") for i in range(100, 110)), header=None)
    yield BadFile(
        "encodings",
        "half-utf8-half-cp1252.csv",
        "two encodings in one file",
        half + other.encode("cp1252"),
        20,
        0,
    )
    yield BadFile(
        "encodings",
        "half-utf8-half-utf16.csv",
        "UTF-16 behind UTF-8",
        half + other.encode("utf-16-le"),
        20,
        0,
        may_refuse=True,
    )
    header = b"who,at,what,n\xe9te\n" + csv(lines(rows(10)), header=None).encode()
    yield BadFile("encodings", "header-latin1.csv", "a header in latin-1", header, 10, 10)
