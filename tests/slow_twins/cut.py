"""The obvious way to cut a text into records: one value after the other, from the definition."""

from __future__ import annotations

import re

GOOD, BLANK, MISPLACED, UNCLOSED = range(4)


def records(
    text: str, delimiter: str, quote: str, escape: str, longest: int = 1 << 30
) -> list[tuple[str, int, int]]:
    """Give each record with its line end, its status, and the lines before it.

    A quote that closes more than `longest` bytes behind the beginning of its record closes nothing.
    """
    found, start = [], 0
    while start < len(text):
        end, status = _record(text, start, delimiter, quote, escape, longest)
        if status in (MISPLACED, UNCLOSED):
            line = re.compile(r"[^\r\n]*(\r\n|\r|\n|$)").match(text, start)
            end = line.end()
        before = len(re.findall(r"\r\n|\r|\n", text[:start]))
        found.append((text[start:end], status, before))
        start = end
    return found


def _record(
    text: str, start: int, delimiter: str, quote: str, escape: str, longest: int
) -> tuple[int, int]:
    at = start
    while True:
        value = re.compile(rf" *{re.escape(quote)}").match(text, at) if quote else None
        if value:
            at = value.end()
            closed = re.compile(_inside(quote, escape)).match(text, at)
            if not closed or len(text[start : closed.end(1)].encode()) > longest:
                return at, UNCLOSED
            at = closed.end()
            if not re.compile(rf"{re.escape(delimiter)}|[\r\n]|$(?!\n)").match(text, at):
                return at, MISPLACED
        else:
            at = re.compile(rf"((?!{re.escape(delimiter)})[^\r\n])*").match(text, at).end()
        if text.startswith(delimiter, at):
            at += len(delimiter)
            continue
        end = re.compile(r"\r\n|\r|\n|$").match(text, at).end()
        return end, BLANK if at == start and end > at else GOOD


def _inside(quote: str, escape: str) -> str:
    q, e = re.escape(quote), re.escape(escape)
    if quote == escape:
        return rf"((?:[^{q}]|{q}{q})*{q}(?!{q})) *"
    return rf"((?:[^{q}{e}]|{e}[\s\S])*{q}) *"
