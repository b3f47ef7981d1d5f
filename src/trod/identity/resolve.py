"""Who did it: people and accounts, from the ids in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._store.store import Store
from trod.errors import DefinitionError, unknown
from trod.identity.evidence import Evidence, collect
from trod.identity.graph import owners
from trod.identity.ids import ACCOUNT, Ids, PartIds, read_ids
from trod.identity.spec import IdentitySpec, normal

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
    split
        Known ids that evidence would have merged with another known id of their kind.
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
    split: Reported
    crowded: tuple[tuple[str, int], ...]
    _person_of_id: NDArray[np.int32]  # (n_ids,) index into persons, -1 for unused
    _own: NDArray[np.bool_]  # (n_ids,) False where the id stands for itself for want of a person
    _account_of_person: NDArray[np.int32]  # (n_persons,) the only one, -1 for none or several

    @property
    def edges(self) -> pa.Table:
        """Evidence as a table: rule, kind, id, with_kind, with_id, source, rows."""
        return self.evidence.to_arrow(self.ids)

    def names(self, unit: str) -> pa.StringArray:
        """Give canonical ids of all persons, or of all accounts."""
        return self.accounts if unit == ACCOUNT else self.persons

    def of_rows(self, part: PartIds, unit: str) -> NDArray[np.int32]:
        """Say whose each row of a part is, shape (n,), as index into `names`; -1 for nobody's."""
        person = _persons(part, self.ids.kinds, self._person_of_id, self._own)
        if unit != ACCOUNT:
            return person
        only = np.append(self._account_of_person, np.int32(-1))[person]
        return _first(part.ids.get(ACCOUNT), only)

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
        at = self.ids.kinds.index(kind)
        first, end = int(self.ids.first[at]), int(self.ids.first[at + 1])
        wanted = normal(kind, pa.array(ids, pa.string()))
        place = pc.index_in(wanted, value_set=self.ids.values[first:end])
        number = place.fill_null(-1).to_numpy(zero_copy_only=False)
        person = np.where(number < 0, -1, np.append(self._person_of_id, -1)[number + first])
        names: list[str | None] = self.persons.take(pa.array(person, mask=person < 0)).to_pylist()
        return names


def resolve(store: Store, spec: IdentitySpec) -> People:
    """Find the people and accounts in the log of a store.

    Parameters
    ----------
    store
        Where the log is.
    spec
        Kinds of ids, and what is no id.

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
    found = owners(ids, evidence, known=spec.known(), most=spec.max_people_per_id)
    used = ~found.unused
    roots = np.unique(found.owner[used])
    person_of_id = np.searchsorted(roots, found.owner).astype(np.int32)
    person_of_id[found.unused] = -1
    own = ~(found.several | found.unused)
    persons = _canonical(ids, roots)
    return People(
        spec=spec,
        persons=persons,
        accounts=ids.accounts,
        ids=ids,
        evidence=evidence,
        refused=_refused(ids),
        unused=_reported(ids, found.unused),
        ambiguous=_reported(ids, found.several),
        split=_reported(ids, found.split),
        crowded=_crowded(persons, person_of_id),
        _person_of_id=person_of_id,
        _own=own,
        _account_of_person=_only_accounts(ids, person_of_id, own, roots.size),
    )


def _persons(
    part: PartIds,
    kinds: tuple[str, ...],
    person_of_id: NDArray[np.int32],
    own: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Say whose each row is: by its most telling id that has an owner, else by itself."""
    size = part.part.rows
    person = np.full(size, -1, np.int32)
    for table in (np.where(own, person_of_id, -1), person_of_id):
        by_id = np.append(table, -1).astype(np.int32)
        for kind in kinds:
            if kind in part.ids:
                person = _first(person, by_id[part.ids[kind]])
    return person


def _first(preferred: NDArray[np.int32] | None, otherwise: NDArray[np.int32]) -> NDArray[np.int32]:
    if preferred is None:
        return otherwise
    return np.where(preferred < 0, otherwise, preferred)


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


def _only_accounts(
    ids: Ids, person_of_id: NDArray[np.int32], own: NDArray[np.bool_], n_persons: int
) -> NDArray[np.int32]:
    """Give the account of each person who was seen with one account only."""
    pairs = [np.zeros(0, np.int64)]
    for part in ids.parts:
        if ACCOUNT in part.ids:
            account = part.ids[ACCOUNT].astype(np.int64)
            person = _persons(part, ids.kinds, person_of_id, own)
            both = (account >= 0) & (person >= 0)
            pairs.append(np.unique(person[both] * max(len(ids.accounts), 1) + account[both]))
    person, account = np.divmod(np.unique(np.concatenate(pairs)), max(len(ids.accounts), 1))
    only = np.full(n_persons, -1, np.int32)
    only[person] = account
    only[np.bincount(person, minlength=n_persons) != 1] = -1
    return only


def _crowded(
    persons: pa.StringArray, person_of_id: NDArray[np.int32]
) -> tuple[tuple[str, int], ...]:
    n_ids = np.bincount(person_of_id[person_of_id >= 0], minlength=len(persons))
    many = np.flatnonzero(n_ids > _MANY_IDS)
    many = many[np.argsort(-n_ids[many], kind="stable")]
    return tuple((persons[int(who)].as_py(), int(n_ids[who])) for who in many)


def _refused(ids: Ids) -> Reported:
    listed = [(r.kind, value, rows) for r in ids.refused for value, rows in r.values]
    listed.sort(key=lambda one: (-one[2], one[0], one[1]))
    return Reported(len(listed), sum(rows for *_, rows in listed), tuple(listed[:_EXAMPLES]))


def _reported(ids: Ids, which: NDArray[np.bool_]) -> Reported:
    """Count ids and the rows in which they stand, and give those with most rows."""
    if not which.any():
        return Reported(0, 0, ())
    rows = np.zeros(ids.n_ids + 1, np.int64)
    for part in ids.parts:
        for kind in ids.kinds:
            if kind in part.ids:
                numbers = part.ids[kind]
                rows += np.bincount(
                    np.where(numbers < 0, ids.n_ids, numbers), minlength=ids.n_ids + 1
                )
    meant = np.flatnonzero(which)
    most = meant[np.lexsort([meant, -rows[meant]])][:_EXAMPLES]
    kinds = ids.kind_of(most)
    examples = tuple(
        (ids.kinds[kind], ids.values[int(id_)].as_py(), int(rows[id_]))
        for kind, id_ in zip(kinds, most, strict=True)
    )
    return Reported(meant.size, int(rows[meant].sum()), examples)
