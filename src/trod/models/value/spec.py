"""What `models: value:` of trod.yml says."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from trod.sources.spec import Duration, Names, Spec


class ValueSpec(Spec):
    """What counts as money from a customer, and how far to look."""

    touchpoints: Names = Field(
        (), description="Touchpoints whose money counts. Default: all with money on record."
    )
    horizon: Duration = Field(
        timedelta(days=365),
        ge=timedelta(days=7),
        description="How far to look ahead, such as 365d.",
    )
    discount: float = Field(
        0.1, ge=0, le=1, description="What money a year later is worth less, as a share."
    )
    by: str | None = Field(
        None, description="Attribute whose values have a retention curve of their own."
    )
    contract: Literal["yes", "no"] | None = Field(
        None,
        description="Whether customers say when they leave. Default: yes where the journey "
        "declares a `failure` touchpoint that occurs after a purchase.",
    )
