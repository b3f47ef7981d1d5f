"""What an executive reads in a terminal about a pasted funnel."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from trod.insights.table.friction import Ranking, TableFriction, TableStep
from trod.insights.wording import SMALL_N

_WIDTH = 96


def words(table: TableFriction) -> str:
    """Say a table's friction in plain words: steps, three rankings, warnings, ideas.

    Examples
    --------
    >>> from trod.insights.table import read_table
    >>> table = read_table("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%")
    >>> print(words(table).splitlines()[0])
    Fix First use first: keeping a tenth of the 400 lost there is worth up to +30 at Pay.
    """
    best = next(s for s in table.steps if s.name == table.rankings[2].order[0])
    parts = [
        f"Fix {best.name} first: keeping a tenth of the {best.lost:,} lost there is worth up to "
        f"+{best.value:,} at {table.outcome}.",
        "",
        f"{table.entered:,} entered{'' if table.entered_known else ' (assumed)'}. "
        + table.reading_why,
        f"Another reading: {table.override}." if table.ambiguous else "",
        "",
        *_steps(table),
        "",
        "Three rankings",
        *_rankings(table.rankings),
        "",
        table.disagree,
        f"Value: {table.formula}.",
        "",
        "Ideas to test (hypotheses, not measured)",
        *_ideas(table),
        "",
        "What this table cannot say",
        *(f"- {warning}" for warning in table.warnings),
    ]
    return "\n".join(line for part in parts for line in _wrapped(part)) + "\n"


def _wrapped(line: str) -> list[str]:
    if len(line) <= _WIDTH or line.startswith("  "):
        return [line]
    indent = "  " if line.startswith("- ") else ""
    return textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _steps(table: TableFriction) -> list[str]:
    rows = [
        (
            step.name,
            f"{step.reached:,}",
            f"{step.lost:,}",
            _rate(step),
            _time(step.time_us),
            f"+{step.value:,}",
        )
        for step in table.steps
    ]
    return _grid(("Step", "Reached", "Lost", "Step rate", "Time", "10% kept"), rows)


def _rate(step: TableStep) -> str:
    return (
        f"{step.rate * 100:.1f}%" if step.before >= SMALL_N else f"{step.reached} of {step.before}"
    )


def _time(time_us: int | None) -> str:
    """Say a time in the largest unit that leaves it at least one.

    Examples
    --------
    >>> _time(362_880_000_000), _time(120_000_000), _time(None)
    ('4.2 days', '2 min', 'not given')
    """
    if time_us is None:
        return "not given"
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s")):
        if time_us >= size * 1_000_000:
            return f"{time_us / (size * 1_000_000):.3g} {unit}"
    return "under 1 s"


def _rankings(rankings: tuple[Ranking, ...]) -> list[str]:
    heads = ("", "By people lost", "", "By step rate", "", "By value of 10% kept", "")
    rows = []
    for place in range(len(rankings[0].order)):
        cells = [cell for r in rankings for cell in (r.order[place], r.figures[place])]
        rows.append((str(place + 1), *cells))
    tied = [pair for r in rankings for pair in r.nearly_tied]
    lines = _grid(heads, rows, left=(0, 1, 3, 5))
    return lines + [f"{a} and {b} are nearly tied by step rate." for a, b in tied]


def _ideas(table: TableFriction) -> list[str]:
    return [
        f"- {idea.step}: {idea.sentence}. {idea.why} Not {_lower(idea.when_not)} "
        f"Measure: {_lower(idea.measure)}"
        for idea in table.ideas
    ]


def _lower(sentence: str) -> str:
    text = sentence.removeprefix("Where ")
    return text[:1].lower() + text[1:]


def _grid(
    heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], left: tuple[int, ...] = (0,)
) -> list[str]:
    widths = [max(len(r[i]) for r in (heads, *rows)) for i in range(len(heads))]
    return [
        "  "
        + "  ".join(
            c.ljust(w) if i in left else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (heads, *rows)
    ]
