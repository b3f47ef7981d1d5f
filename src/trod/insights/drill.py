"""The customers behind every figure on the page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.predicate import parse
from trod.analyses.sankey import MOST_STEPS, Anchor, SankeyLink, SankeyNode
from trod.insights.journey_map import Count, JourneyMap
from trod.insights.listing import about, listing
from trod.insights.wording import day
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys
from trod.journeys.label import unit_of
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Predicate


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
    journeys: Journeys, plan: StagePlan | None, keys: Iterable[str], *, limit: int = 50
) -> dict[str, DrillList]:
    """List the customers behind each key, by canonical id.

    Parameters
    ----------
    journeys, plan
        The data, and the journey whose stages the keys name; None where they name none.
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
    known = plan if plan is None or plan.remembered is not None else plan.remembering()
    asked = sorted({key for key in keys if key})
    predicates = [parse(key, known, journeys.vocabulary, journeys.named) for key in asked]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(lambda batch: _found(batch, predicates, limit), journeys))
    return {
        key: _joined(journeys, [part[i] for part in parts], limit) for i, key in enumerate(asked)
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
    """Give the keys of all figures on a map, each once, in order."""
    keys = {figure.key for figure in counts_of(made) if figure.key}
    keys |= {kpi.key for kpi in made.kpis if kpi.key}
    return sorted(keys)


def command(made: JourneyMap, key: str) -> str:
    """Say what lists, in a terminal, all customers behind a key of a map."""
    return listing(key, unit_of(made.unit), _journey(made)) + _narrowed(made)


def options(made: JourneyMap) -> str:
    """Say which unit and journey the keys of a map are about, as options of a command."""
    return about(unit_of(made.unit), _journey(made)) + _narrowed(made)


def _journey(made: JourneyMap) -> str:
    return "" if made.suggested else made.journey


def _narrowed(made: JourneyMap) -> str:
    segment = f" --segment {made.segment}" if made.segment else ""
    return segment + (f" --as-of {made.until}" if made.until else "")


class _Found(NamedTuple):
    """What one batch holds of one list."""

    batch: JourneyBatch
    total: int
    customers: tuple[tuple[str, int], ...]  # the first ones: id, place in the batch


def _found(batch: JourneyBatch, predicates: Sequence[Predicate], limit: int) -> list[_Found]:
    paths: dict[Anchor, tuple[NDArray[np.int64], NDArray[np.int32]]] = {}
    found = []
    for predicate in predicates:
        who = np.flatnonzero(_mask(predicate, batch, paths))
        # Customers are in order of their id: the first of each batch hold the first of all.
        first = who[:limit]
        ids = batch.customer.take(first).to_pylist()
        found.append(_Found(batch, who.size, tuple(zip(ids, first.tolist(), strict=True))))
    return found


def _mask(
    predicate: Predicate,
    batch: JourneyBatch,
    paths: dict[Anchor, tuple[NDArray[np.int64], NDArray[np.int32]]],
) -> NDArray[np.bool_]:
    """Ask a predicate; those of one Sankey share the walk from its anchor."""
    if not isinstance(predicate, SankeyNode | SankeyLink):
        return predicate.mask(batch)
    anchor = predicate.anchor
    if anchor not in paths:
        paths[anchor] = anchor.paths(batch, MOST_STEPS, predicate.plan)
    who, path = paths[anchor]
    if isinstance(predicate, SankeyNode):
        here = predicate.node.holds(path[:, predicate.step], batch.vocabulary)
    else:
        here = predicate.source.holds(path[:, predicate.step], batch.vocabulary)
        here &= predicate.target.holds(path[:, predicate.step + 1], batch.vocabulary)
    mask = np.zeros(batch.n_customers, np.bool_)
    mask[who[here]] = True
    return mask


def _joined(journeys: Journeys, parts: Sequence[_Found], limit: int) -> DrillList:
    first = sorted(
        ((name, i, c) for i, part in enumerate(parts) for name, c in part.customers),
    )[:limit]
    rows = tuple(_row(journeys, parts[i].batch, c, name) for name, i, c in first)
    return DrillList(sum(part.total for part in parts), rows)


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
