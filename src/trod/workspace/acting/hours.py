"""Hours as people write them on a command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

_MOST: Final = 168.0


def given_hours(workspace: Workspace, given: Sequence[str], who: str) -> dict[str, float]:
    """Read ``NAME=HOURS``; a number alone is of all people together, as trod.yml divides theirs.

    Parameters
    ----------
    workspace
        With people in trod.yml, or none.
    given
        What was written.
    who
        Whose the hours are where trod.yml names nobody.

    Raises
    ------
    DefinitionError
        If something is no number of hours.
    """
    people = {p.name: p.hours for p in workspace.project.actions.people}
    found: dict[str, float] = {}
    for text in given:
        name, equals, number = text.rpartition("=")
        hours = _number(number, text)
        if equals:
            found[name.strip()] = hours
            continue
        whole = sum(people.values())
        shares = {n: h / whole for n, h in people.items()} if whole else {}
        shares = shares or {n: 1 / len(people) for n in people} or {who: 1.0}
        found |= {n: hours * part for n, part in shares.items()}
    return found


def _number(text: str, whole: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= _MOST * 1000:
        raise DefinitionError([f'{whole!r} is no number of hours. Write --hours "Ines Maas=20".'])
    return hours
