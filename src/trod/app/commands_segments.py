"""The command about customers who behave alike: segments."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, filled


def segments(
    ctx: typer.Context,
    compare: Annotated[
        Optional[tuple[str, str]],  # noqa: UP045
        typer.Option("--compare", metavar="ID ID", help="Two side by side; all is everyone."),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Write the figure: .html, .svg, .png, .csv."),
    ] = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Show who behaves alike, by what they do more and less than others; and what is new.

    Finds nothing by itself: `trod fit segments` does, and keeps the members of that day.

    \b
    Examples:
      $ trod fit segments
      $ trod segments
      $ trod segments --compare s1 all
      $ trod segments --out segments.svg
      $ trod map --segment s1 --out s1.html
      $ trod export customers --segment s1 --out s1.csv
    """
    from trod.app import words_segments
    from trod.app.commands_figures import write
    from trod.workspace import segmented

    space = filled(ctx, out=out, quiet=as_json)
    view, plate = segmented.segments(space, journey)
    if out is not None:
        write(plate, out, space, quiet=as_json)
        return
    if compare is not None:
        both = segmented.compared(view, *compare)
        told = {"a": asdict(both.a), "b": asdict(both.b), "rows": [asdict(r) for r in both.rows]}
        say.answer_json(told) if as_json else say.answer(words_segments.compared(both))
        return
    say.answer_json(asdict(view)) if as_json else say.answer(words_segments.segments(view))
