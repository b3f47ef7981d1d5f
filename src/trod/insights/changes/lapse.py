"""What the data, not the customers, did: and which figures cannot be compared because of it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.changes.measures import FEWEST, Measure, Spans, helps
from trod.analyses.changes.tallies import TOTAL, N, TalliedResult
from trod.analyses.names import codes_of
from trod.journeys.batch import NO_VALUE, Journeys
from trod.journeys.label import readable
from trod.journeys.passage import StagePlan

Sort = Literal["gap", "late", "renamed", "calendar", "own"]
_LITTLE: Final = 20  # a lapse of less than one in so many days of a period moves nothing much
_SAME: Final = 0.25  # two names have the share of one, within a quarter


class Lapse(NamedTuple):
    """Touchpoints that are not on record for some time, or not yet, or under another name."""

    sort: Sort
    words: str  # why, as a sentence without its full stop
    names: frozenset[str]  # touchpoints it concerns
    first_us: int
    end_us: int


def own_doing(
    measure: Measure, own: frozenset[str], journeys: Journeys, plan: StagePlan
) -> Lapse | None:
    """Say whether a figure is what the company does: whom it writes to, or calls."""
    names = journeys.vocabulary.touchpoints
    if measure.kind in ("had", "first", "reach"):
        asked = {names[measure.code]}
    elif measure.kind in ("went on", "took"):
        asked = {names[k] for k in np.flatnonzero(plan.speaks_of(measure.stage + 1)).tolist()}
    else:
        return None
    if not asked or not asked <= own:
        return None
    words = "so the company gets in touch (`queue: contacts`), which is its own doing"
    return Lapse("own", words, frozenset(asked), 0, 0)


def spoiled(
    measure: Measure | None,
    lapses: tuple[Lapse, ...],
    journeys: Journeys,
    plan: StagePlan,
    spans: Spans,
) -> Lapse | None:
    """Give the first lapse that a figure depends on, in either period; None is who came."""
    if not lapses:
        return None
    names = journeys.vocabulary.touchpoints
    wanted = _depends(measure, journeys, plan)
    within = measure.within_us if measure else 0
    for lapse in lapses:
        touched = any(
            (min(lapse.end_us, spans.end_us[p] + within) - max(lapse.first_us, spans.start_us[p]))
            * _LITTLE
            >= spans.end_us[p] - spans.start_us[p]
            for p in (-2, -1)
        )
        known = [name for name in lapse.names if name in names]
        if touched and wanted[list(codes_of(journeys.vocabulary, known))].any():
            return lapse
    return None


def _depends(measure: Measure | None, journeys: Journeys, plan: StagePlan) -> NDArray[np.bool_]:
    """Say on which touchpoints a figure rests, (n_names,)."""
    if measure is None:
        return np.asarray(plan.speaks_of(0), np.bool_)
    wanted = np.zeros(len(journeys.vocabulary.touchpoints), np.bool_)
    if measure.kind in ("mood", "nps"):
        return wanted  # answers that are missing make it less sure, not other
    if measure.kind == "amount":
        return wanted
    if measure.kind == "paid":
        for batch in journeys:
            wanted[batch.code[batch.value != NO_VALUE]] = True
        return wanted
    wanted |= plan.speaks_of(measure.stage)
    if measure.kind in ("went on", "took"):
        wanted |= plan.speaks_of(measure.stage + 1)
    if measure.kind == "left":
        wanted |= plan.failure
    if measure.kind == "help":
        wanted |= helps(journeys)
    if measure.code >= 0:
        wanted[measure.code] = True
    return wanted


def renamed(
    measures: tuple[Measure, ...], found: TalliedResult, journeys: Journeys, spans: Spans
) -> tuple[Lapse, ...]:
    """Find touchpoints that went as others came, in the same stage and about as often.

    The new name was on record in no earlier period; the old one is had less by as much.
    """
    had = [i for i, measure in enumerate(measures) if measure.kind == "had"]
    part, whole = found.sums[:, :, 0, TOTAL], np.maximum(found.sums[:, :, 0, N], 1)
    made: list[Lapse] = []
    for i in had:
        fresh = part[i, -1] >= FEWEST and not part[i, :-1].any()
        for j in had if fresh else ():
            if i == j or measures[i].stage != measures[j].stage or part[j, -2] < FEWEST:
                continue
            lost = part[j, -2] / whole[j, -2] - part[j, -1] / whole[j, -1]
            won = part[i, -1] / whole[i, -1]
            if abs(lost - won) <= _SAME * won and part[j, -1] * 2 < part[j, -2]:
                names = journeys.vocabulary.touchpoints
                old, new = names[measures[j].code], names[measures[i].code]
                words = (
                    f"{readable(new)} came as {readable(old)} went, about as often: perhaps one "
                    "touchpoint under two names. Write both under `events.names` if so"
                )
                both = frozenset({old, new})
                made.append(Lapse("renamed", words, both, spans.start_us[-1], spans.end_us[-1]))
    return tuple(made)
