"""Small worlds of ids: few values, so that everything that can meet does meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.deliveries import attributes, touchpoints
from tests.slow_twins.people import Id, Row, Rules, Said, Who
from trod._store.store import Store
from trod.events.log import append
from trod.events.mapping import Delivery
from trod.identity.resolve import People, resolve
from trod.identity.spec import IdentitySpec
from trod.identity.statements import Draft, IdOf

VALUES: Mapping[str, tuple[str, ...]] = {
    "customer": ("ann", "bob", "cid"),
    "email": ("e1@x.com", "e2@x.com", "info@x.com", "joe@our.com"),
    "anonymous": ("a1", "a2", "a3"),
    "device": ("d1", "d2"),
    "crm": ("17", "18"),
}
SPEC = IdentitySpec(
    kinds=(
        {"name": "customer", "known": True},
        "email",
        "anonymous",
        "device",
        {"name": "crm", "known": True},
    ),
    max_people_per_id=2,
    tests=("*@our.com",),
    handover=timedelta(microseconds=2),
)
RULES = Rules(
    kinds=("customer", "email", "anonymous", "device", "crm"),
    known=frozenset({"customer", "crm"}),
    most=2,
    shared=lambda id_: id_[1].startswith("info@"),
    test=lambda id_: id_[1].endswith("@our.com"),
    handover=2,
)
IDS: tuple[Id, ...] = tuple((kind, value) for kind, own in VALUES.items() for value in own)


def _of_kind(kind: str, empty: int) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*([None] * empty), *VALUES[kind]])


a_row = st.builds(
    lambda time, **ids: Row(frozenset((k, v) for k, v in ids.items() if v), time),
    st.sampled_from([None, *range(8)]),
    customer=_of_kind("customer", 3),
    email=_of_kind("email", 6),
    anonymous=_of_kind("anonymous", 3),
    device=_of_kind("device", 3),
    crm=_of_kind("crm", 6),
)
a_pair = st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True).map(sorted)
a_saying = st.builds(
    lambda verb, pair: Said(verb, *pair), st.sampled_from(["link", "separate"]), a_pair
)


@st.composite
def sayings(draw: Any, most: int = 6) -> list[Said]:
    """Statements, retractions among them; only what is in force is taken back."""
    said: list[Said] = []
    for _ in range(draw(st.integers(0, most))):
        open_ = taken_back(said)
        if open_ and draw(st.integers(0, 3)) == 0:
            said.append(Said("retract", of=draw(st.sampled_from(open_))))
        else:
            said.append(draw(a_saying))
    return said


def taken_back(said: Sequence[Said]) -> list[int]:
    """Numbers of statements that may be retracted: those in force."""
    gone: set[int] = set()
    for number in range(len(said), 0, -1):
        of = said[number - 1].of
        if of is not None and number not in gone:
            gone.add(of)
    return [number for number in range(1, len(said) + 1) if number not in gone]


def draft_of(said: Said) -> Draft:
    one, other = (id_ and IdOf(*id_) for id_ in (said.one, said.other))
    return Draft(said.verb, one, other, said.of)  # type: ignore[arg-type]


def deliveries_of(rows: Mapping[int, Row] | Sequence[Row]) -> list[Delivery]:
    """Touchpoints and profiles as deliveries; the number of a row is its message id."""
    numbered = dict(rows if isinstance(rows, Mapping) else enumerate(rows))
    timed = [_told(row, f"m{at}") for at, row in numbered.items() if row.time is not None]
    still = [
        {f"id.{kind}": value for kind, value in row.ids} | {"note": f"p{at}"}
        for at, row in numbered.items()
        if row.time is None
    ]
    made = [touchpoints(timed)] if timed else []
    return [*made, attributes(still)] if still else made


def _told(row: Row, message: str) -> dict[str, Any]:
    ids = {f"id.{kind}": value for kind, value in row.ids}
    assert row.time is not None
    what = {"touchpoint": f"t{row.time % 3}", "id.account": f"c{row.time % 2}"}
    return {**ids, **what, "time_us": row.time, "message_id": message}


def people_of(store: Store, *rows: Mapping[str, Any], spec: IdentitySpec | None = None) -> People:
    """Append touchpoints, one after the other where they say no time, and say who is who."""
    append(store, [touchpoints([{"time_us": at, **row} for at, row in enumerate(rows)])])
    return resolve(store, spec or IdentitySpec())


def whose(people: People) -> list[str | None]:
    """Say who did each touchpoint, in order of parts."""
    names = people.persons.to_pylist()
    return [
        None if at < 0 else names[at]
        for part in people.ids.parts
        if part.part.kind == "touchpoints"
        for at in people.of_rows(part, "person")
    ]


def who_of(people: People) -> Who:
    """Say whom ids and rows belong to in the words of the slow twin; rows in order of parts."""
    ids, whose = people.ids, people.whose
    name = [ids.name(at) for at in range(ids.n_ids)]
    root: dict[int, Id] = {}
    for at in range(ids.n_ids):
        root.setdefault(int(whose.person_of_id[at]), name[int(people.found.owner[at])])
    real = {person: id_ for person, id_ in root.items() if 0 <= person < whose.n_persons}
    of_id = {name[at]: real.get(int(whose.person_of_id[at])) for at in range(ids.n_ids)}
    of_row = [
        real.get(int(person)) for part in ids.parts for person in people.of_rows(part, "person")
    ]
    handed = {
        name[int(id_)]: (name[int(owner)], int(until))
        for id_, owner, until in zip(*people.handed[:3], strict=True)
    }
    return Who(of_id, of_row, handed)
