"""Who may be contacted: the same answer for audiences, messages and interviews."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    import pyarrow as pa

    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace

_AGREES: Final = re.compile(r"consent|opt_?in|may_?(contact|call)", re.IGNORECASE)
_REFUSES: Final = re.compile(r"do_?not_?(contact|call)|opt_?out|unsubscribed", re.IGNORECASE)
_YES: Final = ("true", "yes", "y", "1", "granted", "given", "ja", "oui")


def agreed(workspace: Workspace, journeys: Journeys) -> set[str]:
    """Give who agreed to be contacted, as `actions: consent:` of trod.yml says; nobody by default.

    Where rows or sources disagree, nobody knows which is newer: then the customer did not agree.
    Nor did who is recorded to refuse, in an attribute such as `do_not_contact`.

    Raises
    ------
    DefinitionError
        If no source brings the attribute.
    """
    spec = workspace.project.actions.consent
    if spec is None:
        return set()
    attribute(journeys, spec.attribute)  # or it is not known
    return only_yes(_told(workspace, journeys, spec.attribute), spec.values) - _refused(
        workspace, journeys
    )


def without_consent(workspace: Workspace, journeys: Journeys) -> set[str]:
    """Name customers who must not be contacted: those who have not agreed.

    Where trod.yml has no `actions: consent:`, an attribute whose name speaks of consent decides, if
    one is on record.
    """
    everyone = {each for batch in journeys for each in batch.customer.to_pylist()}
    if workspace.project.actions.consent is not None:
        return everyone - agreed(workspace, journeys)
    names = [name for name in _names(journeys) if _AGREES.search(name)]
    yes = [only_yes(_told(workspace, journeys, name), _YES) for name in names]
    return _refused(workspace, journeys).union(*(everyone - some for some in yes))


def _refused(workspace: Workspace, journeys: Journeys) -> set[str]:
    """Name customers who are recorded to refuse, in any row."""
    names = [name for name in _names(journeys) if _REFUSES.search(name)]
    return set().union(*(any_yes(_told(workspace, journeys, name), _YES) for name in names))


def _names(journeys: Journeys) -> list[str]:
    table = journeys.attributes
    return [] if table is None else [each for each in table.column_names if each != "customer"]


def only_yes(told: pa.Table, values: Collection[str]) -> set[str]:
    """Name the customers of whom a yes is on record, and nothing else."""
    pairs = _said(told, values)
    return {who for who, yes in pairs if yes} - {who for who, yes in pairs if not yes}


def any_yes(told: pa.Table, values: Collection[str]) -> set[str]:
    """Name the customers of whom a yes is on record, whatever else is."""
    return {who for who, yes in _said(told, values) if yes}


def attribute(journeys: Journeys, name: str) -> Mapping[str, str]:
    """Give what an attribute says, by customer.

    Raises
    ------
    DefinitionError
        If no source brings it.
    """
    table, known = journeys.attributes, _names(journeys)
    if table is None or name not in known:
        raise DefinitionError([unknown("attribute", name, known)])
    pairs = zip(table["customer"].to_pylist(), table[name].to_pylist(), strict=True)
    return {str(customer): str(said) for customer, said in pairs if said is not None}


def _told(workspace: Workspace, journeys: Journeys, name: str) -> pa.Table:
    from trod.journeys.attributes import all_told

    return all_told(workspace.store, workspace.people(), journeys.unit, name)


def _said(told: pa.Table, values: Collection[str]) -> list[tuple[str, bool]]:
    meant = {value.strip().casefold() for value in values}
    said = [each.strip().casefold() in meant for each in told["value"].to_pylist()]
    return list(zip(told["customer"].to_pylist(), said, strict=True))
