"""What every model is fitted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trod.models.spec import ModelsSpec

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.models.card import Card
    from trod.models.stored import Stored


def nothing(_model: str) -> None:
    """Say that no version is in use."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Journeys, the stages they are read by, and what `models:` of trod.yml says.

    Fitting reads nothing else, so the same ground and seed give the same model, byte for byte.
    """

    journeys: Journeys
    plan: StagePlan  # declared, or suggested from the data; it remembers its walks
    spec: ModelsSpec = field(default_factory=lambda: ModelsSpec.model_validate({}))
    root: Path = Path()  # folder of trod.yml: files named there lie below it
    seed: int = 0
    before: Callable[[str], tuple[Card, Stored] | None] = nothing  # the version in use, by name
