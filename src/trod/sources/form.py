"""What form a text has, told by its first characters."""

from __future__ import annotations

import json
from typing import Literal


def form(head: str) -> Literal["csv", "jsonl", "json"]:
    """Tell JSON from CSV by its first character, JSON lines from JSON by its first line."""
    body = head.lstrip("\ufeff \t\r\n").rstrip()
    if body.startswith("["):
        return "json" if body[1:].lstrip()[:1] in ("{", "[", "]", "") else "csv"
    if not body.startswith("{"):
        return "csv"
    if "\n" not in body:
        return _form_of_line(body)
    first, second = [*body.splitlines(), ""][:2]
    try:
        json.loads(first)
    except RecursionError:
        return "jsonl"
    except ValueError as broken:
        # One broken first line is no reason to doubt the rest of a file of objects.
        alone = second.lstrip().startswith("{") and not _goes_on(first, broken)
        return "jsonl" if alone else "json"
    return "jsonl"


def _form_of_line(body: str) -> Literal["jsonl", "json"]:
    """Tell objects that stand behind each other on the only line from a single one."""
    try:
        _, end = json.JSONDecoder().raw_decode(body)
    except (ValueError, RecursionError):
        return "jsonl"
    return "json" if body[end:].lstrip().startswith("{") else "jsonl"


def _goes_on(line: str, broken: ValueError) -> bool:
    """Say whether a line is no broken record, but the head of a list of them: {"tickets": [."""
    return (
        isinstance(broken, json.JSONDecodeError)
        and broken.msg == "Expecting value"
        and broken.pos >= len(line.rstrip())
    )
