"""The `models:` part of trod.yml: what is to be predicted, and what may be spent on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trod.models.outcomes.spec import OutcomeSpec
from trod.models.value.spec import ValueSpec
from trod.models.voice.spec import LabelsSpec, SentimentSpec, VoiceSpec
from trod.sources.spec import Spec


class ModelsSpec(Spec):
    """What models are asked for beyond what they do by themselves."""

    outcomes: Annotated[tuple[OutcomeSpec, ...], Field(strict=False)] = Field(
        default=(), description="What scores foretell. Default: leaving, and completing."
    )
    value: ValueSpec = Field(
        ValueSpec.model_validate({}), description="Lifetime value: whose money, how far ahead."
    )
    sentiment: SentimentSpec | None = Field(None, description="How the mood of texts is judged.")
    intent: LabelsSpec | None = Field(None, description="Texts whose intent people labelled.")
    urgency: LabelsSpec | None = Field(None, description="Texts whose urgency people labelled.")
    voice: VoiceSpec | None = Field(None, description="What topics are found with.")
