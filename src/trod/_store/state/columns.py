"""What tables of the state are made of: names of constraints, columns, and JSON as text."""

from __future__ import annotations

import json
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the state; a room adds its own in its ``tables.py``."""


class Json(TypeDecorator[Any]):
    """Plain values as text, the same text for the same value on every database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """Write it with its keys in order."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


def moment(name: str, *, optional: bool = False, index: bool = False) -> sa.Column[int]:
    """Make a column of moments: microseconds since 1970, UTC."""
    return sa.Column(name, sa.BigInteger, nullable=optional, index=index)


def text(name: str, *, optional: bool = False, index: bool = False) -> sa.Column[str]:
    """Make a column of words."""
    return sa.Column(name, sa.Text, nullable=optional, index=index)


def key(name: str = "id") -> sa.Column[str]:
    """Make the column of words that tells rows apart."""
    return sa.Column(name, sa.Text, primary_key=True)


def number() -> sa.Column[int]:
    """Make a column that counts rows up, in the order in which they came."""
    return sa.Column("number", sa.Integer, primary_key=True, autoincrement=True)
