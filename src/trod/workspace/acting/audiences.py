"""Whom an audience holds: the customers that a key means, by ids that may leave the house."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.errors import DataError, DefinitionError, unknown
from trod.workspace.acting.consent import agreed, attribute

if TYPE_CHECKING:
    from trod.actions.destinations.audience import Audience, Member
    from trod.journeys.batch import Journeys
    from trod.journeys.predicate import Predicate
    from trod.workspace.folder import Workspace
    from trod.workspace.who import Directory

NO_CONSENT: Final = "did not agree to marketing"
NO_ID: Final = "have no {kind} id"
MANY_IDS: Final = "have several {kind} ids"
ONLY_PERSONAL: Final = "are known by an e-mail address or a phone number only"
UNKNOWN: Final = "are known to nobody here"
_DOMAIN: Final = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audience is made of."""

    where: str | None = None  # key of a predicate
    ids: Sequence[str] | None = None  # or any ids, one for each customer
    unit: str | None = None
    journey: str | None = None
    scores: Sequence[str] | None = None  # None for all there are
    id_kind: str | None = None  # kind of the ids that the tool knows; None for those of Trod
    personal: bool = False
    domain: str | None = None  # attribute with the domain of an account


def audience(workspace: Workspace, asked: Asked, made_us: int) -> Audience:
    """Make an audience; whoever may not be handed on is left out and counted.

    Raises
    ------
    DefinitionError
        If the key, a score, an attribute or a kind of id is not known, or if personal data are
        asked for and nothing in trod.yml says who agreed.
    DataError
        If nobody is meant.
    """
    from trod.actions.destinations.audience import Audience
    from trod.insights.wording import day, day_ended
    from trod.workspace.acting.traits import traits

    declared = workspace.project.journey(asked.journey)
    journeys = workspace.journeys(asked.unit or (declared.unit if declared else None))
    _possible(workspace, asked, journeys)
    directory = workspace.who()
    key, meant, unknown_ids = _meant(workspace, asked, journeys, directory)
    found = traits(workspace, journeys.unit, asked.scores)
    left: Counter[str] = Counter({UNKNOWN: unknown_ids} if unknown_ids else {})
    may = agreed(workspace, journeys) if asked.personal else None
    ids = _Ids(directory, journeys.unit, asked)
    members: list[Member] = []
    for customer in meant:
        if may is not None and customer not in may:
            left[NO_CONSENT] += 1
            continue
        made = ids.member(customer, tuple(trait.known.get(customer) for trait in found))
        if isinstance(made, str):
            left[made] += 1
        else:
            members.append(made)
    as_of = day(journeys.span_us()[1], journeys.zone)
    days = {
        trait.name: day_ended(trait.moment_us, journeys.zone)
        for trait in found
        if trait.moment_us is not None
    }
    return Audience(
        key,
        journeys.unit,
        asked.id_kind,
        tuple(trait.name for trait in found),
        tuple(trait.numeric for trait in found),
        tuple(members),
        dict(sorted(left.items())),
        made_us,
        as_of,
        _domains(journeys, asked.domain) if asked.domain else {},
        {name: scored for name, scored in days.items() if scored != as_of},
    )


def _possible(workspace: Workspace, asked: Asked, journeys: Journeys) -> None:
    """Refuse what cannot be, all of it at once."""
    from trod.actions.destinations.audience import PERSONAL

    wrong = []
    of_accounts = journeys.unit == "account"
    if (asked.where is None) == (asked.ids is None):
        wrong.append("say who: either --where KEY or --ids FILE.")
    if asked.personal and of_accounts:
        wrong.append("accounts have no e-mail and no phone. Write --unit person.")
    elif asked.personal and workspace.project.actions.consent is None:
        wrong.append(
            "nothing says who agreed to be written to. Write in trod.yml under `actions:` "
            "`consent: {attribute: marketing, values: [yes]}`."
        )
    if asked.id_kind is not None and of_accounts:
        wrong.append("accounts have ids of one kind only. Leave --id-as out, or --unit person.")
    if asked.id_kind in PERSONAL and not asked.personal:
        wrong.append(f"ids of kind {asked.id_kind} are personal data. Write --personal --reason.")
    if asked.domain and not of_accounts:
        wrong.append("--domain is of accounts. Leave it out, or --unit account.")
    if wrong:
        raise DefinitionError(wrong)


def _key_of_list(ids: Sequence[str]) -> str:
    """Name a list by what is in it."""
    digest = hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()
    return f"ids:{digest[:16]}"


def _meant(
    workspace: Workspace, asked: Asked, journeys: Journeys, directory: Directory
) -> tuple[str, list[str], int]:
    """Give the key, the customers in order, and how many of the ids are nobody's here."""
    from trod.journeys.predicate import customers

    if asked.ids is None:
        predicate = _predicate(workspace, asked, journeys)
        return predicate.key, customers(predicate, journeys), 0
    here = {name for batch in journeys for name in batch.customer.to_pylist()}
    found = _whose(dict.fromkeys(asked.ids), here, directory)
    meant = {name for name in found.values() if name is not None and name in here}
    unknown_ids = sum(1 for name in found.values() if name is None or name not in here)
    if not meant:
        raise DataError(f"none of the {len(found):,} ids is of a customer here.")
    return _key_of_list(asked.ids), sorted(meant), unknown_ids


def _whose(ids: Iterable[str], here: set[str], directory: Directory) -> dict[str, str | None]:
    """Give the customer whom each id of any kind means; a canonical id means itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from trod.identity.spec import normal

    found = {given: given if given in here else None for given in ids}
    for kind, table in directory.kinds():
        open_ids = [given for given, whose in found.items() if whose is None]
        wanted = normal(kind, pa.array(open_ids, pa.string()))
        at = pc.index_in(wanted, value_set=table["id"].combine_chunks(), skip_nulls=True)
        found |= zip(open_ids, table["person"].take(at).to_pylist(), strict=True)
    return found


def _predicate(workspace: Workspace, asked: Asked, journeys: Journeys) -> Predicate:
    from trod.analyses.predicate import parse
    from trod.analyses.stall import resolved
    from trod.workspace.measured import plan_of

    plan = plan_of(workspace, asked.journey, journeys)
    key = resolved(asked.where or "all", journeys, plan)
    return parse(key, plan, journeys.vocabulary, journeys.named)


def _domains(journeys: Journeys, name: str) -> dict[str, str]:
    """Give the domains of accounts; what is none, such as an address, stays here."""
    told = attribute(journeys, name).items()
    return {who: said.lower() for who, said in told if _DOMAIN.fullmatch(said.lower())}


class _Ids:
    """The ids of customers by kind, from the directory of who is who."""

    def __init__(self, directory: Directory, unit: str, asked: Asked) -> None:
        from trod.actions.destinations.audience import PERSONAL

        self._asked = asked
        self._people = unit == "person"
        self._of: dict[str, dict[str, list[str]]] = {}  # kind, customer, ids in order
        wanted = {*PERSONAL, asked.id_kind} - {None}
        known = list(directory.summary.ids)
        if asked.id_kind is not None and asked.id_kind not in known:
            raise DefinitionError([unknown("kind of id", asked.id_kind, known)])
        for kind, table in directory.kinds():
            if kind in wanted and self._people:
                self._of[kind] = _by_person(table)

    def member(self, customer: str, told: tuple[object, ...]) -> Member | str:
        """Give a member of the audience, or the reason why the customer stays out."""
        from trod.actions.destinations.audience import Member

        given = self._id(customer)
        if given is None:
            return self._why(customer)
        hidden = self._names_somebody(customer) and not self._asked.personal
        return Member(given, "" if hidden else customer, self._personal(customer), told)  # type: ignore[arg-type]

    def _id(self, customer: str) -> str | None:
        kind = self._asked.id_kind
        if kind is not None:
            ids = self._of.get(kind, {}).get(customer, [])
            return ids[0] if len(ids) == 1 and self._may_leave(ids[0]) else None
        return None if self._names_somebody(customer) and not self._asked.personal else customer

    def _may_leave(self, given: str) -> bool:
        from trod.actions.destinations.audience import names_a_person

        return self._asked.personal or not names_a_person(given)

    def _why(self, customer: str) -> str:
        kind = self._asked.id_kind
        ids = [] if kind is None else self._of.get(kind, {}).get(customer, [])
        if kind is None or len(ids) == 1:
            return ONLY_PERSONAL
        return (MANY_IDS if ids else NO_ID).format(kind=kind)

    def _names_somebody(self, customer: str) -> bool:
        from trod.actions.destinations.audience import PERSONAL, names_a_person

        mine = [self._of.get(kind, {}).get(customer, []) for kind in PERSONAL]
        return names_a_person(customer) or any(customer in ids for ids in mine)

    def _personal(self, customer: str) -> dict[str, str]:
        """Give the first e-mail address and phone number, where that is allowed."""
        from trod.actions.destinations.audience import PERSONAL

        if not self._asked.personal:
            return {}
        mine = {kind: self._of.get(kind, {}).get(customer, []) for kind in PERSONAL}
        return {kind: ids[0] for kind, ids in mine.items() if ids}


def _by_person(table: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    people = table["person"].to_pylist()  # type: ignore[index]
    for person, given in zip(people, table["id"].to_pylist(), strict=True):  # type: ignore[index]
        if person is not None:
            found.setdefault(person, []).append(given)
    return {person: sorted(ids) for person, ids in found.items()}
