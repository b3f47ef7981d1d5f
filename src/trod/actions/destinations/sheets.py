"""Audiences as sheets: plain, and in the columns that HubSpot and Salesforce import by."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from trod.actions.destinations.audience import Audience, apart, slugs
from trod.errors import DefinitionError

_FIELD: Final = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*(?:__c)?")
_LONGEST: Final = 34  # of a name in Salesforce, of 40 with Trod_ and __c counted apart


class Sheet(NamedTuple):
    """Columns and rows; numbers are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def plain(audience: Audience) -> Sheet:
    """Write an audience with one row a customer: id, personal data where allowed, traits."""
    kinds = audience.personal
    rows = [
        (member.id, *(member.personal.get(kind) for kind in kinds), *member.traits)
        for member in audience.members
    ]
    own = ("customer", *kinds)
    return Sheet((*own, *slugs(audience.traits, taken=own)), tuple(rows))


def hubspot(audience: Audience) -> Sheet:
    """Write contacts, or companies, in the columns of HubSpot's import.

    HubSpot finds a contact by `Record ID` or `Email`, a company by `Record ID` or
    `Company Domain Name`; or either by a property of unique values, here `Trod ID`.
    """
    by_record = audience.id_kind is not None
    head = [_own(audience.id_kind, "hubspot", "Record ID")] if by_record else []
    if audience.unit == "person":
        head += [_HUBSPOT[kind] for kind in audience.personal]
    elif audience.domains:
        head.append("Company Domain Name")
    rows = []
    for member in audience.members:
        ids = [member.id] if by_record else []
        if audience.unit == "person":
            ids += [member.personal.get(kind, "") for kind in audience.personal]
        elif audience.domains:
            ids.append(audience.domains.get(member.customer, ""))
        rows.append((*ids, member.customer, *member.traits, audience.as_of))
    traits = apart(audience.traits, " ", taken=("ID", "As Of"))
    columns = (*head, "Trod ID", *(f"Trod {each}" for each in traits), "Trod As Of")
    return Sheet(columns, tuple(rows))


def _own(kind: str | None, tool: str, column: str) -> str:
    """Name the column of ids: as the tool does where they are its own."""
    return column if kind == tool else str(kind)


_HUBSPOT: Final = {"email": "Email", "phone": "Phone Number"}


def salesforce(audience: Audience, external_id: str = "External_Id__c") -> Sheet:
    """Write records for an upsert by Bulk API 2.0: first the id that records are found by.

    An empty cell leaves the field as it is.

    Raises
    ------
    DefinitionError
        If the name of the id is none that a field can have.
    """
    if not _FIELD.fullmatch(external_id):
        raise DefinitionError(
            [f"{external_id!r} is no name of a field. Write one such as External_Id__c."]
        )
    found_by = "Id" if audience.id_kind == "salesforce" else external_id
    kinds = audience.personal if audience.unit == "person" else ()
    words = slugs(audience.traits, taken=("as_of",), longest=_LONGEST)
    names = [_api_name(each) for each in words]
    columns = (found_by, *(_SALESFORCE[kind] for kind in kinds), *names, "Trod_As_Of__c")
    rows = [
        (
            member.id,
            *(member.personal.get(kind) for kind in kinds),
            *(_salesforce_value(value) for value in member.traits),
            audience.as_of,
        )
        for member in audience.members
    ]
    return Sheet(columns, tuple(rows))


_SALESFORCE: Final = {"email": "Email", "phone": "Phone"}


def _api_name(slug: str) -> str:
    words = "_".join(word.capitalize() for word in slug.split("_"))
    return f"Trod_{words}__c"


def _salesforce_value(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
