"""Where the parts of a journey stand: file and line, so that a finding can be put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from trod.project.document import Document, Place, read


def beside(file: Path, folder: str) -> list[Path]:
    """List the YAML files of a folder beside trod.yml, by name."""
    return sorted((file.parent / folder).glob("*.y*ml"))


class Places:
    """The files of a project, to look up lines in.

    Parameters
    ----------
    file
        The trod.yml; ``journeys/*.yml`` and ``playbooks/*.yml`` beside it belong to it.
    """

    def __init__(self, file: Path) -> None:
        self._journeys = _places(file, "journeys", ("journeys",))
        self._playbooks = _places(file, "playbooks", ("actions", "playbooks"))

    def of(self, journey: str, key: str) -> str:
        """Say where a key of a journey stands, such as ``trod.yml:23``; its name if nowhere.

        Parameters
        ----------
        journey
            Name of the journey.
        key
            Keys and numbers joined by dots, such as ``stages.2.days``.
        """
        return _line(self._journeys, journey, key)

    def of_playbook(self, playbook: str, key: str) -> str:
        """Say where a key of a playbook stands; its name if nowhere."""
        return _line(self._playbooks, playbook, key)


def _line(places: Mapping[str, tuple[str, Document, Place]], name: str, key: str) -> str:
    if name not in places:
        return name
    shown, document, base = places[name]
    parts: Place = tuple(int(part) if part.isdigit() else part for part in key.split("."))
    return f"{shown}:{document.line((*base, *parts))}"


def _places(file: Path, folder: str, section: Place) -> dict[str, tuple[str, Document, Place]]:
    """Find the entries of a section of trod.yml, and those of the files of a folder beside it."""
    found = {}
    for part in (file, *beside(file, folder)):
        document, _ = read(part)
        if document is None:
            continue
        shown = part.name if part is file else f"{folder}/{part.name}"
        within = section if part is file else (folder,)
        for name, place in _named(document, within, whole=part is not file):
            found[name] = (shown, document, place)
    return found


def _named(document: Document, section: Place, *, whole: bool) -> Iterator[tuple[str, Place]]:
    """Give the entries of a section of a file; of a list, or of the whole file, where it may be."""
    place: Place = section if document.holds(section) else ()
    if not place and not whole:
        return
    inside = document.data
    for part in place:
        inside = inside[part]
    entries = (
        [((*place, i), entry) for i, entry in enumerate(inside)]
        if isinstance(inside, list)
        else [(place, inside)]
    )
    for where, entry in entries:
        if isinstance(entry, dict) and "name" in entry:
            yield str(entry["name"]), where
