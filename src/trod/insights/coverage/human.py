"""Which touchpoints show a need, and which are contact with a person, where nobody says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from trod.events.human import is_offline
from trod.journeys.help import asks_for_help
from trod.journeys.label import readable

_FAILS: Final = re.compile(r"\b(error|errors|fail|fails|failed|failure|crash|crashed|declined)\b")
_BY_THEMSELVES: Final = re.compile(r"\b(docs?|faq|article|knowledge base|help cent(er|re))\b")
_ANSWERED: Final = re.compile(r"\b(chat|chats|chatted|chatbot|messenger)\b")
_NOBODY: Final = re.compile(
    r"\b(voicemail|voice mail|missed|no answer|not reached|purchase|letter|fax|kiosk|receipt|"
    r"offer|offered|invite|invited|invitation|booked|scheduled|reminder|requested)\b"
)
_SELLS: Final = re.compile(r"\b(shop|store|till|pos|point of sale|kiosk|post|letter|fax)\b")
_PERSON: Final = re.compile(
    r"\b(call|called|meeting|met|visit(ed)? (by|us)|demo given|sales demo|call ?back|"
    r"answered|replied|reply|solved|resolved|onboarding session)\b"
)


def shows_need(name: str) -> bool:
    """Say whether a touchpoint shows that a customer needs a person: an issue they opened.

    Reading help does not, nor does something that failed: software fails for nearly everyone, and
    most go on. A chat is answered while it lasts; whether it helped, its mood says.

    Examples
    --------
    >>> [shows_need(n) for n in ("Support ticket", "Bug reported", "sync_error", "Chat", "Docs")]
    [True, True, False, False, False]
    """
    words = readable(name).casefold()
    if _BY_THEMSELVES.search(words) or _ANSWERED.search(words):
        return False
    return asks_for_help(name)


def shows_trouble(name: str) -> bool:
    """Say whether more of a touchpoint is bad news: customers ask, or something goes wrong.

    Examples
    --------
    >>> [shows_trouble(n) for n in ("Chat", "connection_error", "docs_searched", "Visit")]
    [True, True, False, False]
    """
    words = readable(name).casefold()
    return not _BY_THEMSELVES.search(words) and (asks_for_help(name) or fails(name))


def fails(name: str) -> bool:
    """Say whether a touchpoint is something that went wrong, by its name."""
    return _FAILS.search(readable(name).casefold()) is not None


def is_person(name: str, channel: str | None) -> bool:
    """Say whether a touchpoint is contact with a person, by its channel or its name.

    A ticket or a chat is a question: whether anybody answered, it does not say.

    Examples
    --------
    >>> is_person("Onboarding call", "phone"), is_person("Voicemail", "phone")
    (True, False)
    >>> is_person("Ticket solved", "support"), is_person("Support ticket", "support")
    (True, False)
    """
    words = readable(name).casefold()
    if _NOBODY.search(words):
        return False
    if is_offline(channel) and not _SELLS.search(re.sub(r"[_\-]+", " ", str(channel).casefold())):
        return True
    return _PERSON.search(words) is not None


def told_apart(
    names: Sequence[str], channels: Sequence[str | None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the touchpoints that show a need, and those with a person."""
    needs = tuple(name for name in names if shows_need(name))
    pairs = zip(names, channels, strict=True)
    return needs, tuple(name for name, channel in pairs if is_person(name, channel))
