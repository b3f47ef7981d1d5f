"""The `outcomes:` part of trod.yml: how sure is sure enough."""

from __future__ import annotations

from pydantic import Field

from trod.sources.spec import Spec


class OutcomesSpec(Spec):
    """How effects are judged."""

    worth_having: float = Field(
        default=0.03,
        gt=0,
        lt=1,
        description="Smallest effect on a share that would be worth having. Default: 0.03, that is "
        "3 points.",
    )
