"""Reviews as a terminal tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from trod.app.say import fitting, folded, grid, strong
from trod.events.counted import count
from trod.insights.wording import day

if TYPE_CHECKING:
    from trod.outcomes.reviews.kept import Event, Kept
    from trod.outcomes.reviews.review import Review

_ITEM: Final = "   "


def review(found: Review) -> str:
    """Tell a review: headline, then each part."""
    told = found.told()
    lines = [_head(told), "", *_body(told)]
    lines += ["", *(folded(note, more="  ") for note in found.caveats)]
    lines.append("`--out review.html` writes it as a page, .pptx as slides, .md as Markdown.")
    return "\n".join(lines)


def kept(one: Kept, zone: str) -> str:
    """Tell a review that was kept, as it was, and what was said about it."""
    lines = [_head(one.told), folded(f"Kept on {day(one.kept_us, zone)} by {one.who}: {one.id}.")]
    lines += ["", *_body(one.told)]
    said = [each for each in one.events if each.what != "kept"]
    if said:
        lines += ["", strong("Since then")]
        lines += [folded(_event(each, zone), indent="  ", more="    ") for each in said]
    return "\n".join(lines)


def _event(each: Event, zone: str) -> str:
    what = f"sent to {each.told['to']}" if each.what == "sent" else f"“{each.told.get('text')}”"
    return f"{day(each.time_us, zone)} {each.who}: {what}"


def _head(told: Mapping[str, Any]) -> str:
    kind = f"{told['title']}, {told['period_words']}"
    context = f"{kind}. {'. '.join(told['context'])}."
    return f"{strong(folded(told['headline'], more=''))}\n{folded(context, more='')}"


def _body(told: Mapping[str, Any]) -> list[str]:
    parts: list[str] = []
    for section in told["sections"]:
        parts += [*[""] * bool(parts), *_section(section)]
    return parts


def _section(section: Mapping[str, Any]) -> list[str]:
    lines = [strong(folded(section["title"], more=""))]
    empty = not section["items"] and not section["rows"]
    said = section["none"] if empty else section["lead"]
    lines += [folded(said, indent="  ", more="  ")] if said else []
    for i, item in enumerate(section["items"], 1):
        lines += _item(i, item)
    if section["rows"]:
        rows = [[_cell(cell) for cell in row["cells"]] for row in section["rows"]]
        lines.append(fitting([list(section["head"]), *rows]))
    if section["note"]:
        lines.append(folded(section["note"], indent="  ", more="  "))
    return lines


def _item(i: int, item: Mapping[str, Any]) -> list[str]:
    tag = f" [{item['tag']}]" if item["tag"] else ""
    lines = [folded(f"{i}  {item['title']}{tag}", more=_ITEM)]
    lines += [folded(line, indent=_ITEM, more=_ITEM) for line in item["lines"]]
    for each in item["figures"]:
        said = f"{each['name']}: {_cell(each)}; {each['basis']}"
        lines.append(folded(said, indent=_ITEM, more=f"{_ITEM}  "))
    return lines


def _cell(cell: str | Mapping[str, Any]) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell['value']} ({cell['range']})" if cell["range"] else str(cell["value"])


def written(found: Review, target: str) -> str:
    """Say what was written."""
    title = f"{found.title}, {found.period_words}."
    return f"{strong(folded(found.headline, more=''))}\n\n{title} Wrote {target}."


def was_kept(one: Kept, to: str | None) -> str:
    """Say that a review was kept, and where it goes."""
    said = f"Kept as {one.id} with {count(len(one.decisions), 'decision')} to follow up."
    if to is not None:
        said += f" In the outbox for {to}: `trod deliver` sends it."
    return folded(said, more="")


def listed(every: Sequence[Kept], zone: str) -> str:
    """List reviews that were kept, a line each."""
    if not every:
        return "No review was kept yet. `trod review --freeze` keeps one."
    rows = [["id", "pack", "period", "data to", "kept", "by", "decisions", "comments"]]
    for one in every:
        comments = sum(each.what == "comment" for each in one.events)
        when = day(one.kept_us, zone)
        counts = str(len(one.decisions)), str(comments)
        rows.append([one.id, one.pack, one.period, one.as_of, when, one.who, *counts])
    return grid(rows, right=[6, 7], indent="")


def told_kept(one: Kept) -> dict[str, Any]:
    """Give the same for programs."""
    return asdict(one)
