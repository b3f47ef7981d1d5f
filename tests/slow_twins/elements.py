"""The obvious way to find the elements of a JSON text: the reader of the standard library."""

from __future__ import annotations

import json


def elements(text: str, lists: bool) -> tuple[list[tuple[int, int, int]], bool]:
    """Give where each element begins and ends, and the line ends before it; of ASCII text.

    Also says whether the last list is closed, where the text is lists.
    """
    found, at, inside = [], 0, False
    while True:
        while at < len(text) and (text[at] in " \t\r\n,]" or (text[at] == "[" and lists > inside)):
            inside = text[at] == "[" or (inside and text[at] != "]")
            at += 1
        if at == len(text):
            return found, not inside
        _, end = json.JSONDecoder().raw_decode(text, at)
        found.append((at, end, text[:at].count("\n")))
        at = end
