"""The command that hands customers to other tools: activate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from trod.app import say
from trod.app.deciding import decider, now_us
from trod.app.options import AsJson, OfJourney, OfUnit, filled, workspace
from trod.errors import DataError

if TYPE_CHECKING:
    from trod.workspace.acting.activation import Way
    from trod.workspace.acting.audiences import Asked


def activate(
    ctx: typer.Context,
    where: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--where", metavar="KEY", help="Which customers: the key of a figure."),
    ] = None,
    ids: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--ids", metavar="FILE", help="Or a list: an id of any kind in each line."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="WAY",
            help="csv, jsonl, hubspot, salesforce, segment, segment-batch, sql:URL, webhook:NAME.",
        ),
    ] = "csv",
    out: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="File to write. Default: stdout."),
    ] = None,
    scores: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--scores", metavar="NAMES", help="Churn,Health,Segment; none. Default: all there are."
        ),
    ] = None,
    id_as: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--id-as", metavar="KIND", help="Name customers by their ids of this kind."),
    ] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="With e-mail and phone of those who agreed.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why personal data are needed.")
    ] = "",
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", metavar="NAME", help="Who hands them on. Default: your login."),
    ] = None,
    table: Annotated[
        str, typer.Option("--table", metavar="NAME", help="Table to write to, with sql.")
    ] = "trod_customers",
    password_env: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--password-env", metavar="NAME", help="Variable with its password."),
    ] = None,
    external_id: Annotated[
        str, typer.Option("--external-id", metavar="FIELD", help="Field to upsert by, salesforce.")
    ] = "External_Id__c",
    domain: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--domain", metavar="ATTRIBUTE", help="Domain of companies, hubspot."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be handed on; hand nothing on.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Really: sql and webhook are dry runs without it.")
    ] = False,
    log: Annotated[bool, typer.Option("--log", help="Show what was handed on so far.")] = False,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Hand customers and scores to other tools.

    By default only ids as Trod knows them leave. Every export is logged.

    \b
    Examples:
      $ trod activate --where left:Onboard --to csv --out left.csv
      $ trod activate --where open:Adopt --to salesforce --dry-run
      $ trod activate --where open --to sql:sqlite:///handed.db
      $ trod activate --log
    """
    if log:
        _log(ctx, as_json=as_json)
        return
    from trod.workspace.acting.activation import way
    from trod.workspace.acting.audiences import Asked

    asked = Asked(
        where,
        None if ids is None else _listed(ids),
        unit,
        journey,
        _names(scores),
        id_as,
        personal,
        domain,
    )
    made = way(to, out, table=table, password_env=password_env, external_id=external_id)
    go = not dry_run and (send or not made.away)
    _hand_on(ctx, asked, made, who=decider(by), reason=reason, go=go, as_json=as_json)


def _hand_on(
    ctx: typer.Context,
    asked: Asked,
    to: Way,
    *,
    who: str,
    reason: str,
    go: bool,
    as_json: bool,
) -> None:
    from trod.app import words_activate
    from trod.workspace.acting import activation

    streams = go and to.streams
    if streams and as_json:
        raise typer.BadParameter("--json tells what was written. Say where with --out FILE.")
    space = filled(ctx, quiet=as_json)
    handed = activation.activate(space, asked, to, who=who, now_us=now_us(), reason=reason, go=go)
    if handed.failed:
        say.note(f"Note: {words_activate.failed(handed.failed)}.")
    if as_json:
        say.answer_json(activation.told(handed))
        return
    if streams:
        sys.stdout.buffer.write(handed.content)
        sys.stdout.buffer.flush()
    tell = say.note if streams else say.answer
    tell(words_activate.handed(handed, away=to.away))


def _log(ctx: typer.Context, *, as_json: bool) -> None:
    from dataclasses import asdict

    from trod.app import words_activate
    from trod.workspace.acting import activation

    space = workspace(ctx, quiet=as_json)
    found = activation.exports(space)
    if as_json:
        say.answer_json([asdict(each) for each in found])
    else:
        say.answer(words_activate.log(found, space.zone))


def _listed(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise DataError(f"{file}: byte {exc.start} is not UTF-8. Save the file as UTF-8.") from None
    return [line.strip() for line in lines if line.strip()]


def _names(scores: str | None) -> list[str] | None:
    if scores is None:
        return None
    names = [name.strip() for name in scores.split(",") if name.strip()]
    return [] if [name.casefold() for name in names] == ["none"] else names
