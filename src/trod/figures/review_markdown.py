"""A review as Markdown, with Mermaid diagrams where Markdown draws them."""

from __future__ import annotations

import re

from trod.figures import mermaid
from trod.figures.labels import plain
from trod.insights.journey_map import JourneyMap
from trod.outcomes.reviews.review import Review, Section, figure_line, words

_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")


def review_markdown(review: Review, m: JourneyMap) -> str:
    """Write a review as Markdown; the same bytes for the same review.

    Parameters
    ----------
    review
        What to show.
    m
        The map, drawn by Mermaid as a flow chart of its stages.
    """
    lines = [f"# {_escaped(f'{review.title}, {review.period_words}')}", ""]
    lines += [f"**{_escaped(review.headline)}**", ""]
    lines += [f"- {_escaped(text)}" for text in review.context] + [""]
    for i, section in enumerate(review.sections):
        lines += _section(section)
        if i == 0:
            lines += ["## The journey", "", *_diagram(m), ""]
    lines += ["## What the words mean", ""]
    lines += [f"- {_escaped(word)}: {_escaped(meaning)}" for word, meaning in review.definitions]
    if review.caveats:
        lines += ["", "## What to know about the data", ""]
        lines += [f"- {_said(note)}" for note in review.caveats]
    source = f"{review.journey}, {review.first_day} to {review.as_of}, {review.zone}"
    lines += ["", f"Source: {_escaped(source)}. Made with Trod."]
    return "\n".join(lines) + "\n"


def _diagram(m: JourneyMap) -> list[str]:
    """Draw the map: how many went on from stage to stage."""
    return ["```mermaid", mermaid.flowchart(m).rstrip("\n"), "```"]


def _section(section: Section) -> list[str]:
    lines = [f"## {_escaped(section.title)}", ""]
    if section.lead:
        lines += [_said(section.lead), ""]
    if section.empty:
        return [*lines, _said(section.none), ""]
    for i, item in enumerate(section.items, 1):
        tag = f" ({_escaped(item.tag)})" if item.tag else ""
        lines.append(f"{i}. **{_escaped(item.title)}**{tag}")
        told = [*(_said(line) for line in item.lines)]
        told += [_said(figure_line(figure)) for figure in item.figures]
        lines += [f"   - {line}" for line in told]
    if section.items:
        lines.append("")
    if section.rows:
        lines.append(_row(section.head))
        lines.append("|" + " --- |" * len(section.head))
        lines += [_row(tuple(words(cell) for cell in row.cells)) for row in section.rows]
        lines.append("")
    return [*lines, *([_said(section.note), ""] if section.note else [])]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_said(cell) for cell in cells) + " |"


def _said(text: str) -> str:
    """Escape a sentence, and leave what stands in backticks as code."""
    parts = re.split(r"(`[^`|]+`)", plain(text))
    return "".join(part if i % 2 else _SIGNS.sub(r"\\\1", part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    r"""Write words so that Markdown reads them as words.

    Examples
    --------
    >>> print(_escaped("a|b *c*"))
    a\|b \*c\*
    """
    return _SIGNS.sub(r"\\\1", plain(text))
