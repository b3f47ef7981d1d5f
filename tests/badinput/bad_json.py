"""JSON as it comes: deep, broken, doubled, with numbers and letters that JSON cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.badinput.badfile import BadFile, Files, around_json, dumped, record, records

_GOOD = '"who": "c1", "at": "2024-01-05T10:00:00Z", "what": "visit"'
_LINES = {
    "cut off": ("{" + _GOOD + ', "note": "a', False),
    "cut inside a key": ("{" + _GOOD + ', "no', False),
    "trailing comma": ("{" + _GOOD + ",}", False),
    "two commas": ("{" + _GOOD + ',, "note": 1}', False),
    "comment": ("{" + _GOOD + "} // why", False),
    "comment inside": ("{" + _GOOD + ' /* why */, "note": 1}', False),
    "single quotes": ("{" + _GOOD.replace('"', "'") + "}", False),
    "unquoted keys": ("{who: 1, at: 2}", False),
    "two objects": ("{" + _GOOD + "} {" + _GOOD + "}", False),
    "two objects joined": ("{" + _GOOD + "}{" + _GOOD + "}", False),
    "comma between lines": ("{" + _GOOD + "},", False),
    "text behind": ("{" + _GOOD + "} x", False),
    "a list": ('["c1", "2024-01-05", "visit"]', False),
    "a list of objects": ("[{" + _GOOD + "}]", False),
    "a number": ("5", False),
    "a text": ('"visit"', False),
    "true": ("true", False),
    "null": ("null", False),
    "empty object": ("{}", False),
    "empty list": ("[]", False),
    "NaN": ("{" + _GOOD + ', "note": NaN}', False),
    "Infinity": ("{" + _GOOD + ', "note": -Infinity}', False),
    "1e400": ("{" + _GOOD + ', "note": 1e400}', False),
    "leading zero": ("{" + _GOOD + ', "note": 007}', False),
    "plus": ("{" + _GOOD + ', "note": +1}', False),
    "hex": ("{" + _GOOD + ', "note": 0x1F}', False),
    "half a fraction": ("{" + _GOOD + ', "note": 1.}', False),
    "long number": ("{" + _GOOD + f', "note": {"9" * 1000}}}', False),
    "very long fraction": ("{" + _GOOD + f', "note": 0.{"3" * 5000}}}', False),
    "duplicate key": ("{" + _GOOD + ', "who": "c2"}', False),
    "duplicate note": ("{" + _GOOD + ', "note": 1, "note": 2}', True),
    "empty key": ("{" + _GOOD + ', "": 1}', True),
    "key of dots": ("{" + _GOOD + ', "a.b": 1, "a": {"b": 2}}', True),
    "key of quotes": ("{" + _GOOD + ', "a\\"b": 1}', True),
    "key with NUL": ("{" + _GOOD + ', "a\\u0000b": 1}', False),
    "text with NUL": ("{" + _GOOD + ', "note": "a\\u0000b"}', False),
    "id with NUL": ('{"who": "c\\u00001", "at": "2024-01-05T10:00:00Z", "what": "visit"}', False),
    "control character": ("{" + _GOOD + ', "note": "a\x01b"}', False),
    "tab inside": ("{" + _GOOD + ', "note": "a\tb"}', False),
    "bad escape": ("{" + _GOOD + ', "note": "a\\qb"}', False),
    "half an escape": ("{" + _GOOD + ', "note": "\\u12"}', False),
    "lone high surrogate": ("{" + _GOOD + ', "note": "\\ud83d"}', False),
    "lone low surrogate": ("{" + _GOOD + ', "note": "\\ude00"}', False),
    "surrogates swapped": ("{" + _GOOD + ', "note": "\\ude00\\ud83d"}', False),
    "lone surrogate in a key": ("{" + _GOOD + ', "\\ud83d": 1}', False),
    "lone surrogate in the id": ('{"who": "\\ud83d", "at": "2024-01-05T10:00:00Z", '
                                 '"what": "visit"}', False),
    "surrogate pair": ("{" + _GOOD + ', "note": "\\ud83d\\ude00"}', True),
    "mark inside": ("\ufeff{" + _GOOD + "}", False),
    "upper-case TRUE": ("{" + _GOOD + ', "note": TRUE}', False),
    "undefined": ("{" + _GOOD + ', "note": undefined}', False),
    "blank line": ("   ", False),
    "csv line": ("c1,2024-01-05T10:00:00Z,visit,x", False),
    "a word": ("visit", False),
    "id is an object": ('{"who": {"id": 1}, "at": "2024-01-05T10:00:00Z", "what": "visit"}', False),
    "id is a list": ('{"who": [1], "at": "2024-01-05T10:00:00Z", "what": "visit"}', False),
    "id is true": ('{"who": true, "at": "2024-01-05T10:00:00Z", "what": "visit"}', False),
    "time is an object": ('{"who": "c1", "at": {}, "what": "visit"}', False),
    "everything is null": ('{"who": null, "at": null, "what": null}', False),
}  # fmt: skip
_NO_ROW = {"blank line"}
_IDS = {
    "2-53": 2**53,
    "2-53-1": 2**53 + 1,
    "2-63": 2**63,
    "2-64": 2**64,
    "2-64-1": 2**64 + 1,
    "2-127": 2**127,
    "negative": -(2**53) - 1,
    "float": 1.5,
    "1e16": "1e16",
    "1e17": 1e17,
    "minus-zero": "-0",
    "1.0": 1.0,
    "40-digits": 10**40 + 1,
}
_DEPTHS = (10, 100, 1000, 10_000, 100_000)


def jsons() -> Files:
    """All of them."""
    for wrong, (bad, good) in _LINES.items():
        name = wrong.replace(" ", "-")
        offered = 20 + (wrong not in _NO_ROW)
        yield BadFile(
            "json lines",
            f"{name}.jsonl",
            wrong,
            "\n".join(around_json([bad])).encode(),
            offered,
            20 + good,
        )
        yield BadFile(
            "json lines",
            f"{name}-first.jsonl",
            f"{wrong}, first",
            "\n".join([bad, *records(20)]).encode(),
            offered,
            0,
            may_refuse=True,
        )
        array = "[" + ",\n".join(around_json([bad])) + "]"
        yield BadFile(
            "json array",
            f"{name}.json",
            f"{wrong}, in an array",
            array.encode(),
            20,
            20 * good,
            may_refuse=not good,
        )
    yield from _ids()
    yield from _deep()
    yield from _layouts()


def _ids() -> Files:
    for name, value in _IDS.items():
        said = value if isinstance(value, str) else json.dumps(value)
        bad = '{"who": ' + said + ', "at": "2024-01-05T10:00:00Z", "what": "visit"}'
        yield BadFile(
            "json ids",
            f"id-{name}.jsonl",
            f"an id that is {said[:30]}",
            "\n".join(around_json([bad])).encode(),
            21,
            20,
        )
    near = [json.dumps(record(i, who=2**53 + i)) for i in range(20)]
    yield BadFile(
        "json ids",
        "ids-near-2-53.jsonl",
        "ids that a float cannot tell apart",
        "\n".join(near).encode(),
        20,
        0,
    )


def _deep() -> Files:
    for depth in _DEPTHS:
        for name, (left, inner, right) in {
            "lists": ("[", "", "]"),
            "objects": ('{"a":', "1", "}"),
        }.items():
            deep = left * depth + inner + right * depth
            bad = "{" + _GOOD + f', "note": {deep}' + "}"
            yield BadFile(
                "json deep",
                f"deep-{name}-{depth}.jsonl",
                f"{depth:,} {name} inside each other",
                "\n".join(around_json([bad])).encode(),
                21,
                20,
            )
            yield BadFile(
                "json deep",
                f"deep-{name}-{depth}-first.jsonl",
                f"{depth:,} {name} inside each other, first",
                "\n".join([bad, *records(20)]).encode(),
                21,
                20,
            )
            array = "[" + ",".join(around_json([bad])) + "]"
            yield BadFile(
                "json deep",
                f"deep-{name}-{depth}.json",
                f"{depth:,} {name} inside each other, in an array",
                array.encode(),
                21,
                20 * (depth < 50),
                may_refuse=depth > 50,
            )
        cut = "\n".join([*records(20), '{"who": ' + "[" * depth])
        yield BadFile(
            "json deep",
            f"deep-{depth}-cut.jsonl",
            f"{depth:,} lists never closed",
            cut.encode(),
            21,
            20,
        )
        yield BadFile(
            "json deep",
            f"only-{depth}.json",
            f"nothing but {depth:,} lists",
            b"[" * depth,
            0,
            0,
            may_refuse=True,
        )


def _long_text(mega: int, between: str, begin: str = "", end: str = "") -> Callable[[], bytes]:
    def made() -> bytes:
        bad = json.dumps(record(1, note="x" * (mega << 20)))
        return (begin + between.join([*records(3), bad, *records(3, 100)]) + end).encode()

    return made


def _layouts() -> Files:
    some = [record(i) for i in range(20)]
    array = json.dumps(some)
    pretty = "\n".join(json.dumps(each, indent=2) for each in some)
    whole = {
        "pretty": (pretty, 20, False),
        "pretty-array": (json.dumps(some, indent=2), 20, False),
        "joined": ("".join(records(20)), 20, False),
        "mark": ("\ufeff" + array, 20, False),
        "blank-around": ("\n\n  " + array + "\n\n", 20, False),
        "cut-in-record": (array[:-30], 0, True),
        "cut-behind-record": (array[: array.rindex(",") - 60], 0, True),
        "no-end": (array[:-1], 0, True),
        "trailing-comma": (array[:-1] + ",]", 0, True),
        "two-ends": (array + "]", 0, True),
        "two-arrays": (array + "\n" + array, 0, True),
        "text-behind": (array + "\nbye", 0, True),
        "empty-array": ("[]", 0, True),
        "empty-object": ("{}", 0, True),
        "scalar": ("5", 0, True),
        "null": ("null", 0, True),
        "text": ('"text"', 0, True),
        "array-of-numbers": ("[1,2,3]", 0, True),
        "array-of-arrays": ("[[1],[2]]", 0, True),
        "array-of-nulls": ("[null,null]", 0, True),
        "mixed-array": (array[:-1] + ', 5, "x", null, [1]]', 20, True),
        "object-of-arrays": (json.dumps({"rows": some}), 0, True),
        "python": (str(some), 0, True),
        "one-object": (json.dumps(some[0]), 1, False),
        "one-object-cut": (json.dumps(some[0])[:-5], 0, True),
        "brace": ("{", 0, True),
        "bracket": ("[", 0, True),
        "colon": (":", 0, True),
        "crlf": ("\r\n".join(records(20)), 20, False),
        "cr": ("\r".join(records(20)), 20, False),
        "record-separators": ("".join(f"\x1e{r}\n" for r in records(20)), 0, True),
    }
    for name, (text, good, may_refuse) in whole.items():
        yield BadFile(
            "json layouts",
            f"layout-{name}.json",
            name,
            text.encode(),
            good,
            good,
            may_refuse=may_refuse,
        )
    keys = [record(i, **{f"key{i}-{k}": k for k in range(250)}) for i in range(40)]
    yield BadFile(
        "json layouts",
        "keys-10000.jsonl",
        "10,000 different keys",
        "\n".join(dumped(keys)).encode(),
        40,
        40,
        may_refuse=True,
    )
    one_in_hundred = [*records(99), '{"who": "c1", "at": "2024-0']
    yield BadFile(
        "json layouts",
        "one-bad-in-100.jsonl",
        "one bad line among 99 good ones",
        "\n".join(one_in_hundred).encode(),
        100,
        99,
    )
    for mega in (1, 3, 5, 7, 40):
        yield BadFile(
            "json layouts",
            f"text-{mega}mb.jsonl",
            f"a text of {mega} MB",
            _long_text(mega, "\n"),
            7,
            6 + (mega < 4),
            may_refuse=mega > 8,
        )
        yield BadFile(
            "json layouts",
            f"text-{mega}mb.json",
            f"a text of {mega} MB in an array",
            _long_text(mega, ",", "[", "]"),
            7,
            7 * (mega < 4),
            may_refuse=mega > 4,
        )
    for encoding in ("utf-16", "utf-32", "cp1252", "shift_jis"):
        said = "返品" if encoding == "shift_jis" else "Müller"
        text = "\n".join(json.dumps(record(i, note=said), ensure_ascii=False) for i in range(20))
        yield BadFile(
            "json layouts",
            f"in-{encoding}.jsonl",
            f"JSON in {encoding}",
            text.encode(encoding),
            20,
            20,
        )
