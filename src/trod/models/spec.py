"""The `models:` part of trod.yml: what is to be predicted, and what may be spent on it."""

from __future__ import annotations

from pydantic import Field

from trod.models.value.spec import ValueSpec
from trod.sources.spec import Spec


class ModelsSpec(Spec):
    """What models are asked for beyond what they do by themselves."""

    value: ValueSpec = Field(
        ValueSpec.model_validate({}), description="Lifetime value: whose money, how far ahead."
    )
