"""Messages with merge fields: what may stand in them, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trod.errors import NotEnoughDataError, unknown

FIELDS: Final = {
    "customer": "whom it is about",
    "stage": "where they stand",
    "days": "whole days in that stage",
    "days_stuck": "whole days beyond those after which customers count as stuck",
    "reason": "why now",
    "chance": "how likely the outcome is without acting",
    "value": "money that is at stake",
    "renews_in": "days until they renew",
    "last_touchpoint": "what they did last",
    "owner": "who does it",
    "due": "by when",
    "playbook": "its name",
}
"""Fields and what stands in them. ``{attribute:NAME}`` is an attribute of the customer."""
_ATTRIBUTE: Final = "attribute:"
_FIELD: Final = re.compile(r"\{([^{}]*)\}")


def fields(template: str) -> tuple[str, ...]:
    """List the merge fields of a template, each once.

    Examples
    --------
    >>> fields("Dear {customer}, {days} days in {stage}, {customer}!")
    ('customer', 'days', 'stage')
    """
    return tuple(dict.fromkeys(name.strip() for name in _FIELD.findall(template)))


def check(template: str) -> None:
    """Refuse fields that nobody can fill.

    Raises
    ------
    ValueError
        With the nearest field that there is.

    Examples
    --------
    >>> check("Dear {custmer}")
    Traceback (most recent call last):
    ...
    ValueError: unknown merge field 'custmer': did you mean 'customer'? Known merge fields: ...
    """
    for name in fields(template):
        if name not in FIELDS and not (name.startswith(_ATTRIBUTE) and name != _ATTRIBUTE):
            raise ValueError(unknown("merge field", name, [*FIELDS, "attribute:NAME"], listed=20))
    if re.search(r"[{}]", _FIELD.sub("", template)):
        raise ValueError("a brace is not closed. Write merge fields as {customer}.")


def attributes(template: str) -> tuple[str, ...]:
    """List the attributes that a template names."""
    return tuple(n.removeprefix(_ATTRIBUTE) for n in fields(template) if n.startswith(_ATTRIBUTE))


def render(template: str, values: Mapping[str, str | None], customer: str) -> str:
    """Fill a template for one customer.

    Parameters
    ----------
    template
        Checked by `check`.
    values
        By field; None for what is not known of this customer.
    customer
        For the message where something is missing.

    Raises
    ------
    NotEnoughDataError
        If a field is not known of this customer: a gap is never sent.

    Examples
    --------
    >>> render("{customer} is in {stage}.", {"customer": "ACC-1", "stage": "Onboard"}, "ACC-1")
    'ACC-1 is in Onboard.'
    """
    lacking = [name for name in fields(template) if not values.get(name)]
    if lacking:
        raise NotEnoughDataError(
            f"{customer}: {' and '.join(lacking)} not known, so the message cannot be written. "
            "Take the field out of the template, or write it by hand."
        )
    return _FIELD.sub(lambda found: values[found[1].strip()] or "", template)
