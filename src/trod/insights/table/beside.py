"""What stands beside the steps: how many entered, and times without a percentage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from trod.insights.table.pasted import Pasted
from trod.insights.table.tokens import COUNT, PEOPLE, PERCENT, TIME, clean, time_us, whole

_ENTRY = re.compile(
    r"\b(enter(ed|ing)?|start(ed|ing)?|began|begin|total|cohort|initial|top of)\b", re.I
)
_BETWEEN = re.compile(r"\b(between|step to step|stage to stage|to next|from one)\b|→|->", re.I)
TIMEWORD = re.compile(r"\b(times?|durations?|takes?|took|after|within|delay|wait)\b", re.I)
_ENTRIES = (
    rf"{COUNT.pattern}\s*(?:{PEOPLE}\s*)?(?:who\s+|have\s+)?"
    r"(?:enter(?:ed)?|start(?:ed)?|began|signed up)\b[^:\d]*?(?:[:.,]|$)?",
    r"\b(?:enter(?:ed|ing)|start(?:ed|ing)|total|cohort|initial)[^.%\d]{0,40}?[:=\s]\s*"
    rf"{COUNT.pattern}(?:\s*{PEOPLE})?",
    rf"\bof (?:the )?{COUNT.pattern}\s*{PEOPLE}",
    rf"{COUNT.pattern}\s*{PEOPLE}",
)


def entry_in(piece: str) -> tuple[int, str] | None:
    """Find how many entered in a piece of text; give it and the text that is left."""
    for pattern in _ENTRIES:
        for found in re.finditer(pattern, piece, re.I):
            before = piece[: found.start()]
            if PERCENT.search(before) or not (
                _ENTRY.search(piece) or "%" not in piece or not clean(before)
            ):
                continue
            if pattern.endswith(PEOPLE) and not _ENTRY.search(found[0]) and clean(before):
                continue  # "Profile setup: 7,800 users" is a step, not the entry
            return whole(found), piece[found.end() :]
    return None


def timed(found: Pasted, piece: str) -> Pasted:
    """Give the times of a piece without percentages to the steps they belong to."""
    marks = list(TIME.finditer(piece))
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
            lines[target] = replace(lines[target], time_us=time_us(mark), time_from=origin)
    if len(unnamed) == len(marks) and (len(marks) > 1 or TIMEWORD.search(piece)):
        skip = 0 if len(marks) >= len(lines) and not _BETWEEN.search(piece) else 1
        for place, mark in enumerate(marks[: len(lines) - skip], start=skip):
            if lines[place].time_us is None:
                origin = lines[place - 1].name if place else None
                lines[place] = replace(lines[place], time_us=time_us(mark), time_from=origin)
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
    return found, clean(sides[-2].rpartition(",")[2]) if origin is not None else None


def _nearest(text: str, names: Sequence[str]) -> int | None:
    last = text.rpartition(",")[2].rpartition(":")[2]
    wanted = (clean(last) or clean(text)).lower()
    if len(wanted) < 3:
        return None
    inside = [i for i, n in enumerate(names) if n in wanted or wanted in n]
    if inside:
        return inside[0]
    words = {w for w in re.findall(r"\w+", wanted) if len(w) > 3}
    shared = [i for i, n in enumerate(names) if words & set(re.findall(r"\w+", n))]
    close = get_close_matches(wanted, names, n=1, cutoff=0.7)
    return names.index(close[0]) if close else (shared[0] if len(shared) == 1 else None)
