"""Which channels are people meeting people, or a counter: told by their words."""

from __future__ import annotations

import re
from typing import Final

_OFFLINE: Final = re.compile(
    r"\b(phone|call|calls|voice|telephone|visit|visits|meeting|meetings|in person|on site|onsite"
    r"|store|shop|till|branch|retail|pos|point of sale|counter|event|workshop|roadshow|appointment"
    r"|field|letter|post|fax|kiosk|training)\b"
)


def is_offline(channel: str | None) -> bool:
    """Say whether a channel is offline or human: what no page or app records by itself.

    Examples
    --------
    >>> [is_offline(name) for name in ("phone", "In-person", "web", "point_of_sale", None)]
    [True, True, False, True, False]
    """
    return bool(channel) and bool(_OFFLINE.search(re.sub(r"[_\-]+", " ", str(channel).casefold())))
