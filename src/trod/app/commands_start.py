"""Commands that begin: demo, init, check, ingest."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from trod.app import say
from trod.app.deciding import now_us
from trod.app.hints import here
from trod.app.options import AsJson, definition, folder, ingested, workspace
from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.app.definition import Findings
    from trod.events.report import SourceReport
    from trod.project import Project
    from trod.workspace import Workspace


def demo(
    ctx: typer.Context,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder to write to. Default: trod-demo."),
    ] = None,
    customers: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="How many customers to invent.")
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another company.")] = 7,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    r"""Map the customers of an invented company.

    \b
    Example:
      $ trod demo --out acme --customers 5000
    """
    from trod import sample
    from trod.app.words import frictions, headline
    from trod.workspace import Workspace

    home = out or folder(ctx) / "trod-demo"
    _make_room(home)
    progress = say.progress(quiet=as_json)
    progress.stage("Inventing a company")
    sample.company(home, customers=customers, seed=seed)
    space = Workspace.init(home, progress=progress)
    reports = space.ingest()
    made = space.map()
    page = home / "map.html"
    made.to_html(page)
    if as_json:
        say.answer_json(
            {
                "workspace": str(home),
                "map": str(page),
                "headline": headline(made.data),
                "frictions": [f.statement for f in made.data.frictions[:3]],
                "received": sum(report.received for report in reports),
                "stored": sum(report.stored for report in reports),
            }
        )
    else:
        say.answer(
            f"{say.strong(say.folded(headline(made.data)))}\n\n{frictions(made.data, most=3)}"
        )
        say.answer(f"\nThe map: {page}\n\nTry next:")
        say.answer(
            say.grid(
                [
                    [here("trod friction", home), f"why {made.data.unit} leave, with evidence"],
                    [here("trod paths --after connect_data_source", home), "what they do next"],
                    [here("trod map --unit person", home), "the same journey, person by person"],
                ]
            )
        )
    if not no_open and not as_json:
        _show(page)


def _make_room(home: Path) -> None:
    """Remove what an earlier demo read; refuse a folder that is somebody's workspace."""
    from trod.sample.definition import TROD_YML
    from trod.workspace.target import STORE

    there = home / "trod.yml"
    if there.exists() and there.read_text(encoding="utf-8") != TROD_YML:
        raise DefinitionError([f"{home} is a workspace of yours. Name another folder with --out."])
    shutil.rmtree(home / STORE, ignore_errors=True)


def _show(page: Path) -> None:
    """Open a page in the browser, where a person sits before one."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if os.environ.get("CI") or not sys.stdout.isatty():
        return
    if sys.platform.startswith("linux") and not display:
        return
    import webbrowser

    webbrowser.open(page.resolve().as_uri())


def init(
    ctx: typer.Context,
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Argument(metavar="FILE", help="Files to read; their columns are guessed."),
    ] = None,
    template: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--template", metavar="NAME", help="Stages from `trod journey templates`."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Write a first trod.yml, guessed from files.

    \b
    Examples:
      $ trod -C acme init exports/*.csv
      $ trod -C acme init --template subscription exports/*.csv
    """
    from trod.app.definition import start

    home = folder(ctx)
    written = start(home, files or [], progress=say.progress(quiet=as_json), template=template)
    if as_json:
        say.answer_json({"file": str(written.file), "guess": list(written.words)})
        return
    if written.words:
        say.answer(say.folded("\n".join(written.words), more=" " * 8, keep=True) + "\n")
    say.answer(f"Wrote {written.file}.")
    if written.complete:
        say.answer(f"Look through it, then run: {here('trod map')}")
    else:
        say.answer(f"Fill it in, then run: {here('trod check')}, and {here('trod map')}")


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    r"""Check trod.yml, and its journeys against the data.

    \b
    Example:
      $ trod -C acme check
    """
    from dataclasses import asdict

    from trod import project as projects
    from trod.app.definition import findings
    from trod.workspace.target import STORE

    home = folder(ctx)
    project = projects.load(home)
    read = (project.root / STORE / "MANIFEST").exists()
    opened = workspace(ctx, quiet=True) if read else None
    space = opened if opened and opened.store.manifest.of("touchpoints") else None
    found = findings(definition(ctx), project, space, placed=as_json)
    if as_json:
        say.answer_json(
            {
                "sources": [source.name for source in project.sources],
                "journeys": {j.name: [s.name for s in j.stages] for j in project.journeys},
                "problems": list(found.wrong),
                "warnings": [line for _, line in found.warned],
                "touchpoints": found.places,
                "identity": asdict(space.who().summary) if space else None,
            }
        )
    else:
        say.answer(_checked(project, found, space))
    if found.wrong:
        raise DefinitionError(found.wrong)


def _checked(project: Project, found: Findings, space: Workspace | None) -> str:
    """Tell what stands in a trod.yml, and what is worth a thought."""
    lines = [f"Sources: {', '.join(source.name for source in project.sources) or 'none'}"]
    for journey in project.journeys:
        stages = " > ".join(stage.name for stage in journey.stages)
        lines.append(f"{journey.name}, by {journey.unit}: {stages}")
    if space is not None:
        lines += [f"Identity: {line}" for line in space.who().summary.words()]
    lines += [f"{level.capitalize()}: {line}" for level, line in found.warned]
    if space is None:
        lines += [f"Note: {line}" for line in found.unseen]
        lines.append("Nothing was ingested yet, so names were not compared with the data.")
    elif not (found.wrong or found.warned):
        lines.append("Nothing is wrong.")
    return say.folded("\n".join(lines))


def ingest(
    ctx: typer.Context,
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Argument(metavar="FILE", help="Read only these. Default: all sources."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="From the beginning, also where a cursor is kept.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on reading files as they grow, until Ctrl-C.")
    ] = False,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="How often to look: 2s, 1min.")
    ] = "2s",
    as_json: AsJson = False,
) -> None:
    r"""Read the sources of trod.yml, each touchpoint once.

    \b
    Examples:
      $ trod -C acme ingest
      $ trod -C acme ingest --watch --every 10s
    """
    from dataclasses import asdict

    if watch:
        if files or whole:
            raise typer.BadParameter("--watch follows all files. Leave files and --all out.")
        from trod.app.watching import follow

        follow(ctx, every=every, as_json=as_json)
        return
    from trod.events.counted import count
    from trod.workspace.acting.interventions import land_done
    from trod.workspace.unnamed import unnamed

    space = workspace(ctx, quiet=as_json)
    reports = ingested(ctx, space, files or None, whole=whole)
    plays = land_done(space, now_us())
    if as_json:
        told = [report.as_dict() for report in reports]
        who = asdict(space.who().summary)
        say.answer_json({"sources": told, "plays": plays, "identity": who})
        return
    say.answer(f"{accounts(reports)}\n")
    if plays:
        say.answer(f"{count(plays, 'play')} that were done came among the touchpoints.\n")
    say.answer(say.folded("\n".join(space.who().summary.words())))
    for line in (*unnamed(space), *space.rows_left_out()):
        say.note(say.folded(f"Note: {line}"))


def source_name(source: str, kind: str) -> str:
    """Name a source, and say where it tells of customers rather than of what they did.

    Examples
    --------
    >>> source_name("crm", "touchpoints"), source_name("crm", "profiles")
    ('crm', 'crm (profiles)')
    """
    return source if kind == "touchpoints" else f"{source} (profiles)"


def accounts(reports: Sequence[SourceReport]) -> str:
    """Show received = stored + duplicate + quarantined + dropped, a line for each source."""
    head = ["source", "received", "stored", "duplicate", "quarantined", "dropped"]
    rows = [
        [
            source_name(report.source, report.kind),
            *(
                f"{n:,}"
                for n in (
                    report.received,
                    report.stored,
                    report.duplicate,
                    report.n_quarantined,
                    report.n_dropped,
                )
            ),
        ]
        for report in reports
    ]
    return say.grid([head, *rows], right=[1, 2, 3, 4, 5])
