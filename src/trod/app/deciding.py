"""Who decides, and when, as the command line knows it."""

from __future__ import annotations

import getpass
import time
from typing import Annotated, Final, Optional

import typer

By = Annotated[
    Optional[str],  # noqa: UP045  typer reads it at run time
    typer.Option("--by", metavar="NAME", help="Who decides. Default: your login here."),
]
_UNKNOWN: Final = "unknown"


def decider(given: str | None) -> str:
    """Give the name that stands in the history: as written, or the login of this machine."""
    if given and given.strip():
        return " ".join(given.split())
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return _UNKNOWN


def now_us() -> int:
    """Give the moment, in microseconds UTC."""
    return time.time_ns() // 1_000
