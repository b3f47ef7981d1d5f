"""The first trod.yml, written from what was guessed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from trod.events.like import ENTRY_BY_ENTRY
from trod.events.spec import SourceSpec
from trod.journeys.spec import JourneySpec
from trod.journeys.written import to_yaml

if TYPE_CHECKING:
    from trod.events.infer import Guess, Unfinished
    from trod.events.joins import JoinProposal

SUGGESTED: Final = "# Suggested from the order in which customers meet touchpoints.\n"
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
    if guess.sources:
        parts.append("\nsources:\n")
    for source in guess.sources:
        for role in guess.columns.get(source.name, ()):
            sure = f"{role.confidence:.0%} sure"
            parts.append(f"# {role.role}: {role.column} ({sure}): {role.why}\n")
        data = _said(source)
        data["files"] = [_inside(file, root) for file in source.files]
        parts.append(_yaml([{key: _short(value) for key, value in data.items()}]))
        parts += [line + "\n" for line in _joins(guess, source, root)]
    parts += [line + "\n" for line in _unfinished(guess, root)]
    if journey is not None:
        parts.append(f"\n{SUGGESTED}")
        parts.append(to_yaml(journey))
    return "".join(parts)


def _said(source: SourceSpec) -> dict[str, Any]:
    """Give what a source says itself, beside what it takes from its mapping."""
    told = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if source.like is None:
        return told
    bare = SourceSpec.model_validate({"name": "any", "files": "any", "like": source.like})
    base = bare.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    own = {key: value for key, value in told.items() if base.get(key) != value}
    for key in ENTRY_BY_ENTRY:
        if isinstance(own.get(key), dict):
            own[key] = {k: v for k, v in own[key].items() if base.get(key, {}).get(k) != v}
    return {"name": own.pop("name"), "files": own.pop("files"), "like": source.like, **own}


def _unfinished(guess: Guess, root: Path | None) -> list[str]:
    """Write a start for each file that could not be guessed whole, as comments to be finished."""
    if not guess.unfinished:
        return []
    lines = ["", "# Files that need you: remove the # where you finish one, keep the rest out."]
    if not guess.sources:
        lines.append("# sources:")
    for one in guess.unfinished:
        note = "   # the day on which the count is 0" if one.counts else ""
        lines += [
            "#",
            f"# {one.shown}: {one.why}",
            f"#   It has: {', '.join(one.columns)}",
            f"# - name: {one.name}",
            f"#   files: {_inside(str(one.path), root)}",
            *([f"#   sheet: {one.sheet}"] if one.sheet is not None else []),
            f"#   customer: {one.customer or 'WHICH_COLUMN'}",
            *_join_of(guess, one, root),
            f"#   time: {_time_of(guess, one)}{note}",
            f"#   touchpoint: {{constant: {one.touchpoint}}}",
            "#   aside: why it stays out   # instead of the three lines above",
        ]
    return lines


def _joins(guess: Guess, source: SourceSpec, root: Path | None) -> list[str]:
    """Write the joins that could be made to a source, as comments to be looked at."""
    mine = {Path(file).name for file in source.files}
    if source.sheet is not None:
        mine = {f"{source.sheet}{Path(file).suffix}" for file in source.files}
    return [
        f"  # {_placed(join, guess, root)}  # {join.confidence:.0%} sure: {join.why}"
        for join in guess.joins
        if join.file in mine
    ]


def _join_of(guess: Guess, one: Unfinished, root: Path | None) -> list[str]:
    """Write the join that gives a file its time."""
    join = _timed(guess, one)
    return [] if join is None else [f"#   {_placed(join, guess, root)}"]


def _time_of(guess: Guess, one: Unfinished) -> str:
    """Write when the rows of an unfinished file happened, as far as it is known."""
    if (join := _timed(guess, one)) is not None:
        return str(join.time)
    since = ", unit: d, since: 2024-01-01" if one.counts else ""
    return f"{{column: {one.time or 'WHICH_COLUMN'}{since}}}"


def _timed(guess: Guess, one: Unfinished) -> JoinProposal | None:
    own = [join for join in guess.joins if join.file == one.path.name and join.time]
    return own[0] if own and one.customer and one.time is None else None


def _placed(join: JoinProposal, guess: Guess, root: Path | None) -> str:
    """Write a join with the place of its file as seen from trod.yml."""
    paths = [file for source in guess.sources for file in source.files]
    paths += [str(one.path) for one in guess.unfinished]
    place = next((path for path in paths if Path(path).name == join.other), join.other)
    return join._replace(other=_inside(place, root)).written()


def _inside(file: str, root: Path | None) -> str:
    """Name a file from the folder of the project, so that both can move together."""
    path = Path(file)
    if root is None or not path.is_absolute():
        return file
    try:
        return Path(os.path.relpath(path, root.resolve())).as_posix()
    except ValueError:  # another drive
        return file


def _short(value: Any) -> Any:
    """Write the short form where there is one: a bare name for a column."""
    if isinstance(value, list):
        shorter = [*map(_short, value)]
        return shorter[0] if len(shorter) == 1 and isinstance(shorter[0], str) else shorter
    if not isinstance(value, dict):
        return value
    inner = {key: _short(each) for key, each in value.items()}
    if len(inner) == 1 and (only := inner.get("columns", inner.get("column"))) is not None:
        return only
    if "columns" in inner:
        return {"column": inner.pop("columns"), **inner}
    return inner


def _yaml(data: Any) -> str:
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(data, out)
    return out.getvalue()
