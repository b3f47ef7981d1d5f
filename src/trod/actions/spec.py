"""The `actions:` part of trod.yml: who can act, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trod.actions.playbooks.spec import PlaybookSpec
from trod.sources.spec import Names, Spec


class PersonSpec(Spec):
    """Somebody who owns findings and speaks with customers."""

    name: str = Field(min_length=1, description="Name, as it stands in findings and queues.")
    hours: float = Field(
        default=0.0, ge=0, le=168, description="Hours a week for customers. Default: none."
    )
    team: str | None = Field(default=None, description="Team, such as Customer success.")


class ActionsSpec(Spec):
    """What can be done, by whom."""

    people: Annotated[tuple[PersonSpec, ...], Field(strict=False)] = Field(
        default=(), description="Who owns findings and speaks with customers."
    )
    playbooks: Annotated[tuple[PlaybookSpec, ...], Field(strict=False)] = Field(
        default=(), description="What can be done. More may stand in playbooks/*.yml."
    )
    never: Names = Field(
        default=(), description="Customers that no play is ever tried on, by their ids."
    )
