"""What changed in the period, as part of a review."""

from __future__ import annotations

from trod.insights.changes.change import Change, Comparison
from trod.journeys.label import readable
from trod.outcomes.reviews.review import Item, Section

_NAME, _TITLE = "changes", "What changed"


def changes(found: Comparison) -> Section:
    """Tell at most three changes; that there is none is an answer."""
    entered = (
        f"{found.n_before:,} {found.unit} entered in {found.before}, {found.n_now:,} in "
        f"{found.now}. {found.n_compared} figures compared, at 95% together."
    )
    none = (
        f"{found.headline}: {found.n_compared} figures of {found.before} and {found.now} compared."
    )
    more = len(found.further)
    note = f"Smaller changes, {more} of them, in `trod compare --all`." if more else ""
    items = tuple(_item(one, found) for one in found.changes)
    return Section(_NAME, _TITLE, entered, items, none=none, note=note)


def not_compared(why: str) -> Section:
    """Say why nothing could be compared."""
    return Section(_NAME, _TITLE, "", none=f"Not compared: {why}")


def _item(one: Change, found: Comparison) -> Item:
    n = f"n {one.n_before:,} in {found.before}, {one.n_now:,} in {found.now}."
    lines = [one.statement, f"{_capital(one.size)}. {n}"]
    lines += [one.split_words] if one.split_words else []
    lines += [f"To look into: {one.cause}"] if one.cause else []
    lines.append(f"{one.certainty}. Observed.")
    tag = readable(one.stage) if one.stage else ""
    key = f"change/{found.before}/{found.now}/{one.about}"
    return Item(key, one.title, tuple(lines), tag, one.tone)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def set_aside(found: Comparison) -> tuple[str, ...]:
    """Tell what would have looked like a change, and is none; and what was not compared."""
    told = [f"Set aside: {one.title}. {_capital(one.why)}." for one in found.set_aside]
    return (*told, *found.notes)
