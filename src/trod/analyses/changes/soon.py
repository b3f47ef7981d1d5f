"""Customers who had a touchpoint, or left, within a set time after entering a stage."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trod.analyses.changes.tallies import gone_by, soon_rows
from trod.analyses.names import codes_of, decode, encode, micros
from trod.analyses.unseen import any_row
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import StagePlan, passages


@dataclass(frozen=True, slots=True)
class HadSoon:
    """Customers who had a touchpoint in a stage so long after entering it, or earlier."""

    stage: str
    name: str
    within_us: int
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``soon:STAGE/NAME@MICROSECONDS``."""
        return f"soon:{encode(self.stage)}/{encode(self.name)}@{self.within_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who had it in time."""
        who_of = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        walked = passages(batch, self.plan)
        stage = self.plan.stage(self.stage)
        rows = soon_rows(batch, walked, stage, self.within_us, who_of)
        code = codes_of(batch.vocabulary, [self.name])[0]
        had = np.zeros(batch.n_events, np.bool_)
        had[rows[batch.code[rows] == code]] = True
        return any_row(had, batch.offsets)


def parse_soon(text: str, plan: StagePlan) -> HadSoon | None:
    """Read what follows ``soon:`` in a key; None where it is not written so."""
    stage, slash, rest = text.partition("/")
    name, at, time = rest.rpartition("@")
    within = micros(time)
    if not (stage and slash and name and at) or within is None:
        return None
    return HadSoon(decode(stage), decode(name), within, plan)


@dataclass(frozen=True, slots=True)
class GoneBy:
    """Customers who left in a stage, and counted as left so long after entering it, or earlier."""

    stage: str
    within_us: int
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``goneby:STAGE@MICROSECONDS``."""
        return f"goneby:{encode(self.stage)}@{self.within_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who had left by then."""
        return gone_by(batch, self.plan, self.plan.stage(self.stage), self.within_us)


def parse_gone_by(text: str, plan: StagePlan) -> GoneBy | None:
    """Read what follows ``goneby:`` in a key; None where it is not written so."""
    stage, at, time = text.rpartition("@")
    within = micros(time)
    return GoneBy(decode(stage), within, plan) if stage and at and within is not None else None
