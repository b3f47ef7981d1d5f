"""Reading a funnel from tables (CSV, Markdown, pasted cells) and from JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from trod.insights.table.beside import entry_in, timed
from trod.insights.table.pasted import Line, Pasted
from trod.insights.table.tokens import COUNT, TIME, clean, number, time_us, whole

_ROLES: Final = {
    "name": r"\b(step|stage|name|event|touchpoint|phase|milestone)s?\b",
    "time": r"\b(time|duration|delay|took|days|hours|minutes)\b",
    "percent": r"%|\b(completion|complete|rate|percent(age)?|conversion|share|pct)\b",
    "count": r"\b(users?|customers?|people|count|n|number|reached|completed|visitors|accounts|"
    r"total|entered)\b",
}
_ENTRY_ROW = re.compile(
    r"(?:total\b\s*)?(?:(?:users?|people|customers)\b\s*)?(?:entered|entrants|entry|started|start)$",
    re.I,
)
_WHOLE = re.compile(r"\s*\d[\d,. ]*\s*")


def _role(header: str) -> str | None:
    return next((r for r, p in _ROLES.items() if re.search(p, header.strip(), re.I)), None)


def from_grid(text: str) -> Pasted | None:
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
            entry = [e for i, line in enumerate(lines) if i not in used and (e := entry_in(line))]
            found = replace(made, entered=entry[0][0] if entry else made.entered)
            for i, line in enumerate(lines):
                found = timed(found, line) if i not in used else found
            return found
    return None


def _cells(line: str, mark: str) -> list[str]:
    row = next(csv.reader([line.strip().strip("|") if mark == "|" else line], delimiter=mark), [])
    return [cell.strip().strip("*") for cell in row]


def _records(rows: Sequence[Mapping[str, Any]]) -> Pasted:
    """Read rows of a table or of JSON by what their columns are called."""
    roles: dict[str, str] = {}
    for key in dict.fromkeys(key for row in rows for key in row):
        role = _role(str(key))
        if role and role not in roles:
            roles[role] = key
    written = [str(row.get(roles.get("percent", ""), "")) for row in rows]
    shares = [_figure(w) for w in written]
    known = [s for s in shares if s is not None]
    scale = 100 if known and max(known) <= 1 and not any("%" in w for w in written) else 1
    lines, entered = [], None
    for row, share in zip(rows, shares, strict=True):
        count = COUNT.search(str(row.get(roles.get("count", ""), "")))
        time = TIME.search(str(row.get(roles.get("time", ""), "")))
        name = clean(str(row.get(roles.get("name", ""), "")))
        if _ENTRY_ROW.match(name):
            found = [
                int(re.sub(r"\D", "", w)) for w in map(str, row.values()) if _WHOLE.fullmatch(w)
            ]
            entered = max(found, default=0) or entered
        elif name and (share is not None or count):
            lines.append(
                Line(
                    name,
                    None if share is None else round(share * scale, 9),
                    whole(count) if count else None,
                    time_us(time) if time else None,
                )
            )
    return Pasted(entered, tuple(lines))


def _figure(text: str) -> float | None:
    found = re.search(r"\d+(?:[.,]\d+)?(?:[eE]-?\d+)?", text)
    return number(found[0]) if found else None


def from_json(text: str) -> Pasted | None:
    """Read a funnel from JSON; None where the text is not JSON."""
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
    made = _records(rows)
    return replace(made, entered=entered or made.entered)
