"""The `actions:` part of trod.yml: who can act, and when."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from trod.actions.alerts.spec import AlertsSpec
from trod.actions.destinations.spec import ConsentSpec
from trod.actions.lanes.spec import LanesSpec
from trod.actions.messages.spec import DestinationSpec
from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.queue.spec import QueueSpec
from trod.errors import unknown
from trod.sources.spec import Names, Spec, differ


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
    lanes: LanesSpec = Field(
        default=LanesSpec.model_validate({}),
        description="Which outcomes say who needs somebody, and who is ready to expand.",
    )
    destinations: Annotated[tuple[DestinationSpec, ...], Field(strict=False)] = Field(
        default=(), description="Where messages and audiences go."
    )
    consent: ConsentSpec | None = Field(
        default=None, description="By what is known who agreed to be written to."
    )

    alerts: AlertsSpec = Field(
        default=AlertsSpec(), description="Whom alerts go to, and who answers for them."
    )

    queue: QueueSpec = Field(
        default=QueueSpec.model_validate({}), description="How a week is planned."
    )

    @field_validator("people")
    @classmethod
    def _one_of_each(cls, given: tuple[PersonSpec, ...]) -> tuple[PersonSpec, ...]:
        differ("people", [each.name for each in given])
        return given

    @model_validator(mode="after")
    def _alerts_go_somewhere(self) -> Self:
        names = [each.name for each in self.destinations]
        if wrong := [unknown("destination", to, names) for to in self.alerts.to if to not in names]:
            raise ValueError(f"alerts.to: {' '.join(wrong)}")
        return self

    @field_validator("destinations")
    @classmethod
    def _names_differ(cls, given: tuple[DestinationSpec, ...]) -> tuple[DestinationSpec, ...]:
        differ("destinations", [each.name for each in given])
        return given
