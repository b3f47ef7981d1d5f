"""Ids that by their looks belong to no single person: mailboxes of a role, test accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.identity.ids import Ids
from trod.identity.patterns import matching

if TYPE_CHECKING:
    from trod.identity.spec import IdentitySpec

EMAIL: Final = "email"
_ROLES: Final = (
    "info support help helpdesk service services servicedesk sales contact contactus hello hi hey "
    "office mail email post inbox reception frontdesk admin administrator administration it team "
    "billing accounts accounting accountspayable ap ar invoice invoices invoicing finance payroll "
    "purchasing procurement orders order hr jobs careers recruiting recruitment marketing press "
    "media pr legal privacy security abuse postmaster hostmaster webmaster feedback enquiries "
    "enquiry inquiries customerservice customercare booking bookings reservations dispatch "
    "logistics shipping returns buero kontakt verwaltung buchhaltung secretariat"
)
SHARED: Final = frozenset(_ROLES.split())
"""Names before the @ that a role has, not a person (most of them from RFC 2142 and exports)."""


def shared_by_name(ids: Ids, spec: IdentitySpec) -> NDArray[np.bool_]:
    """Say which ids, shape (n_ids,), belong to several people by their name alone."""
    masks = [_is_shared(kind, values, spec) for kind, values in ids.by_kind()]
    return np.concatenate([np.zeros(0, np.bool_), *masks])


def tested_by_name(ids: Ids, spec: IdentitySpec) -> NDArray[np.bool_]:
    """Say which ids, shape (n_ids,), are those of test accounts."""
    return matching(ids.values, spec.tests)


def _is_shared(kind: str, values: pa.StringArray, spec: IdentitySpec) -> NDArray[np.bool_]:
    if kind in spec.known():
        return np.zeros(len(values), np.bool_)
    mask = matching(values, spec.shared)
    if kind == EMAIL:
        before = pc.replace_substring_regex(values, pattern=r"(?s)^([^@+]*).*$", replacement=r"\1")
        role = pc.replace_substring_regex(before, pattern=r"[-_.]", replacement="")
        mask |= pc.is_in(role, value_set=pa.array(sorted(SHARED))).to_numpy(zero_copy_only=False)
    return mask
