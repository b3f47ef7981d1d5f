"""The command that reports to people: review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Optional

import typer

from trod.app import say
from trod.app.deciding import By, decider, now_us
from trod.app.options import AsJson, OfJourney, OfUnit, filled, workspace
from trod.app.out import STDOUT, by_ending, opened

if TYPE_CHECKING:
    from trod.outcomes.reviews.kept import Kept
    from trod.workspace import Workspace
    from trod.workspace.acting.reviewing.making import Made

Pack = Literal["weekly", "monthly", "quarterly", "executive"]
Theme = Literal["auto", "light", "dark"]
_ENDINGS: Final = {"html": "html", "pptx": "pptx", "md": "md", "markdown": "md"}


def review(
    ctx: typer.Context,
    pack: Annotated[
        Pack,
        typer.Argument(
            help="weekly: marketing. monthly: product. quarterly: allocation. Default: executive.",
        ),
    ] = "executive",
    period: Annotated[
        Optional[str],  # noqa: UP045  typer reads it at run time
        typer.Option(
            "--period",
            metavar="PERIOD",
            help="2026-W40, 2026-09 or 2026-Q3. Default: the last complete one on record.",
        ),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Write it: .html, .pptx or .md; - for stdout."),
    ] = None,
    freeze: Annotated[
        bool,
        typer.Option("--freeze", help="Keep it as it is; the next one follows up its decisions."),
    ] = False,
    send: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--send", metavar="DESTINATION", help="Keep it, and send its text there by the outbox."
        ),
    ] = None,
    kept: Annotated[bool, typer.Option("--list", help="List the reviews that were kept.")] = False,
    show: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--show", metavar="ID", help="Show one that was kept, as it was."),
    ] = None,
    comment: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--comment", metavar="TEXT", help="Add a comment to the one of --show."),
    ] = None,
    costs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--costs", metavar="FILE", help="Of weekly: CSV of spend, channel and cost."),
    ] = None,
    theme: Annotated[Theme, typer.Option("--theme", help="Colours of the page.")] = "auto",
    by: By = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Write the review of a week, month or quarter: changes, decisions, and what came of them.

    Four packs of the same facts: the same figure is equal in all of them, on the page, on slides
    and in Markdown. What was decided last time is followed up from the last one that was kept.

    \b
    Examples:
      $ trod review
      $ trod review monthly --out review.html
      $ trod review quarterly --period 2026-Q1 --out review.pptx
      $ trod review weekly --out review.md --freeze
      $ trod review --list
    """
    if comment is not None and show is None:
        raise typer.BadParameter("--comment needs --show ID: which review it is about.")
    if show is not None:
        _shown(ctx, show, comment, decider(by), as_json=as_json)
        return
    if kept:
        _listed(ctx, as_json=as_json)
        return
    if out is not None and str(out) != STDOUT:
        by_ending(str(out), _ENDINGS, default="html")
    quiet = as_json or str(out) == STDOUT
    space = filled(ctx, out=out, quiet=quiet)
    made = _made(space, pack, period, costs, journey, unit)
    told = _kept(space, made, decider(by), send) if freeze or send is not None else None
    if out is not None:
        _write(made, str(out), theme)
    if as_json:
        say.answer_json({**made.review.told(), "kept": None if told is None else told.id})
    elif not quiet:
        _tell(made, out, told, send)


def _tell(made: Made, out: Path | None, told: Kept | None, send: str | None) -> None:
    """Say what stands in a review, or where it was written, and what was kept."""
    from trod.app import words_review

    if out is None:
        say.answer(words_review.review(made.review))
    else:
        say.answer(words_review.written(made.review, str(out)))
    if told is not None:
        say.answer("\n" + words_review.was_kept(told, send))


def _kept(space: Workspace, made: Made, who: str, to: str | None) -> Kept:
    from trod.workspace.acting.reviewing import keeping

    return keeping.kept(space, made.review, who=who, now_us=now_us(), to=to)


def _listed(ctx: typer.Context, *, as_json: bool) -> None:
    from trod.app import words_review
    from trod.workspace.acting.reviewing import keeping

    space = workspace(ctx, quiet=as_json)
    every = keeping.listed(space)
    if as_json:
        say.answer_json([words_review.told_kept(one) for one in every])
    else:
        say.answer(words_review.listed(every, space.zone))


def _shown(ctx: typer.Context, given: str, comment: str | None, who: str, *, as_json: bool) -> None:
    """Show a review that was kept, with a comment more where one is given."""
    from trod.app import words_review
    from trod.workspace.acting.reviewing import keeping

    space = workspace(ctx, quiet=as_json)
    if comment is not None:
        one = keeping.commented(space, given, comment, who=who, now_us=now_us())
    else:
        one = keeping.one(space, given)
    if as_json:
        say.answer_json(words_review.told_kept(one))
    else:
        say.answer(words_review.kept(one, space.zone))


def _made(
    space: Workspace,
    pack: Pack,
    period: str | None,
    costs: Path | None,
    journey: str | None,
    unit: str | None,
) -> Made:
    from trod.workspace import attributed
    from trod.workspace.acting.reviewing.gathering import Gathering
    from trod.workspace.acting.reviewing.making import review as made_of

    if costs is not None and pack != "weekly":
        raise typer.BadParameter("--costs stand in the weekly pack only.")
    attributed.there(costs)
    return made_of(Gathering(space, now_us(), journey, unit, costs), pack, period)


def _write(made: Made, target: str, theme: Theme) -> None:
    from trod.workspace.acting.reviewing.rendering import rendered

    how = "html" if target == STDOUT else by_ending(target, _ENDINGS, default="html")
    with opened(target) as file:
        file.write(rendered(made, how, theme=theme))
