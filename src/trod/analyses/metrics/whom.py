"""Whom a metric counts: the keys that list the customers behind its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.analyses.metrics.figure import nps_moods, scale_moods
from trod.analyses.metrics.folds import converted, stayed, way_us
from trod.analyses.names import decode, encode, micros, span_us, wanted
from trod.analyses.unseen import any_row
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import NEVER, StagePlan

_ENTRY, _DONE, _NPS = "^", "$", "nps"
_SCALE: Final = re.compile(r"(\d{1,3})-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Converted:
    """Customers who came from one stage, or entry, to another, to completing, or to a touchpoint.

    In time, where a longest time is given.
    """

    start: str | None  # stage; None for entry
    end: str | None  # stage; None for completing the journey
    within_us: int | None
    names: tuple[str, ...]  # touchpoints in place of the end
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``converted:STAGE>STAGE@MICROSECONDS``, ``converted:^>$``, ``converted:^>=A>B``.

        ``^`` is entry, ``$`` completing the journey.
        """
        start = _ENTRY if self.start is None else encode(self.start)
        end = _DONE if self.end is None else encode(self.end)
        end = f"={_joined(self.names)}" if self.names else end
        limit = "" if self.within_us is None else f"@{self.within_us}"
        return f"converted:{start}>{end}{limit}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who got there."""
        start, end = (
            None if name is None else self.plan.stage(name) for name in (self.start, self.end)
        )
        return converted(batch, self.plan, start, end, self.within_us, self.names)[1]


@dataclass(frozen=True, slots=True)
class Stayed:
    """Customers who were active so long after their entry, or later."""

    after_us: int
    names: tuple[str, ...]  # touchpoints that show it; any without names
    plan: StagePlan | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``stayed:MICROSECONDS=A>B``, or ``lasted:MICROSECONDS=A>B`` without a journey."""
        kind = "lasted" if self.plan is None else "stayed"
        return f"{kind}:{self.after_us}" + (f"={_joined(self.names)}" if self.names else "")

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who was."""
        return stayed(batch, self.plan, self.after_us, self.names)[1]


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Customers who had entered before a moment, and left or were done at it or after it."""

    moment_us: int
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``ontheway:MICROSECONDS``."""
        return f"ontheway:{self.moment_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who was on the way."""
        begun, end, _ = way_us(batch, self.plan)
        inside = (begun != NEVER) & (begun < self.moment_us)
        return np.asarray(inside & (end >= self.moment_us), np.bool_)


@dataclass(frozen=True, slots=True)
class LeftBetween:
    """Customers who left in a span of time."""

    from_us: int
    to_us: int  # not included
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``gone:START..END``."""
        return f"gone:{self.from_us}..{self.to_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who left then."""
        begun, _, gone = way_us(batch, self.plan)
        inside = (begun != NEVER) & (gone != NEVER)
        return np.asarray(inside & (gone >= self.from_us) & (gone < self.to_us), np.bool_)


@dataclass(frozen=True, slots=True)
class Answered:
    """Customers with an answer on its scale at some touchpoints in a span of time."""

    scale: tuple[int, int] | None  # lowest and highest answer; None: 0 to 10, as NPS reads them
    names: tuple[str, ...]
    from_us: int
    to_us: int  # not included

    @property
    def key(self) -> str:
        """Such as ``answered:nps@START..END=A>B`` or ``answered:1-5@START..END=A>B``."""
        scale = _NPS if self.scale is None else "-".join(map(str, self.scale))
        return f"answered:{scale}@{self.from_us}..{self.to_us}={_joined(self.names)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who answered then."""
        moods = nps_moods() if self.scale is None else scale_moods(*self.scale)
        asked = wanted(batch.vocabulary, self.names)[batch.code] & np.isin(batch.score, moods)
        asked &= (batch.time_us >= self.from_us) & (batch.time_us < self.to_us)
        return any_row(asked, batch.offsets)


def parse_converted(text: str, plan: StagePlan) -> Converted | None:
    """Read what follows ``converted:`` in a key; None where it is not written so."""
    way, at, limit = text.partition("@")
    start, arrow, end = way.partition(">")
    within = micros(limit)
    if not (start and arrow and end) or (at and within is None):
        return None
    begin = None if start == _ENTRY else decode(start)
    if end.startswith("="):
        names = _names(end[1:])
        return Converted(begin, None, within, names, plan) if names else None
    return Converted(begin, None if end == _DONE else decode(end), within, (), plan)


def parse_lasted(text: str) -> Stayed | None:
    """Read what follows ``lasted:`` in a key; None where it is not written so."""
    return parse_stayed(text, None)


def parse_stayed(text: str, plan: StagePlan | None) -> Stayed | None:
    """Read what follows ``stayed:`` in a key; None where it is not written so."""
    length, equals, listed = text.partition("=")
    after, names = micros(length), _names(listed)
    return None if after is None or (equals and not names) else Stayed(after, names, plan)


def parse_on_the_way(text: str, plan: StagePlan) -> OnTheWay | None:
    """Read what follows ``ontheway:`` in a key; None where it is not written so."""
    moment = micros(text)
    return None if moment is None else OnTheWay(moment, plan)


def parse_gone(text: str, plan: StagePlan) -> LeftBetween | None:
    """Read what follows ``gone:`` in a key; None where it is not written so."""
    first, last = span_us(text)
    return None if first is None or last is None else LeftBetween(first, last, plan)


def parse_answered(text: str) -> Answered | None:
    """Read what follows ``answered:`` in a key; None where it is not written so."""
    scale, _, rest = text.partition("@")
    span, _, listed = rest.partition("=")
    (first, last), names = span_us(span), _names(listed)
    ends = _SCALE.fullmatch(scale)
    if first is None or last is None or not names or not (ends or scale == _NPS):
        return None
    if ends and int(ends[1]) >= int(ends[2]):
        return None
    return Answered((int(ends[1]), int(ends[2])) if ends else None, names, first, last)


def _joined(names: tuple[str, ...]) -> str:
    return ">".join(encode(name) for name in names)


def _names(text: str) -> tuple[str, ...]:
    return tuple(decode(name) for name in text.split(">") if name)
