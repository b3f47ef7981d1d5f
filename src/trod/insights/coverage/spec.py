"""The `insights: coverage:` part of trod.yml: what shows a need, and what meets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from trod.sources.spec import Duration, Spec

Listed = Annotated[tuple[str, ...], Field(strict=False)]


class CoverageSpec(Spec):
    """What is a need, what is contact with a person, and in what time it should come."""

    needs: Listed = Field(
        default=(), description="Touchpoints that show a need. Default: told by their names."
    )
    contacts: Listed = Field(
        default=(), description="Touchpoints with a person. Default: told by channel and name."
    )
    within: Duration = Field(
        default=timedelta(days=7), description="Time in which a person should be met, such as 7d."
    )
