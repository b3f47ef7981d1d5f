"""The ways in which a source was read: kept, so that another way can be compared with them.

A touchpoint is known again by what it says, so a definition may change as long as the rows on
record still say the same. Whether they do is not told by comparing definitions but by reading: the
same file is mapped in the old way too, and what the old way finds on record, the new way must find.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.repeats import DUPLICATE
from trod._store.store import Transaction
from trod.errors import DefinitionError
from trod.events.counted import count
from trod.events.event_id import EventIds, event_ids
from trod.events.judged import judged
from trod.events.moments import Rules
from trod.events.spec import SourceSpec
from trod.events.spool import chunks
from trod.sources.place import NOT_THE_ROWS

if TYPE_CHECKING:
    from trod.events.mapping import Delivery

KIND: Final = "definitions"


def told(spec: SourceSpec, zone: str, rules: Rules) -> str:
    """Write a definition so that two differ where they may make different rows of one file."""
    other = {"name", "mood", "like", "gates", "limits", *NOT_THE_ROWS}
    kept = spec.model_dump(mode="json", exclude=other, exclude_defaults=True)
    kept["zone"] = spec.zone or zone
    for name, rule in rules._asdict().items():
        if rule != Rules._field_defaults[name]:
            kept.setdefault(name, rule)
    return json.dumps(kept, sort_keys=True)


def read(text: str, *, like: SourceSpec) -> SourceSpec:
    """Read what `told` wrote; what is dropped on purpose is as today."""
    kept = {**json.loads(text), "name": like.name, "files": ("any",), "where": like.where}
    return SourceSpec.model_validate_json(json.dumps(kept))


def short(text: str) -> str:
    """Give a short text that differs where definitions differ."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep(tx: Transaction, delivery: Delivery) -> None:
    """Keep the definition of a delivery, once."""
    known = {(part.facts["source"], part.facts["definition"]) for part in tx.parts(KIND)}
    if delivery.told and (delivery.source, delivery.definition) not in known:
        facts = {"source": delivery.source, "definition": delivery.definition}
        text = delivery.told.encode()
        tx.add(KIND, "json", lambda file: file.write(text), rows=1, facts=facts)


def of(tx: Transaction, source: str, definition: str) -> str | None:
    """Give a definition that was kept; None where none was."""
    for part in tx.parts(KIND):
        if (part.facts["source"], part.facts["definition"]) == (source, definition):
            return bytes(tx.store.map(part)).decode()
    return None


def _others(tx: Transaction, delivery: Delivery) -> dict[str, int]:
    """Count the rows on record that were read in another way, by definition."""
    found: dict[str, int] = {}
    for part in tx.parts(delivery.kind):
        own = part.facts["source"] == delivery.source
        if own and part.facts["definition"] != delivery.definition:
            key = part.facts["definition"]
            found[key] = found.get(key, 0) + part.rows
    return found


def check(tx: Transaction, delivery: Delivery, ids: list[EventIds]) -> None:
    """Refuse a definition in which rows on record would look like other rows, and count twice.

    Parameters
    ----------
    tx
        The transaction that is to store the delivery.
    delivery
        Some rows.
    ids
        Their ids, with repeats numbered.

    Raises
    ------
    DefinitionError
        If a row of the delivery is on record in an older way, and not in today's.
    """
    for definition, rows in _others(tx, delivery).items():
        text = of(tx, delivery.source, definition)
        twice = rows if text is None or delivery.read_as is None else 0
        if text is not None and delivery.read_as is not None:
            older = ids_as(delivery, text)
            verdicts = judged(tx, delivery.kind, delivery.source, older)
            on_record = [verdict == DUPLICATE for verdict in verdicts]
            twice = int(np.count_nonzero(~_among(_keys(older, on_record), _keys(ids))))
        if twice:
            raise DefinitionError([_refusal(tx, delivery, twice)])


def ids_as(delivery: Delivery, text: str) -> list[EventIds]:
    """Give the ids that the rows of a delivery have in another definition."""
    assert delivery.read_as is not None
    return list(_ids(delivery, delivery.read_as(text)))


def _ids(delivery: Delivery, other: Delivery) -> Iterator[EventIds]:
    for table in chunks(other.batches):
        yield event_ids(table, delivery.source)


def _keys(ids: list[EventIds], some: list[NDArray[np.bool_]] | None = None) -> NDArray[np.void]:
    """Give both halves of ids as one value each."""
    taken = [(one.hi, one.lo) for one in ids]
    if some is not None:
        taken = [(hi[mine], lo[mine]) for (hi, lo), mine in zip(taken, some, strict=True)]
    keys = np.empty(sum(hi.size for hi, _ in taken), [("hi", np.uint64), ("lo", np.uint64)])
    keys["hi"] = np.concatenate([np.zeros(0, np.uint64), *(hi for hi, _ in taken)])
    keys["lo"] = np.concatenate([np.zeros(0, np.uint64), *(lo for _, lo in taken)])
    return keys


def _among(keys: NDArray[np.void], those: NDArray[np.void]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.isin(keys, those)
    return found


def _refusal(tx: Transaction, delivery: Delivery, n: int) -> str:
    return (
        f"source {delivery.source!r} is defined in another way than when it was read, and "
        f"{count(n, 'row')} of {delivery.file} that are on record would be other rows now, and "
        "count twice. A definition may learn to read what it could not read before; what it read "
        f"must stay as it is. Put that back, or remove {tx.store.folder} and ingest again."
    )
