"""A review as plain text: for messages and terminals."""

from __future__ import annotations

from trod.outcomes.reviews.review import Item, Review, Section, figure_line, words

_IN_A_MESSAGE = ("changes", "due", "last", "decide")


def message(review: Review) -> tuple[str, str]:
    """Write a review as title and body of a message: headline, changes, decisions."""
    lines = [review.headline, *review.context]
    for section in review.sections:
        if section.name in _IN_A_MESSAGE:
            lines += ["", *text(section)]
    return f"{review.title}, {review.period_words}: {review.journey}", "\n".join(lines)


def text(section: Section) -> list[str]:
    """Write a section, a line each thing that is said."""
    lines = [section.title, *[f"  {section.lead}"] * bool(section.lead and not section.empty)]
    if section.empty:
        return [*lines, f"  {section.none}"]
    for i, item in enumerate(section.items, 1):
        lines += _item(i, item)
    if section.rows:
        lines.append("  " + " | ".join(section.head))
        lines += ["  " + " | ".join(words(cell) for cell in row.cells) for row in section.rows]
    return [*lines, *[f"  {section.note}"] * bool(section.note)]


def _item(i: int, item: Item) -> list[str]:
    tag = f" [{item.tag}]" if item.tag else ""
    return [
        f"  {i}. {item.title}{tag}",
        *(f"     {line}" for line in item.lines),
        *(f"     {figure_line(figure)}" for figure in item.figures),
    ]
