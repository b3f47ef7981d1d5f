"""How one try to send a message went: sent, to be tried again, or never to arrive."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Sent(NamedTuple):
    """The receiver has it."""


class Later(NamedTuple):
    """It may have arrived or not; try again."""

    problem: str
    wait_s: int = 0  # the receiver asks for so much


class Never(NamedTuple):
    """Trying again would change nothing."""

    problem: str


Tried: TypeAlias = Sent | Later | Never
