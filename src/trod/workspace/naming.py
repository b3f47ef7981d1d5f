"""What the touchpoints of a workspace are called, by which rule, and what could be one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trod.events.names import NamesSpec, Renamed, rename, worth_having
from trod.events.volume import Volume, volume
from trod.fold import run
from trod.insights.synonyms import Seen, Synonym, synonyms
from trod.journeys.seen import Seen as SeenFold
from trod.journeys.seen import SeenResult
from trod.journeys.texts import rows_of_log

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

_COMPARED: Final = 200  # most frequent touchpoints whose customers are compared


class Called(NamedTuple):
    """One touchpoint, and the raw names that lead to it."""

    name: str
    rows: int
    raw: tuple[tuple[str, str, int], ...]  # raw name, rule, rows; most rows first


class NamesReport(NamedTuple):
    """All touchpoints of a workspace by their names."""

    touchpoints: tuple[Called, ...]  # most rows first
    synonyms: tuple[Synonym, ...]  # proposals, the surest first
    rules: NamesSpec  # rules that would change something and are not declared


def names_of(workspace: Workspace) -> NamesReport:
    """Say what every raw name of the log is called, and propose what could be one."""
    found = volume(workspace.store, zone=workspace.zone)
    rows = rows_of_log(workspace.store)
    spec = workspace.project.events.names
    called = rename(spec, rows)
    return NamesReport(
        _touchpoints(called, rows),
        synonyms(_seen(found, called), span=found.busy, both=_both(workspace)),
        _unused(spec, worth_having(rows)),
    )


def _touchpoints(called: dict[str, Renamed], rows: Counter[str]) -> tuple[Called, ...]:
    raw: dict[str, list[tuple[str, str, int]]] = {}
    for name, one in called.items():
        raw.setdefault(one.name, []).append((name, one.rule, rows[name]))
    made = [
        Called(name, sum(n for *_, n in own), tuple(sorted(own, key=lambda r: (-r[2], r[0]))))
        for name, own in raw.items()
    ]
    return tuple(sorted(made, key=lambda c: (-c.rows, c.name)))


def _seen(found: Volume, called: dict[str, Renamed]) -> list[Seen]:
    """Gather days and sources of each touchpoint under the name it has."""
    days: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    sources: dict[str, set[str]] = {}
    for one, own in zip(found.series, found.days, strict=True):
        name = called[one.touchpoint].name
        days[name] = days[name] + own if name in days else own
        sources.setdefault(name, set()).add(one.source)
    made = []
    for name, own in days.items():
        busy = np.flatnonzero(own)
        first, last = (int(busy[0]), int(busy[-1])) if busy.size else (0, 0)
        made.append(Seen(name, int(own.sum()), first, last, frozenset(sources[name])))
    return made


def _both(workspace: Workspace) -> Callable[[str, str], float]:
    """Give the share of the customers of the rarer of two touchpoints who have both."""
    journeys = workspace.journeys("person")
    names = journeys.vocabulary.touchpoints
    counts = sum(
        (np.bincount(b.code, minlength=len(names)) for b in journeys), np.zeros(len(names))
    )
    slots = tuple(np.argsort(-counts, kind="stable")[:_COMPARED].tolist())
    seen: SeenResult = run({"seen": SeenFold(len(names), slots)}, journeys)["seen"]
    place = {names[code]: at for at, code in enumerate(slots)}

    def share(one: str, other: str) -> float:
        if one not in place or other not in place:
            return 0.0
        a, b = place[one], place[other]
        fewer = min(int(seen.customers[slots[a]]), int(seen.customers[slots[b]]))
        return int(seen.before[a, b] + seen.before[b, a]) / max(fewer, 1)

    return share


def _unused(declared: NamesSpec, proposed: NamesSpec) -> NamesSpec:
    """Keep of the proposed rules those that are not declared."""
    urls = proposed.urls if declared.urls == "keep" else "keep"
    return NamesSpec(urls=urls, fold=proposed.fold and not declared.fold)
