"""Commands that look after a workspace: verify."""

from __future__ import annotations

from typing import Annotated

import typer

from trod.app import say
from trod.app.hints import located
from trod.app.options import AsJson, workspace
from trod.errors import StoreError
from trod.events.counted import count


def verify(
    ctx: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make damaged journeys again from the log.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Compare every stored file with its checksum, and name what is damaged.

    \b
    Example:
      $ trod -C acme verify --repair
    """
    from trod.workspace import verify as verifying

    space = workspace(ctx, quiet=as_json)
    again = verifying.repair(space) if repair else ()
    found = verifying.verify(space.store)
    if as_json:
        say.answer_json(
            {
                "files": found.files,
                "bytes": found.bytes,
                "damaged": [fault._asdict() for fault in found.faults],
                "made_again": [fault.file for fault in again],
            }
        )
    else:
        lines = [f"Made again: {fault.file} ({fault.what})." for fault in again]
        say.answer(say.folded(located("\n".join([*lines, *found.words()]))))
    if found.faults:
        n = len(found.faults)
        verb = "is" if n == 1 else "are"
        raise StoreError(f"{n:,} of {count(found.files, 'file')} {verb} damaged or missing.")
