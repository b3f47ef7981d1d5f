"""What every model is fitted on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trod.models.spec import ModelsSpec

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan


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
