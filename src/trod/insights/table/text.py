"""Reading a funnel out of what people paste: tables, bullets, sentences, JSON."""

from __future__ import annotations

import re
from dataclasses import replace

from trod.errors import DataError
from trod.insights.table.grid import from_grid, from_json
from trod.insights.table.pasted import Pasted
from trod.insights.table.sentences import from_words

_CONDITIONAL = re.compile(
    r"\b(of (the |those )?(previous|prior|preceding|who (reached|completed))|"
    r"step[- ](to[- ]step|rate|conversion)|conditional|from the (previous|prior) step|"
    r"(previous|prior) (step|stage))\b",
    re.I,
)
_CUMULATIVE = re.compile(
    r"\b(cumulative(ly)?|of (all|everyone|total|the original|those who entered|entered|entrants)|"
    r"overall|from the start)\b",
    re.I,
)
_LOST = re.compile(
    r"\b(drop(ped|s)?[- ]?(off|out)?|abandon\w*|lost|loss|leave|left|churn\w*)\b", re.I
)
_DONE = re.compile(r"\b(complet\w*|conver\w*|reach\w*|remain\w*|retain\w*|retention|kept)\b", re.I)


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
    found = from_json(text) or from_grid(text) or from_words(text)
    if len(found.lines) < 1:
        raise DataError(
            "no steps found in the table. Write one line per step, such as 'Account creation: 95%' "
            "or 'Account creation: 9,500', and how many people entered."
        )
    found = _kept(found, text)
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


def _kept(found: Pasted, text: str) -> Pasted:
    """Turn percentages of people lost into percentages of people kept."""
    shares = [line.percent for line in found.lines]
    if None in shares or not _LOST.search(text) or _DONE.search(text):
        return found
    lines = tuple(
        replace(line, percent=None if line.percent is None else round(100 - line.percent, 9))
        for line in found.lines
    )
    note = "The percentages are of people lost: those kept are 100% less each."
    return replace(found, lines=lines, notes=(*found.notes, note))


def _with_entry(found: Pasted) -> Pasted:
    """Take a first row that is the entry itself (100 %, or named so) out of the steps."""
    first, rest = found.lines[0], found.lines[1:]
    named = bool(
        re.match(r"(entered|entry|start(ed)?|total|all users|everyone)\b", first.name, re.I)
    )
    if rest and first.percent == 100 and (first.count or named or found.entered is None):
        return replace(found, entered=found.entered or first.count, lines=rest)
    if rest and named and first.count is not None:
        return replace(found, entered=found.entered or first.count, lines=rest)
    if rest and found.entered is None and first.count is not None and first.percent is None:
        note = f"How many entered is not given: {first.name} is taken as the entry."
        return replace(found, entered=first.count, lines=rest, notes=(*found.notes, note))
    return found
