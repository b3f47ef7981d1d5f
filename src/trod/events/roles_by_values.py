"""What columns are by their values alone: shared with other files, or few and changing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trod.events import roles
from trod.events.profile import ColumnProfile, FileProfile

_FEWEST: Final = 5
_OVERLAP: Final = 0.3
_MOST_NAMES: Final = 60


@dataclass(frozen=True, slots=True)
class Known:
    """Ids that some file holds in a column whose name says what they are."""

    kind: str
    file: str
    column: str
    values: frozenset[str]


Meaning = tuple[str, str]
"""A kind of id, and why a column holds it."""


def shared_ids(files: Sequence[FileProfile]) -> list[dict[str, Meaning]]:
    """Find, for each file, columns whose values are ids that another file's names explain.

    A column called `ref` is a customer where its values are the `user_id` of another file.
    """
    known = [k for file in files for column in file.columns if (k := _known(file, column))]
    return [
        {
            column.name: meaning
            for column in file.columns
            if _may_be_id(column) and (meaning := _meaning(file, column, known))
        }
        for file in files
    ]


def _known(file: FileProfile, column: ColumnProfile) -> Known | None:
    """Take a column whose name leaves no doubt for the ids of its kind."""
    kind = roles.other_id(column.words)
    if kind is None and roles.is_id(column.words) and roles.person(column.words) >= 0.8:
        kind = "customer"
    if kind is None or not _looks_like_ids(column):
        return None
    return Known(kind, file.path.name, column.name, frozenset(column.counts))


def _looks_like_ids(column: ColumnProfile) -> bool:
    """Say whether values are long and various enough that sharing them is no accident."""
    if column.time is not None or column.sentences or len(column.counts) < _FEWEST:
        return False
    return column.length >= 4 and not any(
        "." in value for value in column.different if not column.emails
    )


def _may_be_id(column: ColumnProfile) -> bool:
    """Say whether the name leaves open what the column is."""
    words = column.words
    if roles.other_id(words) or roles.person(words) >= 0.55 or roles.names_staff(words):
        return False
    return _looks_like_ids(column)


def _meaning(file: FileProfile, column: ColumnProfile, known: Sequence[Known]) -> Meaning | None:
    """Find whose ids the values of a column are."""
    best: tuple[float, Known] | None = None
    for other in known:
        if other.file == file.path.name:
            continue
        fewer = min(len(column.counts), len(other.values))
        share = len(other.values.intersection(column.counts)) / fewer
        if share >= _OVERLAP and (best is None or share > best[0]):
            best = (share, other)
    if best is None:
        return None
    share, other = best
    return other.kind, f"{share:.0%} of its values are {other.column} of {other.file}"


def changing_words(
    file: FileProfile, owner: str, taken: set[str], *, meanings: Mapping[str, object]
) -> ColumnProfile | None:
    """Find the one column of few words that change within a customer, whatever its name."""
    found = [
        column
        for column in file.columns
        if column.name not in taken and column.name not in meanings and _few_words(column)
    ]
    changing = [c for c in found if _changes(file, owner, c)]
    return changing[0] if len(changing) == 1 else None


def _few_words(column: ColumnProfile) -> bool:
    words = column.words
    if not 2 <= len(column.counts) <= min(_MOST_NAMES, max(3, len(column.known) / 3)):
        return False
    if column.numeric or column.time is not None or column.emails or column.urls:
        return False
    if roles.no_touchpoint(words) or roles.names_thing(words) or roles.is_id(words):
        return False
    return column.length <= 40 and column.filled > 0.9 and roles.channel(words) < 0.4


def _changes(file: FileProfile, owner: str, column: ColumnProfile) -> bool:
    """Say whether a column differs between rows of one customer."""
    n_owners = file.n_different(owner)
    return n_owners < 0.9 * file.n_sampled and (
        file.n_different(owner, column.name) > 1.05 * n_owners
    )
