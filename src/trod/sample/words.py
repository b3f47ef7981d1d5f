"""What customers write: many voices from a few templates, chosen by what happened to them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.draws import Rng

_SYSTEM: Final = ("warehouse", "order system", "CRM", "spreadsheet", "shop", "ledger", "ERP")
_WHEN: Final = ("since this morning", "for two days", "again today", "after the update", "all week")
_WHO: Final = ("our finance team", "my manager", "the ops team", "our board", "two colleagues")

_TICKETS: Final[dict[int, tuple[str, ...]]] = {
    -2: (
        "Third permissions error on the {system} connection {when}. I gave up for the day.",
        "Connecting the {system} fails {when} and the message says nothing. This is frustrating.",
        "Still broken. The {system} link drops with a timeout; {who} is losing patience.",
        'The import says "unknown error", nothing else; {when}. We are angry and stuck.',
        "We were promised this would work with our {system}. It does not, and nobody answers.",
    ),
    -1: (
        "The {system} asks for rights that our admin cannot find. Which ones are needed?",
        "The connection to our {system} failed {when}; the help page did not solve it.",
        "I am confused by the two keys; one of them is refused by the {system}.",
        "Rows from the {system} are missing, and {who} noticed before I did.",
        "Sync is slow {when} and some figures look wrong.",
    ),
    0: (
        "How do I change the time zone of a report for {who}?",
        "Where can I see which rows of the {system} were read?",
        "Please add {who} to our workspace; the form asks for a seat.",
    ),
    1: (
        "Thanks, that fixed the {system}. One more question about filters for {who}.",
        "Works well now. Can we also read a second {system}?",
    ),
    2: ("Great help, thank you! {who} is happy with the {system} figures now.",),
}
_PAYMENT: Final[dict[int, tuple[str, ...]]] = {
    -2: (
        "The invoice was the first we heard of it, and now the card is refused. Not acceptable.",
        "Payment failed {when} and access was cut while {who} was presenting. Terrible timing.",
    ),
    -1: (
        "Our card expired and the payment page keeps failing. Who can help?",
        "We did not expect this price, and the payment did not go through either.",
    ),
}
_ONBOARDING: Final[dict[int, tuple[str, ...]]] = {
    -2: (
        "I am the only one who looks at it. Hard to justify.",
        "Nobody else here has ever opened it, so I am about to stop too.",
    ),
    -1: (
        "I like it, but I am the only one who looks.",
        "Nice charts; {who} never saw them. Sharing was not obvious to me.",
    ),
    0: ("It does the job so far.", "Too early to say; we have one dashboard."),
    1: (
        "{who} looks at the dashboard every Monday now. Good.",
        "Setting up took a while, but we like what we see.",
    ),
    2: (
        "Love it. {who} asked for their own page within a day!",
        "Excellent: one place for the {system} and everyone reads the same number.",
    ),
}
_RENEWAL: Final[dict[int, tuple[str, ...]]] = {
    -2: (
        "The price went up and the invoice was the first we heard of it. Disappointing.",
        "Paying was a mess, and the new price is hard to defend. We are leaving.",
    ),
    -1: (
        "Good product, but too expensive for what {who} uses.",
        "The renewal price surprised us, and nobody explained it.",
    ),
    0: ("Fine overall. We will see at renewal.", "It is useful; we use about half of it."),
    1: (
        "Saves {who} half a day a week. Worth it.",
        "Reliable, and support was kind when we needed it.",
    ),
    2: (
        "We would not want to work without it. Great team!",
        "Best decision this year; {who} relies on it daily.",
    ),
}
_COMMENTS: Final[dict[int, tuple[str, ...]]] = {
    -2: ("Connection failed and I have no idea why.", "Error after error. I give up for today."),
    -1: ("The message does not say which permission is missing.", "Tried twice, failed twice."),
    0: ("OK.", "Not sure yet."),
    1: ("Easy enough.", "That was quick, good."),
    2: ("Wow, our own figures in one place. Great!", "This is exactly what {who} asked for."),
}
BOOKS: Final = {
    "ticket": _TICKETS,
    "payment": _PAYMENT,
    "Onboarding survey": _ONBOARDING,
    "Renewal survey": _RENEWAL,
    "comment": _COMMENTS,
}


def write(rng: Rng, book: str, mood: NDArray[np.int8]) -> list[str]:
    """Write one text for each mood, from the templates of a book."""
    pages = BOOKS[book]
    low, high = min(pages), max(pages)
    draws = rng.integers(0, 2**30, size=(mood.size, 4)).tolist()
    texts = []
    for felt, (a, b, c, d) in zip(mood.tolist(), draws, strict=True):
        page = pages[min(max(felt, low), high)]
        text = page[a % len(page)].format(
            system=_SYSTEM[b % len(_SYSTEM)],
            when=_WHEN[c % len(_WHEN)],
            who=_WHO[d % len(_WHO)],
        )
        texts.append(text[0].upper() + text[1:])
    return texts
