"""One source of a workspace: its account, its days, its clocks, and what stands in its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trod._store.store import Store
from trod.events.log_part import columns_of
from trod.events.personal import scan
from trod.events.quarantined import reasons
from trod.events.second_clock import Skew, skew
from trod.events.some_rows import some_rows
from trod.events.tables import ID
from trod.events.volume import Volume, iso

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace
    from trod.workspace.ledger import Ingest

LOOKED: Final = 2_000
"""Rows of each source that are read for personal data and second clocks: drawn by hash."""
_DEVICES: Final = ("id.device", "id.anonymous")
_TELLING: Final = 5  # characters of an id, for it to be taken out of a text


class Looked(NamedTuple):
    """What some rows of a source hold."""

    rows: int
    personal: tuple[tuple[str, int], ...]  # kind, and in how many of the rows
    skew: Skew | None


def looked(store: Store, name: str) -> Looked:
    """Read some rows of a source whole: for personal data, and for a second clock."""
    log = [p for p in store.manifest.of("touchpoints") if p.facts["source"] == name]
    ids = sorted({c for part in log for c in columns_of(store, part) if c.startswith(ID)})
    columns = dict.fromkeys(["text", "properties", "time_us", *_DEVICES, *ids])
    table = some_rows(store, log, [*columns], LOOKED)
    known = zip(*(table[c].to_pylist() for c in ids), strict=True)
    texts = zip(table["text"].to_pylist(), table["properties"].to_pylist(), strict=True)
    found = scan(
        without("\n".join(text for text in pair if text), own)
        for pair, own in zip(texts, known, strict=True)
    )
    devices = [a or b for a, b in zip(*(table[d].to_pylist() for d in _DEVICES), strict=True)]
    both = table.select(["properties", "time_us"]).append_column("device", [devices])
    personal = tuple((one.kind, one.texts) for one in found)
    return Looked(table.num_rows, personal, skew(name, both))


def without(text: str, ids: Sequence[str | None]) -> str:
    """Take the ids of a row out of its text: they are known, and handled as ids.

    Whole words only, and none so short that it may stand inside a number.

    Examples
    --------
    >>> without("ann@example.com paid with 4111, see 411", ["ann@example.com", "411"])
    '  paid with 4111, see 411'
    """
    for one in ids:
        if one and len(one) >= _TELLING:
            text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", text)
    return text


def held(store: Store) -> Counter[str]:
    """Count the rows of each source that lie in quarantine now, each once."""
    found = Counter[str]()
    for one in reasons(store):
        if one.kind == "touchpoints":
            found[one.source] += one.n
    return found


def first_readings(ingests: Sequence[Ingest], name: str) -> tuple[int, int]:
    """Give the rows of the files of a source when each was first read, and those known by then.

    A file that is read again under its own name says nothing about the source.
    """
    known: set[str] = set()
    received = doubled = 0
    for ingest in ingests:
        for report in ingest.sources:
            if report.source != name or report.kind != "touchpoints" or ingest.replay:
                continue
            for file in report.files:
                if file.file not in known:
                    received, doubled = received + file.received, doubled + file.duplicate
                known.add(file.file)
    return received, doubled


def days(found: Volume, source: str) -> tuple[str | None, str | None]:
    """Give the first and the last day of a source, rows apart left out."""
    if source not in found.sources:
        return None, None
    busy = np.flatnonzero(found.of_source(source))
    return iso(found.first_day + int(busy[0])), iso(found.first_day + int(busy[-1]))


def weeks(found: Volume, source: str, busy: tuple[int, int]) -> tuple[int, ...]:
    """Add up the rows of a source by week, the last week as far as it goes."""
    if source not in found.sources:
        return ()
    rows = found.of_source(source)[busy[0] : busy[1] + 1]
    return tuple(int(n) for n in np.add.reduceat(rows, np.arange(0, rows.size, 7)))


def zone_words(workspace: Workspace, name: str, ingests: Sequence[Ingest]) -> str:
    """Say in which zone the times of a source that name none were read."""
    spec = next((one for one in workspace.project.sources if one.name == name), None)
    if spec is not None and (zone := spec.zone or (spec.time and spec.time.zone)):
        return f"{zone}, declared"
    if not any(name in one.assumed for one in ingests):
        return "named in every time"
    if workspace.project.events.zone:
        return f"{workspace.project.events.zone}, of all sources"
    return "UTC, assumed"
