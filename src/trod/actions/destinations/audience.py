"""An audience: some customers by the ids that a tool knows, with what Trod knows of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

Value: TypeAlias = str | float | int | bool | None
PERSONAL: Final = ("email", "phone")
"""Kinds of ids by which somebody outside could reach or name a person."""
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE: Final = re.compile(r"\+[0-9][0-9 ()./-]{5,20}[0-9]")


class Member(NamedTuple):
    """One customer of an audience."""

    id: str  # as the tool knows the customer
    customer: str  # canonical id; empty where it names a person and must not leave
    personal: Mapping[str, str]  # e-mail and phone, where it was allowed
    traits: tuple[Value, ...]  # of each trait of the audience; None where nothing is known


@dataclass(frozen=True, slots=True)
class Audience:
    """Customers to be handed to a tool, by canonical id; n of them, and those left out."""

    key: str  # of the predicate that means them
    unit: str  # "person" or "account"
    id_kind: str | None  # kind of the ids; None for the ids of Trod
    traits: tuple[str, ...]  # such as "Churn", "Health", "Segment"
    numeric: tuple[bool, ...]  # of each trait: whether it is a number, or words
    members: tuple[Member, ...]
    left_out: Mapping[str, int]  # by reason, in words
    made_us: int
    as_of: str  # ISO date of the data
    domains: Mapping[str, str] = field(default_factory=dict)  # of accounts, by canonical id
    older: Mapping[str, str] = field(default_factory=dict)  # traits of an earlier day, and which
    failed: Mapping[str, str] = field(default_factory=dict)  # scores that failed, and the verdict

    @property
    def personal(self) -> tuple[str, ...]:
        """Kinds of personal data in it."""
        found = {kind for member in self.members for kind in member.personal}
        return tuple(kind for kind in PERSONAL if kind in found)


def names_a_person(text: str) -> bool:
    """Say whether an id is an address, or a telephone number, at which somebody can be reached.

    Examples
    --------
    >>> [names_a_person(id_) for id_ in ("ann@shop.example", "+31 20 1234567", "u-17")]
    [True, True, False]
    """
    reached = _MAIL.search(text) is not None or _PHONE.fullmatch(text) is not None
    return reached or text.startswith(tuple(f"{kind}:" for kind in PERSONAL))


def slug(name: str) -> str:
    """Write the name of a trait as tools name fields.

    Examples
    --------
    >>> slug("Churn in 60 days"), slug("Überblick")
    ('churn_in_60_days', 'berblick')
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "trait"


def slugs(
    names: tuple[str, ...], *, taken: Collection[str] = (), longest: int | None = None
) -> tuple[str, ...]:
    """Write several, each differently, and differently from those taken.

    Examples
    --------
    >>> slugs(("Churn", "churn!", "Health", "Email"), taken=["email"])
    ('churn', 'churn_2', 'health', 'email_2')
    >>> slugs(("Churn in 30 days", "Churn in 60 days"), longest=8)
    ('churn_in', 'churn_2')
    """
    return apart(tuple(slug(name)[:longest].strip("_") for name in names), "_", taken, longest)


def apart(
    names: tuple[str, ...], joint: str, taken: Collection[str] = (), longest: int | None = None
) -> tuple[str, ...]:
    """Number names that are taken, whatever their case.

    Examples
    --------
    >>> apart(("Churn", "churn", "ID"), " ", taken=["ID"])
    ('Churn', 'churn 2', 'ID 2')
    """
    before = {name.casefold() for name in taken}
    found: list[str] = []
    for name in names:
        n, made = 1, name
        while made.casefold() in before:
            n += 1
            end = f"{joint}{n}"
            room = None if longest is None else longest - len(end)
            made = f"{name[:room].rstrip(joint)}{end}"
        before.add(made.casefold())
        found.append(made)
    return tuple(found)
