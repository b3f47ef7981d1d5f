"""How far each source was read: kept in the store by the transaction that keeps its rows.

So a mark is never ahead of the rows it covers, nor behind them: after a crash both are there or
neither is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from trod._store.store import Store, Transaction

KIND: Final = "cursors"


class Reached(NamedTuple):
    """How far something was read."""

    key: str  # what was read, and how
    source: str
    mark: Any  # what JSON can hold: a value of a column, or a place in a file


def read(store: Store) -> dict[str, Reached]:
    """Give the marks of all sources, by key."""
    return {
        key: Reached(key, source, mark)
        for part in store.manifest.of(KIND)
        for key, (source, mark) in json.loads(bytes(store.checked(part))).items()
    }


def write(tx: Transaction, before: Mapping[str, Reached], reached: Iterable[Reached]) -> None:
    """Keep marks with the rows that a transaction stores; those of other sources stay."""
    new = {one.key: one for one in reached}
    if all(before.get(key) == one for key, one in new.items()):
        return
    after = {**before, **new}
    told = {key: [one.source, one.mark] for key, one in sorted(after.items())}
    body = json.dumps(told, ensure_ascii=False, indent=0).encode()
    tx.drop(KIND)
    tx.add(KIND, "json", lambda file: file.write(body), rows=len(told))
