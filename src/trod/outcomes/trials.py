"""Plays that another tool drew by chance: read from the touchpoints in which it recorded them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from trod.actions.interventions.intervention import Intervention
from trod.errors import DataError, DefinitionError, unknown
from trod.journeys.batch import NO_STATE, JourneyBatch, Journeys
from trod.outcomes.trial_spec import TrialSpec

_MICROS: Final = 1_000_000
WAVE: Final = "trial"


def trial(spec: TrialSpec, journeys: Journeys, journey: str) -> tuple[Intervention, ...]:
    """Give everyone on whom a trial decided, by customer.

    The first draw of a customer counts: who was drawn twice was decided on once.

    Parameters
    ----------
    spec
        Where the draw is recorded.
    journeys
        The data.
    journey
        Name of the journey that the play belongs to.

    Raises
    ------
    DefinitionError
        If a state is not known. All at once.
    DataError
        If nobody has the touchpoint, or nobody was held back.
    """
    known = sorted(journeys.vocabulary.states)
    problems = [
        f"outcomes.trials: {spec.name}: {unknown('state', state, known)}"
        for state in (spec.play, spec.arm)
        if state is not None and state not in known
    ]
    if problems:
        raise DefinitionError(problems)
    found: list[tuple[str, int, bool]] = []
    for batch in journeys:
        found += _drawn(batch, spec)
    if not found:
        raise DataError(
            f"outcomes.trials: {spec.name}: nobody was drawn. Look for {spec.touchpoint!r} in your "
            "data, and for the states it carries."
        )
    treated = sum(t for *_, t in found)
    if not 0 < treated < len(found):
        raise DataError(
            f"outcomes.trials: {spec.name}: all {len(found):,} are on one side. held_back says "
            f"{spec.held_back!r}; sides are {', '.join(journeys.vocabulary.states[spec.arm])}."
        )
    share = spec.share if spec.share is not None else treated / len(found)
    return tuple(
        _intervention(spec, journeys.unit, journey, *each, share) for each in sorted(found)
    )


def _drawn(batch: JourneyBatch, spec: TrialSpec) -> list[tuple[str, int, bool]]:
    """Give customer, moment and side of the first draw of each customer of a batch."""
    code = batch.vocabulary.touchpoint(spec.touchpoint)
    if code is None:
        return []
    at = np.flatnonzero(batch.code == code)
    arm = batch.states[spec.arm][at]
    at, arm = at[arm != NO_STATE], arm[arm != NO_STATE]
    if spec.play is not None:
        plays = batch.vocabulary.states[spec.play]
        named = plays.index(spec.name) if spec.name in plays else -1
        of_it = batch.states[spec.play][at] == named
        at, arm = at[of_it], arm[of_it]
    who = np.searchsorted(batch.offsets, at, side="right") - 1
    first = np.unique(who, return_index=True)[1]  # rows of a customer are in order of time
    sides = batch.vocabulary.states[spec.arm]
    ids = batch.customer.take(pa.array(who[first])).to_pylist()
    times = batch.time_us[at[first]].tolist()
    treated = [sides[int(a)] != spec.held_back for a in arm[first]]
    return list(zip(ids, times, treated, strict=True))


def _intervention(
    spec: TrialSpec,
    unit: str,
    journey: str,
    customer: str,
    decided_us: int,
    treated: bool,
    share: float,
) -> Intervention:
    return Intervention(
        id=f"{WAVE}/{spec.name}/{customer}",
        playbook=spec.name,
        journey=journey,
        unit=unit,
        customer=customer,
        arm="treated" if treated else "held back",
        design="randomised",
        propensity=share,
        stratum="",
        wave=WAVE,
        decided_us=decided_us,
        score=None,
        expected=0.0,
        finding="",
        owner="",
        due="",
        status="done" if treated else "planned",
        minutes=spec.minutes if treated else 0,
        cost_micros=round(spec.cost * _MICROS) if treated else 0,
    )
