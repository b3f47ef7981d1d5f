"""A funnel as it was written, before it is decided what its figures mean."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it was written."""

    name: str
    percent: float | None = None
    count: int | None = None
    time_us: int | None = None
    time_from: str | None = None  # step from which the time runs, where that is said


@dataclass(frozen=True, slots=True)
class Pasted:
    """A funnel as it was written, before it is decided what the figures mean."""

    entered: int | None
    lines: tuple[Line, ...]
    cue: str | None = None  # "cumulative" or "conditional", where the text says so
    averages: bool | None = None  # True: said to be averages; False: medians; None: not said
    dated: bool = False
    notes: tuple[str, ...] = field(default=())
