"""What a mark in a figure leads to: the customers behind it, and the words it shows on hover.

The same figure is drawn for the page, where every number is a link with a tip, and alone, where
it is plain ink with a title.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol
from urllib.parse import quote

from trod.figures.markup import Markup, el


class Tip(NamedTuple):
    """What hover and focus show: a title, facts in pairs, and one quiet line."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def sentence(self) -> str:
        """Say the tip to someone who listens."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts)
        return ": ".join(filter(None, [self.title, facts]))


class Drill(NamedTuple):
    """What stands behind a number: the key that lists it, and what it counts, in words."""

    key: str
    title: str
    meaning: str
    total: int


class Links(Protocol):
    """How a figure marks what can be opened."""

    def mark(self, drill: Drill | None, tip: Tip, *children: str | Markup, class_: str) -> Markup:
        """Wrap SVG marks."""
        ...


class Plain:
    """Marks of a figure that stands alone: a group with a title, for readers of SVG."""

    def mark(self, drill: Drill | None, tip: Tip, *children: str | Markup, class_: str) -> Markup:
        """Wrap SVG marks in a group that names itself."""
        del drill
        return el("g", el("title", tip.sentence), *children, class_=class_)


class Linked:
    """Marks of a page: links to drawers, and tips, both gathered while figures are drawn."""

    def __init__(self) -> None:
        self.drills: dict[str, Drill] = {}
        self.tips: list[Tip] = []
        self._seen: dict[Tip, int] = {}

    def mark(self, drill: Drill | None, tip: Tip, *children: str | Markup, class_: str) -> Markup:
        """Wrap SVG marks in a link, or in a group that can be reached by keyboard."""
        number = self.tip(tip)
        if drill is None or not drill.key:
            return el(
                "g",
                *children,
                class_=f"m {class_}",
                data_t=number,
                tabindex=0,
                role="img",
                aria_label=tip.sentence,
            )
        href = self.href(drill)
        return el(
            "a", *children, class_=f"m {class_}", href=href, data_t=number, aria_label=tip.sentence
        )

    def start(self, drill: Drill) -> Markup:
        """Begin a tag of the page: a link, or, where nothing lists the number, plain words."""
        return Markup('a href="{}"').format(self.href(drill)) if drill.key else Markup("span")

    def tag(self, drill: Drill) -> str:
        """Name the tag that `start` began."""
        return "a" if drill.key else "span"

    def href(self, drill: Drill) -> str:
        """Remember a drill and give the address that opens it."""
        self.drills.setdefault(drill.key, drill)
        return address(drill.key)

    def tip(self, tip: Tip) -> int:
        """Remember a tip and give its number."""
        if tip not in self._seen:
            self._seen[tip] = len(self.tips)
            self.tips.append(tip)
        return self._seen[tip]


def address(key: str) -> str:
    """Give the address of the drawer of a predicate key.

    Examples
    --------
    >>> address("edge:Trial%20start>Invite")
    '#drill=edge:Trial%2520start%3EInvite'
    """
    return "#drill=" + quote(key, safe=":/@,-._~")
