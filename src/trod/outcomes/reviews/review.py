"""A review as one typed value: every pack and every file renders this and computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Pack = Literal["weekly", "monthly", "quarterly", "executive"]
Tone = Literal["worse", "better", ""]


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure of a review: what it is, how much, how sure, of whom and when, and what it means."""

    key: str  # such as "metric/Churn"; the same key is the same figure in every pack
    name: str
    value: str  # as it stands
    range: str  # "3.1% to 4.2%"; "" where it is a count
    basis: str  # n and time: "1,718 accounts, 2025-01-06 to 2026-06-30"
    definition: str = ""
    where: str = ""  # predicate key of the customers behind it
    total: int = 0  # customers that `where` lists

    @property
    def text(self) -> str:
        """Write it with its range.

        Examples
        --------
        >>> Reported("metric/Churn", "Churn", "3%", "2% to 4%", "900 accounts").text
        '3% (2% to 4%)'
        """
        return f"{self.value} ({self.range})" if self.range else self.value


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is said: a change, a decision, a question."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    tag: str = ""  # "Overdue", "Works", "Too early"
    tone: Tone = ""
    figures: tuple[Reported, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    key: str
    cells: tuple[str | Reported, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a review: items one below the other, or a table."""

    name: str  # for addresses: "changes"
    title: str
    lead: str  # measure, of whom, when
    items: tuple[Item, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    none: str = ""  # what is said where there is nothing
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing but words about that."""
        return not self.items and not self.rows


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that was decided, as it stood when a review was kept."""

    id: str  # of a finding, or the name of a play and its plan
    sort: Literal["finding", "play"]
    title: str
    owner: str
    due: str  # ISO date
    decided: str  # ISO date
    n: int  # customers it was about then


@dataclass(frozen=True, slots=True)
class Review:
    """One pack for one period."""

    pack: Pack
    title: str  # "Monthly product review"
    journey: str
    unit: str  # "customers" or "accounts"
    period: str  # as it is written: "2026-06"
    period_words: str  # "June 2026"
    before_words: str
    first_day: str  # of the record, ISO dates
    as_of: str
    today: str
    zone: str
    currency: str | None
    headline: str
    context: tuple[str, ...]
    sections: tuple[Section, ...]
    caveats: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]  # that stand now: the next review follows them up
    since: str  # ISO date of the last kept review of this pack; "" without one
    options: str = ""  # of the command that lists the customers behind a key

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


def defined(sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    """Give what figures mean; one name stands for all that mean the same."""
    seen: set[str] = set()
    for figure in figures_of(sections):
        if figure.definition and figure.definition not in seen:
            seen.add(figure.definition)
            yield figure.name, figure.definition


def figures_of(sections: Sequence[Section]) -> Iterator[Reported]:
    """Give every figure of some parts, in order."""
    for section in sections:
        for item in section.items:
            yield from item.figures
        for row in section.rows:
            yield from (cell for cell in row.cells if isinstance(cell, Reported))


def stated(review: Review) -> dict[str, Item | Row | Reported]:
    """Give everything that a review states, by its key: equal in every pack of the same data.

    Raises
    ------
    AssertionError
        If a review states the same twice, in two ways.
    """
    found: dict[str, Item | Row | Reported] = {}
    every: list[Item | Row | Reported] = [*figures_of(review.sections)]
    for section in review.sections:
        every += [*section.items, *section.rows]
    for each in every:
        if found.setdefault(each.key, each) != each:
            raise AssertionError(f"{each.key} is stated in two ways.")
    return found


def words(cell: str | Reported) -> str:
    """Write a cell of a table."""
    return cell if isinstance(cell, str) else cell.text


def figure_line(figure: Reported) -> str:
    """Write a figure below an item: name, value, range, basis.

    Examples
    --------
    >>> figure_line(Reported("a", "Left", "353", "", "of 1,611 accounts, to 2026-06-30"))
    'Left: 353; of 1,611 accounts, to 2026-06-30'
    """
    return f"{figure.name}: {figure.text}; {figure.basis}"


def decisions_of(told: Mapping[str, Any]) -> tuple[Decision, ...]:
    """Read the decisions of a review that was kept."""
    return tuple(Decision(**each) for each in told["decisions"])
