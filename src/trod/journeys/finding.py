"""One thing worth a thought about a journey definition."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One thing to look at, and what to write instead."""

    level: Literal["error", "warning", "note"]
    place: str  # key inside the journey, such as "stages.2.days"
    text: str
