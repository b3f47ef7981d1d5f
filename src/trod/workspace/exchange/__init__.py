"""Journeys in the formats of process mining: XES and OCEL 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from trod.errors import DataError

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace

FORMATS: Final = ("xes", "ocel", "ocel-sqlite")


def write_log(workspace: Workspace, how: str, file: BinaryIO, *, unit: str | None = None) -> None:
    """Write the journeys of a workspace as an event log.

    Parameters
    ----------
    workspace
        An ingested workspace.
    how
        "xes", "ocel" (JSON) or "ocel-sqlite".
    file
        Where to.
    unit
        "person" or "account": whose journeys are the traces of XES, and the customers of OCEL; as
        the first journey declares by default. Where they are people, an OCEL log has their
        accounts as objects too.
    """
    from trod.workspace.exchange.ocel import Log, write_json, write_sqlite
    from trod.workspace.exchange.xes import write_xes

    journeys = workspace.journeys(unit)
    if how == "xes":
        write_xes(journeys, file)
        return
    log = Log(journeys, _accounts(workspace, journeys))
    write_sqlite(log, file) if how == "ocel-sqlite" else write_json(log, file)


def _accounts(workspace: Workspace, journeys: Journeys) -> Journeys | None:
    """Give the journeys of accounts beside those of people, where there are any."""
    if journeys.unit == "account":
        return None
    try:
        return workspace.journeys("account")
    except DataError:
        return None
