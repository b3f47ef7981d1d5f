"""The `actions: lanes:` part of trod.yml: by which outcomes customers are told apart."""

from __future__ import annotations

from pydantic import Field

from trod.sources.spec import Names, Spec


class LanesSpec(Spec):
    """Which outcomes of `models: outcomes:` speak in which lane."""

    intervene: Names = Field(
        default=(), description="Outcomes to keep from happening. Default: all that are bad."
    )
    expand: Names = Field(
        default=(),
        description="Outcomes that are growth. Default: good touchpoints that carry money.",
    )
