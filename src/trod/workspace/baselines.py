"""Baselines: metrics and stages frozen with dates, data and definitions, kept in the store.

A baseline is an immutable part of kind ``baselines``: it cannot be changed, only read. Later
figures are compared with it; where the definition has changed since, they are not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trod.errors import DefinitionError, StoreError, of_name
from trod.identity.ids import KINDS_OF_PARTS
from trod.workspace.meaning import Meaning, differing, fingerprint, of_metric, of_stages

if TYPE_CHECKING:
    from trod._store.manifest import Part
    from trod._store.store import Store
    from trod.analyses.metrics.against import Change
    from trod.analyses.metrics.figure import Figure
    from trod.analyses.metrics.measure import Measured
    from trod.analyses.spec import MetricSpec
    from trod.workspace.folder import Workspace
    from trod.workspace.measured import Days

KIND: Final = "baselines"


@dataclass(frozen=True, slots=True)
class Frozen:
    """One figure as it was."""

    name: str
    kind: str
    period: str
    value: int | None
    low: int | None
    high: int | None
    n: int
    part: int
    whole: int
    unit: str
    counted: str  # "person" or "account"
    definition: str
    fingerprint: str  # of the definition
    means: Meaning  # its parts


@dataclass(frozen=True, slots=True)
class FrozenStage:
    """One stage as it was."""

    stage: str
    reached: int
    went_on: int
    left: int
    still_there: int
    done: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Figures frozen together."""

    name: str
    made: str  # when, ISO in UTC
    as_of: str  # last moment on record then, ISO in UTC
    as_of_day: str  # the day of it in the zone of the workspace
    first_day: str | None  # of the days that counted; None: from the beginning
    last_day: str | None
    data: str  # fingerprint of the touchpoints
    journey: str | None
    journey_means: Meaning  # parts of what the stages count; empty without a journey
    metrics: tuple[Frozen, ...]
    stages: tuple[FrozenStage, ...]


def freeze(
    workspace: Workspace, name: str, *, journey: str | None, days: Days, unit: str | None = None
) -> Baseline:
    """Keep all metrics, and the stages of a journey, as they are now.

    Raises
    ------
    DefinitionError
        If a baseline of this name is there, or there is nothing to freeze.
    StoreError
        If another process writes to this workspace, or did so meanwhile.
    """
    from trod.insights.wording import day
    from trod.workspace.measured import measured

    _refuse_twice(name, read(workspace.store))
    declared = workspace.project.journey(journey)
    specs = workspace.project.metrics
    if not specs and declared is None:
        raise DefinitionError(["nothing to freeze: declare a metric or a journey in trod.yml."])
    counted_from = _of_log(workspace.store)
    figures: Sequence[Measured] = ()
    if specs:
        figures = measured(workspace, specs, days=days, unit=unit).data.metrics
    whole = workspace.journeys(unit or (declared.unit if declared else None))
    last = datetime.fromtimestamp(whole.span_us()[1] // 1_000_000, UTC)
    made = Baseline(
        name=name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        as_of=last.isoformat(),
        as_of_day=day(whole.span_us()[1], whole.zone),
        first_day=days.first,
        last_day=days.last,
        data=counted_from,
        journey=declared.name if declared else None,
        journey_means=of_stages(workspace, journey, unit) if declared else {},
        metrics=tuple(
            frozen(workspace, spec, each, unit) for spec, each in zip(specs, figures, strict=True)
        ),
        stages=_stages(workspace, journey, unit) if declared else (),
    )
    body = json.dumps(asdict(made), ensure_ascii=False, sort_keys=True).encode()
    with workspace.store.write() as tx:
        _refuse_twice(name, _told(workspace.store, tx.parts(KIND)))
        if _of_log(workspace.store) != counted_from:
            raise StoreError(
                f"touchpoints were added while {name!r} was counted: nothing was frozen. Do it "
                "again."
            )
        tx.add(KIND, "json", lambda file: file.write(body), rows=len(made.metrics))
        tx.commit()
    return made


def _refuse_twice(name: str, kept: Sequence[Baseline]) -> None:
    if any(each.name == name for each in kept):
        raise DefinitionError(
            [f"a baseline named {name!r} is kept already, and stays as it is. Take another name."]
        )


def _of_log(store: Store) -> str:
    """Give a short hash of the log: it changes whenever something is added."""
    parts = (part for kind in KINDS_OF_PARTS for part in store.manifest.of(kind))
    return hashlib.sha256("\n".join(sorted(p.sha256 for p in parts)).encode()).hexdigest()[:16]


def frozen(workspace: Workspace, spec: MetricSpec, each: Measured, unit: str | None) -> Frozen:
    """Give a figure with the fingerprint of what it means."""
    figure, means = each.figure, of_metric(workspace, spec, unit)
    return Frozen(
        name=each.name,
        kind=each.kind,
        period=figure.period,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        part=figure.part,
        whole=figure.whole,
        unit=each.unit,
        counted=each.whom,
        definition=each.definition,
        fingerprint=fingerprint(means),
        means=means,
    )


def _stages(workspace: Workspace, journey: str | None, unit: str | None) -> tuple[FrozenStage, ...]:
    from trod.analyses.stages import stages
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    found = stages(journeys, plan_of(workspace, journey, journeys)).data
    counts = (found.reached, found.went_on, found.left, found.still_there, found.done)
    rows = zip(*(column.tolist() for column in counts), strict=True)
    return tuple(
        FrozenStage(stage, *map(int, row)) for stage, row in zip(found.stage, rows, strict=True)
    )


class StageChange(NamedTuple):
    """The share of those who entered that reached a stage, and how it differs from then."""

    now: Figure
    then: Figure
    change: Change


def stage_changes(
    workspace: Workspace, before: Baseline, unit: str | None = None
) -> dict[str, StageChange] | tuple[str, ...]:
    """Compare the stages of today with frozen ones; or name what has changed in definition."""
    from trod.analyses.metrics.against import Side, change
    from trod.analyses.metrics.figure import of_share

    if not before.stages:
        return {}
    if before.journey not in {each.name for each in workspace.project.journeys}:
        return ("journey",)
    if parts := differing(before.journey_means, of_stages(workspace, before.journey, unit)):
        return parts
    then, found = {each.stage: each for each in before.stages}, {}
    now = _stages(workspace, before.journey, unit)
    for each in now:
        new = of_share("now", now[0].reached, each.reached)
        old = of_share("then", before.stages[0].reached, then[each.stage].reached)
        sides = (
            Side(new.value, new.low, new.high, new.n),
            Side(old.value, old.low, old.high, old.n),
        )
        found[each.stage] = StageChange(new, old, change(*sides, "up"))
    return found


def shares_then(
    workspace: Workspace, name: str, journey: str | None, unit: str | None
) -> dict[str, float]:
    """Give the share that reached each stage of a journey in a baseline, to draw beside today's.

    Raises
    ------
    DefinitionError
        If the baseline froze no stages, another journey's, or by another definition.
    """
    before = named(workspace.store, name)
    asked = workspace.project.journey(journey)
    if asked is None or not before.stages or before.journey != asked.name:
        raise DefinitionError([f"the baseline {name!r} holds no stages of this journey."])
    if parts := differing(before.journey_means, of_stages(workspace, journey, unit)):
        raise DefinitionError(
            [f"the stages of {name!r} are not those of today: {', '.join(parts)} changed since."]
        )
    first = max(before.stages[0].reached, 1)
    return {each.stage: each.reached / first for each in before.stages}


def read(store: Store) -> tuple[Baseline, ...]:
    """Give all baselines, oldest first."""
    return _told(store, store.manifest.of(KIND))


def _told(store: Store, parts: Iterable[Part]) -> tuple[Baseline, ...]:
    return tuple(_read(json.loads(bytes(store.checked(part)))) for part in parts)


def named(store: Store, name: str) -> Baseline:
    """Give one baseline.

    Raises
    ------
    DefinitionError
        If none has this name.
    """
    return of_name("baseline", name, read(store))


def _read(told: dict[str, Any]) -> Baseline:
    metrics = tuple(Frozen(**each) for each in told.pop("metrics"))
    stages = tuple(FrozenStage(**each) for each in told.pop("stages"))
    return Baseline(**told, metrics=metrics, stages=stages)
