"""The `actions: destinations:` part of trod.yml: where messages go."""

from __future__ import annotations

import re
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from trod.actions.messages.guard import Network, judge, openable, target
from trod.sources.spec import Names, Spec

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OF_THE_MACHINE: Final = (
    *("blink1", "dbus", "file", "gio", "glib", "gnome", "growl", "kde", "macosx", "qt"),
    *("rsyslog", "syslog", "windows"),
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WAYS: Final = ("webhook", "apprise", "address_env")


class DestinationSpec(Spec):
    """One place that messages go to. Exactly one of `webhook`, `apprise` and `address_env`."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$", description="What people call it, such as slack."
    )
    webhook: str | None = Field(
        default=None, repr=False, description="Address that takes signed webhooks: https://…"
    )
    apprise: str | None = Field(
        default=None,
        repr=False,
        description="Address of a service, as apprise writes it: slack://…, mailto://…",
    )
    address_env: str | None = Field(
        default=None,
        repr=False,
        description="Environment variable that holds the address, where a token stands in it.",
    )
    secret_env: Names = Field(
        default=(),
        repr=False,
        description="Environment variable with the secret that webhooks are signed with, whsec_…; "
        "two while receivers change from one to the other.",
    )
    allow: Names = Field(
        default=(),
        description="Private networks that this destination may lie in, such as 10.1.0.0/16.",
    )
    in_order: bool = Field(
        default=False,
        description="Whether a message waits until those before it have arrived or were given up.",
    )
    digest_over: int = Field(
        default=10,
        ge=1,
        description="More alerts than this within an hour become one message. Default: 10.",
    )

    @field_validator("webhook", "apprise", mode="before")
    @classmethod
    def _is_text(cls, given: object) -> object:
        if given is not None and not isinstance(given, str):  # not repeated: it may hold a token
            raise ValueError("this is no address. Write it in quotes.")
        return given

    @field_validator("address_env", "secret_env", mode="before")
    @classmethod
    def _names_a_variable(cls, given: object, info: ValidationInfo) -> object:
        several = info.field_name == "secret_env"
        every = given if several and isinstance(given, list | tuple) else [given]
        named = [isinstance(each, str) and _VARIABLE.fullmatch(each) for each in every]
        if given is not None and not all(named):
            # Not repeated: whoever takes the one for the other writes the secret itself here.
            raise ValueError(
                "this is no name of an environment variable. Write one such as CRM_SECRET, and "
                "keep the address or the secret in that variable."
            )
        return given

    @field_validator("allow")
    @classmethod
    def _can_be_opened(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            openable(each)
        return given

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(
                f"{' and '.join(given) or 'nothing'} says where {self.name} is. Give exactly one "
                "of webhook, apprise, address_env."
            )
        if self.apprise is not None and self.secret_env:
            raise ValueError("secret_env signs webhooks; an apprise address holds what it needs.")
        address = self.webhook or self.apprise
        if address is not None:
            check(address, self.networks, webhook=self.webhook is not None)
        return self

    @property
    def networks(self) -> tuple[Network, ...]:
        """Private networks that were opened on purpose."""
        return tuple(openable(each) for each in self.allow)


def check(address: str, allow: tuple[Network, ...], *, webhook: bool) -> None:
    """Refuse an address that nothing may be sent to, as far as it can be told without asking.

    Raises
    ------
    ValueError
        What was written is not repeated, for a token may stand in it.
    """
    if webhook:
        target(address, allow)
        return
    scheme = _SCHEME.match(address)
    if scheme is None:
        raise ValueError("this is no address of apprise. Write slack://…, mailto://… and the like.")
    if scheme[0][:-3].lower() in _OF_THE_MACHINE:
        raise ValueError(f"{scheme[0]} speaks with this machine, not with people. Take another.")
    _judged(address, allow)


def _judged(address: str, allow: tuple[Network, ...]) -> None:
    """Judge the host where it is written as a number; everything else when it is connected to."""
    from ipaddress import ip_address

    try:
        number = ip_address(urlsplit(address).hostname or "")
    except ValueError:
        return
    judge(number, allow)
