"""The cohort grid: the more are still active, the more pine; what is not over yet is empty."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.tokens import shade
from trod.insights.cohort_grid import Cohort, CohortCell, CohortGrid

MOST_COHORTS: Final = 12
MOST_PERIODS: Final = 12
_NAMES, _SIZES = 92.0, 74.0
CELL, ROW, TOP = 37.0, 27.0, 26.0


def cohorts_figure(grid: CohortGrid) -> Figure:
    """Make the figure of a cohort grid: the latest cohorts; the table has all of them."""
    shown = grid.cohorts[-MOST_COHORTS:]
    columns = _columns(shown)
    wide = max(_NAMES + _SIZES + columns * CELL, 440.0)
    hidden = len(grid.cohorts) - len(shown)
    are = "is" if hidden == 1 else "are"
    older = f" {numbers.plural(hidden, 'older cohorts')} {are} in the table." if hidden else ""
    return Figure(
        name="cohorts",
        title=grid.title,
        subtitle=grid.subtitle,
        alt=f"{grid.title}. Grid of {numbers.plural(len(shown), 'cohorts')} by"
        f" {numbers.plural(columns, grid.grain + 's')} since they"
        " came. The table below has every share.",
        wide=wide,
        high=TOP + ROW * len(shown),
        draw=lambda links: _draw(grid, shown, columns, links),
        tables=_tables(grid),
        records=_records(grid),
        data=asdict(grid),
        note=grid.note + older,
        least=440.0,
        empty="" if shown else "Nobody came yet. Read a source with `trod ingest`.",
    )


def _columns(cohorts: tuple[Cohort, ...]) -> int:
    """Count the periods of which anything is known, up to the first in which nobody is left."""
    cells = [(k, cell.share) for cohort in cohorts for k, cell in enumerate(cohort.cells)]
    known = max((k + 1 for k, share in cells if share), default=1)
    alive = max((k + 1 for k, share in cells if share and share.part), default=1)
    return min(MOST_PERIODS, known, alive + 1)


def _draw(grid: CohortGrid, shown: tuple[Cohort, ...], columns: int, links: Links) -> Markup:
    x0 = _NAMES + _SIZES
    head = [
        el("text", "Started", x=0, y=16, class_="fg"),
        el("text", grid.unit.capitalize(), x=x0 - 16, y=16, class_="fg e"),
        *(el("text", str(k), x=x0 + CELL * (k + 0.5), y=16, class_="fg c") for k in range(columns)),
    ]
    rows = [_row(grid, cohort, TOP + i * ROW, columns, links) for i, cohort in enumerate(shown)]
    return join(*head, *rows)


def _row(grid: CohortGrid, cohort: Cohort, y: float, columns: int, links: Links) -> Markup:
    size = links.mark(
        _of_size(cohort),
        Tip(cohort.name, ((grid.unit.capitalize(), numbers.count(cohort.size.n)),)),
        el("rect", x=0, y=y, width=_NAMES + _SIZES - 8, height=ROW - 2, class_="hit"),
        el("text", cohort.name, x=0, y=y + 17, class_="fn"),
        el(
            "text",
            numbers.count(cohort.size.n),
            x=_NAMES + _SIZES - 16,
            y=y + 17,
            class_="fn e",
        ),
        class_="fig",
    )
    cells = [
        _cell(grid, cohort, cell, k, y, links) for k, cell in enumerate(cohort.cells[:columns])
    ]
    return join(size, *cells)


def _cell(
    grid: CohortGrid, cohort: Cohort, cell: CohortCell, k: int, y: float, links: Links
) -> Markup:
    """Draw one share; where it is not known yet there is nothing."""
    if cell.share is None or cell.active is None:
        return Markup("")
    x = _NAMES + _SIZES + k * CELL
    tone = shade(cell.share.share)
    few = cell.share.whole < grid.small_n
    said = numbers.count(cell.active.n) if few else f"{cell.share.share * 100:.0f}"
    facts = [
        ("Still active", numbers.rate(cell.share, grid.small_n)),
        (grid.unit.capitalize(), numbers.count(cell.active.n)),
    ]
    if spread := numbers.between(cell.share, grid.small_n):
        facts.insert(1, ("95% range", spread))
    box = {"x": x + 1, "y": y, "width": CELL - 2, "height": ROW - 2, "rx": 3}
    return links.mark(
        _of_cell(grid, cohort, cell, k),
        Tip(f"{cohort.name}, {grid.grain} {k}", tuple(facts)),
        el("rect", **box, class_="few" if few else f"q{tone}"),
        el(
            "text",
            said,
            x=x + CELL / 2,
            y=y + 17,
            class_="qt c" if few else f"qt qt{tone} c",
        ),
        class_="fig",
    )


def _of_size(cohort: Cohort) -> Drill:
    return Drill(cohort.size.key, f"Came in {cohort.name}", "Came in this period.", cohort.size.n)


def _of_cell(grid: CohortGrid, cohort: Cohort, cell: CohortCell, k: int) -> Drill | None:
    if cell.active is None or not cell.active.n:
        return None
    title = f"{cohort.name}: active {k} {grid.grain}{'' if k == 1 else 's'} later"
    return Drill(cell.active.key, title, "Came then, and were still active.", cell.active.n)


def _tables(grid: CohortGrid) -> tuple[Table, ...]:
    """Lay every cohort out, with every period of which anything is known."""
    known = max(
        (k + 1 for cohort in grid.cohorts for k, cell in enumerate(cohort.cells) if cell.share),
        default=0,
    )
    rows = []
    for cohort in grid.cohorts:
        row = [Cell(cohort.name), Cell(numbers.count(cohort.size.n), _of_size(cohort), True)]
        for k in range(known):
            cell = cohort.cells[k] if k < len(cohort.cells) else CohortCell(None, None)
            said = numbers.rate(cell.share, grid.small_n) if cell.share else ""
            row.append(Cell(said, None, True))
        rows.append(tuple(row))
    head = ("Started", grid.unit.capitalize(), *(str(k) for k in range(known)))
    caption = f"Still active so many {grid.grain}s later; empty where not over yet"
    return (Table(caption, head, tuple(rows)),) if rows else ()


def _records(grid: CohortGrid) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "cohort": cohort.name,
            grid.unit: cohort.size.n,
            f"{grid.grain}s_since": k,
            "active": cell.active.n,
            "share": round(cell.share.share, 6),
            "low": cell.share.low,
            "high": cell.share.high,
            "where": cell.active.key,
        }
        for cohort in grid.cohorts
        for k, cell in enumerate(cohort.cells)
        if cell.active is not None and cell.share is not None
    )
