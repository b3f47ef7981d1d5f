"""Where the parts of a journey stand: file and line, so that a finding can be put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trod.project.document import Document, Place, read


class Places:
    """The files of a project, to look up lines in.

    Parameters
    ----------
    file
        The trod.yml; ``journeys/*.yml`` beside it belong to it.
    """

    def __init__(self, file: Path) -> None:
        self._journeys = {
            name: (shown, document, place)
            for shown, document in _documents(file)
            for name, place in _named(document)
        }

    def of(self, journey: str, key: str) -> str:
        """Say where a key of a journey stands, such as ``trod.yml:23``; its name if nowhere.

        Parameters
        ----------
        journey
            Name of the journey.
        key
            Keys and numbers joined by dots, such as ``stages.2.days``.
        """
        if journey not in self._journeys:
            return journey
        shown, document, base = self._journeys[journey]
        parts: Place = tuple(int(part) if part.isdigit() else part for part in key.split("."))
        return f"{shown}:{document.line((*base, *parts))}"


def _documents(file: Path) -> Iterator[tuple[str, Document]]:
    for part in (file, *sorted((file.parent / "journeys").glob("*.y*ml"))):
        document, _ = read(part)
        if document is not None:
            yield (part.name if part is file else f"journeys/{part.name}"), document


def _named(document: Document) -> Iterator[tuple[str, Place]]:
    """Give the journeys of a file: a section of them, a list, or the whole file."""
    data = document.data
    place: Place = ("journeys",) if isinstance(data, dict) and "journeys" in data else ()
    inside = data["journeys"] if place else data
    entries = (
        [((*place, i), entry) for i, entry in enumerate(inside)]
        if isinstance(inside, list)
        else [(place, inside)]
    )
    for where, entry in entries:
        if isinstance(entry, dict) and "name" in entry:
            yield str(entry["name"]), where
