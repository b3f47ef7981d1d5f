"""The packs: the same facts, and which of them whom concerns."""

from __future__ import annotations

from typing import Final, NamedTuple

from trod.outcomes.reviews.review import Pack


class Contents(NamedTuple):
    """What a pack is called, what it begins with, and what stands in it, in order."""

    title: str
    headline: tuple[str, ...]  # the first of these that can be said
    sections: tuple[str, ...]


PACKS: Final[dict[Pack, Contents]] = {
    "weekly": Contents(
        "Weekly marketing review",
        ("credit", "changes", "map"),
        (
            "changes",
            "due",
            "last",
            "credit",
            "paths",
            "channels",
            "spend",
            "open",
        ),
    ),
    "monthly": Contents(
        "Monthly product review",
        ("map", "changes"),
        (
            "changes",
            "due",
            "last",
            "decide",
            "friction",
            "stages",
            "adoption",
            "metrics",
            "plays",
            "open",
        ),
    ),
    "quarterly": Contents(
        "Quarterly allocation review",
        ("plays", "map"),
        (
            "changes",
            "due",
            "last",
            "plays",
            "ledger",
            "stop",
            "hour",
            "decide",
            "metrics",
            "open",
        ),
    ),
    "executive": Contents(
        "Executive review",
        ("map", "changes"),
        ("changes", "money", "due", "last", "decide", "metrics"),
    ),
}
