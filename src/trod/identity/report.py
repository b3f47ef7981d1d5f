"""What the ids of the log led to, with everything that was kept from joining people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from trod.identity.links import STATED
from trod.identity.resolve import People, Reported
from trod.identity.spec import is_made_up

_LISTED: Final = 10


class Rule(NamedTuple):
    """How often a rule joined two ids of one person."""

    rule: str
    pairs: int
    rows: int  # in which the two stood together; 0 for statements
    example: tuple[str, str]  # kind and id of both, as texts


class Common(NamedTuple):
    """An id that several people use, and who they are."""

    kind: str
    id: str
    people: int
    examples: tuple[str, ...]  # canonical ids, in order


class Household(NamedTuple):
    """People with logins of their own who share ids."""

    people: tuple[str, ...]  # canonical ids, in order
    ids: int
    examples: tuple[tuple[str, str], ...]  # kind, id


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """The report of `trod identity report`: counts whole, lists by their first entries.

    Attributes
    ----------
    people, alone
        Ids that several people use stand alone and are not counted as people, although the
        touchpoints that carry nothing else make a journey of their own.
    households
        Two people or more, each with a known id, who share the same devices, numbers or
        addresses; most shared ids first.
    common
        Ids that several people are equally near to, those of most people first.
    unused, shared_mailboxes, tests, made_up, refused, split
        Ids that join nobody: seen with too many people; shared by name; of declared test
        accounts; addresses made up to test; no ids at all; kept apart although a row has both.
    handed_over
        Ids of which the first person keeps the touchpoints until the other one had it.
    crowded
        People with more than fifty ids: an alert.
    """

    people: int
    alone: int
    accounts: int
    ids: dict[str, int]
    joined: int  # ids that lead to another id's person
    rules: tuple[Rule, ...]
    n_common: int
    common: tuple[Common, ...]
    n_households: int
    households: tuple[Household, ...]
    handed_over: tuple[tuple[str, str, str], ...]  # kind, id, first person
    n_handed_over: int
    unused: Reported
    shared_mailboxes: Reported
    tests: Reported
    made_up: tuple[tuple[str, int], ...]  # address, rows
    refused: Reported
    split: Reported
    crowded: tuple[tuple[str, int], ...]
    n_crowded: int
    statements: dict[str, int]  # how many stand how


def report(people: People) -> IdentityReport:
    """Put the report together."""
    ids, found = people.ids, people.found
    counts = np.diff(ids.first).tolist()
    common = _common(people)
    households = _households(people, common)
    handed = [
        (*ids.name(int(id_)), people.person_of(int(owner)) or "")
        for id_, owner in zip(people.handed.id_, people.handed.owner, strict=True)
    ]
    standing = [people.stated.standing(each.number) for each in people.statements]
    return IdentityReport(
        people=people.n_people,
        alone=len(people.persons) - people.n_people,
        accounts=len(people.accounts),
        ids=dict(zip(ids.kinds, counts, strict=True)),
        joined=int(np.count_nonzero(found.own & (found.owner != np.arange(ids.n_ids)))),
        rules=_rules(people),
        n_common=len(common),
        common=tuple(_described(people, common)),
        n_households=len(households),
        households=tuple(households[:_LISTED]),
        handed_over=tuple(handed[:_LISTED]),
        n_handed_over=len(handed),
        unused=people.unused,
        shared_mailboxes=people.shared,
        tests=people.tests,
        made_up=_made_up(people),
        refused=people.refused,
        split=people.split,
        crowded=people.crowded[:_LISTED],
        n_crowded=len(people.crowded),
        statements={word: standing.count(word) for word in sorted({*standing})},
    )


def _rules(people: People) -> tuple[Rule, ...]:
    """Count the pairs of ids of one person by the rule that joined them."""
    found, ids, evidence = people.found, people.ids, people.evidence
    same = (found.owner[evidence.one] == found.owner[evidence.other]) & ~(
        found.silent[evidence.one] | found.silent[evidence.other]
    )
    same &= people.whose.person_of_id[evidence.one] < people.whose.n_persons
    one, other, rows = (column[same] for column in (evidence.one, evidence.other, evidence.rows))
    kind = ids.kind_of(one) * len(ids.kinds) + ids.kind_of(other)
    rules = []
    for each in np.unique(kind).tolist():
        at = np.flatnonzero(kind == each)
        pairs = np.unique(np.stack([one[at], other[at]]), axis=1).shape[1]
        a, b = divmod(each, len(ids.kinds))
        text = f"{ids.kinds[a]} and {ids.kinds[b]} in one row"
        rules.append(
            Rule(text, pairs, int(rows[at].sum()), _pair(people, one[at[0]], other[at[0]]))
        )
    links = people.stated.links
    if links.one.size:
        rules.append(Rule(STATED, links.one.size, 0, _pair(people, links.one[0], links.other[0])))
    return tuple(sorted(rules, key=lambda rule: (-rule.pairs, rule.rule)))


def _pair(people: People, one: int, other: int) -> tuple[str, str]:
    a, b = (" ".join(people.ids.name(int(id_))) for id_ in (one, other))
    return a, b


def _common(people: People) -> dict[int, list[int]]:
    """Give the owners that each id of several people was seen with, where they are people."""
    found, evidence = people.found, people.evidence
    pairs = np.stack([evidence.one, evidence.other])
    both = np.concatenate([pairs, pairs[::-1]], axis=1)
    many = found.several | found.unused | found.shared
    seen = both[:, many[both[0]] & found.own[both[1]]]
    seen = np.unique(np.stack([seen[0], found.owner[seen[1]]]), axis=1)
    people_of: dict[int, list[int]] = {}
    for id_, owner in seen.T.tolist():
        people_of.setdefault(id_, []).append(owner)
    return {id_: owners for id_, owners in people_of.items() if len(owners) > 1}


def _described(people: People, common: dict[int, list[int]]) -> list[Common]:
    most = sorted(common, key=lambda id_: (-len(common[id_]), id_))[:_LISTED]
    return [
        Common(*people.ids.name(id_), len(common[id_]), _names(people, common[id_][:3]))
        for id_ in most
    ]


def _households(people: People, common: dict[int, list[int]]) -> list[Household]:
    """Bring together the ids that the same people share, where each of them has a known id."""
    has = np.zeros(people.ids.n_ids, np.bool_)
    has[people.found.owner[people.ids.are_of(people.spec.known())]] = True
    shared: dict[tuple[int, ...], list[int]] = {}
    for id_, owners in common.items():
        if people.found.several[id_] and all(has[owner] for owner in owners):
            shared.setdefault(tuple(owners), []).append(id_)
    listed = sorted(shared.items(), key=lambda each: (-len(each[1]), each[0]))
    return [
        Household(_names(people, owners), len(ids), tuple(people.ids.name(id_) for id_ in ids[:3]))
        for owners, ids in listed
    ]


def _names(people: People, owners: tuple[int, ...] | list[int]) -> tuple[str, ...]:
    return tuple(people.person_of(owner) or "a test account" for owner in owners)


def _made_up(people: People) -> tuple[tuple[str, int], ...]:
    """List refused addresses that somebody made up to test."""
    values = [
        (value, rows)
        for refused in people.ids.refused
        if refused.kind == "email"
        for value, rows in refused.values
    ]
    return tuple(each for each in values if is_made_up(each[0]))
