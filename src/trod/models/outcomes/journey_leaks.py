"""Touchpoints and attributes of journeys that are known only when an outcome is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.events.counted import count
from trod.journeys.batch import JourneyBatch
from trod.models.features.catalog import Catalog
from trod.models.ground import Ground
from trod.models.outcomes.landmarks import NOT_YET, Landmarks
from trod.models.outcomes.leaks import FEWEST, Leak, late_touchpoints
from trod.models.outcomes.outcome import Outcome

Ints = NDArray[np.int64]
MOST_CUSTOMERS: Final = 50_000
_NEARLY_ALL: Final = 0.9


def leaks(ground: Ground, outcome: Outcome, rows: Landmarks) -> tuple[Leak, ...]:
    """Name touchpoints and attributes that tell of an outcome because it has come.

    Of customers who were asked about. A touchpoint that *is* the outcome is none: nobody is asked
    about after it. Later stages of a journey come after reaching one by their nature: where a
    stage is foretold, touchpoints are not judged by when they come.

    Parameters
    ----------
    ground
        Journeys and stages.
    outcome, rows
        What is foretold, and the customers at its marks.
    """
    when = _when(rows)
    found: list[Leak] = []
    if outcome.spec.ends == "left":
        found += _touchpoints(ground, outcome, when)
    found += _attributes(ground, when)
    return tuple(found)


def _when(rows: Landmarks) -> dict[int, int]:
    """Give the moment of the outcome of each customer asked about; NOT_YET without one."""
    order = np.lexsort((rows.event_us, rows.customer))
    who, first = np.unique(rows.customer[order], return_index=True)
    return dict(zip(who.tolist(), rows.event_us[order][first].tolist(), strict=True))


def _touchpoints(ground: Ground, outcome: Outcome, when: dict[int, int]) -> tuple[Leak, ...]:
    """Judge touchpoints by when they first come, of customers asked about."""
    names = ground.journeys.vocabulary.touchpoints
    parts, moments, base, seen = [], [], 0, 0
    for batch in ground.journeys:
        mine = [c for c in range(base, base + batch.n_customers) if c in when]
        parts.append(_firsts(batch, len(names))[np.array(mine, np.int64) - base])
        moments += [when[c] for c in mine]
        base, seen = base + batch.n_customers, seen + len(mine)
        if seen >= MOST_CUSTOMERS:
            break
    first = np.concatenate(parts) if parts else np.empty((0, len(names)), np.int64)
    first[:, ground.plan.failure | outcome.names] = NOT_YET  # they are the outcome
    return late_touchpoints(first, np.array(moments, np.int64), names, never_us=NOT_YET)


def _firsts(batch: JourneyBatch, n_names: int) -> Ints:
    """Give the first moment of each touchpoint, (n_customers, n_names)."""
    first = np.full((batch.n_customers, n_names), NOT_YET, np.int64)
    customer = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    # Backwards, so that the first of several is written last.
    first[customer[::-1], batch.code[::-1]] = batch.time_us[::-1]
    return first


def _attributes(ground: Ground, when: dict[int, int]) -> list[Leak]:
    """Judge attributes by whether they are filled in where the outcome has come."""
    told = ground.journeys.attributes
    if told is None or not when:
        return []
    ids = [name for batch in ground.journeys for name in batch.customer.to_pylist()]
    had = {ids[c]: moment != NOT_YET for c, moment in when.items()}
    usual = sum(had.values()) / len(had)
    found = []
    whose = told.column("customer").to_pylist()
    for name in told.column_names:
        if name == "customer" or usual > 0.6:
            continue
        cells = told.column(name).to_pylist()
        filled = [
            had[c] for c, x in zip(whose, cells, strict=True) if x not in (None, "") and c in had
        ]
        if len(filled) >= FEWEST and sum(filled) >= _NEARLY_ALL * len(filled):
            some = f"filled in for {count(len(filled), 'customer')}, of whom {sum(filled):,}"
            found.append(Leak(name, f"It is {some} had the outcome."))
    return found


def named_in(chosen: Catalog, names: Sequence[str]) -> list[int]:
    """Give the columns of the features that speak of some touchpoints."""
    gone = set(names)
    found = []
    for k, feature in enumerate(chosen.features):
        subject = feature.key.partition(":")[2].rpartition("@")[0] or feature.key.partition(":")[2]
        parts = {subject, *feature.key.partition(":")[2].split(">")}
        if parts & gone:
            found.append(k)
    return found
