"""What every model is fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trod.models.spec import ModelsSpec
from trod.models.stored import Stored

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.models.outcomes.acted import Acted


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Journeys, the stages they are read by, and what `models:` of trod.yml says.

    Fitting reads nothing else, so the same ground and seed give the same model, byte for byte.
    `before` is there for models that carry something on, such as the ids of segments.
    """

    journeys: Journeys
    plan: StagePlan  # declared, or suggested from the data; it remembers its walks
    spec: ModelsSpec = field(default_factory=lambda: ModelsSpec.model_validate({}))
    root: Path = Path()  # folder of trod.yml: files named there lie below it
    seed: int = 0
    before: Mapping[str, Stored] = field(default_factory=dict)  # this model at its last fit
    acted: Acted | None = None  # customers whose outcomes say little of what comes by itself
