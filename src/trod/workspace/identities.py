"""Asking who is who, and stating it: what the commands of `trod identity` call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.errors import DefinitionError
from trod.identity.explain import Comparison, Explanation, compare, explain
from trod.identity.named import named
from trod.identity.report import IdentityReport, report
from trod.identity.statements import Draft, IdOf, Statement, link, retract, separate, state

if TYPE_CHECKING:
    from trod.identity.resolve import People
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement and how it stands now."""

    statement: Statement
    standing: str  # in force, retracted, overruled by a newer one, or waiting for an id


def explained(
    workspace: Workspace, given: str, other: str | None = None
) -> Explanation | Comparison:
    """Say why an id belongs to its person, or whether two ids are one person and why.

    Parameters
    ----------
    workspace
        An ingested workspace.
    given, other
        Ids of any kind, or with their kind, such as ``email:ann@acme.com``.

    Raises
    ------
    DataError
        If no row of the log has such an id.
    """
    people = workspace.people()
    number = named(people.ids, given)
    if other is None:
        return explain(people, workspace.store, number, zone=workspace.zone)
    second = named(people.ids, other)
    return compare(people, workspace.store, number, second, zone=workspace.zone)


def merging(workspace: Workspace, one: str, other: str) -> Draft:
    """Draft the statement that makes one person of those whom two ids belong to.

    Raises
    ------
    DefinitionError
        If they are one person already.
    DataError
        If no row of the log has such an id.
    """
    people = workspace.people()
    a, b = (named(people.ids, given) for given in (one, other))
    roots = [int(people.found.owner[id_]) for id_ in (a, b)]
    if roots[0] == roots[1]:
        raise DefinitionError([f"{one!r} and {other!r} are one person already."])
    return link(*(IdOf(*people.ids.name(root)) for root in roots))


def splitting(workspace: Workspace, given: str, person: str) -> Draft:
    """Draft the statement that an id does not belong to a person.

    Raises
    ------
    DefinitionError
        If it does not belong to that person as it is, or is what the person is named by.
    DataError
        If no row of the log has such an id.
    """
    people = workspace.people()
    id_, of = (named(people.ids, each) for each in (given, person))
    root = int(people.found.owner[of])
    if int(people.found.owner[id_]) != root:
        raise DefinitionError([f"{given!r} does not belong to {person!r}: {_whose(people, id_)}"])
    if id_ == root:
        raise DefinitionError(
            [f"{given!r} is what the person is named by. Split the ids off that are not theirs."]
        )
    return separate(IdOf(*people.ids.name(id_)), IdOf(*people.ids.name(root)))


def undoing(number: int) -> Draft:
    """Draft the retraction of a statement."""
    return retract(number)


def stated(workspace: Workspace, draft: Draft, *, by: str, at_us: int, why: str = "") -> Statement:
    """Make a statement, and order the journeys by it."""
    (made,) = state(workspace.store, [draft], by=by, at_us=at_us, why=why)
    workspace.who()
    workspace.progress.done()
    return made


def reported(workspace: Workspace) -> IdentityReport:
    """Say what the ids of the log led to, and what was kept from joining people."""
    return report(workspace.people())


def log(workspace: Workspace) -> tuple[Kept, ...]:
    """Give all statements, oldest first, and how each stands."""
    people = workspace.people()
    return tuple(Kept(each, people.stated.standing(each.number)) for each in people.statements)


def _whose(people: People, number: int) -> str:
    person = people.person_of(number)
    return f"it belongs to {person!r}." if person else "it is used for nobody."
