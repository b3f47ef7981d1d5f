"""Which touchpoints and channels are calls for help, by their names."""

from __future__ import annotations

import re
from typing import Final

from trod.journeys.label import readable

HELP: Final = re.compile(
    r"\b(support|tickets?|help|complain(t|ts|ed)?|case|chat|call(ed)? (us|support)|contact(ed)?|"
    r"docs|faq|issue|incident|bug)\b"
)
"""Words of a touchpoint by which a customer asks for help, in lower case."""


def asks_for_help(name: str) -> bool:
    """Say whether a name sounds like a call for help.

    Examples
    --------
    >>> asks_for_help("ticketCreated"), asks_for_help("Support ticket"), asks_for_help("Sales call")
    (True, True, False)
    """
    return HELP.search(readable(name).lower()) is not None
