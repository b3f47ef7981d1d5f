"""The `actions: alerts:` part of trod.yml: whom alerts go to."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from trod.sources.spec import Duration, Names, Spec


class AlertsSpec(Spec):
    """Whom alerts go to, and what happens where nobody takes one."""

    to: Names = Field(default=(), description="Destinations that alerts are sent to.")
    owner: str | None = Field(
        default=None, description="Who owns an alert that no metric or objective has an owner for."
    )
    data: str | None = Field(default=None, description="Who owns alerts about tracking.")
    escalate: Names = Field(
        default=(), description="To whom an alert goes that nobody acknowledges, in order."
    )
    after: Duration = Field(
        default=timedelta(hours=24),
        description="Time without an acknowledgement after which it goes on. Default: 24h.",
    )
