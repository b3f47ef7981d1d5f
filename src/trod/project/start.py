"""The first trod.yml, written from what was guessed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from trod.journeys.spec import JourneySpec
from trod.journeys.written import to_yaml

if TYPE_CHECKING:
    from trod.events.infer import Guess

_HEAD: Final = """\
# What trod reads and how. Edit it, then run `trod check`. One section per room:
# sources (files), events (zone, order), identity (who is who), journeys (stages).
"""


def starting_text(
    guess: Guess, journey: JourneySpec | None = None, *, root: Path | None = None
) -> str:
    """Write a first trod.yml from what was guessed: what `trod init` puts down to be edited.

    Parameters
    ----------
    guess
        What the files seem to say; each column's reason becomes a comment.
    journey
        Stages suggested from the data, if they have been read.
    root
        Folder of the project; files inside it are named relative to it.

    Returns
    -------
    str
        YAML that `load` reads.
    """
    parts = [_HEAD]
    if guess.left_aside:
        parts.append("# Left aside:\n")
        parts += [f"# - {name}: {why}\n" for name, why in guess.left_aside]
    if guess.sources:
        parts.append("\nsources:\n")
    for source in guess.sources:
        for role in guess.columns.get(source.name, ()):
            sure = f"{role.confidence:.0%} sure"
            parts.append(f"# {role.role}: {role.column} ({sure}): {role.why}\n")
        data = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        data["files"] = [_inside(file, root) for file in source.files]
        parts.append(_yaml([{key: _short(value) for key, value in data.items()}]))
    if journey is not None:
        parts.append("\n# Suggested from the order in which customers meet touchpoints.\n")
        parts.append(to_yaml(journey))
    return "".join(parts)


def _inside(file: str, root: Path | None) -> str:
    path = Path(file)
    if root is not None and path.is_absolute() and path.is_relative_to(root.resolve()):
        return path.relative_to(root.resolve()).as_posix()
    return file


def _short(value: Any) -> Any:
    """Write one name where a list or a single key would say the same."""
    if isinstance(value, list):
        return _short(value[0]) if len(value) == 1 and isinstance(value[0], str) else value
    if isinstance(value, dict):
        if set(value) in ({"columns"}, {"column"}):
            return _short(next(iter(value.values())))
        return {key: _short(inner) for key, inner in value.items()}
    return value


def _yaml(data: Any) -> str:
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(data, out)
    return out.getvalue()
