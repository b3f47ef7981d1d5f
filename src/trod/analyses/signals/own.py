"""What customers do themselves, and what the company sends them: told by channel and by name."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod.journeys.batch import JourneyBatch
from trod.journeys.label import readable

_CHANNEL: Final = re.compile(r"\b(e ?-?mails?|mail|sales|billing|sms|letters?|post|push)\b")
_PHONE: Final = re.compile(r"\b(phone|telephone|calls?)\b")
_NAME: Final = re.compile(
    r"\b(notice|invoice|newsletter|mail|quote|check in|reminder|assigned|sent)\b"
)
_NOT_WANTED: Final = re.compile(r"\b(fail\w*|error\w*|declin\w*|cancel\w*|reject\w*|complain\w*)\b")


def sent(name: str) -> bool:
    """Say whether a touchpoint is one that a company sends, by its name.

    Examples
    --------
    >>> sent("Renewal notice"), sent("invite_team")
    (True, False)
    """
    return bool(_NAME.search(readable(name).lower()))


def sends(channel: str, *, phone: bool = False) -> bool:
    """Say whether a company speaks to customers by a channel; by phone both do.

    Examples
    --------
    >>> sends("email"), sends("phone"), sends("phone", phone=True), sends("app")
    (True, False, True, False)
    """
    name = channel.lower()
    return bool(_CHANNEL.search(name) or (phone and _PHONE.search(name)))


def wanted(name: str) -> bool:
    """Say whether anybody would bring a touchpoint about: no failure, no error, no cancellation.

    Examples
    --------
    >>> wanted("Onboarding call"), wanted("Payment failed")
    (True, False)
    """
    return not _NOT_WANTED.search(readable(name).lower())


def own_rows(batch: JourneyBatch) -> NDArray[np.bool_]:  # (n_events,)
    """Say which touchpoints customers did themselves.

    A mail that is sent to somebody who has gone must not make them look as if they were there.
    """
    names = np.array([sent(name) for name in batch.vocabulary.touchpoints] or [False])
    channels = np.array([sends(name) for name in batch.vocabulary.channels] or [False])
    return given(~(names[batch.code] | channels[batch.channel]), np.bool_)
