"""The log of exports: written before anything leaves, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from trod.actions.destinations.tables import EXPORT


@dataclass(frozen=True, slots=True)
class Export:
    """One export: who handed which customers to whom, and what exactly."""

    time_us: int
    who: str
    audience: str
    unit: str
    kind: str
    place: str
    n: int
    left_out: int
    personal: bool
    reason: str
    sha256: str
    told: Mapping[str, Any] = field(default_factory=dict)
    number: int | None = None  # None until it is kept


def keep(con: sa.Connection, export: Export) -> None:
    """Write an export down."""
    row = {name: value for name, value in asdict(export).items() if name != "number"}
    con.execute(sa.insert(EXPORT), [row])


def exports(con: sa.Connection) -> tuple[Export, ...]:
    """Give all exports, the last one first.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod._store.state.database import State
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(pathlib.Path(folder))
    ...     with state.write() as con:
    ...         keep(con, Export(0, "Ada", "left", "person", "csv", "-", 3, 0, False, "", "00"))
    ...         exports(con)[0].n
    ...     state.close()
    3
    """
    rows = con.execute(sa.select(EXPORT).order_by(EXPORT.c.number.desc())).mappings()
    return tuple(Export(**row) for row in rows)
