"""How moments and values are written for programs outside: by messages and audiences alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime


def moment(us: int) -> str:
    """Write a moment as ISO 8601 in UTC.

    Examples
    --------
    >>> moment(0)
    '1970-01-01T00:00:00.000Z'
    """
    told = datetime.fromtimestamp(us / 1e6, UTC).isoformat(timespec="milliseconds")
    return told.replace("+00:00", "Z")


def line(value: object) -> str:
    """Write a value as one line of JSON.

    Examples
    --------
    >>> line({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
