"""What the clocks of devices say beside those of servers, where a source keeps both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.events.roles import tokens

TOLERATED_US: Final = 5 * 60 * 1_000_000
"""Clocks that differ by less are taken to agree."""
_SENT: Final = frozenset({"sent", "dvce"})
_RECEIVED: Final = frozenset({"received", "recv", "ingested", "collector", "arrived", "server"})
_WHEN: Final = frozenset({"at", "time", "timestamp", "tstamp", "ts", "date"})
_STEPS: Final = ((10**17, 1, 1_000), (10**14, 1, 1), (10**11, 1_000, 1))
"""From which size on a count since 1970 is in ns, us, ms: times, divided by."""


class Skew(NamedTuple):
    """Rows of a source whose device and whose server disagree about the time."""

    source: str
    looked: int  # rows in which both clocks stand
    ahead: int  # of them, device clock more than five minutes ahead of the server
    behind: int  # more than five minutes behind
    worst_us: int  # largest difference, device minus server
    first_us: int  # of the rows that disagree
    last_us: int
    devices: int  # different devices among them; 0 where none is named


def skew(source: str, rows: pa.Table) -> Skew | None:
    """Compare the two clocks in the properties of some rows; None where there are no two.

    A device clock is told by a time of sending (``sentAt``), the server's by a time of receiving
    (``receivedAt``, ``collector_tstamp``). Without a time of sending only rows that were received
    before they happened can be judged: the others may have waited to be sent.

    Parameters
    ----------
    source
        Name of the source.
    rows
        With ``properties``, ``time_us``, and ``device``, which may be null.

    Examples
    --------
    >>> told = '{"sentAt": "2026-01-01T10:20:00Z", "receivedAt": "2026-01-01T10:00:01Z"}'
    >>> rows = pa.table({"properties": [told], "time_us": [0], "device": ["d1"]})
    >>> found = skew("web", rows)
    >>> found.ahead, found.worst_us // 1_000_000
    (1, 1199)
    """
    differences: list[tuple[int, int, str | None]] = []
    looked = 0
    columns = (rows[name].to_pylist() for name in ("properties", "time_us", "device"))
    for told, time_us, device in zip(*columns, strict=True):
        difference = _difference(told, time_us)
        if difference is None:
            continue
        looked += 1
        if abs(difference) > TOLERATED_US:
            differences.append((difference, time_us, device))
    if not looked:
        return None
    by = np.array([d for d, _, _ in differences], np.int64)
    times = [time for _, time, _ in differences]
    return Skew(
        source,
        looked,
        int(np.count_nonzero(by > 0)),
        int(np.count_nonzero(by < 0)),
        _worst(by),
        min(times, default=0),
        max(times, default=0),
        len({device for _, _, device in differences if device}),
    )


def _worst(by: NDArray[np.int64]) -> int:
    return int(by[np.abs(by).argmax()]) if by.size else 0


def _difference(told: str | None, time_us: int) -> int | None:
    """Give device clock minus server clock of one row, as far as it can be known."""
    if not told or not any(word in told for word in ("eceived", "ollector", "erver", "ngest")):
        return None
    try:
        record = json.loads(told)
    except (ValueError, RecursionError):
        return None
    clocks = dict(_clocks(record)) if isinstance(record, dict) else {}
    if "received" not in clocks:
        return None
    if "sent" in clocks:
        return clocks["sent"] - clocks["received"]
    return max(0, time_us - clocks["received"])


def _clocks(record: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """Find the times of sending and receiving in a record or one level below."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _clocks({k: v for k, v in value.items() if not isinstance(v, dict)})
        words = set(tokens(key))
        if not words & _WHEN:
            continue
        for name, meant in (("sent", _SENT), ("received", _RECEIVED)):
            if words & meant and (moment := _moment(value)) is not None:
                yield name, moment


def _moment(value: object) -> int | None:
    """Read a time as microseconds UTC: ISO 8601, or a count since 1970 in s, ms, us or ns."""
    text = str(value).strip()
    if re.fullmatch(r"\d{9,19}", text):
        n = int(text)
        times, by = next(((t, b) for size, t, b in _STEPS if n >= size), (1_000_000, 1))
        return n * times // by
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000_000)
