"""Audiences as calls in the Segment spec: identify for people, group for accounts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from trod.actions.destinations.audience import Audience, Member, slugs
from trod.actions.outside import line, moment

BATCH_CALLS: Final = 1_000
BATCH_BYTES: Final = 450_000
"""Below the 2,500 calls and 500 kB that Segment takes at once."""


def calls(audience: Audience) -> Iterator[dict[str, Any]]:
    """Give one call for each customer.

    The spec wants a user in a group call; an account has none, so it has an anonymous one of its
    own, the same on every export.
    """
    names = tuple(f"trod_{each}" for each in slugs(audience.traits, taken=("as_of",)))
    for member in audience.members:
        traits: dict[str, Any] = dict(member.personal)
        told = zip(names, member.traits, strict=True)
        traits |= {name: value for name, value in told if value is not None}
        traits["trod_as_of"] = audience.as_of
        yield {
            **_whose(audience, member),
            "traits": traits,
            "context": {"library": {"name": "trod"}},
            "messageId": _id(audience, member),
            "timestamp": moment(audience.made_us),
        }


def _whose(audience: Audience, member: Member) -> dict[str, str]:
    if audience.unit == "person":
        return {"type": "identify", "userId": member.id}
    anonymous = f"trod-{hashlib.sha256(member.id.encode()).hexdigest()[:24]}"
    return {"type": "group", "groupId": member.id, "anonymousId": anonymous}


def _id(audience: Audience, member: Member) -> str:
    """Name a call: the same for the same export, so that a repeat is told from another one."""
    told = "\x1f".join((audience.unit, audience.key, member.id, str(audience.made_us)))
    return f"trod-{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def batches(audience: Audience) -> Iterator[str]:
    """Give bodies for ``POST /v1/batch``, each within what Segment takes at once."""
    sent_at = moment(audience.made_us)
    held: list[str] = []
    size = 0
    for call in calls(audience):
        told = line(call)
        n = len(told.encode()) + 1
        if held and (len(held) == BATCH_CALLS or size + n > BATCH_BYTES):
            yield _body(held, sent_at)
            held, size = [], 0
        held.append(told)
        size += n
    if held:
        yield _body(held, sent_at)


def _body(told: list[str], sent_at: str) -> str:
    return f'{{"batch":[{",".join(told)}],"sentAt":{json.dumps(sent_at)}}}'
