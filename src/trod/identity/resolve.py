"""Who did it: people and accounts, from the ids in the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import occurring
from trod._store.store import Store
from trod.errors import DefinitionError, unknown
from trod.identity.evidence import Evidence, collect
from trod.identity.graph import Owners, owners
from trod.identity.guards import shared_by_name, tested_by_name
from trod.identity.handover import Handed, handed_over
from trod.identity.ids import ACCOUNT, Ids, PartIds, read_ids
from trod.identity.spec import IdentitySpec
from trod.identity.stated import Stated, bear
from trod.identity.statements import Statement, read, signature
from trod.identity.whose import Whose

_EXAMPLES: Final = 10
_MANY_IDS: Final = 50


class Reported(NamedTuple):
    """Ids that were not taken for what they seem, with examples."""

    n_ids: int
    n_rows: int  # rows of the log in which they stand
    examples: tuple[tuple[str, str, int], ...]  # kind, id, rows; most rows first


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """All people and accounts of the log at one moment.

    Attributes
    ----------
    persons, accounts
        Canonical ids: for a person the smallest known id by kind, then value; without a known id
        the smallest of the most telling kind.
    evidence
        Pairs of ids that stood in one row, with the rule, the source and the number of rows.
    refused
        Values that are no ids, such as ``undefined``.
    unused
        Ids seen with so many people that they were used for nobody.
    ambiguous
        Ids seen with several people: they join nobody; touchpoints that carry only such an id
        stay with the id itself.
    shared
        Ids that belong to several people by their name, such as info@: they stand for themselves.
    tests
        Ids of test accounts: their touchpoints are nobody's.
    handed
        Ids that one person had before another one.
    split
        Known ids that evidence would have merged with another known id of their kind.
    statements, stated
        What people stated, and what it comes to for the ids of the log.
    crowded
        People with more than fifty ids, and how many they have, most first: look at them.
    """

    spec: IdentitySpec  # by which rules
    persons: pa.StringArray
    accounts: pa.StringArray
    ids: Ids
    evidence: Evidence
    refused: Reported
    unused: Reported
    ambiguous: Reported
    shared: Reported
    tests: Reported
    split: Reported
    crowded: tuple[tuple[str, int], ...]
    statements: tuple[Statement, ...]
    stated: Stated
    found: Owners
    handed: Handed
    whose: Whose
    _account_of_person: NDArray[np.int32]  # (n_persons,) the only one, -1 for none or several

    @property
    def edges(self) -> pa.Table:
        """Evidence as a table: rule, kind, id, with_kind, with_id, source, rows."""
        return self.evidence.to_arrow(self.ids)

    @property
    def signature(self) -> str:
        """Give a short text that differs where other statements were made."""
        return signature(self.statements)

    @property
    def n_people(self) -> int:
        """How many people there are, without ids that stand for themselves for want of one."""
        person = self.whose.person_of_id[self.found.own]
        person = person[(person >= 0) & (person < self.whose.n_persons)]
        return occurring(person, self.whose.n_persons).size

    def names(self, unit: str) -> pa.StringArray:
        """Give canonical ids of all persons, or of all accounts."""
        return self.accounts if unit == ACCOUNT else self.persons

    def of_rows(self, part: PartIds, unit: str) -> NDArray[np.int32]:
        """Say whose each row of a part is, shape (n,), as index into `names`; -1 for nobody's."""
        whole = self.whose.with_tests(part)
        test = whole >= self.whose.n_persons
        person = np.where(test, np.int32(-1), whole)
        if unit != ACCOUNT:
            return person
        only = np.append(self._account_of_person, np.int32(-1))[person]
        named = part.ids.get(ACCOUNT)
        if named is None:
            return only
        # A test account is nobody's, whatever organisation it names.
        return np.where((named < 0) | test, only, named)

    def of_test(self, part: PartIds) -> NDArray[np.bool_]:
        """Say which rows of a part, shape (n,), belong to test accounts."""
        return np.asarray(self.whose.with_tests(part) >= self.whose.n_persons, np.bool_)

    def names_of_ids(self) -> pa.StringArray:
        """Give the canonical id of each id's person, (n_ids,); null for nobody's."""
        person = self.whose.person_of_id
        nobody = (person < 0) | (person >= len(self.persons))
        return self.persons.take(pa.array(person, mask=nobody))

    def person_of(self, number: int) -> str | None:
        """Give the canonical id of the person an id, by its number, belongs to."""
        person = int(self.whose.person_of_id[number])
        return str(self.persons[person].as_py()) if 0 <= person < len(self.persons) else None

    def canonical(self, kind: str, ids: Iterable[str | None]) -> list[str | None]:
        """Give the canonical id of the person each id belongs to, None where there is none.

        Parameters
        ----------
        kind
            Kind of the ids, such as "email".
        ids
            As in the data; trimmed, and e-mail addresses in lower case, before they are looked up.
        """
        if kind not in self.ids.kinds:
            raise DefinitionError([unknown("kind of id", kind, self.ids.kinds)])
        number = self.ids.numbers(kind, ids)
        person = np.where(number < 0, -1, np.append(self.whose.person_of_id, -1)[number])
        nobody = (person < 0) | (person >= len(self.persons))
        names: list[str | None] = self.persons.take(pa.array(person, mask=nobody)).to_pylist()
        return names


def resolve(
    store: Store, spec: IdentitySpec, statements: Sequence[Statement] | None = None
) -> People:
    """Find the people and accounts in the log of a store.

    Parameters
    ----------
    store
        Where the log is.
    spec
        Kinds of ids, and what is no id.
    statements
        What people stated about who is who; as kept in the store by default.

    Returns
    -------
    People
        The same for any order in which the log was filled.

    Notes
    -----
    The rules stand in `trod.identity.graph`. O(rows + ids log ids + edges log edges). With one
    kind of id there is nothing to find out, and nothing is.
    """
    ids = read_ids(store, spec)
    evidence = collect(ids)
    said = tuple(read(store) if statements is None else statements)
    stated = bear(ids, said, spec.known())
    shared = shared_by_name(ids, spec)
    most = spec.max_people_per_id
    found = owners(ids, evidence, stated, known=spec.known(), most=most, shared=shared)
    least_us = spec.handover // timedelta(microseconds=1)
    handed = handed_over(store, ids, found, found.several & ~stated.in_groups, least_us=least_us)
    persons, whose = _whose(ids, found, handed, tested_by_name(ids, spec))
    tests = whose.person_of_id >= whose.n_persons
    unused, ambiguous, by_name, by_test, split = _reported(
        ids, found.unused, found.several, found.shared, tests, found.split
    )
    return People(
        spec=spec,
        persons=persons,
        accounts=ids.accounts,
        ids=ids,
        evidence=evidence,
        refused=_refused(ids),
        unused=unused,
        ambiguous=ambiguous,
        shared=by_name,
        tests=by_test,
        split=split,
        crowded=_crowded(persons, whose),
        statements=said,
        stated=stated,
        found=found,
        handed=handed,
        whose=whose,
        _account_of_person=_only_accounts(ids, whose),
    )


def _whose(
    ids: Ids, found: Owners, handed: Handed, tests: NDArray[np.bool_]
) -> tuple[pa.StringArray, Whose]:
    """Number the people; test accounts come after all others, and have no name."""
    tested = np.zeros(ids.n_ids, np.bool_)
    tested[found.owner[tests & ~found.unused]] = True
    roots = occurring(found.owner[~found.unused], ids.n_ids)
    real = roots[~tested[roots]]
    number = np.full(ids.n_ids, -1, np.int32)
    number[np.concatenate([real, roots[tested[roots]]])] = np.arange(roots.size, dtype=np.int32)
    person_of_id = number[found.owner]
    person_of_id[found.unused] = -1
    rows = {path: (at, number[owner]) for path, (at, owner) in handed.rows.items()}
    first, itself = (
        np.append(person, np.int32(-1))
        for person in (np.where(found.own, person_of_id, np.int32(-1)), person_of_id)
    )
    whose = Whose(ids.kinds, person_of_id, first, itself, real.size, rows)
    return _canonical(ids, real), whose


def _canonical(ids: Ids, roots: NDArray[np.int32]) -> pa.StringArray:
    """Give the canonical ids of people; where two kinds share a text, the kind is put before it."""
    texts = ids.values.take(pa.array(roots))
    if len(texts.unique()) == len(texts):
        return texts
    names: list[str] = texts.to_pylist()
    kinds = ids.kind_of(roots)
    taken: set[str] = set()
    for at in range(len(names)):
        while names[at] in taken:
            names[at] = f"{ids.kinds[kinds[at]]}:{names[at]}"
        taken.add(names[at])
    return pa.array(names, pa.string())


def _only_accounts(ids: Ids, whose: Whose) -> NDArray[np.int32]:
    """Give the account of each person who was seen with one account only."""
    pairs = [np.zeros(0, np.int64)]
    for part in ids.parts:
        if ACCOUNT in part.ids:
            account = part.ids[ACCOUNT].astype(np.int64)
            person = whose.rows(part)
            both = (account >= 0) & (person >= 0)
            pairs.append(np.unique(person[both] * max(len(ids.accounts), 1) + account[both]))
    person, account = np.divmod(np.unique(np.concatenate(pairs)), max(len(ids.accounts), 1))
    only = np.full(whose.n_persons, -1, np.int32)
    only[person] = account
    only[np.bincount(person, minlength=whose.n_persons) != 1] = -1
    return only


def _crowded(persons: pa.StringArray, whose: Whose) -> tuple[tuple[str, int], ...]:
    of_people = (whose.person_of_id >= 0) & (whose.person_of_id < whose.n_persons)
    n_ids = np.bincount(whose.person_of_id[of_people], minlength=len(persons))
    many = np.flatnonzero(n_ids > _MANY_IDS)
    many = many[np.argsort(-n_ids[many], kind="stable")]
    return tuple((persons[int(who)].as_py(), int(n_ids[who])) for who in many)


def _refused(ids: Ids) -> Reported:
    listed = [(r.kind, value, rows) for r in ids.refused for value, rows in r.values]
    listed.sort(key=lambda one: (-one[2], one[0], one[1]))
    return Reported(len(listed), sum(rows for *_, rows in listed), tuple(listed[:_EXAMPLES]))


def _reported(ids: Ids, *which: NDArray[np.bool_]) -> list[Reported]:
    """Count ids and the rows in which they stand, and give those with most rows."""
    if not any(mask.any() for mask in which):
        return [Reported(0, 0, ())] * len(which)
    rows = np.zeros(ids.n_ids + 1, np.int64)
    for part in ids.parts:
        for kind in ids.kinds:
            if kind in part.ids:
                numbers = part.ids[kind]
                rows += np.bincount(
                    np.where(numbers < 0, ids.n_ids, numbers), minlength=ids.n_ids + 1
                )
    return [_most(ids, mask, rows) for mask in which]


def _most(ids: Ids, which: NDArray[np.bool_], rows: NDArray[np.int64]) -> Reported:
    meant = np.flatnonzero(which)
    most = meant[np.lexsort([meant, -rows[meant]])][:_EXAMPLES]
    kinds = ids.kind_of(most)
    examples = tuple(
        (ids.kinds[kind], ids.values[int(id_)].as_py(), int(rows[id_]))
        for kind, id_ in zip(kinds, most, strict=True)
    )
    return Reported(meant.size, int(rows[meant].sum()), examples)
