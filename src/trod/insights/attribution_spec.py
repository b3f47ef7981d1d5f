"""The `insights: attribution:` part of trod.yml: what converts, and which channels share credit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from trod.sources.spec import Duration, Names, Spec


class AttributionSpec(Spec):
    """What `trod attribution` and the weekly review take where nothing else is asked."""

    to: str | None = Field(
        default=None, description="Touchpoint that is a conversion. Default: success."
    )
    channels: Names = Field(
        default=(), description="Channels that share the credit. Default: all on record."
    )
    lookback: Duration = Field(
        default=timedelta(days=90), gt=timedelta(0), description="How long before a conversion."
    )
    costs: Path | None = Field(
        default=None, description="CSV of spend, channel and cost, from the folder of trod.yml."
    )
