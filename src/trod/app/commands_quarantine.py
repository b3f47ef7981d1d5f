"""Commands about rows that could not become touchpoints: quarantine, replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from trod.app import say
from trod.app.commands_start import accounts, source_name
from trod.app.options import AsJson, workspace
from trod.events.counted import count

if TYPE_CHECKING:
    from trod.events.quarantined import Kept, Reasoned

OfSource = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--source", metavar="NAME", help="Only rows of this source."),
]
OfReason = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--reason", metavar="CODE", help="Only rows with this reason."),
]


def quarantine(
    ctx: typer.Context,
    source: OfSource = None,
    reason: OfReason = None,
    limit: Annotated[int, typer.Option(min=0, help="How many rows to show in full.")] = 3,
    as_json: AsJson = False,
) -> None:
    r"""List the rows that could not become touchpoints, and why.

    \b
    Example:
      $ trod -C acme quarantine --reason time_unreadable --limit 10
    """
    from trod.events.quarantined import rows

    space = workspace(ctx, quiet=True)
    found = space.quarantined(source=source, code=reason)
    some = rows(space.store, source=source, code=reason, limit=limit)
    if as_json:
        say.answer_json({"reasons": [_told(each) for each in found], "rows": list(map(_row, some))})
        return
    if not found:
        say.answer("Nothing is in quarantine.")
        return
    say.answer(_table(found))
    say.answer(f"\n{_todo(found)}")
    if some:
        say.answer("\n" + "\n".join(_shown(row) for row in some))


def replay(
    ctx: typer.Context,
    source: OfSource = None,
    reason: OfReason = None,
    as_json: AsJson = False,
) -> None:
    r"""Read the rows in quarantine again, as trod.yml says today.

    \b
    Example:
      $ trod -C acme replay --reason time_unreadable
    """
    space = workspace(ctx, quiet=as_json)
    reports = space.replay(source=source, code=reason)
    left = space.quarantined(source=source, code=reason)
    if as_json:
        told = [report.as_dict() for report in reports]
        say.answer_json({"sources": told, "left": [_told(each) for each in left]})
        return
    if not reports:
        say.answer("Nothing to replay.")
        return
    say.answer(accounts(reports))
    n, n_all = (sum(each.n for each in held) for held in (left, space.quarantined()))
    if reason is not None:  # rows that stay have the reason of today, which may be another one
        n = sum(report.total.n_quarantined for report in reports)
    said = f"Left in quarantine: {count(n, 'row')}" if n else "Nothing is left in quarantine"
    if source is not None or reason is not None:
        said += f" of those chosen, {n_all:,} in all"
    say.answer(f"\n{said}.")


def _at(file: str, line: int | None, row: int | None) -> str:
    """Say where a row stands, as compilers do."""
    return f"{file}:{line}" if line is not None else f"{file}, row {row}" if row else file


def _table(found: Sequence[Reasoned]) -> str:
    head = ["source", "reason", "rows", "first at"]
    lines = [
        [
            source_name(each.source, each.kind),
            each.code,
            f"{each.n:,}",
            _at(each.file, each.line, each.row),
        ]
        for each in found
    ]
    return say.grid([head, *lines], right=[2])


def _todo(found: Sequence[Reasoned]) -> str:
    """Say what each reason means, and what to do about it."""
    from trod.events.reasons import REASONS

    codes = dict.fromkeys(each.code for each in found)
    return say.folded(
        "\n".join(f"{code}: {REASONS[code].what}. {REASONS[code].todo}" for code in codes)
    )


def _shown(row: Kept) -> str:
    text = row.original.decode(row.encoding, errors="backslashreplace")
    return f"{_at(row.file, row.line, row.row)}: {row.code}\n  {say.cut(text)}"


def _told(each: Reasoned) -> dict[str, Any]:
    from trod.events.reasons import REASONS

    reason = REASONS[each.code]
    told = {"what": reason.what, "who": reason.who, "todo": reason.todo}
    return {**each._asdict(), **told}


def _row(row: Kept) -> dict[str, Any]:
    """Give a row for JSON: its bytes as text, and in base64 where they are none."""
    import base64

    told = row._asdict()
    try:
        told["original"] = row.original.decode(row.encoding)
    except UnicodeDecodeError:
        told["original"] = None
        told["original_base64"] = base64.b64encode(row.original).decode()
    return told
