"""The command that doubts the data: audit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional
from zoneinfo import ZoneInfo

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, filled
from trod.events.counted import count


def audit(
    ctx: typer.Context,
    journey: OfJourney = None,
    at: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--at", metavar="DATE", help="Judge freshness as of this day. Default: now."),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out", metavar="FILE", help="Write the audit as a page, such as audit.html."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Audit every source: rows, clocks, gaps, ids, personal data, and what the data support.

    Ends with 1 where a gate of trod.yml does not hold.

    \b
    Examples:
      $ trod audit
      $ trod audit --at 2026-06-30 --out audit.html
    """
    from trod.app import words_audit
    from trod.workspace.auditing.audit import audit as audited

    space = filled(ctx, out=out, quiet=as_json)
    made = audited(space, journey=journey, at_us=_moment(at, space.zone))
    if out is not None:
        from trod.figures.audit import audit_html
        from trod.workspace.output import save_text

        save_text(out, audit_html(made, currency=space.project.events.currency))
    if as_json:
        say.answer_json(asdict(made))
    else:
        say.answer(words_audit.told(made, currency=space.project.events.currency))
        if out is not None:
            say.answer(f"\nThe page: {out}")
    if made.failures:
        say.note(f"{count(len(made.failures), 'gate')} failed.")
        raise typer.Exit(1)


def _moment(text: str | None, zone: str) -> int | None:
    """Read a day, to its end, or a moment."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date. Write 2026-06-30.") from None
    if len(text) <= 10:
        read = read.replace(hour=23, minute=59, second=59)
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(zone))
    return int(read.timestamp()) * 1_000_000
