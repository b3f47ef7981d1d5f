"""The `insights:` part of trod.yml: what the company is after, and what is watched for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trod.insights.attribution_spec import AttributionSpec
from trod.insights.coverage.spec import CoverageSpec
from trod.insights.findings.spec import ObjectiveSpec
from trod.insights.watching.spec import WatchSpec
from trod.sources.spec import Spec


class InsightsSpec(Spec):
    """What findings are ranked by, and what is watched."""

    objectives: Annotated[tuple[ObjectiveSpec, ...], Field(strict=False)] = Field(
        default=(), description="What the company is after, the most important first."
    )
    watch: WatchSpec = Field(
        default=WatchSpec(), description="What is watched, and how often. Default: everything."
    )
    coverage: CoverageSpec = Field(
        default_factory=CoverageSpec, description="What is a need, and what meets it."
    )
    attribution: AttributionSpec = Field(
        default=AttributionSpec(), description="What converts, and which channels share credit."
    )
