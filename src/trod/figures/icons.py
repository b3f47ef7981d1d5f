"""One icon a channel (Lucide, ISC licence), found by the words in the channel's name."""

from __future__ import annotations

import json
from functools import lru_cache

from trod.figures.markup import Markup, el, join
from trod.figures.text import ASSETS

UNKNOWN = "circle-dashed"
#: The first whose word is in the channel's name wins.
_BY_WORD = (
    ("globe", ("web", "site", "online", "browser", "page")),
    ("message-square-text", ("sms", "text message", "whatsapp", "push", "messag")),
    ("mail", ("mail", "newsletter", "letter")),
    ("phone", ("phone", "call", "voice", "tel")),
    ("messages-square", ("chat", "forum", "community", "review")),
    ("life-buoy", ("support", "help", "ticket", "incident", "service", "care", "complaint")),
    ("clipboard-list", ("survey", "nps", "csat", "feedback", "form", "assess", "exam", "quiz")),
    ("credit-card", ("bill", "pay", "invoice", "finance", "checkout")),
    ("ticket-percent", ("coupon", "promo", "voucher", "offer", "discount")),
    ("megaphone", ("campaign", "ads", "advert", "market", "display")),
    ("share-2", ("social", "facebook", "instagram", "twitter", "linkedin", "referr")),
    ("smartphone", ("mobile", "android", "ios", "phone app")),
    ("store", ("store", "shop", "till", "branch", "retail", "pos", "basket")),
    ("package", ("order", "deliver", "ship", "logistic", "return")),
    ("handshake", ("meeting", "person", "visit", "event", "review", "success")),
    ("briefcase", ("crm", "sales", "deal", "account")),
    ("graduation-cap", ("course", "learn", "training", "school", "vle", "student")),
    ("book-open", ("doc", "content", "guide", "resource", "blog")),
    ("wrench", ("repair", "install", "technic", "ops", "operation")),
    ("app-window", ("app", "product", "platform", "software", "usage")),
    ("users", ("user", "team", "people")),
    ("calendar", ("calendar", "booking", "appointment")),
)


def icon_of(channel: str | None) -> str:
    """Choose the icon of a channel.

    Examples
    --------
    >>> icon_of("E-mail"), icon_of("in_app"), icon_of(None), icon_of("канал")
    ('mail', 'app-window', 'circle-dashed', 'circle-dashed')
    """
    name = (channel or "").casefold()
    for icon, words in _BY_WORD:
        if any(word in name for word in words):
            return icon
    return UNKNOWN


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    shapes: dict[str, str] = json.loads((ASSETS / "icons.json").read_text(encoding="utf-8"))
    return shapes


def shape(name: str) -> Markup:
    """Give the strokes of an icon, drawn on a square of 24."""
    return Markup(_shapes()[name])


def symbols(names: set[str]) -> Markup:
    """Define icons once for a page; `use` draws them."""
    return join(
        *(el("symbol", shape(name), id=f"i-{name}", viewBox="0 0 24 24") for name in sorted(names))
    )
