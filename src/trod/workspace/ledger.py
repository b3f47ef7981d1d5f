"""What became of every row ever delivered to a workspace, kept in its store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from trod._store.store import Store
from trod.events.log import SourceReport

KIND: Final = "ingests"


@dataclass(frozen=True, slots=True)
class Ingest:
    """One ingest: its accounts, and what a reader of the map must know about it."""

    sources: tuple[SourceReport, ...]
    zone_assumed: bool  # times without a zone were read in a zone that nobody declared
    notes: tuple[str, ...]


def write(store: Store, ingest: Ingest) -> None:
    """Keep the account of an ingest."""
    body = json.dumps(asdict(ingest), ensure_ascii=False).encode()
    with store.write() as tx:
        tx.add(KIND, "json", lambda file: file.write(body), rows=1)
        tx.commit()


def read(store: Store) -> tuple[Ingest, ...]:
    """Give the accounts of all ingests, oldest first."""
    return tuple(
        Ingest(
            tuple(SourceReport(**source) for source in told["sources"]),
            bool(told["zone_assumed"]),
            tuple(told["notes"]),
        )
        for told in (json.loads(bytes(store.map(part))) for part in store.manifest.of(KIND))
    )


def totals(ingests: Sequence[Ingest]) -> tuple[SourceReport, ...]:
    """Add the accounts of several ingests, by source and kind."""
    by_source: dict[tuple[str, str], SourceReport] = {}
    for report in (report for ingest in ingests for report in ingest.sources):
        key = (report.source, report.kind)
        by_source[key] = by_source[key] + report if key in by_source else report
    return tuple(by_source.values())
