"""What became of every row ever delivered to a workspace, kept in its store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from trod._store.store import Store
from trod.events.log import SourceReport

KIND: Final = "ingests"


@dataclass(frozen=True, slots=True)
class Ingest:
    """One ingest: its accounts, and what a reader of the map must know about it."""

    sources: tuple[SourceReport, ...]
    zone_assumed: bool  # times without a zone were read in a zone that nobody declared
    notes: tuple[str, ...]  # with files and rows, for whoever reads the data in
    unread: dict[str, dict[str, int]] = field(default_factory=dict)  # by source, role: values


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
            told.get("unread", {}),
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


def rows_left_out(ingests: Sequence[Ingest]) -> tuple[str, ...]:
    """Say how many rows of each source did not arrive, and why.

    By source and reason, in their order: the same whatever files and batches the rows came in.
    """
    lost: Counter[tuple[str, str]] = Counter()
    for report in totals(ingests):
        for reason, n in report.rejected.items():
            lost[report.source, reason] += n
    unread: Counter[tuple[str, str]] = Counter()
    for ingest in ingests:
        for source, roles in ingest.unread.items():
            unread.update({(source, role): n for role, n in roles.items()})
    lines = [f"{who}: {_rows(n)} rejected: {why}." for (who, why), n in sorted(lost.items()) if n]
    return (
        *lines,
        *(
            f"{who}: {n:,} touchpoint{'s' * (n > 1)} kept without {role}: it cannot be read."
            for (who, role), n in sorted(unread.items())
            if n
        ),
    )


def _rows(n: int) -> str:
    return f"{n:,} row{'s' * (n > 1)}"
