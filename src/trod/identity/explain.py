"""Why an id belongs to a person, or why two ids belong to two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trod._store.store import Store
from trod.events.counted import count
from trod.identity.links import Links, Step
from trod.identity.resolve import People
from trod.identity.statements import IdOf

_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whose an id is, and why.

    Attributes
    ----------
    person
        Canonical id; None where the id is used for nobody.
    standing
        In a sentence: what the id is to that person.
    chain
        Links from the id to the person's canonical id; empty where it is that id.
    not_used
        What was seen with the id, or stated about it, and joins it to nobody, with the reason.
    n_not_used
        How many there are; `not_used` lists the first.
    """

    id: IdOf
    person: str | None
    standing: str
    ids: int  # ids of the person
    chain: tuple[Step, ...]
    not_used: tuple[Step, ...]
    n_not_used: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two ids are one person, and what lies between them.

    Attributes
    ----------
    one_person
        Whether they are.
    why
        In a sentence.
    chain
        The shortest way from one to the other: of what was used where they are one person, else
        of all that was seen and stated, with the reason at each link that joins nobody.
    """

    one: IdOf
    other: IdOf
    persons: tuple[str | None, str | None]
    one_person: bool
    why: str
    chain: tuple[Step, ...]


def explain(people: People, store: Store, number: int, *, zone: str = "UTC") -> Explanation:
    """Say whose an id is and why, with everything that was not used.

    Parameters
    ----------
    people
        What `resolve` found.
    store
        The log it was found in.
    number
        Number of the id, from `trod.identity.named`.
    zone
        IANA zone of the times.
    """
    links = Links(people, store, zone)
    root = int(people.found.owner[number])
    mine = people.found.owner == root
    way = links.way(links.used(root), number, root)
    ends = links.ends_of(number)
    unused = [other for other in ends if people.found.owner[other] != root]
    held = [other for other in links.apart_from(number) if other not in unused]
    return Explanation(
        IdOf(*people.ids.name(number)),
        people.person_of(number),
        standing(people, number),
        int(np.count_nonzero(mine)),
        links.steps(way),
        links.steps([(number, other) for other in (unused + held)[:_LISTED]]),
        len(unused) + len(held),
    )


def compare(people: People, store: Store, one: int, other: int, *, zone: str = "UTC") -> Comparison:
    """Say whether two ids are one person, and over what: see `explain`."""
    links = Links(people, store, zone)
    root = int(people.found.owner[one])
    same = root == int(people.found.owner[other]) and not people.found.unused[one]
    chain = links.steps(links.way(links.used(root) if same else links.every(), one, other))
    return Comparison(
        IdOf(*people.ids.name(one)),
        IdOf(*people.ids.name(other)),
        (people.person_of(one), people.person_of(other)),
        same,
        _why(chain, same, links.held(one, other)),
        chain,
    )


def _why(chain: Sequence[Step], same: bool, held: int | None) -> str:
    if same:
        return f"One person, {count(len(chain), 'link')} apart."
    if held is not None:
        return f"Two people: statement {held} says so."
    if not chain:
        return "Two people: no chain of rows or statements leads from one to the other."
    broken = next((step for step in chain if step.not_used), None)
    if broken is None:
        return "Two people: each is nearer to a person of its own."
    return f"Two people: {broken.not_used}."


def standing(people: People, number: int) -> str:
    """Say in a sentence what an id is to the person it belongs to."""
    found, spec = people.found, people.spec
    if people.whose.person_of_id[number] >= people.whose.n_persons:
        return "It belongs to a test account (`identity.tests`): its touchpoints are nobody's."
    if found.unused[number]:
        return f"It was seen with more than {spec.max_people_per_id} people: used for nobody."
    if found.shared[number]:
        return "It is shared by its name, such as the mailbox of a role: it stands for itself."
    if found.several[number]:
        return _several(people, number)
    if found.owner[number] == number:
        return "It is the canonical id of the person."
    return "It leads to the person by the chain below."


def _several(people: People, number: int) -> str:
    at = np.flatnonzero(people.handed.id_ == number)
    if at.size:
        first = people.person_of(int(people.handed.owner[at[0]]))
        return (
            f"It was handed over: touchpoints until the last time it was seen with {first!r} are "
            "theirs, later ones stand for the id itself unless they carry a login."
        )
    return "Several people are equally near to it: it joins none of them and stands for itself."
