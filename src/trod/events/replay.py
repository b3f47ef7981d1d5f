"""Rows in quarantine, mapped again by today's definition.

Those that can be read now become touchpoints and leave the quarantine, all in one commit; the
others stay, with the reason of today. What a replay stores is what the delivery would have stored
had it been read like this when it came, so delivering the file again adds nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trod._kernels.murmur import repeated
from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod.errors import DataError
from trod.events import definitions
from trod.events.event_id import EventIds
from trod.events.left_out import SCHEMA
from trod.events.log import MEMORY_BYTES, Account, take
from trod.events.log_part import ids_of_part, read_part
from trod.events.mapping import Delivery, delivery, kinds
from trod.events.moments import Rules
from trod.events.opened import File
from trod.events.plan import GROUP_CODE, RULES
from trod.events.quarantine import KIND, Origin, add, ids_of, with_ids
from trod.events.rebuilt import Rebuilt
from trod.events.report import SourceReport, by_source
from trod.events.spec import SourceSpec


class Choice(NamedTuple):
    """Which rows are to be replayed: all, of one source, for one reason, or both."""

    source: str | None = None
    code: str | None = None

    def of(self, part: Part, table: pa.Table) -> pa.ChunkedArray:
        """Say of each row of a part whether it is chosen."""
        if self.source is not None and part.facts["source"] != self.source:
            return pc.is_null(table["code"])
        if self.code is None:
            return pc.is_valid(table["code"])
        # Rows of a group are one touchpoint, and go together.
        return pc.is_in(table["code"], pa.array([self.code, GROUP_CODE]))


ALL: Final = Choice()


def replay(
    store: Store,
    sources: Sequence[SourceSpec],
    *,
    root: Path,
    zone: str,
    rules: Rules = RULES,
    choice: Choice = ALL,
    account: Account | None = None,
) -> tuple[SourceReport, ...]:
    """Map quarantined rows again, all in one commit.

    Parameters
    ----------
    store
        Where they are.
    sources
        The sources as they are defined today.
    root
        Folder that joined files are relative to.
    zone, rules
        IANA zone of times that name none, and how hours are read that its clocks repeat or skip.
    choice
        Which rows.
    account
        What else belongs to the commit.

    Returns
    -------
    tuple of SourceReport
        received = stored + duplicate + quarantined + dropped, for each file that rows came from.

    Raises
    ------
    DefinitionError
        If rows on record would count twice.
    """
    by_name = {spec.name: spec for spec in sources}
    reports = []
    with store.write() as tx, tempfile.TemporaryDirectory(prefix="trod-") as scratch:
        parts = tx.parts(KIND)
        tx.drop(KIND)
        for number, part in enumerate(parts):
            table = read_part(store, part)
            chosen = choice.of(part, table)
            spec = by_name.get(part.facts["source"])
            if spec is None or part.facts["of"] not in kinds(spec):
                chosen = pc.is_null(table["code"])
            origin = Origin.of_part(part)
            if len(rest := table.filter(pc.invert(chosen))):
                add(tx, KIND, rest, origin)
            if spec is not None and len(mine := table.filter(chosen)):
                where = File(Path(scratch) / str(number), root, zone, rules, name=origin.file)
                report = _replayed(tx, spec, origin, mine, where)
                if report is None:
                    add(tx, KIND, mine, origin)
                else:
                    reports.append(report)
        if not reports:
            return ()
        told = by_source(reports)
        if account is not None:
            account(tx, told)
        tx.commit()
    return told


def _replayed(
    tx: Transaction, spec: SourceSpec, origin: Origin, originals: pa.Table, where: File
) -> SourceReport | None:
    """Replay rows that one delivery left out; None where not one of them can be read yet."""
    rebuilt = Rebuilt(originals, origin.frame, where.path)
    try:
        offered = delivery(spec, kinds(spec)[origin.of], replace(where, open=rebuilt.open))
    except DataError:
        return None
    return take(tx, offered, MEMORY_BYTES, _Again(spec, origin, originals, rebuilt))


class _Again:
    """A replay of rows that one delivery left out."""

    def __init__(
        self, spec: SourceSpec, origin: Origin, originals: pa.Table, rebuilt: Rebuilt
    ) -> None:
        self.serial = origin.serial
        self._spec = spec
        self._origin = origin
        self._originals = originals
        self._rebuilt = rebuilt

    def number(self, tx: Transaction, offered: Delivery, ids: Sequence[EventIds]) -> None:
        """Number repeats after those that the delivery stored when it came."""
        given_out = self._given_out(tx, offered)
        stored = self._stored(tx, ids)
        seen: Counter[tuple[int, int]] = Counter()
        for one in ids:
            for i in np.flatnonzero(~one.given):
                key = (int(one.hi[i]), int(one.lo[i]))
                nth = seen[key]
                seen[key] += 1
                if nth >= given_out.get(key, 0):
                    nth += _copies(stored, one.hi[i], one.lo[i]) - given_out.get(key, 0)
                one.lo[i] = repeated(one.lo[i], nth)

    def _given_out(self, tx: Transaction, offered: Delivery) -> Mapping[tuple[int, int], int]:
        """Count what these records gave when they came: dates or elements that could be read."""
        text = definitions.of(tx, self._origin.source, self._origin.definition)
        if not (self._spec.dates or self._spec.each) or text is None:
            return {}
        found: Counter[tuple[int, int]] = Counter()
        for one in definitions.ids_as(offered, text):
            found.update(zip(one.hi.tolist(), one.lo.tolist(), strict=True))
        return found

    def _stored(self, tx: Transaction, ids: Sequence[EventIds]) -> set[tuple[int, int]]:
        """Give the ids that the delivery stored and that these rows may repeat."""
        wanted = np.concatenate([np.zeros(0, np.uint64), *(one.hi for one in ids)])
        found: set[tuple[int, int]] = set()
        for part in tx.parts(self._origin.of):
            facts = part.facts
            own = (facts["source"], facts["file"], facts.get("delivery"))
            if own == (self._origin.source, self._origin.file, self.serial):
                hi, lo = ids_of_part(tx.store, part)
                mine = np.isin(hi, wanted)
                found.update(zip(hi[mine].tolist(), lo[mine].tolist(), strict=True))
        return found

    def keep(self, tx: Transaction, offered: Delivery) -> None:
        """Put back what still cannot be read: as it was, with the reason of today."""
        before = self._originals.to_pylist()
        frame = offered.left_out.frame
        for table in offered.left_out.tables:
            as_before, anew = [], []
            for row in table.to_pylist():
                at, below = self._rebuilt.entry(row["line"], row["row"])
                old = before[at]
                told = {name: row[name] for name in ("code", "detail", "n")}
                if not below and (frame.format == "row" or row["original"] == old["original"]):
                    as_before.append({**old, **told})
                else:  # today's definition cuts records in another way
                    line = None if old["line"] is None else old["line"] + below
                    anew.append({**row, "line": line, "row": None})
            if as_before:
                rows = pa.Table.from_pylist(as_before, schema=self._originals.schema)
                add(tx, KIND, rows, self._origin)
            if anew:
                origin = self._origin._replace(frame=frame)
                rows = pa.Table.from_pylist(anew, schema=SCHEMA)
                add(tx, KIND, with_ids(rows, ids_of(rows, origin)), origin)


def _copies(stored: set[tuple[int, int]], hi: np.uint64, lo: np.uint64) -> int:
    """Count the repeats of a row that are stored."""
    n = 0
    while (int(hi), int(repeated(lo, n))) in stored:
        n += 1
    return n
