"""Playbooks to begin with: shipped as YAML, to be copied into playbooks/ and filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from trod.errors import of_name

_FOLDER: Final = Path(__file__).parent / "templates"


class PlaybookTemplate(NamedTuple):
    """One template."""

    name: str
    about: str  # its first line
    text: str  # YAML


def templates() -> tuple[PlaybookTemplate, ...]:
    """Give all templates, by name.

    Examples
    --------
    >>> [each.name for each in templates()][:3]
    ['failed-payment', 'onboarding-nudge', 'renewal-review']
    """
    return tuple(_read(file) for file in sorted(_FOLDER.glob("*.yml")))


def template(name: str) -> PlaybookTemplate:
    """Give a template by name.

    Raises
    ------
    DefinitionError
        If there is none of this name.
    """
    return of_name("template", name, templates())


def _read(file: Path) -> PlaybookTemplate:
    text = file.read_text(encoding="utf-8")
    return PlaybookTemplate(file.stem, text.splitlines()[0].removeprefix("# "), text)
