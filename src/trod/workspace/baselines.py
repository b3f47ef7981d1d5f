"""Baselines: metrics and stages frozen with dates, data and definitions, kept in the store.

A baseline is an immutable part of kind ``baselines``: it cannot be changed, only read. Later
figures are compared with it; where the definition has changed since, they are not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    from trod._store.store import Store
    from trod.analyses.metrics.measure import Measured
    from trod.analyses.spec import MetricSpec
    from trod.journeys.spec import JourneySpec
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
    journey_fingerprint: str | None
    metrics: tuple[Frozen, ...]
    stages: tuple[FrozenStage, ...]


def fingerprint(*specs: MetricSpec | JourneySpec | None) -> str:
    """Give a short hash of definitions: the same as long as they mean the same."""
    text = "\n".join("" if spec is None else spec.model_dump_json() for spec in specs)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def data_fingerprint(store: Store) -> str:
    """Give a short hash of the log: it changes whenever touchpoints are added."""
    parts = sorted(p.sha256 for p in store.manifest.of("touchpoints"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def freeze(
    workspace: Workspace, name: str, *, journey: str | None, days: Days, unit: str | None = None
) -> Baseline:
    """Keep all metrics, and the stages of a journey, as they are now.

    Raises
    ------
    DefinitionError
        If a baseline of this name is there, or there is nothing to freeze.
    """
    from trod.workspace.measured import measured

    if any(each.name == name for each in read(workspace.store)):
        raise DefinitionError(
            [f"a baseline named {name!r} is kept already, and stays as it is. Take another name."]
        )
    declared = workspace.project.journey(journey)
    specs = workspace.project.metrics
    if not specs and declared is None:
        raise DefinitionError(["nothing to freeze: declare a metric or a journey in trod.yml."])
    figures: Sequence[Measured] = ()
    if specs:
        figures = measured(workspace, specs, days=days, unit=unit).data.metrics
    whole = workspace.journeys(unit or (declared.unit if declared else None))
    last = datetime.fromtimestamp(whole.span_us()[1] // 1_000_000, UTC)
    made = Baseline(
        name=name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        as_of=last.isoformat(),
        as_of_day=f"{last.astimezone(ZoneInfo(whole.zone)):%Y-%m-%d}",
        first_day=days.first,
        last_day=days.last,
        data=data_fingerprint(workspace.store),
        journey=declared.name if declared else None,
        journey_fingerprint=fingerprint(declared) if declared else None,
        metrics=tuple(
            frozen(workspace, spec, each) for spec, each in zip(specs, figures, strict=True)
        ),
        stages=_stages(workspace, journey, unit) if declared else (),
    )
    body = json.dumps(asdict(made), ensure_ascii=False, sort_keys=True).encode()
    with workspace.store.write() as tx:
        tx.add(KIND, "json", lambda file: file.write(body), rows=len(made.metrics))
        tx.commit()
    return made


def frozen(workspace: Workspace, spec: MetricSpec, each: Measured) -> Frozen:
    """Give a figure with the fingerprint of what it means."""
    figure = each.figure
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
        fingerprint=meaning(workspace, spec),
    )


def meaning(workspace: Workspace, spec: MetricSpec) -> str:
    """Give the fingerprint of a metric: of what it counts, and of the journey it counts in."""
    bare = spec.model_copy(update={"owner": None, "target": None, "unit": None, "direction": None})
    return fingerprint(bare, workspace.project.journey(spec.journey))


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


def read(store: Store) -> tuple[Baseline, ...]:
    """Give all baselines, oldest first."""
    return tuple(_read(json.loads(bytes(store.checked(part)))) for part in store.manifest.of(KIND))


def named(store: Store, name: str) -> Baseline:
    """Give one baseline.

    Raises
    ------
    DefinitionError
        If none has this name.
    """
    kept = read(store)
    for each in kept:
        if each.name == name:
            return each
    raise DefinitionError([unknown("baseline", name, [each.name for each in kept])])


def _read(told: dict[str, Any]) -> Baseline:
    metrics = tuple(Frozen(**each) for each in told.pop("metrics"))
    stages = tuple(FrozenStage(**each) for each in told.pop("stages"))
    return Baseline(**told, metrics=metrics, stages=stages)
