"""Reading a funnel out of what people paste: tables, bullets, sentences, JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from trod.errors import DataError

PER_HUNDRED_THOUSAND: Final = 100_000

_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|per ?cent\b)", re.I)
_UNITS: Final = {
    "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3_600, "hr": 3_600,
    "hour": 3_600, "d": 86_400, "day": 86_400, "w": 604_800, "wk": 604_800, "week": 604_800,
    "month": 2_629_800,
}  # fmt: skip
_TIME = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*-?\s*"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?)\b",
    re.I,
)
_COUNT = re.compile(r"(?<![\w.,])(\d{1,3}(?:[,. '  ]\d{3})+|\d+)(?:\s?([kKmM])\b)?(?![\d%]|\s*%|\.\d)")
_PEOPLE = r"(?:new |total |unique |active )*(?:users?|customers?|people|visitors?|accounts?|leads?|sign-?ups|trials?|students?|patients?|sessions?)"
_ENTRY = re.compile(r"\b(enter(ed|ing)?|start(ed|ing)?|began|begin|total|cohort|initial|top of)\b", re.I)
_BETWEEN = re.compile(r"\b(between|step to step|stage to stage|to next|from one)\b|→|->", re.I)
_TIMEWORD = re.compile(r"\b(times?|durations?|takes?|took|after|within|delay|wait)\b", re.I)
_CONDITIONAL = re.compile(
    r"\b(of (the |those )?(previous|prior|preceding|who (reached|completed))|step[- ](to[- ]step|rate|conversion)|"
    r"conditional|from the (previous|prior) step|(previous|prior) (step|stage))\b", re.I,
)  # fmt: skip
_CUMULATIVE = re.compile(
    r"\b(cumulative(ly)?|of (all|everyone|total|the original|those who entered|entered|entrants)|overall|from the start)\b", re.I
)  # fmt: skip
_LEAD = re.compile(
    r"^(?:[\s\-–—*•·>#|(\[,.:;→]|\d{1,2}[.)]\s|(?:step|stage)\s*\d+\s*[:.)\-–]|and\b|then\b|finally\b|only\b|"
    r"just\b|of\b|completed?\b|completion(?: rates?)? (?:of|for|rate)?|reached\b|finish(?:ed)?\b|"
    r"users?\b|customers?\b|did\b|who\b|the\b|were\b|used(?: an?)?\b|made it to\b|returned for(?: an?)?\b)+", re.I,
)  # fmt: skip
_TAIL = re.compile(
    r"(?:[\s\-–—*•·>|()\[\],.:;=→]|\bat\b|\bis\b|\bwas\b|\bhas\b|\bwith\b|\bcompletion\b|\brate\b|"
    r"\bcompletes?\b|\bconverts?\b|\bby\b|~|\babout\b|\bonly\b|\band\b)+$", re.I,
)  # fmt: skip
_BREAK = re.compile(r"[,|→]\s|[,|→](?=\D)|->|\)\s|\band\b\s")
_TAIL_COUNT = re.compile(rf"[:=(–—-]\s*{_COUNT.pattern}\s*(?:{_PEOPLE})?\s*[(,=–—-]?\s*$", re.I)
_HEAD_COUNT = re.compile(rf"[\s(,=–—-]*{_COUNT.pattern}\s*(?:{_PEOPLE}|\))", re.I)
_ROLES: Final = {
    "name": r"\b(step|stage|name|event|touchpoint|phase|milestone)s?\b",
    "time": r"\b(time|duration|delay|took|days|hours|minutes)\b",
    "percent": r"%|\b(completion|complete|rate|percent(age)?|conversion|share|pct)\b",
    "count": r"\b(users?|customers?|people|count|n|number|reached|completed|visitors|accounts|total|entered)\b",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it was written."""

    name: str
    percent: float | None = None
    count: int | None = None
    time_us: int | None = None
    time_from: str | None = None  # step from which the time runs, where that is said


@dataclass(frozen=True, slots=True)
class Pasted:
    """A funnel as it was written, before it is decided what the figures mean."""

    entered: int | None
    lines: tuple[Line, ...]
    cue: str | None = None  # "cumulative" or "conditional", where the text says so
    averages: bool | None = None  # True: said to be averages; False: medians; None: not said
    dated: bool = False
    notes: tuple[str, ...] = field(default=())


def read_pasted(text: str) -> Pasted:
    """Read a funnel from CSV, JSON, Markdown or sentences.

    Raises
    ------
    DataError
        If no step with a percentage or a count can be found.

    Examples
    --------
    >>> found = read_pasted("500 users entered. Sign up: 80% in 2 min; Pay: 40%")
    >>> found.entered, [(line.name, line.percent) for line in found.lines]
    (500, [('Sign up', 80.0), ('Pay', 40.0)])
    """
    found = _from_json(text) or _from_grid(text) or _from_words(text)
    if len(found.lines) < 1:
        raise DataError(
            "no steps found in the table. Write one line per step, such as 'Account creation: 95%' "
            "or 'Account creation: 9,500', and how many people entered."
        )
    conditional, cumulative = _CONDITIONAL.search(text), _CUMULATIVE.search(text)
    cue = None if bool(conditional) == bool(cumulative) else "cumulative"
    cue = "conditional" if cue and conditional else cue
    mean = re.search(r"\b(avg|average|mean)\b", text, re.I)
    median = re.search(r"\bmedian\b", text, re.I)
    return replace(
        _with_entry(found),
        cue=cue,
        averages=True if mean else False if median else None,
        dated=bool(re.search(r"\b(19|20)\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b", text)),
    )


def _with_entry(found: Pasted) -> Pasted:
    """Take a first row that is the entry itself (100 %, or named so) out of the steps."""
    first, rest = found.lines[0], found.lines[1:]
    named = bool(re.match(r"(entered|entry|start(ed)?|total|all users|everyone)\b", first.name, re.I))
    if rest and first.percent == 100 and (first.count or named or found.entered is None):
        return replace(found, entered=found.entered or first.count, lines=rest)
    if rest and named and first.count is not None:
        return replace(found, entered=found.entered or first.count, lines=rest)
    if rest and found.entered is None and first.count is not None and first.percent is None:
        note = f"How many entered is not given: {first.name} is taken as the entry."
        return replace(found, entered=first.count, lines=rest, notes=(*found.notes, note))
    return found


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _whole(found: re.Match[str]) -> int:
    size = {"k": 1_000, "m": 1_000_000}.get((found[2] or "").lower(), 1)
    return int(re.sub(r"\D", "", found[1])) * size


def _time_us(found: re.Match[str]) -> int:
    unit = found[2].lower()
    size = _UNITS.get(unit) or _UNITS[unit.removesuffix("s")]
    return round(_number(found[1]) * size * 1_000_000)


def _clean(name: str) -> str:
    before = None
    while name != before:
        before = name
        name = _TAIL.sub("", _LEAD.sub("", name)).strip("*_\"'`“” ")
    opened, closed = name.count("("), name.count(")")
    return name + ")" * (opened - closed) if opened > closed else name


# --- sentences ----------------------------------------------------------------------------------


def _from_words(text: str) -> Pasted:
    text = _unwrapped(text)
    pieces = [
        p.strip()
        for p in re.split(r"[\n;]|(?<=[a-z0-9%)])\.\s+(?=[A-Z\d•*-])|(?<=\s)•", text)
        if p and p.strip()
    ]
    by_percent = any(_PERCENT.search(p) for p in pieces)
    entered: int | None = None
    lines: list[Line] = []
    spare: list[str] = []
    for piece in pieces:
        entry = _entry(piece) if entered is None else None
        if entry is not None:
            entered, piece = entry  # noqa: PLW2901  (the rest of the sentence may hold steps)
        if by_percent and _PERCENT.search(piece):
            lines += _by_percent(piece)
        elif not by_percent and (found := _by_count(piece)):
            lines.append(found)
        else:
            spare.append(piece)
    found = Pasted(entered, tuple(lines))
    for piece in spare:
        found = _timed(found, piece)
    return found


def _unwrapped(text: str) -> str:
    """Join lines that were broken inside a name: "…, Second Session", "Return 34 %, …"."""
    lines = text.splitlines()
    for i in range(len(lines) - 1, 0, -1):
        marks = list(_PERCENT.finditer(lines[i - 1]))
        tail = lines[i - 1][marks[-1].end() :] if marks else ""
        name = tail.rpartition(",")[2]
        if "," in tail and re.fullmatch(r"[^\d.;:()]*[a-z]\s*", name) and not _TIMEWORD.search(name):
            lines[i - 1 : i + 1] = [f"{lines[i - 1].rstrip()} {lines[i].lstrip()}"]
    return "\n".join(lines)


def _entry(piece: str) -> tuple[int, str] | None:
    """Find how many entered in a piece of text; give it and the text that is left."""
    for pattern in (
        rf"{_COUNT.pattern}\s*(?:{_PEOPLE}\s*)?(?:who\s+|have\s+)?(?:enter(?:ed)?|start(?:ed)?|began|signed up)\b[^:\d]*?(?:[:.,]|$)?",
        rf"\b(?:enter(?:ed|ing)|start(?:ed|ing)|total|cohort|initial)[^.%\d]{{0,40}}?[:=\s]\s*{_COUNT.pattern}(?:\s*{_PEOPLE})?",
        rf"\bof (?:the )?{_COUNT.pattern}\s*{_PEOPLE}",
        rf"{_COUNT.pattern}\s*{_PEOPLE}",
    ):
        for found in re.finditer(pattern, piece, re.I):
            before = piece[: found.start()]
            if _PERCENT.search(before) or not (
                _ENTRY.search(piece) or "%" not in piece or not _clean(before)
            ):
                continue
            if pattern.endswith(_PEOPLE) and not _ENTRY.search(found[0]) and _clean(before):
                continue  # "Profile setup: 7,800 users" is a step, not the entry
            return _whole(found), piece[found.end() :]
    return None


def _by_percent(piece: str) -> list[Line]:
    """Read the steps of a piece; names stand before the percentages, or after them all."""
    marks = list(_PERCENT.finditer(piece))
    ends = [m.start() for m in marks[1:]] + [len(piece)]
    if not _clean(piece[: marks[0].start()]):
        return [
            Line(name, _number(m[1]), None, _first_time(piece[m.end() : end]))
            for m, end in zip(marks, ends, strict=True)
            if (name := _named_after(piece[m.end() : end]))
        ]
    starts = [_name_start(piece, marks, i) for i in range(len(marks))]
    made = []
    for i, (mark, start) in enumerate(zip(marks, starts, strict=True)):
        written = piece[start : mark.start()]
        counted = _TAIL_COUNT.search(written)
        name = _clean(written[: counted.start()] if counted else written)
        after = piece[mark.end() : starts[i + 1] if i + 1 < len(marks) else len(piece)]
        counted = counted or _HEAD_COUNT.match(after)
        if name:
            count = _whole(counted) if counted else None
            made.append(Line(name, _number(mark[1]), count, _first_time(after)))
    return made


def _name_start(piece: str, marks: Sequence[re.Match[str]], i: int) -> int:
    """Find where the name before a percentage begins: after the last break that leaves a name."""
    begin = marks[i - 1].end() if i else 0
    gap = piece[begin : marks[i].start()]
    counted = _TAIL_COUNT.search(gap)
    gap = gap[: counted.start()] if counted else gap
    cuts = [m.end() for m in _BREAK.finditer(gap) if _clean(gap[m.end() :])]
    bare = gap.rstrip(" :(-–—")
    if i == 0 and ":" in bare:
        cuts.append(bare.rindex(":") + 1)
    return begin + max(cuts, default=0)


def _first_time(text: str) -> int | None:
    found = _TIME.search(text)
    return _time_us(found) if found else None


def _named_after(after: str) -> str:
    """Read "95% completed account creation, …"."""
    text = re.split(r"[,(]|\bin \d|\bafter \d", after)[0]
    return _clean(re.sub(r"^\s*(of )?(the )?(users|customers|people|them)?\s*", "", text))


def _by_count(piece: str) -> Line | None:
    text = re.sub(r"^\s*(?:step|stage)?\s*\d{1,2}[.):]\s*", "", piece, flags=re.I)
    bare = _TIME.sub(lambda m: " " * len(m[0]), text)
    marks = [m for m in _COUNT.finditer(bare) if _clean(text[: m.start()])]
    counts = [m for m in marks if re.match(r".*[:=|,–—→-]\s*$|.*\(\s*$", text[: m.start()])] or marks
    if not counts:
        return None
    time = _TIME.search(text)
    return Line(
        _clean(text[: counts[0].start()]), None, _whole(counts[0]), _time_us(time) if time else None
    )


def _timed(found: Pasted, piece: str) -> Pasted:
    """Give the times of a piece without percentages to the steps they belong to."""
    marks = list(_TIME.finditer(piece))
    if not marks or not found.lines:
        return found
    lines, notes = list(found.lines), list(found.notes)
    names = [line.name.lower() for line in lines]
    unnamed = []
    for i, mark in enumerate(marks):
        before = piece[marks[i - 1].end() if i else 0 : mark.start()]
        target, origin = _meant(before, names)
        if target is None:
            unnamed.append(mark)
        elif lines[target].time_us is None:
            lines[target] = replace(lines[target], time_us=_time_us(mark), time_from=origin)
    if len(unnamed) == len(marks) and (len(marks) > 1 or _TIMEWORD.search(piece)):
        skip = 0 if len(marks) >= len(lines) and not _BETWEEN.search(piece) else 1
        for place, mark in enumerate(marks[: len(lines) - skip], start=skip):
            if lines[place].time_us is None:
                origin = lines[place - 1].name if place else None
                lines[place] = replace(lines[place], time_us=_time_us(mark), time_from=origin)
        if skip:
            notes.append(
                f"{len(marks)} times for {len(lines)} steps, without names: read as the time from "
                f"one step to the next, from {lines[0].name} on."
            )
    return replace(found, lines=tuple(lines), notes=tuple(notes))


def _meant(text: str, names: Sequence[str]) -> tuple[int | None, str | None]:
    """Find the step a time belongs to: the one after the arrow, else the one named."""
    sides = re.split(r"→|->|=>|\bto\b", text)
    found = _nearest(sides[-1], names)
    if found is None:
        return None, None
    origin = _nearest(sides[-2], names) if len(sides) > 1 else None
    return found, _clean(sides[-2].split(",")[-1]) if origin is not None else None


def _nearest(text: str, names: Sequence[str]) -> int | None:
    wanted = _clean(text.split(",")[-1].split(":")[-1] or text).lower() or _clean(text).lower()
    if len(wanted) < 3:
        return None
    inside = [i for i, n in enumerate(names) if n in wanted or wanted in n]
    if inside:
        return inside[0]
    words = {w for w in re.findall(r"\w+", wanted) if len(w) > 3}
    shared = [i for i, n in enumerate(names) if words & set(re.findall(r"\w+", n))]
    close = get_close_matches(wanted, names, n=1, cutoff=0.7)
    return names.index(close[0]) if close else (shared[0] if len(shared) == 1 else None)


# --- grids and JSON -----------------------------------------------------------------------------


def _role(header: str) -> str | None:
    return next((r for r, p in _ROLES.items() if re.search(p, header.strip(), re.I)), None)


def _from_grid(text: str) -> Pasted | None:
    """Read the block of lines that has a header with a step column and figures below it."""
    lines = text.splitlines()
    for mark in ("|", "\t", ";", ","):
        rows = [(i, _cells(line, mark)) for i, line in enumerate(lines) if mark in line]
        rows = [(i, r) for i, r in rows if not all(re.fullmatch(r"\s*:?-+:?\s*", c) for c in r)]
        for at, (_, header) in enumerate(rows):
            roles = [_role(cell) for cell in header]
            has_figures = "percent" in roles or "count" in roles
            if any(re.search(r"\d", c) for c in header) or "name" not in roles or not has_figures:
                continue
            body = [r for r in rows[at + 1 :] if len(r[1]) >= 2]
            if not body:
                continue
            used = {rows[at][0], *(i for i, _ in body)}
            made = _records([dict(zip(header, r, strict=False)) for _, r in body])
            entry = [e for i, line in enumerate(lines) if i not in used and (e := _entry(line))]
            found = replace(made, entered=entry[0][0] if entry else made.entered)
            for i, line in enumerate(lines):
                found = _timed(found, line) if i not in used else found
            return found
    return None


def _cells(line: str, mark: str) -> list[str]:
    row = next(csv.reader([line.strip().strip("|") if mark == "|" else line], delimiter=mark), [])
    return [cell.strip().strip("*") for cell in row]


def _records(rows: Sequence[Mapping[str, Any]]) -> Pasted:
    """Read rows of a table or of JSON by what their columns are called."""
    roles: dict[str, str] = {}
    for key in rows[0] if rows else ():
        role = _role(str(key))
        if role and role not in roles:
            roles[role] = key
    written = [str(row.get(roles.get("percent", ""), "")) for row in rows]
    shares = [_figure(w) for w in written]
    known = [s for s in shares if s is not None]
    scale = 100 if known and max(known) <= 1 and not any("%" in w for w in written) else 1
    lines = []
    for row, share in zip(rows, shares, strict=True):
        count = _COUNT.search(str(row.get(roles.get("count", ""), "")))
        time = _TIME.search(str(row.get(roles.get("time", ""), "")))
        name = _clean(str(row.get(roles.get("name", ""), "")))
        if name and (share is not None or count):
            lines.append(
                Line(
                    name,
                    None if share is None else round(share * scale, 9),
                    _whole(count) if count else None,
                    _time_us(time) if time else None,
                )
            )
    return Pasted(None, tuple(lines))


def _figure(text: str) -> float | None:
    found = re.search(r"\d+(?:[.,]\d+)?(?:[eE]-?\d+)?", text)
    return _number(found[0]) if found else None


def _from_json(text: str) -> Pasted | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    entered = None
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, int | float) and re.search(
                r"enter|total|start|cohort|users", key, re.I
            ):
                entered = int(value)
                break
        inner = [v for v in data.values() if isinstance(v, list | dict)]
        data = inner[0] if inner else {k: v for k, v in data.items() if v != entered}
    if isinstance(data, dict):
        percent = any(isinstance(v, str) and "%" in v for v in data.values())
        figures = [v for v in data.values() if isinstance(v, int | float)]
        key = "percent" if percent or (figures and max(figures) <= 1) else "count"
        key = "percent" if entered and figures and max(figures) <= 100 < entered else key
        data = [
            {"step": k, **v} if isinstance(v, dict) else {"step": k, key: v}
            for k, v in data.items()
        ]
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    return replace(_records(rows), entered=entered)
