"""The `models:` part of trod.yml: what is to be predicted, and what may be spent on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trod.models.outcomes.spec import OutcomeSpec
from trod.sources.spec import Spec


class ModelsSpec(Spec):
    """What models are asked for beyond what they do by themselves."""

    outcomes: Annotated[tuple[OutcomeSpec, ...], Field(strict=False)] = Field(
        default=(), description="What scores foretell. Default: leaving, and completing."
    )
