"""Activation: audiences and scores handed to other tools, each time written down first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trod.errors import DefinitionError, of_name, unknown

if TYPE_CHECKING:
    from trod.actions.destinations.audience import Audience
    from trod.actions.destinations.exports import Export
    from trod.workspace.acting.audiences import Asked
    from trod.workspace.folder import Workspace

FILES: Final = ("csv", "jsonl", "hubspot", "salesforce", "segment", "segment-batch")
_AWAY: Final = ("sql", "webhook")
STDOUT: Final = "-"
_PREVIEW: Final = 3


@dataclass(frozen=True, slots=True)
class Way:
    """How an audience leaves: in which form, to where."""

    kind: str  # of FILES, or sql, or webhook
    place: str = STDOUT  # a file; or the address of a database, or the name of a destination
    table: str = "trod_customers"
    password_env: str | None = None
    external_id: str = "External_Id__c"

    @property
    def away(self) -> bool:
        """Whether it leaves the machine, or this folder: then it has to be said twice."""
        return self.kind in _AWAY

    @property
    def streams(self) -> bool:
        """Whether its content is for stdout."""
        return self.kind in FILES and self.place == STDOUT


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed on, or would be."""

    audience: str
    unit: str
    kind: str
    place: str  # without what may be secret
    n: int
    left_out: Mapping[str, int]  # by reason
    traits: tuple[str, ...]
    personal: tuple[str, ...]
    as_of: str
    older: Mapping[str, str]  # traits of an earlier day, and which
    sha256: str
    size: int  # bytes
    preview: str  # the first lines, exactly
    done: bool
    content: bytes  # of a file


def way(to: str, out: str | None = None, **more: Any) -> Way:
    """Read what stands behind --to; `more` are fields of `Way`.

    Raises
    ------
    DefinitionError
        If it is none of the ways.

    Examples
    --------
    >>> way("csv", "left.csv").place, way("webhook:crm").place, way("sql:sqlite:///a.db").kind
    ('left.csv', 'crm', 'sql')
    """
    kind, colon, rest = to.partition(":")
    if kind in _AWAY and out is not None:
        raise DefinitionError([f"--to {kind} writes no file. Leave --out out."])
    if kind in FILES and not colon:
        return Way(kind, out or STDOUT, **more)
    if kind in _AWAY and rest:
        return Way(kind, rest, **more)
    if kind in _AWAY:
        hint = "sql:sqlite:///shop.db" if kind == "sql" else "webhook:NAME"
        raise DefinitionError([f"--to {kind} needs a place. Write --to {hint}."])
    raise DefinitionError([unknown("way", to, [*FILES, "sql:URL", "webhook:NAME"])])


def activate(
    workspace: Workspace,
    asked: Asked,
    to: Way,
    *,
    who: str,
    now_us: int,
    reason: str = "",
    go: bool,
) -> Handed:
    """Make an audience and hand it on.

    Parameters
    ----------
    workspace
        With journeys, and whatever scores were given.
    asked
        Whom, with what.
    to
        In which form, to where. A file for stdout is given as `content`, and not written.
    who, now_us, reason
        Who does it, when; and why, where personal data go along.
    go
        False for a dry run: nothing is written, sent or logged.

    Raises
    ------
    DefinitionError
        If something asked for is not known or not allowed.
    DataError
        If the place cannot be written to.
    """
    from trod.workspace.acting.audiences import audience

    if asked.personal and not reason.strip():
        raise DefinitionError(["personal data leave for a reason only. Write --reason TEXT."])
    place = _place(workspace, to)
    made = audience(workspace, asked, now_us)
    content = _content(made, to)
    handed = Handed(
        made.key,
        made.unit,
        to.kind,
        place,
        len(made.members),
        made.left_out,
        made.traits,
        made.personal,
        made.as_of,
        made.older,
        hashlib.sha256(content).hexdigest(),
        len(content),
        _first_lines(content),
        go,
        content,
    )
    if go:
        _hand_on(workspace, made, to, _export(handed, who, now_us, reason, asked), content)
    return handed


def exports(workspace: Workspace) -> tuple[Export, ...]:
    """Give the log of exports, the last one first."""
    from trod.actions.destinations.exports import exports as logged

    with workspace.state() as state, state.read() as con:
        return logged(con)


def _place(workspace: Workspace, to: Way) -> str:
    """Check where it goes before anything is made, and name it without secrets."""
    if to.kind == "sql":
        from trod.actions.destinations.sql import place

        where = place(to.place)
        if where.kind == "sqlite":
            _not_ours(where.file(workspace.project.root))
        return f"{to.table} in {where.shown}"
    if to.kind == "webhook":
        from trod.actions.messages.send import opened

        spec = of_name("destination", to.place, workspace.project.actions.destinations)
        if not opened(spec).webhook:
            raise DefinitionError([f"{to.place} takes notices, not audiences. Take a webhook."])
        return to.place
    if to.place != STDOUT:
        workspace.spare(Path(to.place))
    return to.place


def _not_ours(file: Path) -> None:
    from trod.workspace.target import STORE

    if any(parent.name == STORE for parent in file.resolve().parents):
        raise DefinitionError(
            [f"{STORE} holds what trod has read. Name another database, such as crm.db."]
        )


def _content(made: Audience, to: Way) -> bytes:
    """Write an audience in the form of a tool; of a table, the rows as CSV would have them."""
    from trod.actions.destinations import segment_spec, sheets
    from trod.actions.outside import line
    from trod.figures.spreadsheet import csv_text

    if to.kind == "segment":
        return "".join(line(c) + "\n" for c in segment_spec.calls(made)).encode()
    if to.kind == "segment-batch":
        return "".join(body + "\n" for body in segment_spec.batches(made)).encode()
    if to.kind == "hubspot":
        sheet = sheets.hubspot(made)
    elif to.kind == "salesforce":
        sheet = sheets.salesforce(made, to.external_id)
    else:
        sheet = sheets.plain(made)
    if to.kind in ("jsonl", "webhook"):
        rows = (dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows)
        return "".join(line(row) + "\n" for row in rows).encode()
    return csv_text([sheet.columns, *sheet.rows]).encode()


def _first_lines(content: bytes) -> str:
    lines = content.decode().split("\n", _PREVIEW)[:_PREVIEW]
    return "\n".join(lines).rstrip("\n")


def _export(handed: Handed, who: str, now_us: int, reason: str, asked: Asked) -> Export:
    from trod.actions.destinations.exports import Export

    told: dict[str, Any] = {
        "traits": list(handed.traits),
        "left_out": dict(handed.left_out),
        "personal": list(handed.personal),
        "as_of": handed.as_of,
        "id_kind": asked.id_kind,
    }
    return Export(
        now_us,
        who,
        handed.audience,
        handed.unit,
        handed.kind,
        handed.place,
        handed.n,
        sum(handed.left_out.values()),
        bool(handed.personal) or asked.personal,
        reason.strip(),
        handed.sha256,
        told,
    )


def _hand_on(workspace: Workspace, made: Audience, to: Way, export: Export, content: bytes) -> None:
    """Write down that it leaves, and let it leave: never the other way round."""
    from trod.actions.destinations.exports import keep
    from trod.actions.destinations.parts import messages
    from trod.actions.messages.message import put

    with workspace.state() as state, state.write() as con:
        keep(con, export)
        if to.kind == "webhook":
            for message in messages(made, to.place, export.sha256):
                put(con, message, export.time_us)
    if to.kind == "sql":
        from trod.actions.destinations.sql import place, upsert

        upsert(
            made,
            place(to.place),
            workspace.project.root,
            table=to.table,
            password_env=to.password_env,
        )
    elif to.kind in FILES and to.place != STDOUT:
        from trod.workspace.output import save

        save(to.place, content, mine=True)


def told(handed: Handed) -> dict[str, Any]:
    """Give it as JSON, without the content."""
    return {name: value for name, value in asdict(handed).items() if name != "content"}
