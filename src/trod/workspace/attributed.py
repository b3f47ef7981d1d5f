"""Attribution asked of a workspace, or of a table of paths; and what was spent beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trod.errors import DataError

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.costs import Spent
    from trod.analyses.attribution.credit import AttributionResult
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.workspace.folder import Workspace


SUCCESS: Final = "success"


@dataclass(frozen=True, slots=True)
class Asked:
    """What converts, and who shares the credit: as asked for, else as trod.yml says."""

    to: str | None  # None: the success of the journey
    channels: tuple[str, ...]
    lookback: timedelta
    costs: Path | None


def asked(
    workspace: Workspace,
    *,
    to: str | None = None,
    channels: Sequence[str] = (),
    lookback: timedelta | None = None,
    costs: Path | None = None,
) -> Asked:
    """Fill in from trod.yml what is not asked for."""
    said = workspace.project.insights.attribution
    end = to or said.to
    spent = costs or (workspace.project.root / said.costs if said.costs else None)
    there(spent)
    return Asked(
        None if end == SUCCESS else end,
        tuple(channels) or said.channels,
        lookback or said.lookback,
        spent,
    )


def asked_of(
    workspace: Workspace, journey: str | None, unit: str | None
) -> tuple[Journeys, StagePlan]:
    """Give the journeys to ask, and the stages whose success may count."""
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    return journeys, plan_of(workspace, journey, journeys)


def of_table(file: Path, models: Sequence[str] | None = None) -> Answer[AttributionResult]:
    """Share out the conversions of a table of paths.

    Raises
    ------
    DataError
        If there is no such file, or it is no such table.
    """
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.credit import RESAMPLES, USUAL, credited
    from trod.analyses.attribution.table import read_paths

    there(file)
    table = read_paths(file)
    gone = int(table.conversions.sum() + table.nulls.sum())
    return Answer(
        question="attribution",
        data=credited(table, models or USUAL),
        unit="path",
        n=gone,
        population=f"Paths of {file.name}",
        window=None,
        as_of_us=0,
        zone="UTC",
        method=f"Paths as counted in the table; decay halves with each step. Intervals: 95% of"
        f" {RESAMPLES} resamples of the paths. Credit is observed (association): who was there,"
        " not what caused it.",
    )


def costed(file: Path, found: Answer[AttributionResult], journeys: Journeys | None) -> Spent:
    """Hold the spend of a cost file against credit.

    Raises
    ------
    DataError
        If there is no such file, or it is no such table.
    """
    from trod.analyses.attribution.costs import read_costs, spent
    from trod.insights.wording import day

    there(file)
    days: tuple[str, ...] = ()
    if journeys is not None:
        days = tuple(day(moment, journeys.zone) for moment in journeys.span_us())
    return spent(found.data, read_costs(file, *days))


def there(file: Path | None) -> None:
    """Say that a file is not there before anything is counted for it."""
    if file is not None and not file.is_file():
        raise DataError(f"{file}: no such file. Give a CSV.")
