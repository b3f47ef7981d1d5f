"""What journeys were made from, so that old ones are not taken for those of today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Final

from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.names import AS_THEY_ARE, NamesSpec
from trod.identity.ids import KINDS_OF_PARTS
from trod.identity.spec import IdentitySpec
from trod.identity.statements import read, signature
from trod.journeys.parts import SUMMARY, kind_of

ORIGIN: Final = "origin"
"""Fact of the summary of journeys: short for the log and the rules behind them."""
NAMED: Final = "named"
"""Fact of the summary of journeys: short for the rules of names and their order alone."""


def origin(
    log: Iterable[Part],
    identity: IdentitySpec,
    order: Sequence[str],
    stated: str = "",
    names: NamesSpec = AS_THEY_ARE,
) -> str:
    """Give a short text that differs where journeys made from these would differ."""
    told = {
        "log": sorted(part.sha256 for part in log),
        "identity": identity.model_dump(mode="json", exclude_defaults=True),
        "order": list(order),
        "stated": stated,
        "names": names.model_dump(mode="json", exclude_defaults=True),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def named(order: Sequence[str], names: NamesSpec) -> str:
    """Give a short text that differs where the same names would have other codes."""
    return origin((), IdentitySpec(), order, names=names)


def is_current(
    store: Store,
    unit: str,
    *,
    identity: IdentitySpec,
    order: Sequence[str] = (),
    names: NamesSpec = AS_THEY_ARE,
) -> bool:
    """Say whether the journeys of a unit were made from the log as it is, by these rules."""
    log = [part for kind in KINDS_OF_PARTS for part in store.manifest.of(kind)]
    made = [part for part in store.manifest.of(kind_of(unit)) if part.facts["holds"] == SUMMARY]
    return [part.facts.get(ORIGIN) for part in made] == [
        origin(log, identity, order, signature(read(store)), names)
    ]
