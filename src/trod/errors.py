"""Every error trod raises on purpose.

TrodError
├── DefinitionError      trod.yml or a command says something impossible  (fix the file)
│   └── JourneyError     a journey names what the data do not have        (fix its file)
├── DataError            the data cannot be what the definition says      (fix the source)
├── StoreError           the workspace on disk is busy or damaged         (wait, or rebuild)
└── NotEnoughDataError   the question is fair, the sample is too small    (wait, or widen)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:

    class _Named(Protocol):
        @property
        def name(self) -> str: ...


NamedT = TypeVar("NamedT", bound="_Named")


class TrodError(Exception):
    """Base class: catch this to catch everything trod raises on purpose."""


class DefinitionError(TrodError):
    """A definition is wrong; everything wrong with it is reported at once.

    Attributes
    ----------
    problems
        One sentence each, in file order, each starting ``file:line: key`` where a file is known.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class JourneyError(DefinitionError):
    """A journey names what the data do not have. Who knows its file says the line, too.

    Attributes
    ----------
    journey
        Name of the journey.
    places
        Key of each problem, such as ``stages.2.enter_on``, in the order of `problems`.
    """

    def __init__(self, journey: str, found: Iterable[tuple[str, str]]) -> None:
        some = tuple(found)
        self.journey, self.places = journey, tuple(place for place, _ in some)
        super().__init__(text for _, text in some)


class DataError(TrodError):
    """The data contradicts the definition, or cannot be read at all."""


class StoreError(TrodError):
    """The workspace on disk is locked by another writer, damaged, or not a workspace."""


class NotEnoughDataError(TrodError):
    """The question is fair, but too few customers answer it."""


def unknown(kind: str, given: str, known: Sequence[str], *, listed: int = 12) -> str:
    """Say that a name is not known, and what was probably meant.

    Examples
    --------
    >>> unknown("touchpoint", "invites", ["signup", "invite", "pay"])
    "unknown touchpoint 'invites': did you mean 'invite'? Known touchpoints: invite, pay, signup."
    """
    names = sorted(known)
    close = get_close_matches(given, names, n=1)
    hint = f" did you mean {_short(close[0])!r}?" if close else ""
    some = ", ".join(map(_short, names[:listed])) or "none"
    more = f" and {len(names) - listed} more" if len(names) > listed else ""
    return f"unknown {kind} {_short(given)!r}:{hint} Known {kind}s: {some}{more}."


def of_name(kind: str, name: str, some: Iterable[NamedT]) -> NamedT:
    """Give the one of some things that has a name.

    Raises
    ------
    DefinitionError
        If none has it, with what was probably meant.

    Examples
    --------
    >>> from pathlib import Path
    >>> of_name("file", "b.csv", [Path("in/a.csv"), Path("in/b.csv")]) == Path("in/b.csv")
    True
    """
    every = list(some)
    for each in every:
        if each.name == name:
            return each
    raise DefinitionError([unknown(kind, name, [each.name for each in every])])


def _short(name: str, longest: int = 80) -> str:
    """Show a name that a damaged file may have made very long."""
    return name if len(name) <= longest else f"{name[:longest]}…"
