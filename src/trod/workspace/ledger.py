"""What became of every row ever delivered to a workspace, kept in its store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from trod._store.store import Store, Transaction
from trod.errors import StoreError
from trod.events.counted import count
from trod.events.log import Account
from trod.events.mapping import Delivery
from trod.events.quarantined import reasons
from trod.events.reasons import REASONS
from trod.events.report import SourceReport, by_source

KIND: Final = "ingests"
LeftOut = tuple[str, str, str, int]
"""Source, file, what became of some of its rows, and how many."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """One ingest: its accounts, and what a reader of the map must know about it."""

    sources: tuple[SourceReport, ...]
    zone_assumed: bool  # times without a zone were read in a zone that nobody declared
    notes: tuple[str, ...]  # with files and rows, for whoever reads the data in
    left_out: tuple[LeftOut, ...] = ()  # touchpoints that are kept without one of their values
    replay: bool = False  # whether rows came out of the quarantine
    assumed: tuple[str, ...] = ()  # sources with times that name no zone


def write(tx: Transaction, ingest: Ingest) -> None:
    """Keep the account of an ingest, in the transaction that stores its rows."""
    told = {**asdict(ingest), "sources": [report.as_dict() for report in ingest.sources]}
    body = json.dumps(told, ensure_ascii=False).encode()
    tx.add(KIND, "json", lambda file: file.write(body), rows=1)


def accounting(
    taken: Sequence[Delivery], *, declared: bool = True, replay: bool = False
) -> Account:
    """Give what writes the account of an ingest, or of a replay, into its transaction.

    Parameters
    ----------
    taken
        The deliveries, once they are read.
    declared
        Whether a zone is declared for times that name none.
    replay
        Whether rows came out of the quarantine.
    """

    def account(tx: Transaction, reports: tuple[SourceReport, ...]) -> None:
        notes = [line for delivery in taken for line in delivery.report.unread_words()]
        naive = sorted({d.source for d in taken if d.report.zone_assumed})
        assumed = bool(naive) and not declared
        told = Ingest(reports, assumed, tuple(notes), left_out(taken), replay, assumed=tuple(naive))
        write(tx, told)

    return account


def read(store: Store) -> tuple[Ingest, ...]:
    """Give the accounts of all ingests, oldest first.

    Raises
    ------
    StoreError
        If an older trod wrote them in a way that is not read any more.
    """
    every = [json.loads(bytes(store.checked(part))) for part in store.manifest.of(KIND)]
    try:
        return tuple(map(_of_json, every))
    except (KeyError, TypeError) as problem:
        raise StoreError(
            f"{store.folder} was written by an older trod, and its accounts of ingests are not "
            "read any more. Keep a copy, remove the folder, and run `trod ingest`."
        ) from problem


def _of_json(told: dict[str, Any]) -> Ingest:
    return Ingest(
        tuple(SourceReport.from_dict(source) for source in told["sources"]),
        bool(told["zone_assumed"]),
        tuple(told["notes"]),
        tuple((source, file, why, n) for source, file, why, n in told.get("left_out", ())),
        bool(told.get("replay")),
        tuple(told.get("assumed", ())),
    )


def totals(ingests: Sequence[Ingest]) -> tuple[SourceReport, ...]:
    """Add the accounts of several ingests, by source and kind."""
    return by_source(report for ingest in ingests for report in ingest.sources)


def rows_left_out(store: Store) -> tuple[str, ...]:
    """Say how many rows of each source did not arrive whole, and why.

    By source and reason, in their order: the same in whatever order and batches the rows came. A
    file that is read again counts once, by the reading that left most of its rows out.
    """
    of_file: dict[tuple[str, str, str], int] = {}
    for source, file, why, n in (each for ingest in read(store) for each in ingest.left_out):
        key = (source, why, file)
        of_file[key] = max(n, of_file.get(key, 0))
    total: Counter[tuple[str, str]] = Counter()
    for held in reasons(store):
        total[held.source, f"quarantined: {REASONS[held.code].what}"] += held.n
    for (source, why, _), n in of_file.items():
        total[source, why] += n
    return tuple(
        f"{source}: {count(n, 'row')} {why}." for (source, why), n in sorted(total.items())
    )


def left_out(deliveries: Iterable[Delivery]) -> tuple[LeftOut, ...]:
    """List the values that could not be read of touchpoints that are kept, file by file."""
    found: list[LeftOut] = []
    for report in (delivery.report for delivery in deliveries):
        for code, (n, _) in report.unread.items():
            found.append((report.source, report.file, f"kept {REASONS[code].what}", n))
    return tuple(found)
