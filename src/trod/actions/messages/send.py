"""How a message is sent to a destination: as a signed webhook, or as a notice."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Final

from trod.actions.messages.guard import ForbiddenError, Network, target
from trod.actions.messages.http import Answer, NoAnswerError, post
from trod.actions.messages.notify import installed, notice
from trod.actions.messages.outbox import SECOND_US, Waiting
from trod.actions.messages.signing import headers, key_of
from trod.actions.messages.spec import DestinationSpec, check
from trod.actions.messages.tried import Later, Never, Sent, Tried
from trod.actions.outside import line, moment
from trod.errors import DataError

_NOT_NOW: Final = frozenset({408, 409, 421, 423, 425, 429})
"""4xx that pass; every other one says that the message itself, or its address, is wrong."""
_LONGEST_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination with its secrets, which it shows to nobody."""

    spec: DestinationSpec
    address: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def webhook(self) -> bool:
        """Whether it takes webhooks; else it is a service that apprise knows."""
        if self.spec.address_env is None:
            return self.spec.webhook is not None
        return self.address.lower().startswith(("http://", "https://"))

    @property
    def allow(self) -> tuple[Network, ...]:
        """Private networks that were opened on purpose."""
        return self.spec.networks

    @property
    def shown(self) -> str:
        """Say where it leads, without what may be secret."""
        if self.webhook:
            return target(self.address, self.allow).shown
        return f"{self.address.partition('://')[0].lower()}://… by apprise"


def opened(spec: DestinationSpec, environment: Mapping[str, str] | None = None) -> Destination:
    """Give a destination its address and secrets, from the environment where trod.yml says so.

    Raises
    ------
    DataError
        If a variable is not set, or holds what cannot be used. What it holds is not repeated.
    """
    found = os.environ if environment is None else environment
    wanted = [*([spec.address_env] if spec.address_env else []), *spec.secret_env]
    for name in wanted:
        if not found.get(name):
            raise DataError(f"the environment variable {name} is not set.")
    address = spec.webhook or spec.apprise or found[spec.address_env or ""].strip()
    made = Destination(spec, address, tuple(found[name].strip() for name in spec.secret_env))
    try:
        check(address, made.allow, webhook=made.webhook)
    except ValueError as exc:
        raise DataError(f"{spec.address_env or spec.name}: {exc}") from None
    if not made.webhook and not installed():
        raise DataError("apprise is not installed: pip install 'trod[notify]'.")
    for secret, name in zip(made.secrets, spec.secret_env, strict=True):
        try:
            key_of(secret)
        except DataError as exc:
            raise DataError(f"{name}: {exc}") from None
    return made


def payload(waiting: Waiting) -> bytes:
    """Write a message as webhooks carry it: the same bytes on every try."""
    message = waiting.message
    told: dict[str, Any] = {
        "type": f"trod.{message.kind}",
        "timestamp": moment(waiting.created_us),
        "data": {
            "key": message.key,
            "title": message.title,
            "body": message.body,
            "level": message.level,
            "facts": _as_json(message.facts),
        },
    }
    return line(told).encode()


def _as_json(value: Any) -> Any:
    """Give facts as JSON knows them: `NaN` and infinity, which it does not know, as null."""
    if isinstance(value, Mapping):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def send(to: Destination, waiting: Waiting, now_us: int) -> Tried:
    """Try once."""
    if not to.webhook:
        return notice(to.address, waiting.message, allow=to.allow)
    body = payload(waiting)
    told = webhook_headers(waiting.id, headers(waiting.id, now_us // SECOND_US, body, to.secrets))
    return _posted(to.address, body, told, to.allow, now_us)


def webhook_headers(id_: str, signed: Mapping[str, str]) -> dict[str, str]:
    """Give the headers of a webhook, with what its signing gave."""
    told = {"Content-Type": "application/json", "User-Agent": "Trod", "webhook-id": id_}
    return {**told, **signed}


def _posted(
    url: str, body: bytes, told: Mapping[str, str], allow: Sequence[Network], now_us: int
) -> Tried:
    try:
        answer = post(url, body, told, allow=allow)
    except ForbiddenError as exc:
        return Never(str(exc))
    except NoAnswerError as exc:
        return Later(str(exc))
    return judged(answer, now_us)


def judged(answer: Answer, now_us: int) -> Tried:
    """Say what a status means for the message.

    Examples
    --------
    >>> judged(Answer(204, None), 0), judged(Answer(503, "120"), 0)
    (Sent(), Later(problem='it answered 503', wait_s=120))
    >>> judged(Answer(410, None), 0)
    Never(problem='it answered 410: gone for good')
    """
    status = answer.status
    if 200 <= status < 300:
        return Sent()
    if 300 <= status < 400:
        return Never(f"it answered {status}: it lies elsewhere now. Write its new address")
    if status == 410:
        return Never("it answered 410: gone for good")
    if 400 <= status < 500 and status not in _NOT_NOW:
        return Never(f"it answered {status}")
    return Later(f"it answered {status}", _wait_s(answer.retry_after, now_us))


def _wait_s(told: str | None, now_us: int) -> int:
    """Read Retry-After: seconds, or a date."""
    told = (told or "").strip()
    if told.isascii() and told.isdecimal() and len(told) < 10:
        return min(int(told), _LONGEST_S)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):  # a year of twenty digits is no reason to end
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, min(int(until.timestamp()) - now_us // SECOND_US, _LONGEST_S))
