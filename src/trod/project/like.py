"""What `like:` of a source leads to: mappings of one's own are checked where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trod.events.like import HEAD, AboutSpec, is_own
from trod.events.spec import SourceSpec
from trod.project.document import Document, Problem, read
from trod.project.problems import checked


def own_mappings(document: Document, root: Path) -> Iterator[tuple[str, Problem]]:
    """Find what is wrong in the mappings that sources are like, with the file that says it."""
    seen: set[str] = set()
    for like in _likes(document.data):
        if like in seen or not (root / like).is_file():
            continue  # a file that is not there is a problem of trod.yml
        seen.add(like)
        part, broken = read(root / like)
        wrong = [broken] if broken else []
        if part is not None and isinstance(part.data, dict):
            wrong += _wrong(part, root)
        yield from ((like, problem) for problem in wrong)


def _likes(data: Any) -> Iterator[str]:
    """List the files that sources are like."""
    sources = data.get("sources") if isinstance(data, dict) else None
    for entry in sources if isinstance(sources, list) else []:
        like = entry.get("like") if isinstance(entry, dict) else None
        if isinstance(like, str) and is_own(like):
            yield like


def _wrong(part: Document, root: Path) -> list[Problem]:
    """Check a mapping as if a source said all of it."""
    keys = {key: value for key, value in part.data.items() if key != HEAD}
    whole = Document({"name": "any", "files": "any", **keys}, part.lines)
    _, wrong = checked(whole, SourceSpec, (), root=root)
    if HEAD in part.data:
        wrong += checked(part, AboutSpec, (HEAD,))[1]
    return wrong


def without_currency(document: Document, sources: tuple[SourceSpec, ...]) -> Iterator[Problem]:
    """Find sources that say where the currency stands, and not which one counts."""
    for i, source in enumerate(sources):
        value = source.value
        if value is not None and value.currency_column and not value.currency and not source.like:
            place = ("sources", i, "value")
            text = (
                "`currency_column` is given without `currency`. Say which one counts, here or "
                "under `events:`."
            )
            yield Problem(document.line(place), place, text)
