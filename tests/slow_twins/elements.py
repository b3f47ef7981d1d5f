"""The obvious way to find the elements of a JSON text: the reader of the standard library."""

from __future__ import annotations

import json


def elements(text: str, begin: int) -> list[tuple[int, int, int]]:
    """Give where each element begins and ends, and the line ends before it; of ASCII text."""
    found, at = [], begin
    while True:
        while at < len(text) and text[at] in " \t\r\n,]":
            at += 1
        if at == len(text):
            return found
        _, end = json.JSONDecoder().raw_decode(text, at)
        found.append((at, end, text[:at].count("\n")))
        at = end
