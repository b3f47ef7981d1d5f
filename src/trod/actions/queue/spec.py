"""The `actions: queue:` part of trod.yml: how a week is planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import Field

from trod.sources.spec import Duration, Names, Spec

_FORTNIGHT: Final = timedelta(days=14)


class RenewsSpec(Spec):
    """When customers renew."""

    touchpoints: Names = Field(description="Touchpoints that begin a term.")
    every: Duration = Field(description="Length of a term, such as 182d.")


class QueueSpec(Spec):
    """How a week is planned."""

    most: int = Field(
        default=1, ge=1, description="Contacts with one customer at most, `within`. Default: 1."
    )
    within: Duration = Field(default=_FORTNIGHT, description="Of `most`. Default: 14d.")
    contacts: Names = Field(
        default=(), description="Touchpoints by which the company gets in touch; they count too."
    )
    windows: bool = Field(
        default=True, description="Whether customers wait whose best time comes later."
    )
    edge: float = Field(
        default=0.3,
        ge=0,
        le=0.5,
        description="Share of the places that chance may give out at the edge. Default: 0.3.",
    )
    untried: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of the hours that a playbook may have before any effect of it was "
        "measured. Default: 1, no limit.",
    )
    not_drawn: Names = Field(
        default=(), description="Customers that chance never decides on, by their ids."
    )
    renews: RenewsSpec | None = Field(default=None, description="When customers renew.")
