"""The customers behind every figure on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import NamedTuple

import numpy as np

from trod.analyses.predicate import parse
from trod.insights.journey_map import Count, JourneyMap
from trod.insights.wording import day
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys
from trod.journeys.passage import StagePlan


class DrillRow(NamedTuple):
    """One customer: what happened last, when, and what they have spent so far."""

    customer: str
    last_touchpoint: str
    last_day: str  # ISO date in the zone of the journeys
    value_micros: int | None


class DrillList(NamedTuple):
    """The customers behind one figure: all of them counted, the first ones listed."""

    total: int
    rows: tuple[DrillRow, ...]


def drill_lists(
    journeys: Journeys, plan: StagePlan, keys: Iterable[str], *, limit: int = 50
) -> dict[str, DrillList]:
    """List the customers behind each key, by canonical id.

    Parameters
    ----------
    journeys, plan
        The data, and the journey whose stages the keys name.
    keys
        Predicate keys, such as those of `keys_of`; an empty key is left out.
    limit
        How many customers to list of each; all are counted.

    Raises
    ------
    DefinitionError
        If a key names no predicate.

    Notes
    -----
    Count and list come from one predicate, so they cannot disagree with each other; `checked`
    holds them to the figures of a map.
    """
    remembering = plan if plan.remembered is not None else plan.remembering()
    return {
        key: _drill(journeys, remembering, key, limit) for key in sorted({k for k in keys if k})
    }


def checked(made: JourneyMap, lists: Mapping[str, DrillList]) -> None:
    """Hold the lists to the counts shown on the map.

    Raises
    ------
    AssertionError
        If a figure and its list disagree: a bug, never shown.
    """
    for figure in counts_of(made):
        if figure.key and (total := lists[figure.key].total) != figure.n:
            raise AssertionError(f"{figure.key}: {figure.n:,} shown, {total:,} listed.")


def counts_of(made: object) -> Iterator[Count]:
    """Give every figure of a map that names its customers."""
    if isinstance(made, Count):
        yield made
    elif is_dataclass(made):
        for each in fields(made):
            yield from counts_of(getattr(made, each.name))
    elif isinstance(made, tuple):
        for inner in made:
            yield from counts_of(inner)


def keys_of(made: JourneyMap) -> list[str]:
    """Give the keys of all figures on a map, each once, in order.

    The paths of the Sankey are left out beyond their nodes: links are listed on demand.
    """
    keys = {figure.key for figure in counts_of(made) if figure.key}
    keys |= {kpi.key for kpi in made.kpis if kpi.key}
    return sorted(keys)


def _drill(journeys: Journeys, plan: StagePlan, key: str, limit: int) -> DrillList:
    predicate = parse(key, plan, journeys.vocabulary)
    total = 0
    found: list[tuple[str, JourneyBatch, int]] = []
    for batch in journeys:
        who = np.flatnonzero(predicate.mask(batch))
        total += who.size
        # Customers are in order of their id, so the first ones of each batch hold the first of all.
        found.extend((batch.customer[int(c)].as_py(), batch, int(c)) for c in who[:limit])
    found.sort(key=lambda each: each[0])
    rows = tuple(_row(journeys, batch, c, name) for name, batch, c in found[:limit])
    return DrillList(total, rows)


def _row(journeys: Journeys, batch: JourneyBatch, c: int, name: str) -> DrillRow:
    start, end = int(batch.offsets[c]), int(batch.offsets[c + 1])
    if start == end:
        return DrillRow(name, "", "", None)
    value = batch.value[start:end]
    known = value[value != NO_VALUE]
    return DrillRow(
        name,
        journeys.vocabulary.touchpoints[batch.code[end - 1]],
        day(int(batch.time_us[end - 1]), journeys.zone),
        int(known.sum()) if known.size else None,
    )
