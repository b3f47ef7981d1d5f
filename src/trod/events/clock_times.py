"""Clock times of one query as moments, computed before they are compared."""

from __future__ import annotations

from typing import Final

from trod.events.moments import KINDS, Rules
from trod.events.offsets import like_sql, offset_sql

_MOST_US: Final = 1 << 58


class Clocks:
    """Times of one query, which are computed before they are compared."""

    def __init__(self) -> None:
        self._first: list[str] = []  # what is computed from the row
        self._then: list[str] = []  # what is computed from that
        self._last: list[str] = []

    def moment(self, local: str, zone: str, rules: Rules) -> str:
        """Write a clock time in a zone as a moment times KINDS, and what is special about it."""
        if zone == "UTC":
            return self.coded(f"epoch_us({local})")
        us = self._column(self._first, f"epoch_us({local})", "us")
        like = self._column(self._then, like_sql(us, zone, rules), "like")
        offset = self._column(self._last, offset_sql(like, zone, rules), "offset")
        return _bounded(us, f" - {offset}")

    def coded(self, us: str) -> str:
        """Write a moment as one with nothing special about it."""
        return _bounded(self._column(self._first, us, "us"), "")

    def _column(self, among: list[str], sql: str, name: str) -> str:
        """Name the column in which something is computed, once."""
        made = f"{sql} AS _trod_{name}_"
        at = next((i for i, each in enumerate(among) if each.startswith(made)), len(among))
        if at == len(among):
            among.append(f"{made}{at}")
        return f"_trod_{name}_{at}"

    def staged(self, base: str) -> str:
        """Write the query whose rows have what is computed before beside them."""
        for columns in (self._first, self._then, self._last):
            if columns:
                base = f"SELECT *, {', '.join(columns)} FROM ({base})"
        return base


def _bounded(us: str, then: str) -> str:
    """Write a moment times KINDS; one out of any range stays so, and overflows nothing."""
    return (
        f"CASE WHEN {us} BETWEEN -{_MOST_US} AND {_MOST_US} THEN {us} * {KINDS}{then} "
        f"WHEN {us} > 0 THEN {_MOST_US * KINDS} WHEN {us} < 0 THEN -{_MOST_US * KINDS} END"
    )
