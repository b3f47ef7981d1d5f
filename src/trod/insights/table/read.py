"""Friction from an aggregate table: what to fix first, when all there is are percentages."""

from __future__ import annotations

from pathlib import Path

from trod.errors import NotEnoughDataError
from trod.insights.table.figures import disagree, missing_times, rankings_of, steps_of
from trod.insights.table.friction import TableFriction
from trod.insights.table.limits import PER, ideas, warnings
from trod.insights.table.reading import decide, override, reached_of
from trod.insights.table.text import read_pasted


def read_table(given: str | Path, *, reading: str | None = None) -> TableFriction:
    """Say where a funnel loses people, from a table of percentages or counts.

    Three rankings are given side by side because they answer different questions and often
    disagree: people lost, share lost at the step, and how many more would reach the last step if a
    tenth of the lost were kept.

    Parameters
    ----------
    given
        CSV, JSON, Markdown or plain sentences; or the path of a file with them.
    reading
        "cumulative" (percentages of all who entered), "conditional" (of those at the step before)
        or "counts". By default it is decided from the figures, and stated.

    Returns
    -------
    TableFriction
        `words` says it to people, `to_json` to programs.

    Raises
    ------
    DataError
        If no steps are found, or the figures cannot be what `reading` says.
    DefinitionError
        If `reading` is not known.

    Notes
    -----
    People lost at a step are those at the step before less those who reached it. The value of
    recovering a tenth is 0.1 * lost * (last / reached): the recovered are taken to go on as often
    as those who reached the step by themselves, which is an upper bound.

    Examples
    --------
    >>> table = read_table("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%")
    >>> [(step.name, step.lost, step.value) for step in table.steps]
    [('Sign up', 200, 8), ('First use', 400, 30), ('Pay', 100, 10)]
    """
    text = given.read_text(encoding="utf-8-sig") if isinstance(given, Path) else given
    if isinstance(given, str) and "\n" not in given and len(given) < 260 and Path(given).is_file():
        text = Path(given).read_text(encoding="utf-8-sig")
    if not text.strip():
        raise NotEnoughDataError("the table is empty. Paste one line per step with its percentage.")
    pasted = read_pasted(text)
    chosen, why, ambiguous = decide(pasted, reading)
    entered = pasted.entered or PER
    reached = reached_of(pasted.lines, entered, chosen)
    steps = steps_of(pasted.lines, entered, reached)
    missing = missing_times(pasted.lines)
    rankings = rankings_of(steps)
    return TableFriction(
        entered=entered,
        entered_known=pasted.entered is not None,
        reading=chosen,
        reading_why=why,
        ambiguous=ambiguous,
        override=override(pasted.lines, chosen),
        outcome=steps[-1].name,
        steps=steps,
        rankings=rankings,
        disagree=disagree(steps, rankings),
        formula="0.1 × lost × (last step ÷ reached): upper bound if the recovered behave like "
        "the rest",
        missing_times=missing,
        warnings=warnings(pasted, chosen, entered, steps, missing),
        ideas=ideas(steps, rankings[2].order),
    )
