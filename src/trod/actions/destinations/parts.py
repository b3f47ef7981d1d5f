"""Audiences as messages to a webhook: in parts, through the outbox."""

from __future__ import annotations

from typing import Final

from trod.actions.destinations.audience import Audience, slugs
from trod.actions.messages.message import Message
from trod.actions.outside import moment
from trod.analyses.names import decode

PART: Final = 500
"""Customers in one message."""


def messages(audience: Audience, to: str, sha256: str) -> tuple[Message, ...]:
    """Give the messages that hand an audience to a webhook, the same for the same export."""
    names = slugs(audience.traits)
    told = [
        {
            "customer": member.id,
            **dict(member.personal),
            "traits": dict(zip(names, member.traits, strict=True)),
        }
        for member in audience.members
    ]
    parts = [told[at : at + PART] for at in range(0, len(told), PART)]
    made = []
    for n, part in enumerate(parts, start=1):
        facts = {
            "audience": audience.key,
            "unit": audience.unit,
            "as_of": audience.as_of,
            "snapshot": moment(audience.made_us),
            "part": n,
            "parts": len(parts),
            "n": len(audience.members),
            "customers": part,
        }
        made.append(
            Message(
                f"audience/{sha256[:16]}/{audience.made_us}/{to}/{n:05}",
                to,
                "audience",
                f"Audience {decode(audience.key)}, part {n} of {len(parts)}",
                f"{len(part)} of {len(audience.members)} customers, as of {audience.as_of}.",
                facts,
            )
        )
    return tuple(made)
