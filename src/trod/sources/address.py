"""The address of a database: what may be shown of it, and what may not."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from trod.errors import DataError

_SQLITE: Final = "sqlite"
_POSTGRES: Final = ("postgresql", "postgres")
_WRITE: Final = "Write sqlite:///shop.db or postgresql://user@host/name."
_WITH: Final = "***"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is."""

    kind: str  # sqlite or postgresql
    host: str  # "" for the machine itself
    port: int | None
    name: str  # of the database, or the path of its file
    user: str
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """Say where it is, without its password."""
        if self.kind == _SQLITE:
            return self.name
        port = f":{self.port}" if self.port else ""
        options = "".join(f" {k}={v}" for k, v in self.options if "pass" not in k.lower())
        return f"{self.name or self.user} on {self.host or 'this machine'}{port}{options}"

    def file(self, root: Path) -> Path:
        """Give the file of a SQLite database."""
        return root / self.name

    def without_secrets(self, text: str, password: str | None) -> str:
        """Take passwords out of what a driver says."""
        secret = [v for k, v in self.options if "pass" in k.lower()]
        for word in (password, self.password, *secret):
            if word:
                text = text.replace(word, _WITH)
        return text


def address(text: str) -> Address:
    """Read the address of a database.

    Raises
    ------
    ValueError
        If it is none; what was written is not repeated, for a password may stand in it.

    Examples
    --------
    >>> address("postgresql://ann:secret@db.example:5433/shop").shown
    'shop on db.example:5433'
    >>> address("sqlite:///data/shop.db").name
    'data/shop.db'
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"the address of the database cannot be read. {_WRITE}") from None
    if parts.scheme == _SQLITE:
        if parts.netloc or len(parts.path) < 2:
            raise ValueError(f"sqlite:// needs three slashes and a file. {_WRITE}")
        return Address(_SQLITE, "", None, unquote(parts.path[1:]), "")
    if parts.scheme not in _POSTGRES:
        raise ValueError(
            f"{parts.scheme or 'this'} is no kind of database that trod reads. {_WRITE}"
        )
    return Address(
        "postgresql",
        unquote(parts.hostname or ""),
        port,
        unquote(parts.path[1:]),
        unquote(parts.username or ""),
        unquote(parts.password) if parts.password is not None else None,
        tuple(parse_qsl(parts.query)),
    )


def password_of(where: Address, variable: str | None) -> str | None:
    """Give the password, from the environment if a variable is named.

    Raises
    ------
    DataError
        If the variable is not set.
    """
    if variable is None:
        return where.password
    found = os.environ.get(variable)
    if found is None:
        raise DataError(
            f"the environment variable {variable} is not set. Set it to the password of the "
            f"database {where.shown}, or correct `password_env:`."
        )
    return found
